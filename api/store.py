"""What a running office keeps: conversations, messages and ratings, through SQLAlchemy 2 (SQLite by default)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, DateTime, Dialect, Engine, ForeignKey, String, Text, TypeDecorator, create_engine, delete, event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from api.migrations.history import state, upgrade


class Instant(TypeDecorator[datetime]):
    """A moment: kept as UTC without a zone, read back as UTC with one, the same from every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as the database keeps it; one without a zone is UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value and value.tzinfo else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as programs see it."""
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """The tables of the store."""

    type_annotation_map = {datetime: Instant}  # noqa: RUF012 - SQLAlchemy reads it as a plain attribute


class Message(Base):
    """One question and its answer."""

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation: Mapped[str] = mapped_column(String(32), index=True)
    created: Mapped[datetime]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)


class Feedback(Base):
    """A 好差评 of one answer: 5 非常满意 … 1 非常不满意, reasons and words."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    message: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime]
    rating: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)


class Repeat(Base):
    """A request that its client may send again: the hash of its key, the hash of its body and the message that answers it."""

    __tablename__ = "repeats"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(String(32), index=True)
    created: Mapped[float] = mapped_column(index=True)


def engine_of(url: str) -> Engine:
    """Connections to a database; SQLite keeps what it acknowledged and erases what is deleted."""
    # A PostgreSQL that was restarted has closed what the pool still holds.
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _careful_sqlite)
    return engine


def new_id() -> str:
    """A random id of 32 hexadecimal digits."""
    return uuid4().hex


class Store:
    """The database of one office, brought to the tables of this program when it is opened. Raises StoreProblem where a newer program made it."""

    def __init__(self, url: str) -> None:
        self._engine = engine_of(url)
        try:
            self.upgraded = upgrade(self._engine)
        except BaseException:
            self._engine.dispose()
            raise
        self._session = sessionmaker(self._engine, expire_on_commit=False)

    def begin(self) -> Session:
        """A session whose block is one transaction."""
        return self._session()

    def ping(self) -> None:
        """Ask the database for nothing. Raises what SQLAlchemy raises where it is out of reach."""
        with self.begin() as session:
            session.execute(select(1))

    def keep(self, message: str, conversation: str, question: str, answer: dict[str, Any]) -> None:
        """Keep a question with its answer."""
        row = {"id": message, "conversation": conversation, "created": datetime.now(UTC), "question": question, "answer": answer}
        with self._engine.begin() as connection:  # no session: every answer passes here, and this takes half the time
            connection.execute(insert(Message), row)

    def message(self, message: str) -> dict[str, Any] | None:
        """The stored answer, or None."""
        with self.begin() as session:
            found = session.get(Message, message)
            return dict(found.answer) if found else None

    def questions(self, conversation: str, most: int = 8) -> tuple[str, ...]:
        """The last questions of a conversation, oldest first."""
        with self.begin() as session:
            rows = session.scalars(select(Message.question).where(Message.conversation == conversation).order_by(Message.created.desc()).limit(most))
            return tuple(reversed(list(rows)))

    def rate(self, message: str, rating: int, reasons: list[str], text: str) -> str | None:
        """Keep a rating; its id, or None where there is no such message."""
        with self.begin() as session, session.begin():
            if session.get(Message, message) is None:
                return None
            row = Feedback(id=new_id(), message=message, created=datetime.now(UTC), rating=rating, reasons=reasons, text=text)
            session.add(row)
            return row.id

    def forget(self, conversation: str) -> int:
        """Delete a conversation with its ratings; returns how many messages went."""
        with self.begin() as session, session.begin():
            ids = list(session.scalars(select(Message.id).where(Message.conversation == conversation)))
            session.execute(delete(Feedback).where(Feedback.message.in_(ids)))
            session.execute(delete(Repeat).where(Repeat.message.in_(ids)))
            session.execute(delete(Message).where(Message.id.in_(ids)))
            return len(ids)

    @property
    def version(self) -> str:
        """The number of the last step that the tables took."""
        with self._engine.connect() as connection:
            return state(connection)

    def forget_traces(self) -> None:
        """What was deleted is also gone from SQLite's journal; PostgreSQL sees to its own."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _careful_sqlite(connection: Any, _: Any) -> None:
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
