"""Content checks: every question before it is answered, every answer before it is shown; what came out is kept, the text is not."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Store, new_id
from api.wechat.access import Access
from api.wechat.platform import Platform, Refused, Unreachable, Verdict

log = logging.getLogger(__name__)

# https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/msgSecCheck.html: 2,500 characters a call.
LONGEST = 2500
MOST_PIECES = 8
COMMENT = 2
# The answer of interface version 1 for content against the rules; version 2 says so in result.suggest.
RISKY = 87014


class Outcome(StrEnum):
    """How a check ended; UNCHECKED where the platform was down or refused to judge."""

    PASS = "pass"  # noqa: S105 (the platform's word, no password) # nosec B105
    REVIEW = "review"
    RISKY = "risky"
    UNCHECKED = "unchecked"


class WechatCheck(Base):
    """One check: of which side of which message, how it ended, and the platform's label and trace."""

    __tablename__ = "wechat_checks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[datetime] = mapped_column(index=True)
    message: Mapped[str] = mapped_column(String(32), index=True)
    side: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(12), index=True)
    label: Mapped[int]
    trace: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str] = mapped_column(String(120))


class Checks:
    """msgSecCheck over texts of any length: cut into pieces of 2,500 characters, the worst piece decides."""

    def __init__(self, store: Store, platform: Platform, access: Access) -> None:
        self._store, self._platform, self._access = store, platform, access

    def judge(self, openid: str, text: str, side: str, message: str = "") -> Outcome:
        """The worst outcome of the text's pieces, kept with the message's id; a text past 20,000 characters is UNCHECKED beyond."""
        pieces = pieces_of(text)
        outcomes = [self._piece(openid, pieces[0])] if len(pieces) == 1 else self._together(openid, pieces[:MOST_PIECES])
        if len(pieces) > MOST_PIECES:
            outcomes.append((Outcome.UNCHECKED, Verdict("", 0), f"{len(text)} 字，超过能查的长度"))
        worst = max(outcomes, key=lambda each: _WEIGHT[each[0]])
        self._keep(worst, side, message)
        return worst[0]

    def waiting(self, most: int = 100) -> list[tuple[str, str, str]]:
        """(message, side, outcome) of checks that a person should look at, newest first."""
        wanted = select(WechatCheck).where(WechatCheck.outcome.in_([Outcome.REVIEW, Outcome.UNCHECKED])).order_by(WechatCheck.created.desc()).limit(most)
        with self._store.begin() as session:
            return [(row.message, row.side, row.outcome) for row in session.scalars(wanted)]

    def _together(self, openid: str, pieces: list[str]) -> list[tuple[Outcome, Verdict, str]]:
        with ThreadPoolExecutor(len(pieces)) as pool:
            return list(pool.map(lambda piece: self._piece(openid, piece), pieces))

    def _piece(self, openid: str, text: str) -> tuple[Outcome, Verdict, str]:
        try:
            verdict = self._access.call(lambda token: self._platform.check_text(token, openid, text, COMMENT))
        except Refused as refusal:
            if refusal.code == RISKY:
                return Outcome.RISKY, Verdict("risky", 0), ""
            return self._unchecked(str(refusal))
        except Unreachable as failure:
            return self._unchecked(str(failure))
        return Outcome(verdict.suggest), verdict, ""

    def _unchecked(self, reason: str) -> tuple[Outcome, Verdict, str]:
        log.warning("内容安全检查没有结果：%s", reason)
        return Outcome.UNCHECKED, Verdict("", 0), reason

    def _keep(self, found: tuple[Outcome, Verdict, str], side: str, message: str) -> None:
        outcome, verdict, reason = found
        row = WechatCheck(
            id=new_id(),
            created=datetime.now(UTC),
            message=message,
            side=side,
            outcome=outcome.value,
            label=verdict.label,
            trace=verdict.trace[:128],
            reason=reason[:120],
        )
        with self._store.begin() as session, session.begin():
            session.add(row)


_WEIGHT = {Outcome.PASS: 0, Outcome.REVIEW: 1, Outcome.UNCHECKED: 2, Outcome.RISKY: 3}


def pieces_of(text: str) -> list[str]:
    """The text in pieces of at most 2,500 characters, cut after a line's or sentence's end where there is one; joined they are the text."""
    pieces = []
    while len(text) > LONGEST:
        cut = max(text.rfind(mark, LONGEST // 2, LONGEST) for mark in "\n。；")
        cut = cut + 1 if cut > 0 else LONGEST
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]
