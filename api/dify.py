"""Dify's external knowledge: POST /retrieval gives articles and guides as records."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from api.keys import Key
from api.passages import Passage, passages
from api.problems import TITLES, Problem, Responses
from api.service import Service

KNOWLEDGE = ("shezu", "shezu-articles", "shezu-guides")
MOST = 50
DEPTH = 4
ERRORS = {401: 1002, 403: 1002, 404: 2001}
NO_KEY = 1001
NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "≠": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "≥": lambda a, b: a >= b,
    "≤": lambda a, b: a <= b,
}
WORDS: dict[str, Callable[[str, list[str]], bool]] = {
    "contains": lambda text, wanted: any(each in text for each in wanted),
    "not contains": lambda text, wanted: not any(each in text for each in wanted),
    "start with": lambda text, wanted: text.startswith(tuple(wanted)),
    "end with": lambda text, wanted: text.endswith(tuple(wanted)),
    "is": lambda text, wanted: text in wanted,
    "is not": lambda text, wanted: text not in wanted,
    "in": lambda text, wanted: text in wanted,
    "not in": lambda text, wanted: text not in wanted,
    "before": lambda text, wanted: bool(text) and all(text < each for each in wanted),
    "after": lambda text, wanted: bool(text) and all(text > each for each in wanted),
}
EMPTY = {"empty", "null"}
NOT_EMPTY = {"not empty", "not null"}
Operator = Literal[
    "contains", "not contains", "start with", "end with", "is", "is not", "in", "not in", "empty", "not empty", "null", "not null",
    "=", "≠", ">", "<", "≥", "≤", "before", "after",
]  # fmt: skip


class Setting(BaseModel):
    """How many records and how good; the score is in 0…1."""

    top_k: Annotated[int, Field(ge=1, le=1000)] = 5
    score_threshold: float = 0.0


class Condition(BaseModel):
    """One condition on the metadata; older Dify sends a list of names, any of which may meet it."""

    name: str | list[str]
    comparison_operator: Operator
    value: str | float | list[str] | None = None


class Conditions(BaseModel):
    """Conditions that must hold together, or one of which must."""

    logical_operator: Literal["and", "or"] = "and"
    conditions: Annotated[list[Condition], Field(max_length=50)] = []


class Retrieval(BaseModel):
    """What Dify sends."""

    knowledge_id: str
    query: Annotated[str, Field(max_length=8000)]
    retrieval_setting: Setting = Setting()
    metadata_condition: Conditions | None = None


class Record(BaseModel):
    """One article or guide."""

    content: str
    score: float
    title: str
    metadata: dict[str, Any]


class Records(BaseModel):
    """What was found, best first."""

    records: list[Record]


def refusal(problem: Problem) -> Response:
    """A problem in Dify's shape."""
    code = NO_KEY if problem.status == 401 and problem.detail.startswith("缺少") else ERRORS.get(problem.status, problem.status)
    return JSONResponse({"error_code": code, "error_msg": problem.detail}, problem.status, problem.headers)


def described(*statuses: int) -> Responses:
    """What a route's `responses` says about the errors it may answer with."""
    schema = {"type": "object", "required": ["error_code", "error_msg"], "properties": {"error_code": {"type": "integer"}, "error_msg": {"type": "string"}}}
    return {status: {"description": TITLES[status], "content": {"application/json": {"schema": schema}}} for status in statuses}


def admitted(request: Request, authorization: Annotated[str, Header(include_in_schema=False)] = "") -> Key:
    """The key of a request, once it may retrieve. Raises Problem."""
    office: Service = request.app.state.service
    key, headers = office.keys.admit(authorization, "retrieval")
    request.state.headers |= headers
    request.state.facts["key"] = key.id
    return key


router = APIRouter(tags=["dify"], dependencies=[Depends(admitted)])


@router.post(
    "/retrieval",
    response_model=None,
    responses={200: {"model": Records}, **described(400, 401, 403, 404, 413, 422, 429)},
    openapi_extra={"security": [{"key": []}]},
)
def retrieve(asked: Retrieval, request: Request) -> dict[str, Any]:
    """The passages for a query, in force today in the office's region; `knowledge_id` is shezu, shezu-articles or shezu-guides."""
    if asked.knowledge_id not in KNOWLEDGE:
        raise Problem(404, f"没有“{asked.knowledge_id}”这个知识库，可用：{'、'.join(KNOWLEDGE)}", field="knowledge_id", value=asked.knowledge_id)
    office: Service = request.app.state.service
    search, today = office.assistant.search, office.today()
    top = min(asked.retrieval_setting.top_k, MOST)
    found = search.search(asked.query, today, region=office.settings.region, top=top * DEPTH) if asked.query.strip() else []
    kind = asked.knowledge_id.removeprefix("shezu").strip("-").removesuffix("s")
    base = office.settings.public_url or str(request.base_url).rstrip("/")
    kept = [
        passage
        for passage in passages(search.library, found, today)
        if kind in ("", passage.facts["kind"]) and passage.score >= asked.retrieval_setting.score_threshold and meets(passage, asked.metadata_condition)
    ]
    return {"records": [_record(passage, base) for passage in kept[:top]]}


def _record(passage: Passage, base: str) -> dict[str, Any]:
    return {"content": passage.text, "score": passage.score, "title": passage.title, "metadata": passage.linked(base)}


def meets(passage: Passage, conditions: Conditions | None) -> bool:
    """Whether a passage's metadata meets the conditions; none at all are met by everything."""
    if conditions is None or not conditions.conditions:
        return True
    answers = [holds(passage.facts, condition) for condition in conditions.conditions]
    return all(answers) if conditions.logical_operator == "and" else any(answers)


def holds(facts: Mapping[str, Any], condition: Condition) -> bool:
    """Whether one of the named facts meets the condition; a fact that is not there is empty."""
    names = [condition.name] if isinstance(condition.name, str) else condition.name
    return any(_compare(facts.get(name, ""), condition.comparison_operator, condition.value) for name in names)


def _compare(fact: Any, operator: str, value: str | float | list[str] | None) -> bool:
    text = {True: "true", False: "false"}[fact] if isinstance(fact, bool) else str(fact)
    if operator in EMPTY or operator in NOT_EMPTY:
        return (text == "") is (operator in EMPTY)
    wanted = [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]
    if operator in NUMBERS:
        here, there = _number(text), _number(wanted[0] if wanted else "")
        return here is not None and there is not None and NUMBERS[operator](here, there)
    return WORDS[operator](text, wanted)


def _number(text: str) -> float | None:
    """The number in front of a text, so that a date counts by its year; None where there is none."""
    found = re.match(r"-?\d+(?:\.\d+)?", text)
    return float(found[0]) if found else None
