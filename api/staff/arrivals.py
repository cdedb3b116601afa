"""What arrives on the worklist: read from answers, ratings, approvals, tickets and inquiries as they are in the store, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, String, cast, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from api.staff.approvals import ApprovalRow
from api.staff.facts import Facts
from api.staff.roles import Staff
from api.staff.worklist import Found, Kind, State, Worklist, WorkRow, same_question
from api.store import Feedback, Message, Store
from api.tickets import Ticket
from api.wechat.inquiries import WechatInquiry
from assistant.turn import Status

# 1 非常不满意 and 2 不满意 are a 差评.
LOW = 2
UNANSWERED = frozenset({Status.REFUSED_NOT_FOUND, Status.REFUSED_UNKNOWABLE, Status.REFUSED_NOT_IN_FORCE, Status.PARTIAL, Status.ERROR})
AT_ONCE = 500
SYSTEM = Staff("", "", "系统", frozenset())
Row = TypeVar("Row", Feedback, ApprovalRow, Ticket, WechatInquiry)


def arrive(store: Store, worklist: Worklist, since: datetime) -> None:
    """Take up everything that came since the last time, corrections since a moment; cheap where nothing did."""
    Facts(store).collect(lambda messages: worklist.open(found for message in messages for found in of_answer(message)))
    for found in (_ratings(store), _corrections(store, since), _tickets(store), _inquiries(store)):
        worklist.open(found)
    for item, by in _answered_elsewhere(store):
        worklist.move(item, State.DONE, f"已由 {by} 答复", SYSTEM)


def of_answer(message: Message) -> Iterator[Found]:
    """What of an answer needs work."""
    if message.answer["status"] in UNANSWERED:
        yield Found(Kind.UNANSWERED, same_question(message.question), message.id, message.created)
    if message.answer.get("withheld"):
        yield Found(Kind.WITHHELD, f"withheld:{message.id}", message.id, message.created)


def _ratings(store: Store) -> list[Found]:
    wanted = _new(select(Feedback).where(Feedback.rating <= LOW), "rating", Feedback.id)
    with store.begin() as session:
        return [Found(Kind.LOW, f"rating:{row.id}", row.message, row.created) for row in session.scalars(wanted)]


def _corrections(store: Store, since: datetime) -> list[Found]:
    # Approvals outlive the items about them.
    wanted = _new(select(ApprovalRow).where(ApprovalRow.corrected, ApprovalRow.at > since), "approval", ApprovalRow.id)
    with store.begin() as session:
        return [Found(Kind.CORRECTED, f"approval:{row.id}", row.message, row.at) for row in session.scalars(wanted)]


def _tickets(store: Store) -> list[Found]:
    wanted = _new(select(Ticket).where(Ticket.status == "open"), "ticket", Ticket.id)
    with store.begin() as session:
        return [Found(Kind.HANDED, f"ticket:{row.id}", row.message or "", row.created) for row in session.scalars(wanted)]


def _inquiries(store: Store) -> list[Found]:
    wanted = _new(select(WechatInquiry).where(WechatInquiry.replied.is_(None)), "inquiry", WechatInquiry.number)
    with store.begin() as session:
        return [Found(Kind.HANDED, f"inquiry:{row.number}", row.message, row.created) for row in session.scalars(wanted)]


def _answered_elsewhere(store: Store) -> list[tuple[str, str]]:
    """(item, who answered) of inquiries that were answered from 企业微信."""
    same = WorkRow.source == literal("inquiry:") + cast(WechatInquiry.number, String)
    wanted = select(WorkRow.id, WechatInquiry.by).join(WechatInquiry, same).where(WechatInquiry.replied.is_not(None), WorkRow.state != State.DONE.value)
    with store.begin() as session:
        return [(item, by) for item, by in session.execute(wanted)]


def _new(wanted: Select[Row], kind: str, column: InstrumentedAttribute[str] | InstrumentedAttribute[int]) -> Select[Row]:
    source = literal(f"{kind}:") + cast(column, String)
    return wanted.where(~select(WorkRow.id).where(WorkRow.source == source).exists()).limit(AT_ONCE)
