"""Callbacks that were already seen, by any process: an envelope or a message is taken once."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store
from api.wechat.envelope import BadEnvelope

# How far a callback's clock may be from ours; older or later ones are refused, so that what was seen need not be kept for long.
WINDOW = 300
KEPT = 3600


class WechatSeen(Base):
    """The hash of an envelope or message id, and when it came."""

    __tablename__ = "wechat_seen"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[float] = mapped_column(index=True)


class Replays:
    """Which callbacks were seen in the last hour; `clock` gives seconds since 1970."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store, self._clock = store, clock

    def admit(self, timestamp: str, nonce: str, signed: str) -> None:
        """Lets an envelope in once, within five minutes of its time. Raises BadEnvelope."""
        if not timestamp.isascii() or not timestamp.isdigit() or abs(int(timestamp) - self._clock()) > WINDOW:
            raise BadEnvelope(f"时间戳“{timestamp[:20]}”离现在超过 {WINDOW} 秒")
        if not self.first(f"envelope:{timestamp}:{nonce}:{signed}"):
            raise BadEnvelope("这条消息已经收到过（重放）")

    def first(self, name: str) -> bool:
        """Whether the name comes for the first time."""
        now = self._clock()
        try:
            with self._store.begin() as session, session.begin():
                session.execute(delete(WechatSeen).where(WechatSeen.at < now - KEPT))
                session.add(WechatSeen(digest=sha256(name.encode()).hexdigest(), at=now))
        except IntegrityError:
            return False
        return True
