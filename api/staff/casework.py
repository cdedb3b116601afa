"""Routes of cases: drafted from the worklist, written on, confirmed by a reviewer who did not write them, or rejected."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.chat import Day, service
from api.problems import Problem
from api.service import Service
from api.staff.access import note, require
from api.staff.casebook import Case, Casebook, CaseState, OwnCase, drafted
from api.staff.facts import matter_of
from api.staff.roles import Role, Staff
from api.staff.supervision import about, mine
from api.staff.worklist import KINDS, Kind
from assistant.stages.screen import mask

router = APIRouter()
Clerk = Annotated[Staff, Depends(require(Role.CLERK))]
Writer = Annotated[Staff, Depends(require(Role.SUPERVISOR, Role.REVIEWER))]
Reviewer = Annotated[Staff, Depends(require(Role.REVIEWER))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Number = Annotated[str, Path(pattern=r"^office-[0-9a-f]{10}$")]
Short = Annotated[str, Field(min_length=1, max_length=80)]


class Source(BaseModel):
    """An article that a right answer cites."""

    model_config = ConfigDict(extra="forbid")

    title: Short
    article: Short


class Fact(BaseModel):
    """What a right answer says: of every group one alternative occurs in it."""

    model_config = ConfigDict(extra="forbid")

    fact: Short
    match: Annotated[list[Annotated[list[Short], Field(min_length=1, max_length=8)]], Field(min_length=1, max_length=8)]
    vital: bool = True


class Written(BaseModel):
    """A case as it is to be."""

    model_config = ConfigDict(extra="forbid")

    turns: Annotated[list[Annotated[str, Field(min_length=1, max_length=2000)]], Field(min_length=1, max_length=6)]
    expect: Literal["answered", "clarify", "refused"]
    gold: Annotated[list[Annotated[list[Source], Field(min_length=1, max_length=6)]], Field(max_length=10)] = []
    nuggets: Annotated[list[Fact], Field(max_length=10)] = []
    forbidden: Annotated[list[Short], Field(max_length=10)] = []
    date: Day | None = None
    region: Annotated[str, Field(max_length=40)] = ""


class Reason(BaseModel):
    """Why a case is laid aside."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, Field(min_length=1, max_length=500)]


@router.post("/items/{item}/case", status_code=201, response_model=None)
def draft(item: Id, request: Request, who: Clerk) -> dict[str, Any]:
    """Draft a case from an item, or give the one that was drafted. Raises Problem 404, 409 where the question is no longer kept."""
    office = service(request)
    found = mine(office, item, who)
    told = about(office, found)
    if found.kind is Kind.HANDED or not told.get("question"):
        raise Problem(409, "这一条没有可用的问题，不能起草用例（留言没有问题原文，或内容已按保存期限删除）")
    row = drafted(told, f"{KINDS[found.kind]} {found.opened.date()}", who.display, matter_of(told["question"]), office.today().isoformat())
    made = casebook(office).draft(found.id, row, who)
    note(request, who, "起草用例", made.id, "成功")
    return case_json(made, who)


@router.get("/cases", response_model=None)
def cases(request: Request, who: Writer, state: Annotated[CaseState, Query()] = CaseState.DRAFT) -> dict[str, Any]:
    """The cases in a state, oldest first."""
    return {"cases": [case_json(case, who) for case in casebook(service(request)).all(state)]}


@router.put("/cases/{case}", response_model=None)
def write(case: Number, given: Written, request: Request, who: Writer) -> dict[str, Any]:
    """Change a case that is not confirmed; who does so cannot confirm it. Raises Problem 404, 409, 422 for an article that is not known."""
    office = service(request)
    found = known(office, case)
    if found.state is CaseState.CONFIRMED:
        raise Problem(409, "已确认的用例不能改，先退回再改")
    row = {**found.row, **given.model_dump(mode="json")}
    row["turns"] = [mask(turn) for turn in given.turns]
    missing(office, row)
    changed = casebook(office).write(case, row, who)
    note(request, who, "修改用例", case, "成功")
    return case_json(changed, who)


@router.post("/cases/{case}/confirmation", response_model=None)
def confirm(case: Number, request: Request, who: Reviewer) -> dict[str, Any]:
    """From now on the evaluation asks it. Raises Problem 404, 409 for one's own or one that expects nothing, 422."""
    office = service(request)
    found = known(office, case)
    if found.state is not CaseState.DRAFT:
        raise Problem(409, "只有草稿可以确认")
    if found.row["expect"] == "answered" and not (found.row["gold"] or found.row["nuggets"]):
        raise Problem(409, "还没写对的答复应引用哪一条、应说出什么，先补上再确认")
    missing(office, found.row)
    try:
        done = casebook(office).confirm(case, who)
    except OwnCase as own:
        note(request, who, "确认用例", case, "拒绝：本人起草")
        raise Problem(409, str(own)) from None
    note(request, who, "确认用例", case, "成功")
    return case_json(done, who)


@router.post("/cases/{case}/rejection", response_model=None)
def reject(case: Number, given: Reason, request: Request, who: Reviewer) -> dict[str, Any]:
    """Lay a case aside; a confirmed one is asked no more. Raises Problem 404."""
    office = service(request)
    known(office, case)
    done = casebook(office).reject(case, given.why.strip(), who)
    note(request, who, "退回用例", case, "成功")
    return case_json(done, who)


def casebook(office: Service) -> Casebook:
    """The office's cases."""
    return Casebook(office.store, office.settings.home / "cases")


def known(office: Service, case: str) -> Case:
    """The case of an id. Raises Problem 404."""
    found = casebook(office).get(case)
    if found is None:
        raise Problem(404, f"没有编号为 {case} 的用例", field="case", value=case)
    return found


def missing(office: Service, row: dict[str, Any] | Any) -> None:
    """Refuses a case that expects an article nobody has. Raises Problem 422."""
    library = office.assistant.search.library
    on = date.fromisoformat(row["date"]) if row["date"] else office.today()
    for source in (source for group in row["gold"] for source in group):
        law = library.catalog.find(source["title"])
        address = library.resolve(f"{law.title} {source['article']}", on) if law else None
        if address is None or library.entry(address) is None:
            raise Problem(422, f"《{source['title']}》{source['article']} 这里查不到，请核对文件名和条号", field="gold", value=source["article"])


def case_json(case: Case, who: Staff) -> dict[str, Any]:
    """A case in JSON; `own` where one wrote on it, and so cannot confirm it."""
    decided = case.decided.isoformat() if case.decided else None
    told = {"id": case.id, "state": case.state, "at": case.at.isoformat(), "by": case.by, "decided": decided, "reviewer": case.reviewer, "why": case.why}
    return told | {"own": who.id in case.writers, "work": case.work, **{key: case.row[key] for key in Written.model_fields}, "source": case.row["source"]}
