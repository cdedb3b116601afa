"""What is known of each answer without its words: outcome, time, matter, articles, rating. Dashboards read it; it may outlive the content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, String, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.store import Base, Feedback, Message, Store
from assistant.slots import named

CHINA = ZoneInfo("Asia/Shanghai")
AT_ONCE = 200
NONE = "其他"


class AnswerFact(Base):
    """One answer: when, the day in China, how it ended, who made it, milliseconds, sentences withheld, matter, [title, article] cited, 1 to 5."""

    __tablename__ = "staff_facts"

    message: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    day: Mapped[str] = mapped_column(String(10), index=True)
    outcome: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(24))
    maker: Mapped[str] = mapped_column(String(12))
    ms: Mapped[float]
    withheld: Mapped[int]
    matter: Mapped[str] = mapped_column(String(20))
    cited: Mapped[list[list[str]]] = mapped_column(JSON)
    rating: Mapped[int | None]


class Facts:
    """The facts of one office's answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self, seen: Callable[[list[Message]], None] = lambda _: None) -> int:
        """Take up the answers and ratings that are not taken up yet; `seen` is called with the answers. Returns how many."""
        count = 0
        while True:
            messages = self._new()
            if not messages:
                break
            count += len(messages)
            seen(messages)
            self._keep(messages)
        self._rate()
        return count

    def days(self, first: str, last: str) -> list[AnswerFact]:
        """The facts of the answers of these days (ISO, both ends taken), oldest first."""
        wanted = select(AnswerFact).where(AnswerFact.day >= first, AnswerFact.day <= last).order_by(AnswerFact.at)
        with self._store.begin() as session:
            return list(session.scalars(wanted))

    def _new(self) -> list[Message]:
        missing = select(Message.id).where(~select(AnswerFact.message).where(AnswerFact.message == Message.id).exists()).limit(AT_ONCE)
        with self._store.begin() as session:
            return list(session.scalars(select(Message).where(Message.id.in_(list(session.scalars(missing)))).order_by(Message.created)))

    def _keep(self, messages: Iterable[Message]) -> None:
        for message in messages:
            try:
                with self._store.begin() as session, session.begin():
                    session.add(_fact(message))
            except IntegrityError:  # another process took it up a moment ago
                continue

    def _rate(self) -> None:
        """The last rating of each answer that was rated otherwise than its fact says."""
        last = select(Feedback.message, func.max(Feedback.created).label("at")).group_by(Feedback.message).subquery()
        rated = select(Feedback.message, Feedback.rating).join(last, (Feedback.message == last.c.message) & (Feedback.created == last.c.at))
        stale = rated.join(AnswerFact, AnswerFact.message == Feedback.message).where(AnswerFact.rating.is_distinct_from(Feedback.rating))
        with self._store.begin() as session, session.begin():
            for message, rating in session.execute(stale).all():
                session.execute(update(AnswerFact).where(AnswerFact.message == message).values(rating=rating))


def matter_of(question: str) -> str:
    """The first matter that a question names, 其他 where it names none."""
    return next(iter(named("matters", question, question)), NONE)


def _fact(message: Message) -> AnswerFact:
    answer: dict[str, Any] = message.answer
    cited = list(dict.fromkeys((each["title"], each["article"]) for each in answer.get("citations", ())))
    fact = AnswerFact(message=message.id, at=message.created, outcome=answer["outcome"], status=answer["status"], maker=answer.get("maker", ""))
    fact.day = message.created.replace(tzinfo=message.created.tzinfo or UTC).astimezone(CHINA).date().isoformat()
    fact.ms, fact.withheld = float(answer.get("ms", 0.0)), int(answer.get("withheld", 0))
    fact.matter, fact.cited, fact.rating = matter_of(message.question), [list(pair) for pair in cited], None
    return fact
