"""Staff for the browser's tests: one account a role, named after it, with the password of SHEZU_STAFF_PASSWORD, and one whose password is new."""

import os

from api.settings import from_environment
from api.staff.accounts import Accounts
from api.staff.roles import CALLED, Role
from api.store import Store

password = os.environ["SHEZU_STAFF_PASSWORD"]
store = Store(from_environment().database_url)
accounts = Accounts(store)
for role in Role:
    made = accounts.add(f"{role}-1", f"{CALLED[role]}甲", [role])
    accounts.choose(made.staff.id, password)
both = accounts.add("all-2", "周全", [role for role in Role if role is not Role.ADMIN])
accounts.choose(both.staff.id, password)
accounts.add("fresh-1", "新人", [Role.CLERK], password)
store.close()
