"""Asking at the window: the approved answer first, then the assistant's; and what a clerk makes of it: approve, correct, annotate."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api import chat
from api.chat import Day, service
from api.problems import Problem
from api.service import CHINA, Service
from api.staff.access import note, require
from api.staff.approvals import Approval, Approvals, State, stale_approvals
from api.staff.grounds import grounds
from api.staff.roles import Role, Staff
from api.store import Message
from api.tools import documents
from assistant import correction, sameness
from assistant.sameness import Asked
from assistant.stages.screen import mask
from assistant.turn import Outcome, Turn

router = APIRouter(prefix="/staff", tags=["staff"], include_in_schema=False)
Clerk = Annotated[Staff, Depends(require(Role.CLERK))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
NEAR = 3


class Question(BaseModel):
    """What a clerk asks, for whom: the day and the region."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=2000)]
    conversation_id: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None
    date: Day | None = None
    region: Annotated[str, Field(max_length=40)] = ""


class Verdict(BaseModel):
    """A message approved as it is, or with other words (`text`, with [n] marks) and further articles (`cites`).

    `question` is the question that it answers, where that is to be told apart from the one asked (a follow-up needs it in full);
    `date` and `region` are those it was asked with. `despite` keeps a correction with figures that no cited article has.
    """

    model_config = ConfigDict(extra="forbid")

    message: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    question: Annotated[str, Field(max_length=500)] = ""
    date: Day | None = None
    region: Annotated[str, Field(max_length=40)] = ""
    text: Annotated[str, Field(max_length=8000)] = ""
    cites: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=10)] = []
    despite: bool = False


class Remark(BaseModel):
    """A remark for colleagues."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=500)]


@router.post("/ask", response_model=None)
def ask(given: Question, request: Request, who: Clerk) -> dict[str, Any]:
    """The assistant's answer for clerks, what is approved for the same question, and what is approved for near ones."""
    office = service(request)
    question = chat.Question(question=given.question, conversation_id=given.conversation_id, audience="clerk", date=given.date, region=given.region)
    turn, message = office.answering.begin(lambda: chat.asked(office, question)).result()
    request.state.facts["message"] = message["message_id"]
    asked = read(office, turn)
    same, near = offered(office, asked, lead(message))
    return {
        **message,
        "asked": str(turn.notes.get("contextualise") or given.question),
        "approved": approval_json(same) if same else None,
        "near": [approval_json(each) for each in near],
        "remarks": Approvals(office.store).remarks(message["message_id"]),
    }


@router.post("/approvals", status_code=201, response_model=None)
def approve(given: Verdict, request: Request, who: Clerk) -> dict[str, Any]:
    """Approve or correct an answer: it is offered first when the question comes again. Raises Problem 404, 409, 422."""
    office = service(request)
    message, question = _answered(office, given.message)
    words = mask(given.question.strip() or question)
    asked = sameness.asked(office.assistant.search, words, today=office.today(), region=given.region or office.settings.region, on=given.date)
    day = json.loads(asked.case)["on"]
    library, on = office.assistant.search.library, date.fromisoformat(day) if day else office.today()
    answer = {"blocks": message["blocks"], "citations": message["citations"]}
    if given.text.strip():
        with documents():
            answer = correction.corrected(library, answer, given.text, given.cites, on)
        doubts = correction.doubts(library, answer)
        if doubts and not given.despite:
            raise Problem(409, f"{'；'.join(doubts[:3])}。请核对；确实无误的，选“仍然保存”", field="text")
    if not answer["citations"]:
        raise Problem(422, "这条答复没有依据，不能核准；可以改写并写上依据", field="text")
    made = Approvals(office.store).approve(
        who,
        words,
        asked,
        answer,
        grounds(answer, library, on),
        message=given.message,
        lead=lead(message),
        release=office.assistant.search.release.id,
        on=day,
        corrected=bool(given.text.strip()),
    )
    note(request, who, "改写答复" if made.corrected else "核准答复", made.id, "成功")
    return approval_json(made)


@router.get("/approvals", response_model=None)
def approvals(request: Request, who: Clerk, state: Annotated[Literal["active", "stale", "retired"], Query()] = "active") -> dict[str, Any]:
    """The approved answers; those that a changed article withdrew are the queue 核准答复待复核."""
    office = service(request)
    kept = Approvals(office.store)
    kept.sweep(office.assistant.search.library, office.today())
    return {"approvals": [approval_json(each) for each in kept.all(State(state))]}


