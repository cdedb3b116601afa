"""Inquiries that a user leaves for the window, the staff's replies, and the one notice 人工答复已回复 that the user asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store
from api.wechat.platform import Refused, Unreachable

log = logging.getLogger(__name__)

MOST_TRIES = 3


class WechatInquiry(Base):
    """One inquiry; notice: no, wanted, sent, refused (the user took the permission back) or failed."""

    __tablename__ = "wechat_inquiries"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    user: Mapped[str] = mapped_column(ForeignKey("wechat_users.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(String(32), default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    replied: Mapped[datetime | None]
    by: Mapped[str] = mapped_column(String(64), default="")
    notice: Mapped[str] = mapped_column(String(8), default="no")
    tries: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry as staff and its author see it."""

    number: int
    created: datetime
    text: str
    message: str
    reply: str
    replied: datetime | None


class Inquiries:
    """The inquiries of one office; `notify(user, number, text, replied)` sends the notice."""

    def __init__(self, store: Store, notify: Callable[[str, int, str, datetime], None]) -> None:
        self._store, self._notify = store, notify

    def leave(self, user: str, text: str, message: str = "", *, notice: bool = False) -> int:
        """Keeps an inquiry; returns its number."""
        row = WechatInquiry(user=user, created=datetime.now(UTC), text=text, message=message, notice="wanted" if notice else "no")
        with self._store.begin() as session, session.begin():
            session.add(row)
            session.flush()
            return row.number

    def of(self, user: str, most: int = 50) -> list[Inquiry]:
        """A user's own inquiries, newest first."""
        wanted = select(WechatInquiry).where(WechatInquiry.user == user).order_by(WechatInquiry.number.desc()).limit(most)
        return self._read(wanted)

    def open(self, most: int = 20) -> list[Inquiry]:
        """Inquiries without a reply, oldest first."""
        return self._read(select(WechatInquiry).where(WechatInquiry.replied.is_(None)).order_by(WechatInquiry.number).limit(most))

    def answer(self, number: int, text: str, by: str) -> bool:
        """Keeps the staff's reply (a later one replaces it) and sends the notice; False where there is no such inquiry."""
        with self._store.begin() as session, session.begin():
            row = session.get(WechatInquiry, number)
            if row is None:
                return False
            row.reply, row.replied, row.by = text, datetime.now(UTC), by
        self.send_notices()
        return True

    def send_notices(self) -> int:
        """Sends every notice that is due, also those that failed before; returns how many the platform took."""
        due = select(WechatInquiry).where(WechatInquiry.notice == "wanted", WechatInquiry.replied.is_not(None)).limit(50)
        with self._store.begin() as session:
            rows = list(session.scalars(due))
        return sum(self._send(row) for row in rows)

    def _send(self, row: WechatInquiry) -> bool:
        assert row.replied is not None
        # Taken before it is sent: two processes must not send the one notice that the user allowed.
        if not self._move(row.number, "wanted", "sent"):
            return False
        try:
            self._notify(row.user, row.number, row.text, row.replied)
        except (Refused, Unreachable) as failure:
            log.warning("留言 %d 的通知没有发出：%s", row.number, failure)
            self._move(row.number, "sent", self._after(failure, row.tries + 1), row.tries + 1)
            return False
        return True

    def _after(self, failure: Exception, tries: int) -> str:
        if isinstance(failure, Refused):
            # 43101: the user refused or has not subscribed; a second try cannot change that.
            return "refused" if failure.code == 43101 else "failed"
        return "wanted" if tries < MOST_TRIES else "failed"

    def _move(self, number: int, old: str, new: str, tries: int | None = None) -> bool:
        values: dict[str, str | int] = {"notice": new} if tries is None else {"notice": new, "tries": tries}
        with self._store.begin() as session, session.begin():
            moved = update(WechatInquiry).where(WechatInquiry.number == number, WechatInquiry.notice == old).values(**values)
            return bool(session.connection().execute(moved).rowcount)

    def _read(self, wanted: object) -> list[Inquiry]:
        with self._store.begin() as session:
            rows = session.scalars(wanted)  # type: ignore[call-overload]
            return [Inquiry(r.number, r.created, r.text, r.message, r.reply, r.replied) for r in rows]
