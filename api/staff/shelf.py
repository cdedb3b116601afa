"""What a member of staff looked at last, and what they pinned: for each account its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from api.chat import service
from api.staff.access import require
from api.staff.roles import Role, Staff
from api.store import Base, Store

MOST_RECENT, MOST_PINNED = 30, 60
# A tab parts what a target is made of.
LINE = r"^[^\t\r\n\x00]*$"

router = APIRouter(prefix="/staff/shelf", tags=["staff"], include_in_schema=False)
Reader = Annotated[Staff, Depends(require(Role.CLERK, Role.EDITOR, Role.REVIEWER))]


class ShelfRow(Base):
    """One thing that somebody opened; `target` is kind, law or guide, edition and label."""

    __tablename__ = "staff_shelf"

    staff: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True)
    target: Mapped[str] = mapped_column(String(400), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    pinned: Mapped[bool]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Thing:
    """An article (law, edition, label) or a guide (slug as law, the rest empty), and its title."""

    kind: str
    law: str
    edition: str
    label: str
    title: str

    @property
    def target(self) -> str:
        """The key under which it lies on the shelf."""
        return "\t".join((self.kind, self.law, self.edition, self.label))


class Shelf:
    """The shelves of an office's staff."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def put(self, staff: str, thing: Thing, pinned: bool | None = None) -> None:
        """Note that somebody opened a thing; `pinned` pins or unpins it. The ones opened longest ago make room."""
        with self._store.begin() as session, session.begin():
            row = session.get(ShelfRow, (staff, thing.target))
            if row is None:
                row = ShelfRow(staff=staff, target=thing.target, title=thing.title, pinned=bool(pinned), at=self._clock())
                session.add(row)
            row.title, row.at = thing.title, self._clock()
            row.pinned = row.pinned if pinned is None else pinned
            session.flush()
            for kind, most in ((False, MOST_RECENT), (True, MOST_PINNED)):
                mine = select(ShelfRow.target).where(ShelfRow.staff == staff, ShelfRow.pinned == kind).order_by(ShelfRow.at.desc())
                old = list(session.scalars(mine.offset(most)))
                session.execute(delete(ShelfRow).where(ShelfRow.staff == staff, ShelfRow.target.in_(old)))

    def of(self, staff: str) -> tuple[list[Thing], list[Thing]]:
        """(recent, pinned) of somebody, newest first."""
        with self._store.begin() as session:
            rows = list(session.scalars(select(ShelfRow).where(ShelfRow.staff == staff).order_by(ShelfRow.at.desc())))
        return [_thing(row) for row in rows if not row.pinned], [_thing(row) for row in rows if row.pinned]

    def clear(self, staff: str) -> None:
        """Forget what somebody opened; what is pinned stays."""
        with self._store.begin() as session, session.begin():
            session.execute(delete(ShelfRow).where(ShelfRow.staff == staff, ShelfRow.pinned.is_(False)))


class Put(BaseModel):
    """A thing that was opened, or is to be pinned or unpinned."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["article", "guide"]
    law: Annotated[str, Field(min_length=1, max_length=120, pattern=LINE)]
    edition: Annotated[str, Field(max_length=20, pattern=LINE)] = ""
    label: Annotated[str, Field(max_length=120, pattern=LINE)] = ""
    title: Annotated[str, Field(min_length=1, max_length=300)]
    pinned: bool | None = None


@router.get("", response_model=None)
def read(request: Request, who: Reader) -> dict[str, Any]:
    """One's own shelf."""
    return _shown(request, who)


@router.put("", response_model=None)
def put(given: Put, request: Request, who: Reader) -> dict[str, Any]:
    """Note what was opened, pin or unpin it; the shelf afterwards."""
    Shelf(service(request).store).put(who.id, Thing(given.kind, given.law, given.edition, given.label, given.title), given.pinned)
    return _shown(request, who)


@router.delete("", response_model=None)
def clear(request: Request, who: Reader) -> dict[str, Any]:
    """Forget what was opened; the shelf afterwards."""
    Shelf(service(request).store).clear(who.id)
    return _shown(request, who)


def _shown(request: Request, who: Staff) -> dict[str, Any]:
    recent, pinned = Shelf(service(request).store).of(who.id)
    return {"recent": [_json(thing) for thing in recent], "pinned": [_json(thing) for thing in pinned]}


def _thing(row: ShelfRow) -> Thing:
    kind, law, edition, label = row.target.split("\t")
    return Thing(kind, law, edition, label, row.title)


def _json(thing: Thing) -> dict[str, str]:
    return {"kind": thing.kind, "law": thing.law, "edition": thing.edition, "label": thing.label, "title": thing.title}
