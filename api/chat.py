"""POST /chat: one message as JSON or as numbered server-sent events; what is sent is stored first and can be read again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.problems import Problem
from api.service import Service
from api.store import new_id
from assistant.turn import Turn, as_json

router = APIRouter(tags=["chat"])
EVENTS = "text/event-stream"
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class Question(BaseModel):
    """What a client sends to ask."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=8000)]
    conversation_id: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None
    history: Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=20)] = []
    audience: Literal["applicant", "clerk"] = "applicant"
    date: date | None = None
    region: Annotated[str, Field(max_length=40)] = ""


def service(request: Request) -> Service:
    """The service of the running app."""
    found: Service = request.app.state.service
    return found


@router.post("/chat", response_model=None)
def chat(question: Question, request: Request, accept: Annotated[str, Header()] = "application/json") -> Response:
    """Answer a question; the message is stored before it is sent."""
    office = service(request)
    message = answer(office, question)
    if EVENTS in accept:
        return StreamingResponse(frames(message), media_type=EVENTS, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    return JSONResponse(message, headers={"Cache-Control": "no-store"})


@router.get("/messages/{message}")
def read_message(message: Id, request: Request) -> dict[str, Any]:
    """A stored message."""
    return stored(service(request), message)


@router.get("/messages/{message}/events", response_model=None)
def resume(message: Id, request: Request, after: Annotated[int, Query(ge=0, le=100000)] = 0) -> Response:
    """The events of a stored message after a number: how a client goes on where its stream broke."""
    return StreamingResponse(frames(stored(service(request), message), after), media_type=EVENTS, headers={"Cache-Control": "no-store"})


@router.delete("/conversations/{conversation}", status_code=204)
def forget(conversation: Id, request: Request) -> Response:
    """Delete a conversation and its ratings."""
    service(request).store.forget(conversation)
    return Response(status_code=204)


def stored(office: Service, message: str) -> dict[str, Any]:
    """The stored message. Raises Problem 404."""
    found = office.store.message(message)
    if found is None:
        raise Problem(404, f"没有编号为 {message} 的回答，可能已按保存期限删除", field="message", value=message)
    return found


def answer(office: Service, question: Question) -> dict[str, Any]:
    """Ask the assistant and store the whole message."""
    conversation = question.conversation_id or new_id()
    history = tuple(question.history) or (office.store.questions(conversation) if question.conversation_id else ())
    started = time.perf_counter()
    turn = office.assistant.ask(
        question.question,
        today=office.today(),
        history=history,
        audience=question.audience,
        region=question.region or office.settings.region,
        on=question.date,
    )
    ms = (time.perf_counter() - started) * 1000
    message = message_json(turn, new_id(), conversation, office.assistant.search.release.id, ms)
    office.store.keep(message["message_id"], conversation, turn.question, message)
    return message


def message_json(turn: Turn, message: str, conversation: str, release: str, ms: float) -> dict[str, Any]:
    """The message as clients get it, with what each stage decided."""
    assert turn.answer is not None
    return {
        "message_id": message,
        "conversation_id": conversation,
        **as_json(turn.answer),
        "ai_generated": turn.answer.maker == "model",
        "release": release,
        "date": turn.day.isoformat(),
        "ms": round(ms, 1),
        "stages": [{"stage": s.stage, "decided": s.decided, "ms": round(s.ms, 2)} for s in turn.steps],
    }


def frames(message: dict[str, Any], after: int = 0) -> Iterator[str]:
    """The message as numbered events: meta, citations, one block each, clarify, done."""
    for number, (name, data) in enumerate(events(message), 1):
        if number > after:
            yield f"id: {number}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def events(message: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(event, data) pairs of a message in order."""
    yield "meta", {key: message[key] for key in ("message_id", "conversation_id", "ai_generated", "release", "date")}
    if message["citations"]:
        yield "citations", {"citations": message["citations"]}
    for index, block in enumerate(message["blocks"]):
        yield "block", {"index": index, "block": block}
    if message["clarify"]:
        yield "clarify", message["clarify"]
    yield "done", {key: message[key] for key in ("outcome", "status", "followups", "ms", "withheld", "stages")}
