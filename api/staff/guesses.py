"""Lock-out: an account name or an address that failed too often has to wait, whether or not there is such an account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import String, case, delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store

WAIT = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 5, 30


class StaffGuess(Base):
    """How often sign-in failed for the hash of an account name or an address since it last had to wait, and when last."""

    __tablename__ = "staff_guesses"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last: Mapped[datetime] = mapped_column(index=True)


class Guesses:
    """The failed sign-ins of one office, common to all its processes; `clock` gives the moment."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def admit(self, name: str, address: str) -> bool:
        """Whether a guess may be made; it counts as failed until `succeeded` says otherwise, so that guesses at once count too."""
        return self._take(_key("address", address), PER_ADDRESS) and self._take(_key("account", name), PER_ACCOUNT)

    def succeeded(self, name: str, address: str) -> None:
        """The guess was right: the account begins anew; the address gets back this one."""
        with self._store.begin() as session, session.begin():
            session.execute(delete(StaffGuess).where(StaffGuess.key == _key("account", name)))
            back = update(StaffGuess).where(StaffGuess.key == _key("address", address), StaffGuess.failures > 0)
            session.execute(back.values(failures=StaffGuess.failures - 1))

    def forgive(self, name: str) -> None:
        """An admin gave the account a new password: it need not wait."""
        with self._store.begin() as session, session.begin():
            session.execute(delete(StaffGuess).where(StaffGuess.key == _key("account", name)))

    def _take(self, key: str, most: int) -> bool:
        now = self._clock()
        # One that lies ahead was made before the clock was set back.
        old = (StaffGuess.last < now - WAIT) | (StaffGuess.last > now + WAIT)
        taken = (
            update(StaffGuess)
            .where(StaffGuess.key == key, old | (StaffGuess.failures < most))
            .values(failures=case((old, 1), else_=StaffGuess.failures + 1), last=now)
        )
        try:
            with self._store.begin() as session, session.begin():
                if session.connection().execute(taken).rowcount:
                    return True
                if session.get(StaffGuess, key) is not None:
                    return False
                session.execute(delete(StaffGuess).where(StaffGuess.last < now - 4 * WAIT))
                session.add(StaffGuess(key=key, failures=1, last=now))
        except IntegrityError:  # another process met the name or address first
            return self._take(key, most)
        return True


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).hexdigest()
