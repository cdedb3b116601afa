"""Sessions of staff: a random token in a cookie, its hash in the store; they lock when nobody works, and end after a day at the latest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store

LONGEST = timedelta(hours=12)
# Work is noted at most this often, so that reading does not write to the database at every step.
NOTED = timedelta(seconds=30)


class StaffSession(Base):
    """One session: the token's hash, whose it is, when it began, and when there was last work in it."""

    __tablename__ = "staff_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    begun: Mapped[datetime]
    seen: Mapped[datetime] = mapped_column(index=True)


class Sessions:
    """The sessions of one office, which lock after `idle` without work; `clock` gives the moment."""

    def __init__(self, store: Store, idle: timedelta, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self.idle, self._clock = store, idle, clock

    def begin(self, staff: str, instead: str = "") -> str:
        """A new session's token; the one that the browser held before ends, and spent ones are swept out on the way."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._store.begin() as session, session.begin():
            session.execute(delete(StaffSession).where((StaffSession.digest == _digest(instead)) | (StaffSession.seen < now - LONGEST)))
            session.add(StaffSession(digest=_digest(token), staff=staff, begun=now, seen=now))
        return token

    def find(self, token: str) -> tuple[str, bool] | None:
        """(whose session it is, whether it is locked), or None where there is none; asking is work, which keeps it from locking."""
        now = self._clock()
        with self._store.begin() as session:
            row = session.get(StaffSession, _digest(token))
        if row is None:
            return None
        if row.seen < now - self.idle or row.begun < now - LONGEST:
            return row.staff, True
        if row.seen < now - NOTED:
            with self._store.begin() as session, session.begin():
                session.execute(update(StaffSession).where(StaffSession.digest == row.digest).values(seen=now))
        return row.staff, False

    def end(self, token: str) -> None:
        """End a session; ending one that is gone is no error."""
        with self._store.begin() as session, session.begin():
            session.execute(delete(StaffSession).where(StaffSession.digest == _digest(token)))


def csrf(token: str) -> str:
    """What scripts of our own pages send along with a change; from it nobody can tell the token."""
    return hmac.new(token.encode(), b"shezu csrf", "sha256").hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
