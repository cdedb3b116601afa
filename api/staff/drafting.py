"""Routes of editors: drafts, uploads of official texts, and handing them in."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as At
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.chat import service
from api.problems import Problem
from api.staff.access import note, require
from api.staff.report import detail, named, refuse_stopped
from api.staff.roles import Role, Staff
from api.staff.wanted import Decided, Number, plain, with_facts
from corpus.apart import extract_apart
from corpus.errors import CorpusError
from corpus.extract import MAX_BYTES
from corpus.identity import identify
from corpus.intake import as_json, read_in
from corpus.layer import CATALOG, DIGEST, GUIDE, OFFICE
from corpus.proposal import TEXT, Proposal, checks

router = APIRouter()
Reader = Annotated[Staff, Depends(require(Role.EDITOR, Role.REVIEWER))]
Editor = Annotated[Staff, Depends(require(Role.EDITOR))]


class Drafted(BaseModel):
    """An item as somebody wants it; content None goes back to what ships."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(pattern=f"^({CATALOG}|{DIGEST}|{GUIDE}|{OFFICE})$")]
    key: Annotated[str, Field(min_length=1, max_length=300)]
    content: dict[str, Any] | None
    note: Annotated[str, Field(max_length=2000)] = ""


class Saved(BaseModel):
    """A draft as it is to be, and the version that was seen."""

    model_config = ConfigDict(extra="forbid")

    content: dict[str, Any] | None
    note: Annotated[str, Field(max_length=2000)] = ""
    version: Annotated[int, Field(ge=1)]


@router.post("/changes", status_code=201)
def draft(given: Drafted, request: Request, who: Editor) -> dict[str, Any]:
    """Begin a change of an item. Raises Problem 422."""
    made = service(request).changes.draft(who, Proposal(given.kind, given.key, plain(given.content)), given.note)
    note(request, who, "起草变更", named(made), "成功")
    return detail(request, made, who)


@router.post("/uploads", status_code=201)
async def upload(request: Request, who: Editor, name: Annotated[str, Query(min_length=1, max_length=200)]) -> dict[str, Any]:
    """Begin a change with an official text: the body is the file. Raises Problem 413, 422 naming what is wrong with it."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MAX_BYTES:
            raise Problem(413, f"文件超过 {MAX_BYTES // 1_000_000} MB，请拆分或只留正文", field="name", value=name)
    return await run_in_threadpool(take_upload, request, who, PurePath(name.replace("\\", "/")).name, bytes(data))


def take_upload(request: Request, who: Staff, name: str, data: bytes) -> dict[str, Any]:
    """Read, repair, parse and identify a file, and begin a change with it."""
    office = service(request)
    on = office.changes.ground()
    try:
        extracted = extract_apart(data, name)
        held, _, passed = read_in(extracted, lambda text: identify(text, Path(name), on.library.catalog))
    except CorpusError as problem:
        note(request, who, "上传文本", name, "未通过")
        raise Problem(422, str(problem), field="name", value=name) from problem
    proposal = Proposal(TEXT, f"{held.law}/{held.edition.date}", as_json(held) | {"checks": list(passed)})
    made = office.changes.draft(who, proposal, upload=office.changes.upload(who, name, data))
    note(request, who, "上传文本", named(made), "成功")
    return detail(request, made, who)


@router.get("/uploads/{mark}")
def uploaded(mark: Annotated[str, At(pattern="^[0-9a-f]{64}$")], request: Request, who: Reader) -> Response:
    """An uploaded file as it came, to be saved and never shown in the page. Raises Problem 404."""
    name, data = service(request).changes.uploaded(mark)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.put("/changes/{number}")
def save(number: Number, given: Saved, request: Request, who: Editor) -> dict[str, Any]:
    """Write at a draft. Raises Problem 404, 409."""
    office = service(request)
    before = office.changes.get(number)
    content = plain(given.content)
    if before.proposal.kind == TEXT:
        content = with_facts(before.proposal.content, content)
    saved = office.changes.save(who, number, content, given.note, given.version)
    note(request, who, "修改变更", named(saved), f"第 {saved.version} 稿")
    return detail(request, saved, who)


@router.post("/changes/{number}/submit")
def submit(number: Number, given: Decided, request: Request, who: Editor) -> dict[str, Any]:
    """Hand a draft to the reviewers, where nothing stops it. Raises Problem 404, 409, 422."""
    office = service(request)
    found = office.changes.get(number)
    refuse_stopped(checks(office.changes.ground(), found.proposal, office.today(), compare=False))
    moved = office.changes.submit(who, number, given.version)
    note(request, who, "提交变更", named(moved), "待复核")
    return detail(request, moved, who)


@router.post("/changes/{number}/withdraw")
def withdraw(number: Number, given: Decided, request: Request, who: Editor) -> dict[str, Any]:
    """Take an undecided change back. Raises Problem 404, 409."""
    moved = service(request).changes.withdraw(who, number, given.reason)
    note(request, who, "撤回变更", named(moved), "已撤回")
    return detail(request, moved, who)


@router.post("/changes/{number}/again", status_code=201)
def again(number: Number, request: Request, who: Editor) -> dict[str, Any]:
    """Begin a new change with the content of another, as of one that was taken back. Raises Problem 404."""
    office = service(request)
    found = office.changes.get(number)
    made = office.changes.draft(who, found.proposal, f"沿用变更 {number}", found.upload)
    note(request, who, "起草变更", named(made), f"沿用变更 {number}")
    return detail(request, made, who)
