"""Serial numbers of an office and year: without a gap and never twice, whoever issues at the same moment."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.store import Base


class SerialRow(Base):
    """The last number given out by an office in a year."""

    __tablename__ = "staff_serials"

    office: Mapped[str] = mapped_column(String(120), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def next_number(session: Session, office: str, year: int) -> int:
    """The next number, taken within the caller's transaction: others wait for it, and where that fails the number is free again.

    It must be the first thing the transaction does, so that SQLite takes its write lock before anything was read.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    step = insert(SerialRow).values(office=office, year=year, last=1)
    taken = step.on_conflict_do_update(index_elements=["office", "year"], set_={"last": SerialRow.last + 1}).returning(SerialRow.last)
    return int(session.execute(taken).scalar_one())
