"""Answers that a clerk approved or corrected: offered first when the same question comes, until an article that they cite changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from api.staff.grounds import Ground, changed
from api.staff.roles import Staff, called
from api.store import Base, Store, new_id
from assistant.sameness import Asked
from corpus.article import Address
from corpus.impact import ANSWER, Rest
from corpus.library import Library


class State(StrEnum):
    """Where an approved answer stands: offered, withdrawn until somebody looks at it again, or laid aside."""

    ACTIVE = "active"
    STALE = "stale"
    RETIRED = "retired"


class ApprovalRow(Base):
    """One approved answer. `asked` and `case` are the question as it is compared, `bases` the cited articles with the hash of each.

    `until` is the last day on which it is offered, "" where only its articles limit it.
    """

    __tablename__ = "staff_approvals"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(String(32), index=True)
    question: Mapped[str] = mapped_column(Text)
    bare: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    case: Mapped[str] = mapped_column(Text)
    on: Mapped[str] = mapped_column(String(10))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    lead: Mapped[str] = mapped_column(String(300))
    bases: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    corrected: Mapped[bool]
    release: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    until: Mapped[str] = mapped_column(String(10), default="")
    because: Mapped[list[str]] = mapped_column(JSON)
    changed: Mapped[datetime]


class NoteRow(Base):
    """A clerk's remark on an answer, for colleagues only."""

    __tablename__ = "staff_notes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    message: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime]
    staff: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Approval:
    """An approved answer as others see it; `on` is the day it is about ("" is today, whenever that is), `because` why it was withdrawn.

    `until` is the last day on which it is offered, "" for no such day.
    """

    id: str
    at: datetime
    by: str
    role: str
    message: str
    question: str
    asked: Asked
    on: str
    answer: Mapping[str, Any]
    lead: str
    bases: tuple[Ground, ...]
    corrected: bool
    release: str
    state: State
    until: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaleApproval:
    """An approved answer that rests on an article that has changed, and in which way; or whose time is over."""

    approval: Approval
    because: tuple[str, ...]


def stale_approvals(approvals: Iterable[Approval], library: Library, today: date) -> list[StaleApproval]:
    """Those approved answers of which a cited article is another one, or gone, in a library on a day, or whose time is over then."""
    found = []
    for approval in approvals:
        on = date.fromisoformat(approval.on) if approval.on else today
        because = tuple(why for ground in approval.bases if (why := changed(ground, library, on)))
        if approval.until and approval.until < today.isoformat():
            because = (*because, f"有效期到 {approval.until}，已过")
        if because:
            found.append(StaleApproval(approval, because))
    return found


def rests(approvals: Iterable[Approval]) -> Iterator[Rest]:
    """What the approved answers rest on, for the impact of a change: the kind, the approval's id, its question and each cited article."""
    for approval in approvals:
        for ground in approval.bases:
            yield Rest(ANSWER, approval.id, approval.question, Address(ground.law, ground.edition, ground.article), dated=bool(approval.on))


