"""Customer-service messages: an answer as plain text in pieces that fit, within the five messages and 48 hours that the platform allows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import String, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store
from api.wechat.access import Access
from api.wechat.platform import Platform, Refused, Unreachable
from assistant.render import AI_LABEL

log = logging.getLogger(__name__)

# At most five messages within 48 hours of the user's last one; 2,048 bytes of text a message.
HOURS_48 = 48 * 3600
MOST_SENT = 5
LARGEST = 2048
MOST_PIECES = 3
LABEL = "本回答由程序根据法规条文组成，仅供参考，以登记机关答复为准"
CUT = "…（内容较长，请在小程序或网页里看全文和依据）"


class WechatWindow(Base):
    """When a user last wrote to us and how many messages went back since; the key is a hash of channel and user."""

    __tablename__ = "wechat_windows"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[float]
    sent: Mapped[int]


class Customer:
    """Sends texts to users of one app; `clock` gives seconds since 1970."""

    def __init__(self, store: Store, platform: Platform, access: Access, channel: str, clock: Callable[[], float] = time.time) -> None:
        self._store, self._platform, self._access, self._channel, self._clock = store, platform, access, channel, clock

    def heard(self, openid: str) -> None:
        """The user wrote: the 48 hours and the five messages start anew."""
        with self._store.begin() as session, session.begin():
            session.merge(WechatWindow(digest=self._digest(openid), at=self._clock(), sent=0))

    def forget(self, openid: str) -> None:
        """Nothing is kept of when the user wrote."""
        with self._store.begin() as session, session.begin():
            session.execute(delete(WechatWindow).where(WechatWindow.digest == self._digest(openid)))

    def send(self, openid: str, text: str) -> int:
        """Sends the text in at most three pieces; returns how many the platform took."""
        sent = 0
        for piece in pieces(text):
            if not self._allowed(openid):
                log.warning("客服消息没有发出：超过 48 小时或已发满 %d 条", MOST_SENT)
                break
            try:
                self._access.call(lambda token, piece=piece: self._platform.send_text(token, openid, piece))  # type: ignore[misc]
            except (Refused, Unreachable) as failure:
                log.warning("客服消息没有发出：%s", failure)
                break
            sent += 1
        return sent

    def _allowed(self, openid: str) -> bool:
        taken = (
            update(WechatWindow)
            .where(WechatWindow.digest == self._digest(openid), WechatWindow.sent < MOST_SENT, WechatWindow.at > self._clock() - HOURS_48)
            .values(sent=WechatWindow.sent + 1)
        )
        with self._store.begin() as session, session.begin():
            return bool(session.connection().execute(taken).rowcount)

    def _digest(self, openid: str) -> str:
        return sha256(f"{self._channel}:{openid}".encode()).hexdigest()


def answer_text(found: Mapping[str, Any]) -> str:
    """A stored message as plain text: label, blocks with [n], the question back with its options, sources."""
    # The label stands first: a long answer loses its end, never its label.
    parts = [AI_LABEL if found["ai_generated"] else LABEL, *(_block(block) for block in found["blocks"])]
    if found["clarify"]:
        parts.append("\n".join([found["clarify"]["question"], *(f"· {option['label']}" for option in found["clarify"]["options"])]))
    if found["citations"]:
        parts.append("\n".join(["依据：", *(_source(citation) for citation in found["citations"])]))
    return "\n\n".join(part for part in parts if part)


def pieces(text: str) -> list[str]:
    """The text in at most three pieces of at most 2,048 bytes, cut at line ends where possible; the rest is left out with a word about it."""
    found: list[str] = []
    while len(text.encode()) > LARGEST and len(found) < MOST_PIECES - 1:
        head = fitting(text, LARGEST)
        end = head.rfind("\n")
        head = head[:end] if end > len(head) // 2 else head
        found.append(head)
        text = text[len(head) :].lstrip("\n")
    return [*found, shortened(text)]


def shortened(text: str) -> str:
    """The text in one message of at most 2,048 bytes."""
    return text if len(text.encode()) <= LARGEST else fitting(text, LARGEST - len(CUT.encode())) + CUT


def fitting(text: str, size: int) -> str:
    """The longest beginning of the text that is at most `size` bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")


def _block(block: Mapping[str, Any]) -> str:
    between = "　" if block["kind"] == "table" else ""
    rows = [between.join(s["text"] + "".join(f"[{n}]" for n in s["cites"]) for s in item) for item in block["items"]]
    mark = "· " if block["kind"] in ("list", "table") else ""
    lines = [f"{i}. {row}" if block["kind"] == "steps" else mark + row for i, row in enumerate(rows, 1)]
    return "\n".join([f"{block['title']}：", *lines] if block["title"] else lines)


def _source(citation: Mapping[str, Any]) -> str:
    held = "" if citation["source"] == "text" else "，要点"
    return f"[{citation['n']}] 《{citation['title']}》{citation['article']}（{citation['edition']} 文本，{citation['status']}{held}）"
