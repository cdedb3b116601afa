"""The tools over HTTP: names, deadlines, checklists and one-time notices (JSON, page, DOCX), eligibility and charters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date as day
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from api.chat import Day, service
from api.problems import Problem, documented
from assistant.tools import charter, checklist, deadlines, eligibility, names, notice, sheet_docx, sheet_page
from assistant.tools.findings import ToolProblem, as_json
from assistant.tools.sheet import Sheet
from assistant.wording import words
from corpus.library import Library

router = APIRouter(prefix="/tools", tags=["tools"])
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UPLOAD = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
Short = Annotated[str, Field(max_length=80)]
Count = Annotated[int, Field(ge=0, le=10**12)] | None


class Sent(BaseModel):
    """A request body; fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Name(Sent):
    """A name to check."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    type: Short = ""
    level: Short = ""
    region: Short = ""
    parent: Short = ""
    persons: Annotated[list[Short], Field(max_length=10)] = []
    date: Day | None = None


class Start(Sent):
    """An event and the day it happened (for a fixed date of the year: any day of that year)."""

    event: Short
    start: Day


class Case(Sent):
    """What a checklist is for."""

    type: Short
    matter: Short
    level: Short = ""
    region: Short = ""
    circumstances: Annotated[list[Short], Field(max_length=10)] = []
    guide: Annotated[str, Field(max_length=120)] = ""
    date: Day | None = None
    format: Literal["json", "html", "docx"] = "json"


class Lack(Sent):
    """One material, by its number in the checklist, and what is wrong with it."""

    material: Annotated[int, Field(ge=1, le=200)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class Shortfall(Case):
    """What a one-time notice is for: the case, who applied, when the material came, and what is lacking."""

    applicant: Annotated[str, Field(max_length=120)] = ""
    received: Day | None = None
    lacking: Annotated[list[Lack], Field(min_length=1, max_length=50)]


class Plan(Sent):
    """Answers to the questions of GET /tools/eligibility; what is not known is left out. Money in yuan."""

    purpose: Short = ""
    scope: Short = ""
    people: Count = None
    units: Count = None
    money: Count = None
    cash: bool | None = None
    state_percent: Count = None
    fundraising: bool | None = None
    directors: Count = None
    profit: bool | None = None
    premises: bool | None = None
    staff: bool | None = None
    supervisor: bool | None = None
    direct: bool | None = None
    barred: bool | None = None
    similar: bool | None = None


class Draft(Sent):
    """A charter draft as text."""

    text: Annotated[str, Field(min_length=1, max_length=200_000)]
    type: Short
    charity: bool = False
    date: Day | None = None


@contextmanager
def documents() -> Iterator[None]:
    """A tool's own problem becomes a problem document naming field and value."""
    try:
        yield
    except ToolProblem as problem:
        raise Problem(422, str(problem), field=problem.field, value=problem.value) from problem


def library(request: Request) -> Library:
    """The library of the current release."""
    return service(request).assistant.search.library


def on(request: Request, wanted: day | None) -> day:
    """The day whose rules apply."""
    return wanted or service(request).today()


@router.post("/name", response_model=None, responses=documented(422))
def check_name(sent: Name, request: Request) -> dict[str, Any]:
    """A proposed name, rule by rule."""
    with documents():
        found = names.check(
            library(request),
            sent.name,
            sent.type,
            on=on(request, sent.date),
            level=sent.level,
            region=sent.region,
            parent=sent.parent,
            persons=tuple(sent.persons),
        )
    shown: dict[str, Any] = as_json(found)
    return shown


@router.get("/deadlines", response_model=None)
def known_events() -> dict[str, Any]:
    """Every event that starts a period."""
    return {"events": as_json(deadlines.events())}


@router.post("/deadline", response_model=None, responses=documented(422))
def deadline(sent: Start, request: Request) -> dict[str, Any]:
    """The last day of a period, with the working shown."""
    with documents():
        found = deadlines.compute(library(request), deadlines.event(sent.event), sent.start)
    shown: dict[str, Any] = as_json(found) | {"verdict": found.verdict.value}
    return shown


@router.get("/checklists", response_model=None)
def known_checklists(request: Request) -> dict[str, Any]:
    """Types with their matters, and the circumstances that can be named."""
    return {"types": checklist.options(library(request)), "circumstances": list(words("checklist")["circumstances"])}


@router.post("/checklist", response_model=None, responses=documented(422))
def make_checklist(sent: Case, request: Request) -> Response | dict[str, Any]:
    """A checklist as JSON, as a page to print, or as a Word document."""
    with documents():
        found = _checklist(sent, request)
    return _shown(found, checklist.sheet(found), sent.format)


@router.post("/notice", response_model=None, responses=documented(422))
def make_notice(sent: Shortfall, request: Request) -> Response | dict[str, Any]:
    """The clerk's one-time notice (一次性告知单) as JSON, page or Word document."""
    office = service(request).office
    lacking = {row.material: row.reason for row in sent.lacking}
    with documents():
        found = notice.notice(library(request), _checklist(sent, request), lacking, applicant=sent.applicant, received=sent.received or on(request, sent.date))
    return _shown(found, notice.sheet(found, office), sent.format)


@router.get("/eligibility", response_model=None)
def questions() -> dict[str, Any]:
    """The questions whose answers decide which type fits."""
    return {"questions": words("eligibility")["questions"]}


@router.post("/eligibility", response_model=None, responses=documented(422))
def assess(sent: Plan, request: Request) -> dict[str, Any]:
    """Which type fits the answers, and what is missing."""
    given = sent.model_dump(exclude_none=True)
    with documents():
        found = eligibility.assess(library(request), eligibility.answers_from(given), on=on(request, None))
    shown: dict[str, Any] = as_json(found)
    return shown


@router.post("/charter", response_model=None, responses=documented(422))
def check_charter(sent: Draft, request: Request) -> dict[str, Any]:
    """A charter draft, clause by clause."""
    with documents():
        found = charter.check(library(request), sent.text, sent.type, on=on(request, sent.date), charity=sent.charity)
    shown: dict[str, Any] = as_json(found)
    return shown


@router.post("/charter/file", response_model=None, responses=documented(422), openapi_extra=UPLOAD)
async def check_charter_file(
    request: Request,
    type: Annotated[str, Query(max_length=80)],
    name: Annotated[str, Query(max_length=200)] = "章程.docx",
    charity: bool = False,
) -> dict[str, Any]:
    """A charter draft sent as the body of the request (docx, pdf, md, txt, html; the kind follows from `name`)."""
    data, today = await request.body(), on(request, None)
    with documents():
        text = await run_in_threadpool(charter.text_of, data, name)
        found = await run_in_threadpool(charter.check, library(request), text, type, on=today, charity=charity)
    shown: dict[str, Any] = as_json(found)
    return shown


def _checklist(sent: Case, request: Request) -> checklist.Checklist:
    return checklist.checklist(
        library(request),
        sent.type,
        sent.matter,
        on=on(request, sent.date),
        level=sent.level,
        region=sent.region,
        circumstances=sent.circumstances,
        guide=sent.guide,
        office=service(request).office,
    )


def _shown(found: Any, sheet: Sheet, form: str) -> Response | dict[str, Any]:
    if form == "html":
        return HTMLResponse(sheet_page.page(sheet), headers={"Content-Security-Policy": sheet_page.policy(), "Cache-Control": "no-store"})
    if form == "docx":
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(sheet.title)}.docx", "Cache-Control": "no-store"}
        return Response(sheet_docx.document(sheet), media_type=DOCX, headers=headers)
    shown: dict[str, Any] = as_json(found)
    return shown
