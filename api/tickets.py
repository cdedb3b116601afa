"""POST /tickets: a message to the office's clerks. The way to reach the writer is kept, personal data elsewhere is masked."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.chat import service
from api.problems import Problem, documented
from api.store import Base, Message, Store, new_id
from assistant.stages.screen import CONTROL, mask
from corpus.clean import INVISIBLE

router = APIRouter(tags=["tickets"])
PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}|0\d{9,15}(?:转\d{1,6})?|[2-9]\d{6,7}(?:转\d{1,6})?|[48]00\d{7}")
MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
NUMBER_DIGITS = 6


class Ticket(Base):
    """One message to the office: what it says, how to reach its writer, and the answer it is about while that is kept."""

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    created: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(String(16), default="open")


class Note(BaseModel):
    """What a reader leaves: a telephone number or an e-mail address, the words, and the answer they are about."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=40)] = ""
    contact: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    message_id: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None


class Receipt(BaseModel):
    """What the writer keeps: the id, with which the note can be taken back, and the number to quote on the telephone."""

    id: str
    number: str


@router.post("/tickets", status_code=201, responses=documented(413, 422, 429))
def leave(note: Note, request: Request) -> Receipt:
    """Keep a message to the office. Raises Problem 422 where it says nothing or nobody could be reached."""
    office = service(request)
    contact, text = reachable(note.contact), mask(_plain(note.text))
    if not text:
        raise Problem(422, "留言是空的，请写下要问或要反映的事", field="text", value=note.text)
    return keep(office.store, f"{office.today():%Y%m%d}", mask(_plain(note.name)), contact, text, note.message_id)


@router.delete("/tickets/{ticket}", status_code=204, response_model=None, responses=documented(422))
def withdraw(ticket: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], request: Request) -> Response:
    """Take a message back: it is deleted with the contact. Deleting what is gone is no error."""
    with service(request).store.begin() as session, session.begin():
        session.execute(delete(Ticket).where(Ticket.id == ticket))
    return Response(status_code=204)


def reachable(written: str) -> str:
    """The telephone number or e-mail address as written, in one width. Raises Problem 422 for anything else."""
    contact = re.sub(r"\s+", "", _plain(unicodedata.normalize("NFKC", written)))
    if PHONE.fullmatch(re.sub(r"[—–()-]", "", contact)) or MAIL.fullmatch(contact):
        return contact
    raise Problem(422, "联系方式请写一个电话号码或邮箱，例如 010-12345678，窗口才能回复您", field="contact", value=mask(written))


def keep(store: Store, day: str, name: str, contact: str, text: str, message: str | None) -> Receipt:
    """Keep a ticket under a fresh number of the day (YYYYMMDD-NNNNNN); a message that is gone is left out."""
    with store.begin() as session, session.begin():
        about = message if message and session.get(Message, message) else None
        row = Ticket(id=new_id(), number=_number(session, day), created=datetime.now(UTC), name=name, contact=contact, text=text, message=about)
        session.add(row)
        return Receipt(id=row.id, number=row.number)


def _number(session: Session, day: str) -> str:
    while True:
        number = f"{day}-{secrets.randbelow(10**NUMBER_DIGITS):0{NUMBER_DIGITS}d}"
        if session.scalar(select(Ticket.id).where(Ticket.number == number)) is None:
            return number


def _plain(text: str) -> str:
    return CONTROL.sub("", INVISIBLE.sub("", text)).strip()
