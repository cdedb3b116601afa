"""Routes of 一次性告知单: issued from a checklist, listed, shown on A4 or as a Word file, printed again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from api.chat import Day, service
from api.problems import Problem
from api.staff.access import note, require
from api.staff.notices import WORD, Issued, Notices
from api.staff.roles import Role, Staff
from api.tools import DOCX, documents
from assistant.tools import checklist, notice, sheet_docx, sheet_page
from assistant.tools.sheet import Sheet
from corpus.library import Library
from corpus.office import Office

router = APIRouter(prefix="/staff/notices", tags=["staff"], include_in_schema=False)
Clerk = Annotated[Staff, Depends(require(Role.CLERK))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Short = Annotated[str, Field(max_length=80)]
PRIVATE = {"Cache-Control": "no-store"}


class Lack(BaseModel):
    """One material, by its number in the checklist, and what is wrong with it."""

    model_config = ConfigDict(extra="forbid")

    material: Annotated[int, Field(ge=1, le=200)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class Filing(BaseModel):
    """What a notice is for. Nothing lacking: all that the matter takes is told. `checked`: the clerk has gone through it line by line.

    `despite` issues it although the days in which the office may tell are over.
    """

    model_config = ConfigDict(extra="forbid")

    request: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{16,64}$")]
    guide: Annotated[str, Field(min_length=1, max_length=120)]
    type: Short = ""
    circumstances: Annotated[list[Short], Field(max_length=10)] = []
    level: Short = ""
    region: Short = ""
    applicant: Annotated[str, Field(max_length=120)] = ""
    received: Day | None = None
    lacking: Annotated[list[Lack], Field(max_length=50)] = []
    needless: Annotated[list[Annotated[int, Field(ge=1, le=200)]], Field(max_length=50)] = []
    remarks: Annotated[str, Field(max_length=500)] = ""
    checked: bool = False
    despite: bool = False


class Printed(BaseModel):
    """How a notice was printed."""

    model_config = ConfigDict(extra="forbid")

    form: Literal["paper"] = "paper"


@router.post("", status_code=201, response_model=None)
def issue(filing: Filing, request: Request, who: Clerk) -> dict[str, Any]:
    """Issue a notice: it gets the next number of the office's year and is kept.

    Raises Problem 422 unless the clerk says it was checked, or for a day to come; 409 where it is too late to tell (行政许可法 art. 32).
    """
    office = service(request)
    if not filing.checked:
        raise Problem(422, "请逐项核对后勾选“已核对”，再出具告知单", field="checked")
    search, received = office.assistant.search, filing.received or office.today()
    if received > office.today():
        raise Problem(422, f"收到材料日期 {received} 还没有到，请改正", field="received", value=received)
    with documents():
        told = noticed(search.library, filing, office.office, received)
    if told.tell_by and told.tell_by < office.today() and not filing.despite:
        raise Problem(
            409, f"告知期限到 {told.tell_by} 已满：逾期不告知的，自收到材料之日起即为受理。请先按已受理处理；确要出具的，选“仍然出具”", field="received"
        )
    issued = Notices(office.store).issue(
        who,
        office.office.name,
        office.today(),
        filing.request,
        filing.guide,
        search.release.id,
        filing.applicant.strip(),
        lambda number: notice.sheet(told, office.office, number=number, clerk=who.display, remarks=filing.remarks.strip()),
    )
    note(request, who, "出具告知单", issued.serial, "成功")
    return issued_json(issued)


@router.get("", response_model=None)
def listed(request: Request, who: Clerk, q: Annotated[str, Query(max_length=80)] = "", before: datetime | None = None) -> dict[str, Any]:
    """The newest notices, by applicant, title or number; more with `before`, the moment of the last one seen."""
    return {"notices": [issued_json(each) for each in Notices(service(request).store).all(q.strip(), before)]}


@router.get("/{number}", response_model=None)
def read(number: Id, request: Request, who: Clerk) -> dict[str, Any]:
    """One notice with every print of it."""
    issued, _, prints = _found(request, number)
    return issued_json(issued) | {"prints": [{"at": p.at.isoformat(), "clerk": p.clerk, "form": p.form} for p in prints]}


@router.get("/{number}/page", response_model=None)
def page(number: Id, request: Request, who: Clerk) -> Response:
    """The notice as a page for A4 paper."""
    _, sheet, _ = _found(request, number)
    return HTMLResponse(sheet_page.page(sheet), headers=PRIVATE | {"Content-Security-Policy": sheet_page.policy(sheet.number)})


@router.post("/{number}/prints", status_code=201, response_model=None)
def printed(number: Id, given: Printed, request: Request, who: Clerk) -> dict[str, Any]:
    """Note that the notice was printed."""
    issued, _, _ = _found(request, number)
    Notices(service(request).store).printed(who, number, given.form)
    note(request, who, "打印告知单", issued.serial, "成功")
    return read(number, request, who)


@router.get("/{number}/docx", response_model=None)
def word(number: Id, request: Request, who: Clerk) -> Response:
    """The notice as a Word file; fetching it is noted as a print."""
    issued, sheet, _ = _found(request, number)
    Notices(service(request).store).printed(who, number, WORD)
    note(request, who, "导出告知单", issued.serial, "成功")
    name = quote(f"{sheet.title}{issued.serial}.docx")
    return Response(sheet_docx.document(sheet), media_type=DOCX, headers=PRIVATE | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


def noticed(library: Library, filing: Filing, office: Office, received: Any) -> notice.Notice:
    """The notice of a filing. Raises ToolProblem."""
    guide = library.guide(filing.guide)
    if guide is None:
        raise Problem(404, f"没有“{filing.guide}”这份办事指南", field="guide", value=filing.guide)
    kind = filing.type if filing.type in guide.types else guide.types[0]
    found = checklist.checklist(
        library,
        kind,
        guide.matter,
        on=received,
        level=filing.level,
        region=filing.region,
        circumstances=filing.circumstances,
        guide=filing.guide,
        office=office,
    )
    needless = frozenset(filing.needless)
    if not filing.lacking:
        return notice.whole(library, found, applicant=filing.applicant.strip(), on=received, needless=needless)
    lacking = {each.material: each.reason for each in filing.lacking}
    return notice.notice(library, found, lacking, applicant=filing.applicant.strip(), received=received, needless=needless)


def issued_json(issued: Issued) -> dict[str, Any]:
    """An issued notice in JSON, with the addresses of its page and Word file."""
    base = f"/api/v1/staff/notices/{issued.id}"
    told = {"id": issued.id, "serial": issued.serial, "issued": issued.issued.isoformat(), "clerk": issued.clerk, "applicant": issued.applicant}
    return told | {"title": issued.title, "guide": issued.guide, "release": issued.release, "page": f"{base}/page", "docx": f"{base}/docx"}


def _found(request: Request, number: str) -> tuple[Issued, Sheet, list[Any]]:
    found = Notices(service(request).store).find(number)
    if found is None:
        raise Problem(404, f"没有编号为 {number} 的告知单", field="number", value=number)
    return found
