"""The platform's access token, shared by all processes through one database row: whoever takes the lease asks, the others wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import String, Text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store, new_id
from api.wechat.platform import Platform, Refused, Unreachable
from api.wechat.settings import App

# The platform hands out a new token in the last five minutes, and both hold until the old one ends.
EARLY = 300
LEASE = 15
PATIENCE = 12
PAUSE = 0.05
# 40001 wrong, 40014 malformed, 42001 expired: the token that we hold is no longer good.
STALE = frozenset({40001, 40014, 42001})

Result = TypeVar("Result")


class AccessToken(Base):
    """One app's access token, until when it is good, and who is fetching a new one until when (seconds since 1970)."""

    __tablename__ = "wechat_access_tokens"

    appid: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str] = mapped_column(Text, default="")
    expires: Mapped[float] = mapped_column(default=0.0)
    holder: Mapped[str] = mapped_column(String(32), default="")
    leased: Mapped[float] = mapped_column(default=0.0)


class Access:
    """Calls of one app that need its access token."""

    def __init__(self, store: Store, platform: Platform, app: App, clock: Callable[[], float] = time.time) -> None:
        self._store, self._platform, self._app, self._clock = store, platform, app, clock
        self._me = new_id()

    def call(self, what: Callable[[str], Result]) -> Result:
        """Runs `what(token)`; where the platform finds the token stale, once more with a new one. Raises Refused, Unreachable."""
        token = self.token()
        try:
            return what(token)
        except Refused as refusal:
            if refusal.code not in STALE:
                raise
        self._discard(token)
        return what(self.token())

    def token(self) -> str:
        """A token that is good now. Raises Refused, Unreachable."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            found = self._kept()
            if found:
                return found
            if self._lease():
                return self._fetch()
            time.sleep(PAUSE)
        raise Unreachable("等了 12 秒没有等到别的进程取回微信 access_token")

    def _kept(self) -> str:
        with self._store.begin() as session, session.begin():
            row = session.get(AccessToken, self._app.appid)
            return row.token if row and row.expires > self._clock() + EARLY else ""

    def _lease(self) -> bool:
        now = self._clock()
        taken = (
            update(AccessToken)
            .where(AccessToken.appid == self._app.appid, AccessToken.leased < now, AccessToken.expires <= now + EARLY)
            .values(holder=self._me, leased=now + LEASE)
        )
        with self._store.begin() as session, session.begin():
            if session.get(AccessToken, self._app.appid) is not None:
                return bool(session.connection().execute(taken).rowcount)
        try:
            with self._store.begin() as session, session.begin():
                session.add(AccessToken(appid=self._app.appid, holder=self._me, leased=now + LEASE))
        except IntegrityError:
            return False
        return True

    def _fetch(self) -> str:
        try:
            token, seconds = self._platform.stable_token(self._app.appid, self._app.secret)
        except (Refused, Unreachable):
            # A second's pause for everybody: a platform that is down must not be asked by each process in turn.
            self._put(leased=self._clock() + 1)
            raise
        # A token that the platform calls nearly spent is used all the same, or nobody would ever get one.
        self._put(token=token, expires=self._clock() + max(seconds, EARLY + 30), leased=0.0)
        return token

    def _put(self, **values: object) -> None:
        mine = update(AccessToken).where(AccessToken.appid == self._app.appid, AccessToken.holder == self._me).values(**values)
        with self._store.begin() as session, session.begin():
            session.execute(mine)

    def _discard(self, token: str) -> None:
        # Only the token that failed: another process may have put a new one meanwhile.
        gone = update(AccessToken).where(AccessToken.appid == self._app.appid, AccessToken.token == token).values(expires=0.0)
        with self._store.begin() as session, session.begin():
            session.execute(gone)
