"""一次性告知单 as issued: the sheet as it was printed, its serial number, who issued it when, and every print of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.staff.roles import Staff
from api.staff.serials import next_number
from api.store import Base, Store, new_id
from assistant.tools.sheet import Sheet, sheet_from, sheet_json

WORD = "docx"


class NoticeRow(Base):
    """One notice; `request` is the client's own number of the request, so that a second press issues no second notice."""

    __tablename__ = "staff_notices"
    __table_args__ = (UniqueConstraint("office", "year", "number"), UniqueConstraint("staff", "request"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    office: Mapped[str] = mapped_column(String(120))
    year: Mapped[int]
    number: Mapped[int]
    issued: Mapped[datetime] = mapped_column(index=True)
    staff: Mapped[str] = mapped_column(String(32))
    clerk: Mapped[str] = mapped_column(String(80))
    request: Mapped[str] = mapped_column(String(64))
    applicant: Mapped[str] = mapped_column(String(120), index=True)
    title: Mapped[str] = mapped_column(String(300))
    guide: Mapped[str] = mapped_column(String(120))
    release: Mapped[str] = mapped_column(String(64))
    sheet: Mapped[dict[str, Any]] = mapped_column(JSON)


class PrintRow(Base):
    """One print or Word file of a notice."""

    __tablename__ = "staff_prints"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice: Mapped[str] = mapped_column(ForeignKey("staff_notices.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    staff: Mapped[str] = mapped_column(String(32))
    clerk: Mapped[str] = mapped_column(String(80))
    form: Mapped[str] = mapped_column(String(8))


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued notice as others see it."""

    id: str
    serial: str
    issued: datetime
    clerk: str
    applicant: str
    title: str
    guide: str
    release: str


@dataclass(frozen=True, slots=True)
class Print:
    """When a notice was printed, by whom, and in which form (paper or docx)."""

    at: datetime
    clerk: str
    form: str


def serial(year: int, number: int) -> str:
    """〔2026〕0007号."""
    return f"〔{year}〕{number:04d}号"


class Notices:
    """The notices of an office; `clock` gives the moment."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def issue(self, who: Staff, office: str, on: date, request: str, guide: str, release: str, applicant: str, made: Callable[[str], Sheet]) -> Issued:
        """Give a notice its number and keep it; `made` makes the sheet for a serial number. The same request again gets the notice it got."""
        known = self._of_request(who, request)
        if known:
            return known
        try:
            return self._kept(who, office, on, request, guide, release, applicant, made)
        except IntegrityError:
            again = self._of_request(who, request)
            if again is None:
                raise
            return again

    def _kept(self, who: Staff, office: str, on: date, request: str, guide: str, release: str, applicant: str, made: Callable[[str], Sheet]) -> Issued:
        with self._store.begin() as session, session.begin():
            number = next_number(session, office, on.year)
            sheet = made(serial(on.year, number))
            row = NoticeRow(
                id=new_id(),
                office=office,
                year=on.year,
                number=number,
                issued=self._clock(),
                staff=who.id,
                clerk=who.display,
                request=request,
                applicant=applicant,
                title=sheet.title,
                guide=guide,
                release=release,
                sheet=sheet_json(sheet),
            )
            session.add(row)
            session.flush()
            return _issued(row)

    def _of_request(self, who: Staff, request: str) -> Issued | None:
        with self._store.begin() as session:
            row = session.scalar(select(NoticeRow).where(NoticeRow.staff == who.id, NoticeRow.request == request))
            return _issued(row) if row else None

    def find(self, notice: str) -> tuple[Issued, Sheet, list[Print]] | None:
        """A notice with its sheet and prints, or None."""
        with self._store.begin() as session:
            row = session.get(NoticeRow, notice)
            if row is None:
                return None
            prints = session.scalars(select(PrintRow).where(PrintRow.notice == notice).order_by(PrintRow.id))
            return _issued(row), sheet_from(row.sheet), [Print(each.at, each.clerk, each.form) for each in prints]

    def printed(self, who: Staff, notice: str, form: str) -> None:
        """Note that somebody printed a notice or fetched its Word file."""
        with self._store.begin() as session, session.begin():
            session.add(PrintRow(notice=notice, at=self._clock(), staff=who.id, clerk=who.display, form=form))

    def all(self, words: str = "", before: datetime | None = None, most: int = 50) -> list[Issued]:
        """The newest first; those whose applicant or title has the words, or whose number they are."""
        wanted = select(NoticeRow).order_by(NoticeRow.issued.desc(), NoticeRow.number.desc()).limit(most)
        if before:
            wanted = wanted.where(NoticeRow.issued < before)
        if words:
            found = [NoticeRow.applicant.contains(words, autoescape=True), NoticeRow.title.contains(words, autoescape=True)]
            digits = words.rpartition("〕")[2].removesuffix("号").strip()
            if digits.isdecimal() and len(digits) < 10:
                found.append(NoticeRow.number == int(digits))
            wanted = wanted.where(or_(*found))
        with self._store.begin() as session:
            return [_issued(row) for row in session.scalars(wanted)]


def _issued(row: NoticeRow) -> Issued:
    return Issued(row.id, serial(row.year, row.number), row.issued, row.clerk, row.applicant, row.title, row.guide, row.release)
