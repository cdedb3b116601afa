"""Accounts of staff: made, given roles, disabled and reset by an admin; a password is kept only as its hash."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.staff import passwords
from api.staff.roles import Role, Staff
from api.staff.sessions import StaffSession
from api.store import Base, Store, new_id

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class BadAccount(ValueError):
    """What was asked of an account cannot be; the message says why and the way out."""


class StaffAccount(Base):
    """One member of staff; password "" where only the office's identity provider lets them in, `once` while it must be changed."""

    __tablename__ = "staff_accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list[str]] = mapped_column(JSON)
    password: Mapped[str] = mapped_column(String(200))
    once: Mapped[bool]
    subject: Mapped[str | None] = mapped_column(String(512), unique=True)
    created: Mapped[datetime]
    disabled: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Account:
    """An account as an admin sees it; `local` where it has a password, `once` while that must be changed, `outside` where OIDC lets it in."""

    staff: Staff
    local: bool
    once: bool
    outside: bool
    created: datetime
    disabled: datetime | None


class Accounts:
    """The accounts of one office; `clock` gives the moment."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def add(self, name: str, display: str, roles: Iterable[Role], password: str | None = None, subject: str | None = None) -> Account:
        """A new account, whose password, if any, must be changed at the first use. Raises BadAccount, WeakPassword."""
        if not NAME.fullmatch(name):
            raise BadAccount(f"登录名“{name[:40]}”要用 2 到 32 个小写字母、数字、点、短横或下划线，以字母或数字开头")
        kept = "" if password is None else passwords.hashed(passwords.good(password, name))
        row = StaffAccount(id=new_id(), name=name, display=display.strip()[:80] or name, roles=_sorted(roles), password=kept, once=bool(kept))
        row.subject, row.created, row.disabled = subject, self._clock(), None
        try:
            with self._store.begin() as session, session.begin():
                session.add(row)
        except IntegrityError:
            raise BadAccount(f"登录名“{name}”已经有人用了，请换一个") from None
        return _account(row)

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._store.begin() as session:
            return [_account(row) for row in session.scalars(select(StaffAccount).order_by(StaffAccount.name))]

    def get(self, number: str) -> Account | None:
        """The account of an id."""
        with self._store.begin() as session:
            row = session.get(StaffAccount, number)
            return _account(row) if row else None

    def named(self, name: str) -> Account | None:
        """The account of a name to sign in with."""
        with self._store.begin() as session:
            row = session.scalar(select(StaffAccount).where(StaffAccount.name == name))
            return _account(row) if row else None

    def of_subject(self, subject: str) -> Account | None:
        """The account that the identity provider's user was tied to."""
        with self._store.begin() as session:
            row = session.scalar(select(StaffAccount).where(StaffAccount.subject == subject))
            return _account(row) if row else None

    def enter(self, name: str, password: str) -> Account | None:
        """The account that name and password open, or None; takes as long where there is no such account."""
        with self._store.begin() as session:
            row = session.scalar(select(StaffAccount).where(StaffAccount.name == name))
        right = passwords.matches(row.password if row else "", password)
        return _account(row) if row and right and row.disabled is None else None

    def change(self, number: str, *, display: str, roles: Iterable[Role], disabled: bool) -> Account:
        """Give an account another name to be shown, roles, or take it out of use. Raises BadAccount, also where no admin would be left."""
        with self._store.begin() as session, session.begin():
            row = _known(session, number)
            row.display, row.roles = display.strip()[:80] or row.name, _sorted(roles)
            row.disabled = (row.disabled or self._clock()) if disabled else None
            session.flush()
            rest = session.scalars(select(StaffAccount).where(StaffAccount.disabled.is_(None)))
            if not any(Role.ADMIN in one.roles for one in rest):
                raise BadAccount("至少要留一个在用的管理员，请先给别人管理员角色")
            if disabled:
                session.execute(delete(StaffSession).where(StaffSession.staff == number))
            return _account(row)

    def reset(self, number: str, password: str) -> Account:
        """Give an account a one-time password; its sessions end. Raises BadAccount, WeakPassword."""
        return self._set(number, password, once=True)

    def choose(self, number: str, password: str) -> Account:
        """Keep the password that its owner chose; all sessions of the account end. Raises BadAccount, WeakPassword."""
        return self._set(number, password, once=False)

    def tie(self, number: str, subject: str) -> None:
        """From now on this user of the identity provider opens the account. Raises BadAccount."""
        with self._store.begin() as session, session.begin():
            _known(session, number).subject = subject

    def _set(self, number: str, password: str, *, once: bool) -> Account:
        account = self.get(number)
        kept = passwords.hashed(passwords.good(password, account.staff.name if account else ""))
        with self._store.begin() as session, session.begin():
            row = _known(session, number)
            row.password, row.once = kept, once
            session.execute(delete(StaffSession).where(StaffSession.staff == number))
            return _account(row)


def _known(session: Session, number: str) -> StaffAccount:
    row = session.get(StaffAccount, number)
    if row is None:
        raise BadAccount(f"没有编号为 {number[:40]} 的账号")
    return row


def _sorted(roles: Iterable[Role]) -> list[str]:
    wanted = frozenset(roles)
    return [role.value for role in Role if role in wanted]


def _account(row: StaffAccount) -> Account:
    staff = Staff(row.id, row.name, row.display, frozenset(Role(role) for role in row.roles))
    return Account(staff, bool(row.password), row.once, row.subject is not None, row.created, row.disabled)
