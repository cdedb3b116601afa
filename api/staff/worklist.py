"""待办: what went unanswered, was rated badly, withheld, corrected or handed over, each with its state, its helper and its time limit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, Text, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.staff.roles import Staff
from api.store import Base, Store, new_id
from assistant.tools.workdays import NoCalendar, shifted

CHINA = ZoneInfo("Asia/Shanghai")
MOST = 300


class Kind(StrEnum):
    """Where an item came from."""

    UNANSWERED = "unanswered"
    LOW = "low"
    WITHHELD = "withheld"
    CORRECTED = "corrected"
    HANDED = "handed"


class State(StrEnum):
    """How far an item is."""

    CHECK = "check"
    WORKING = "working"
    CALLBACK = "callback"
    DONE = "done"


KINDS = {Kind.UNANSWERED: "没答上来", Kind.LOW: "差评", Kind.WITHHELD: "核验扣下", Kind.CORRECTED: "窗口改写", Kind.HANDED: "群众留言"}
STATES = {State.CHECK: "待核实", State.WORKING: "整改中", State.CALLBACK: "待回访", State.DONE: "办结"}


class WorkRow(Base):
    """One item; `source` names the rating, approval, ticket or inquiry, `message` the answer, `times` how often the same thing came."""

    __tablename__ = "staff_work"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), index=True)
    source: Mapped[str] = mapped_column(String(64), unique=True)
    message: Mapped[str] = mapped_column(String(32))
    opened: Mapped[datetime] = mapped_column(index=True)
    last: Mapped[datetime]
    times: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    assigned: Mapped[str] = mapped_column(String(32), index=True)


class StepRow(Base):
    """One step of an item: who moved it to which state, and what was said."""

    __tablename__ = "staff_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    work: Mapped[str] = mapped_column(ForeignKey("staff_work.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that needs work: kind, source, the answer it is about ("" for none) and when it came."""

    kind: Kind
    source: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One step as others see it."""

    at: datetime
    by: str
    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item as others see it; `due` is the last day, `certain` false where next year's holidays are not announced yet."""

    id: str
    kind: Kind
    source: str
    message: str
    opened: datetime
    times: int
    state: State
    assigned: str
    due: date
    certain: bool


class Worklist:
    """The items of one office; `limits` gives the working days a kind may take, `clock` the moment."""

    def __init__(self, store: Store, limits: Mapping[Kind, int], clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._limits, self._clock = store, limits, clock

    def open(self, found: Iterable[Found]) -> None:
        """Take up what needs work; what comes again is counted, and reopened where it was done before."""
        for one in found:
            try:
                self._take(one)
            except IntegrityError:  # another process took it up a moment ago
                self._take(one)

    def items(self, *, kind: Kind | None = None, done: bool = False, assigned: str | None = None) -> list[Item]:
        """Items that are open (or done), the oldest first (of what is done, the newest); of a kind or a helper where given ("" for nobody)."""
        wanted = select(WorkRow).where(WorkRow.state == State.DONE.value if done else WorkRow.state != State.DONE.value)
        wanted = wanted.where(WorkRow.kind == kind.value) if kind else wanted
        wanted = wanted if assigned is None else wanted.where(WorkRow.assigned == assigned)
        with self._store.begin() as session:
            return [self._item(row) for row in session.scalars(wanted.order_by(WorkRow.last.desc() if done else WorkRow.opened).limit(MOST))]

    def counts(self, assigned: str | None = None) -> dict[Kind, int]:
        """How many items of each kind are open."""
        wanted = select(WorkRow.kind, func.count()).where(WorkRow.state != State.DONE.value).group_by(WorkRow.kind)
        wanted = wanted if assigned is None else wanted.where(WorkRow.assigned == assigned)
        with self._store.begin() as session:
            found = {kind: count for kind, count in session.execute(wanted)}  # noqa: C416 - a row is not a pair to dict's types
        return {kind: found.get(kind.value, 0) for kind in Kind}

    def get(self, item: str) -> Item | None:
        """The item of an id."""
        with self._store.begin() as session:
            row = session.get(WorkRow, item)
            return self._item(row) if row else None

    def steps(self, item: str) -> list[Step]:
        """What was done about an item, oldest first."""
        with self._store.begin() as session:
            rows = session.scalars(select(StepRow).where(StepRow.work == item).order_by(StepRow.id))
            return [Step(row.at, row.by, State(row.state), row.words) for row in rows]

    def assign(self, item: str, to: str, words: str, by: Staff) -> None:
        """Give an item to a member of staff ("" to nobody)."""
        with self._store.begin() as session, session.begin():
            row = session.get_one(WorkRow, item)
            row.assigned = to
            session.add(StepRow(work=item, at=self._clock(), by=by.display, state=row.state, words=words))

    def move(self, item: str, state: State, words: str, by: Staff) -> None:
        """Bring an item into a state, with what there is to say about it."""
        with self._store.begin() as session, session.begin():
            row = session.get_one(WorkRow, item)
            row.state, row.last = state.value, self._clock()
            session.add(StepRow(work=item, at=self._clock(), by=by.display, state=state.value, words=words))

    def _take(self, found: Found) -> None:
        with self._store.begin() as session, session.begin():
            row = session.scalar(select(WorkRow).where(WorkRow.source == found.source))
            if row is None:
                made = WorkRow(id=new_id(), kind=found.kind.value, source=found.source, message=found.message, times=1, assigned="")
                made.opened, made.last, made.state = found.at, found.at, State.CHECK.value
                session.add(made)
                return
            if found.message == row.message or found.at <= row.opened:
                return
            session.execute(update(WorkRow).where(WorkRow.id == row.id).values(times=WorkRow.times + 1, message=found.message))
            if row.state == State.DONE.value and found.at > row.last:
                row.state, row.opened, row.last = State.CHECK.value, found.at, found.at
                session.add(StepRow(work=row.id, at=found.at, by="系统", state=State.CHECK.value, words="办结以后又有人问到，重新打开"))

    def _item(self, row: WorkRow) -> Item:
        kind = Kind(row.kind)
        due, certain = due_day(row.opened, self._limits[kind])
        return Item(row.id, kind, row.source, row.message, row.opened, row.times, State(row.state), row.assigned, due, certain)


def due_day(opened: datetime, workdays: int) -> tuple[date, bool]:
    """The last day of so many working days after the day of a moment, and whether it is certain.

    Where the holidays of a year are not announced yet, only weekends are left out, and it is not.
    """
    day = opened.astimezone(CHINA).date()
    try:
        return shifted(day, workdays), True
    except NoCalendar:
        left = workdays
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day, False


def same_question(question: str) -> str:
    """What stands for a question as the source of an item: its letters and figures only, so that punctuation makes no other one."""
    bare = "".join(letter for letter in question.lower() if letter.isalnum())
    return f"question:{hashlib.sha256(bare.encode('utf-8', 'replace')).hexdigest()[:48]}"