@router.post("/approvals/{approval}/confirmation", response_model=None)
def confirm(approval: Id, request: Request, who: Clerk) -> dict[str, Any]:
    """Offer a withdrawn answer again, after reading it against the articles as they are now. Raises Problem 404, 409."""
    office = service(request)
    found = _approval(office, approval)
    if found.state is not State.STALE:
        raise Problem(409, "这条答复不在待复核里，不用再确认", field="approval", value=approval)
    on = date.fromisoformat(found.on) if found.on else office.today()
    bases = grounds(found.answer, office.assistant.search.library, on)
    if any(not ground.digest for ground in bases):
        raise Problem(409, "有依据的条文现在查不到了，不能原样恢复；请重新提问并核准新的答复", field="approval", value=approval)
    Approvals(office.store).confirm(who, approval, bases, office.assistant.search.release.id)
    note(request, who, "复核答复", approval, "恢复")
    return approval_json(_approval(office, approval))


@router.delete("/approvals/{approval}", response_model=None)
def retire(approval: Id, request: Request, who: Clerk) -> dict[str, Any]:
    """Lay an approved answer aside. Raises Problem 404."""
    office = service(request)
    _approval(office, approval)
    Approvals(office.store).retire(approval)
    note(request, who, "停用答复", approval, "成功")
    return approval_json(_approval(office, approval))


@router.post("/messages/{message}/remarks", status_code=201, response_model=None)
def remark(message: Id, given: Remark, request: Request, who: Clerk) -> dict[str, Any]:
    """Add a remark to an answer; all of them. Raises Problem 404."""
    office = service(request)
    chat.stored(office, message)
    kept = Approvals(office.store)
    kept.annotate(who, message, mask(given.text.strip()))
    note(request, who, "批注答复", message, "成功")
    return {"remarks": kept.remarks(message)}


def read(office: Service, turn: Turn) -> Asked:
    """The question of a turn as it is compared."""
    if turn.asked:
        return sameness.of(turn)
    return sameness.asked(office.assistant.search, turn.question, today=turn.today, region=turn.region, on=turn.on)


def offered(office: Service, asked: Asked, first: str) -> tuple[Approval | None, list[Approval]]:
    """(what is approved for the same question, what for near ones that are answered from the same article first); stale ones are withdrawn."""
    kept, search = Approvals(office.store), office.assistant.search
    same = kept.of(asked)
    near = [each for each in kept.about(asked, first) if sameness.near(asked, each.asked, search.likeness)] if first else []
    wanted = _fresh(office, [*([same] if same else []), *near[: NEAR + 2]])
    return same if same in wanted else None, [each for each in near if each in wanted][:NEAR]


def lead(message: dict[str, Any]) -> str:
    """The article that an answer rests on first, as a key; "" where it rests on none."""
    first = message["citations"][0] if message["citations"] else None
    return f"{first['law']} {first['article']}" if first else ""


def _fresh(office: Service, found: Iterable[Approval]) -> list[Approval]:
    """Those that still rest on the articles as they are; the others are withdrawn."""
    found = list(found)
    stale = stale_approvals(found, office.assistant.search.library, office.today())
    if stale:
        Approvals(office.store).withdraw(stale)
    gone = {each.approval.id for each in stale}
    return [each for each in found if each.id not in gone]


def _answered(office: Service, message: str) -> tuple[dict[str, Any], str]:
    """A stored answer and its question. Raises Problem 404, and 409 for what is no answer."""
    found = chat.stored(office, message)
    if found["outcome"] != Outcome.ANSWERED.value:
        raise Problem(409, "这条没有给出答复，不能核准；可以换个问法再问", field="message", value=message)
    with office.store.begin() as session:
        row = session.get(Message, message)
        return found, row.question if row else ""


def _approval(office: Service, approval: str) -> Approval:
    found = Approvals(office.store).get(approval)
    if found is None:
        raise Problem(404, f"没有编号为 {approval} 的核准答复", field="approval", value=approval)
    return found


def approval_json(approval: Approval) -> dict[str, Any]:
    """An approved answer in JSON; `label` is what it is called wherever it is shown."""
    day = approval.at.astimezone(CHINA).date().isoformat()
    label = f"本单位核准答复（{approval.role or '窗口人员'}，{day}{'，经改写' if approval.corrected else ''}）"
    told = {"id": approval.id, "label": label, "question": approval.question, "by": approval.by, "at": approval.at.isoformat(), "on": approval.on}
    state = {"corrected": approval.corrected, "state": approval.state.value, "because": list(approval.because), "release": approval.release}
    told |= {"until": approval.until}
    return told | state | {"message": approval.message, "blocks": approval.answer["blocks"], "citations": approval.answer["citations"]}
