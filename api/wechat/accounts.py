"""Who is using the mini-program: openid stays here, clients get a short-lived token of ours; deleting leaves nothing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store, new_id

# msgSecCheck takes an openid that opened the mini-program in the last two hours: a token lasts no longer than that.
LASTS = 7200
MOST_SESSIONS = 5


class WechatUser(Base):
    """One user of one app."""

    __tablename__ = "wechat_users"
    __table_args__ = (UniqueConstraint("appid", "openid"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    appid: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str] = mapped_column(String(128))
    seen: Mapped[float]


class WechatSession(Base):
    """One login: the token's hash and until when it holds."""

    __tablename__ = "wechat_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("wechat_users.id", ondelete="CASCADE"), index=True)
    expires: Mapped[float] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class User:
    """A logged-in user as the server's own modules see one."""

    id: str
    openid: str


class Accounts:
    """Users and their logins; `clock` gives seconds since 1970."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store, self._clock = store, clock

    def login(self, appid: str, openid: str) -> str:
        """A new token for the user; at most five hold at a time, and spent ones are swept out on the way."""
        user, token, now = self._known(appid, openid), secrets.token_urlsafe(32), self._clock()
        with self._store.begin() as session, session.begin():
            session.execute(delete(WechatSession).where(WechatSession.expires <= now))
            session.execute(update(WechatUser).where(WechatUser.id == user).values(seen=now))
            held = list(session.scalars(select(WechatSession).where(WechatSession.user == user).order_by(WechatSession.expires.desc())))
            for old in held[MOST_SESSIONS - 1 :]:
                session.delete(old)
            session.add(WechatSession(digest=_digest(token), user=user, expires=now + LASTS))
        return token

    def user(self, token: str) -> User | None:
        """Whose token it is, or None where it is unknown or spent."""
        wanted = (
            select(WechatUser)
            .join(WechatSession, WechatSession.user == WechatUser.id)
            .where(WechatSession.digest == _digest(token), WechatSession.expires > self._clock())
        )
        with self._store.begin() as session:
            row = session.scalars(wanted).one_or_none()
            return User(row.id, row.openid) if row else None

    def openid(self, user: str) -> str | None:
        """The openid of a user id, or None where the user was deleted."""
        with self._store.begin() as session:
            row = session.get(WechatUser, user)
            return row.openid if row else None

    def logout(self, token: str) -> None:
        """End one login."""
        with self._store.begin() as session, session.begin():
            session.execute(delete(WechatSession).where(WechatSession.digest == _digest(token)))

    def delete(self, user: str) -> None:
        """Delete a user with all that hangs on it: logins and inquiries."""
        with self._store.begin() as session, session.begin():
            session.execute(delete(WechatSession).where(WechatSession.user == user))
            session.execute(delete(WechatUser).where(WechatUser.id == user))

    def _known(self, appid: str, openid: str) -> str:
        wanted = select(WechatUser.id).where(WechatUser.appid == appid, WechatUser.openid == openid)
        with self._store.begin() as session:
            found = session.scalars(wanted).one_or_none()
        if found:
            return found
        try:
            with self._store.begin() as session, session.begin():
                row = WechatUser(id=new_id(), appid=appid, openid=openid, seen=self._clock())
                session.add(row)
                return row.id
        except IntegrityError:
            # Another process met the same user first.
            with self._store.begin() as session:
                return session.scalars(wanted).one()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
