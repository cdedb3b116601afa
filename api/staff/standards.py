"""Routes of standard answers: what a supervisor writes for a question that often comes, on which articles, and up to which day it is offered."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.chat import Day, service
from api.problems import Problem
from api.staff.access import note, require
from api.staff.approvals import Approvals, State
from api.staff.asking import approval_json, lead
from api.staff.grounds import grounds
from api.staff.roles import Role, Staff
from api.tools import documents
from assistant import correction, sameness
from assistant.stages.screen import CONTROL, mask

router = APIRouter()
Supervisor = Annotated[Staff, Depends(require(Role.SUPERVISOR))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class Standard(BaseModel):
    """A question and its answer in plain lines with [n] marks for `cites`, which are numbered from 1 as they stand.

    `until` is the last day on which it is offered; `despite` keeps figures that no cited article has.
    """

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=2, max_length=500)]
    text: Annotated[str, Field(min_length=1, max_length=8000)]
    cites: Annotated[list[Annotated[str, Field(max_length=120)]], Field(min_length=1, max_length=10)]
    date: Day | None = None
    region: Annotated[str, Field(max_length=40)] = ""
    until: Day | None = None
    despite: bool = False


class Term(BaseModel):
    """The last day on which an answer is offered, null for as long as its articles stand."""

    model_config = ConfigDict(extra="forbid")

    until: Day | None = None


@router.post("/standards", status_code=201, response_model=None)
def write(given: Standard, request: Request, who: Supervisor) -> dict[str, Any]:
    """Keep a standard answer; clerks are offered it first when the question comes. Raises Problem 409, 422."""
    office = service(request)
    search = office.assistant.search
    words = mask(CONTROL.sub("", given.question)).strip()
    asked = sameness.asked(search, words, today=office.today(), region=given.region or office.settings.region, on=given.date)
    day = json.loads(asked.case)["on"]
    on = date.fromisoformat(day) if day else office.today()
    with documents():
        answer = correction.corrected(search.library, {"citations": []}, mask(CONTROL.sub("", given.text)), given.cites, on)
    doubts = correction.doubts(search.library, answer)
    if doubts and not given.despite:
        raise Problem(409, f"{'；'.join(doubts[:3])}。请核对；确实无误的，勾选“仍然保存”", field="text")
    made = Approvals(office.store).approve(
        who,
        words,
        asked,
        answer,
        grounds(answer, search.library, on),
        message="",
        lead=lead(answer),
        release=search.release.id,
        on=day,
        until=_until(given.until, office.today()),
    )
    note(request, who, "写标准答复", made.id, "成功")
    return approval_json(made)


@router.put("/approvals/{approval}/term", response_model=None)
def limit(approval: Id, given: Term, request: Request, who: Supervisor) -> dict[str, Any]:
    """Set the last day of an answer that is offered. Raises Problem 404, 409 for one that is not, 422 for a day that is over."""
    office = service(request)
    kept = Approvals(office.store)
    found = kept.get(approval)
    if found is None:
        raise Problem(404, f"没有编号为 {approval} 的核准答复", field="approval", value=approval)
    if found.state is not State.ACTIVE:
        raise Problem(409, "这条答复不在用，先复核恢复再定有效期")
    until = _until(given.until, office.today())
    kept.limit(approval, until)
    note(request, who, "定答复有效期", approval, until or "不限")
    changed = kept.get(approval)
    assert changed
    return approval_json(changed)


def _until(day: date | None, today: date) -> str:
    if day and day < today:
        raise Problem(422, f"有效期 {day} 已经过了，请写今天或以后的日期", field="until", value=day)
    return day.isoformat() if day else ""
