"""Routes around a change: the list, one with its history and report, and a second person's decision."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from api.chat import service
from api.problems import Problem
from api.staff.access import note, require
from api.staff.change import Change, State
from api.staff.report import change_json, detail, named, report, row_json
from api.staff.resting import resting
from api.staff.roles import Role, Staff
from api.staff.wanted import Decided, Number
from corpus.proposal import TEXT
from corpus.telling import lines, side_by_side

router = APIRouter()
Reader = Annotated[Staff, Depends(require(Role.EDITOR, Role.REVIEWER))]
Reviewer = Annotated[Staff, Depends(require(Role.REVIEWER))]


@router.get("/changes")
def changes(request: Request, who: Reader, state: State | None = None) -> dict[str, Any]:
    """The changes, newest first, of one state where asked."""
    return {"changes": [change_json(each, who) for each in service(request).changes.all(state)]}


@router.get("/changes/{number}")
def change(number: Number, request: Request, who: Reader) -> dict[str, Any]:
    """A change with its content and history. Raises Problem 404."""
    return detail(request, service(request).changes.get(number), who)


@router.get("/changes/{number}/report")
def change_report(number: Number, request: Request, who: Reader) -> dict[str, Any]:
    """Checks, difference, impact and fallout: of an undecided change as things stand now, of a decided one as its reviewer saw it. Raises Problem 404."""
    found = service(request).changes.get(number)
    if found.report is not None:
        return {**found.report, "kept": True}
    return made_report(request, found)


@router.get("/changes/{number}/steps/{step}")
def step(number: Number, step: Annotated[int, Path(ge=1, le=10_000)], request: Request, who: Reader) -> dict[str, Any]:
    """What one step of a change wrote, beside what was written before it. Raises Problem 404."""
    found = service(request).changes.get(number)
    steps = service(request).changes.steps(number)
    if step > len(steps):
        raise Problem(404, f"变更 {number} 只有 {len(steps)} 步", field="step", value=step)
    kind = found.proposal.kind
    before = next((each.content for each in reversed(steps[: step - 1]) if each.content is not None), found.base)
    rows = [] if kind == TEXT else side_by_side(lines(kind, before), lines(kind, steps[step - 1].content))
    return {"content": steps[step - 1].content, "rows": [row_json(row) for row in rows]}


@router.post("/changes/{number}/reject")
def reject(number: Number, given: Decided, request: Request, who: Reviewer) -> dict[str, Any]:
    """Send a change back with a reason. Raises Problem 403 for one's own, 404, 409, 422."""
    if not given.reason.strip():
        raise Problem(422, "退回要写明原因，作者才知道改什么", field="reason")
    moved = service(request).changes.reject(who, number, given.reason.strip())
    note(request, who, "退回变更", named(moved), "已退回")
    return detail(request, moved, who)


@router.post("/changes/{number}/approve")
def approve(number: Number, given: Decided, request: Request, who: Reviewer) -> dict[str, Any]:
    """Approve a change where nothing stops it; the next release holds it. Raises Problem 403 for one's own, 404, 409, 422."""
    office = service(request)
    found = office.changes.get(number)
    office.changes.not_own(who, number)
    seen = made_report(request, found)
    if seen["stops"]:
        raise Problem(422, f"还有 {seen['stops']} 处问题没有改好，请退回作者", field="checks")
    moved = office.changes.approve(who, number, given.reason.strip(), given.version, seen)
    note(request, who, "批准变更", named(moved), "待发布")
    return detail(request, moved, who)


def made_report(request: Request, change: Change) -> dict[str, Any]:
    """The report of a change as things stand now."""
    office = service(request)
    ground = office.changes.ground()
    return report(ground, change, office.today(), resting(office, ground.library))