class Approvals:
    """The approved answers of an office; `clock` gives the moment."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def approve(
        self,
        who: Staff,
        question: str,
        asked: Asked,
        answer: Mapping[str, Any],
        bases: Iterable[Ground],
        *,
        message: str,
        lead: str,
        release: str,
        on: str = "",
        corrected: bool = False,
        until: str = "",
    ) -> Approval:
        """Keep an answer for a question; what was approved for the same question before is laid aside."""
        now = self._clock()
        row = ApprovalRow(
            id=new_id(),
            at=now,
            staff=who.id,
            by=who.display,
            role=called(who.roles)[:80],
            message=message,
            question=question,
            bare=asked.bare,
            text=asked.text,
            case=asked.case,
            on=on,
            answer=dict(answer),
            lead=lead,
            bases=[_ground_json(ground) for ground in bases],
            corrected=corrected,
            release=release,
            state=State.ACTIVE.value,
            until=until,
            because=[],
            changed=now,
        )
        with self._store.begin() as session, session.begin():
            before = update(ApprovalRow).where(ApprovalRow.bare == asked.bare, ApprovalRow.case == asked.case, ApprovalRow.state != State.RETIRED.value)
            session.execute(before.values(state=State.RETIRED.value, changed=now))
            session.add(row)
            session.flush()
            return _approval(row)

    def of(self, asked: Asked) -> Approval | None:
        """The approved answer to the same question, or None."""
        wanted = select(ApprovalRow).where(ApprovalRow.bare == asked.bare, ApprovalRow.case == asked.case, ApprovalRow.state == State.ACTIVE.value)
        with self._store.begin() as session:
            row = session.scalar(wanted.order_by(ApprovalRow.at.desc()).limit(1))
            return _approval(row) if row else None

    def about(self, asked: Asked, lead: str) -> list[Approval]:
        """Approved answers to other questions about the same case that were first answered from the same article."""
        wanted = select(ApprovalRow).where(ApprovalRow.case == asked.case, ApprovalRow.lead == lead, ApprovalRow.bare != asked.bare)
        with self._store.begin() as session:
            rows = session.scalars(wanted.where(ApprovalRow.state == State.ACTIVE.value).order_by(ApprovalRow.at.desc()).limit(50))
            return [_approval(row) for row in rows]

    def get(self, approval: str) -> Approval | None:
        """The approved answer of that id, or None."""
        with self._store.begin() as session:
            row = session.get(ApprovalRow, approval)
            return _approval(row) if row else None

    def all(self, *states: State, most: int = 500) -> list[Approval]:
        """The approved answers in those states, the ones changed last first."""
        wanted = select(ApprovalRow).where(ApprovalRow.state.in_([state.value for state in states])).order_by(ApprovalRow.changed.desc()).limit(most)
        with self._store.begin() as session:
            return [_approval(row) for row in session.scalars(wanted)]

    def withdraw(self, stale: Iterable[StaleApproval]) -> None:
        """Put stale answers into the queue 核准答复待复核: they are offered no more."""
        with self._store.begin() as session, session.begin():
            for each in stale:
                still = update(ApprovalRow).where(ApprovalRow.id == each.approval.id, ApprovalRow.state == State.ACTIVE.value)
                session.execute(still.values(state=State.STALE.value, because=list(each.because), changed=self._clock()))

    def sweep(self, library: Library, today: date) -> list[StaleApproval]:
        """Withdraw every active answer that a library of today contradicts; what was withdrawn."""
        found = stale_approvals(self.all(State.ACTIVE, most=100_000), library, today)
        self.withdraw(found)
        return found

    def confirm(self, who: Staff, approval: str, bases: Iterable[Ground], release: str) -> None:
        """Offer a withdrawn answer again, with no last day: somebody has read it against the articles as they are now."""
        now = self._clock()
        values = {
            "state": State.ACTIVE.value,
            "until": "",
            "because": [],
            "bases": [_ground_json(ground) for ground in bases],
            "release": release,
            "changed": now,
            "at": now,
        }
        values |= {"staff": who.id, "by": who.display, "role": called(who.roles)[:80]}
        with self._store.begin() as session, session.begin():
            session.execute(update(ApprovalRow).where(ApprovalRow.id == approval).values(**values))

    def limit(self, approval: str, until: str) -> None:
        """Offer an answer up to a day (ISO, that day taken), "" for as long as its articles stand."""
        with self._store.begin() as session, session.begin():
            session.execute(update(ApprovalRow).where(ApprovalRow.id == approval).values(until=until, changed=self._clock()))

    def retire(self, approval: str) -> None:
        """Lay an answer aside for good."""
        with self._store.begin() as session, session.begin():
            session.execute(update(ApprovalRow).where(ApprovalRow.id == approval).values(state=State.RETIRED.value, changed=self._clock()))

    def annotate(self, who: Staff, message: str, text: str) -> None:
        """Add a remark on an answer."""
        with self._store.begin() as session, session.begin():
            session.add(NoteRow(id=new_id(), message=message, at=self._clock(), staff=who.id, by=who.display, text=text))

    def remarks(self, message: str) -> list[dict[str, str]]:
        """The remarks on an answer, oldest first: at, by, text."""
        with self._store.begin() as session:
            rows = session.scalars(select(NoteRow).where(NoteRow.message == message).order_by(NoteRow.at))
            return [{"at": row.at.isoformat(), "by": row.by, "text": row.text} for row in rows]


def _ground_json(ground: Ground) -> dict[str, str]:
    return {"law": ground.law, "title": ground.title, "edition": ground.edition, "article": ground.article, "digest": ground.digest}


def _approval(row: ApprovalRow) -> Approval:
    return Approval(
        id=row.id,
        at=row.at,
        by=row.by,
        role=row.role,
        message=row.message,
        question=row.question,
        asked=Asked(row.bare, row.text, row.case),
        on=row.on,
        answer=row.answer,
        lead=row.lead,
        bases=tuple(Ground(**ground) for ground in row.bases),
        corrected=row.corrected,
        release=row.release,
        state=State(row.state),
        until=row.until,
        because=tuple(row.because),
    )
