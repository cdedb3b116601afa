"""POST /chat: one message as JSON or as numbered server-sent events; what is sent is stored first and can be read again."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Future
from datetime import date as day
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy.exc import SQLAlchemyError

from api import logbook, shapes
from api.answering import Draft, Drafts, awaited, finished, growing, soon
from api.problems import TITLES, UNFORESEEN, Problem, Responses, answers, documented
from api.service import Service
from api.store import new_id
from assistant.pipeline import Assistant
from assistant.stages.screen import CONTROL, mask
from assistant.turn import Block, Citation, OnBlock, Status, Turn, as_json, block_json, citation_json

router = APIRouter(tags=["chat"])
EVENTS = "text/event-stream"
NOT_STORED = {"Cache-Control": "no-store"}
STREAMED = NOT_STORED | {"X-Accel-Buffering": "no"}
# Up to so many seconds a stream waits for its message before it opens, so that what goes wrong is still a problem document.
PROMPT = 5.0
STREAM: Responses = {
    200: {
        "description": "Events meta, citations, block…, clarify, done (or error), numbered; before them, unnumbered, draft… while a model writes.",
        "content": {EVENTS: {"schema": {"type": "string"}}},
    }
}
ANSWERS: Responses = {200: {"model": shapes.Message, "description": "The message.", "content": STREAM[200]["content"]}}
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[
    Annotated[str, Field(pattern=r"^[!-~]{16,64}$")] | SkipJsonSchema[None],
    Header(description="16 to 64 visible ASCII characters of the client's choice, such as a UUID."),
]


def iso_day(value: Any) -> day:
    """A day as written, 2026-11-23; a number is none, though pydantic would take it for a timestamp."""
    if isinstance(value, day):
        return value
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        try:
            return day.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_parsing", "not an ISO day")


Day = Annotated[day, BeforeValidator(iso_day)]


class Question(BaseModel):
    """What a client sends to ask."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=8000)]
    conversation_id: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None
    history: Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=20)] = []
    audience: Literal["applicant", "clerk"] = "applicant"
    date: Day | None = None
    region: Annotated[str, Field(max_length=40)] = ""


def service(request: Request) -> Service:
    """The service of the running app."""
    found: Service = request.app.state.service
    return found


@router.post("/chat", response_model=None, responses=ANSWERS | documented(409, 429, 503))
async def chat(question: Question, request: Request, idempotency_key: Key = None) -> Response:
    """Answer a question; the message is stored before it is sent. The same Idempotency-Key with the same body gets the same message."""
    office = service(request)
    if EVENTS in request.headers.get("accept", ""):
        drafts = Drafts() if office.model else None
        return await stream(begin(office, question, idempotency_key, drafts), request.state.facts, drafts)
    making = begin(office, question, idempotency_key)
    message = await finished(making)
    note(request.state.facts, message)
    return JSONResponse(message, headers=NOT_STORED)


@router.get("/messages/{message}", response_model=None, responses=answers(shapes.Message, 404))
def read_message(message: Id, request: Request) -> dict[str, Any]:
    """A stored message."""
    return stored(service(request), message)


@router.get("/messages/{message}/events", response_model=None, responses=STREAM | documented(404))
def resume(message: Id, request: Request, after: Annotated[int, Query(ge=0, le=100000)] = 0) -> Response:
    """The events of a stored message after a number (or after Last-Event-ID): how a client goes on where its stream broke."""
    last = request.headers.get("last-event-id", "")
    seen = int(last) if last.isascii() and last.isdigit() and len(last) < 7 else 0
    return StreamingResponse(whole_frames(stored(service(request), message), max(after, seen)), media_type=EVENTS, headers=STREAMED)


@router.delete("/conversations/{conversation}", status_code=204, response_model=None)
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


def begin(office: Service, question: Question, key: str | None = None, drafts: Drafts | None = None) -> Future[dict[str, Any]]:
    """Begin to answer; under a key, once. What a model writes on the way goes into `drafts`."""
    shown = _drafting(drafts) if drafts else None
    if key is None:
        return office.answering.begin(lambda: answer(office, question, on_block=shown))
    body = question.model_dump_json()
    return office.answering.begin(lambda: office.repeats.once(key, body, lambda number: answer(office, question, number, shown)))


def _drafting(drafts: Drafts) -> OnBlock:
    def put(index: int, block: Block, citations: tuple[Citation, ...]) -> None:
        drafts.put(Draft({"index": index, "block": block_json(block), "citations": [citation_json(c) for c in citations]}))

    return put


async def stream(making: Future[dict[str, Any]], facts: dict[str, Any] | None = None, drafts: Drafts | None = None) -> Response:
    """The events of a message; where it takes long, the stream opens before and comments keep it alive. Raises Problem.

    Drafts come before, as unnumbered events `draft`: each of their sentences has been checked, but the message may still differ.

    The number of the message goes into `facts`, those of the request's log line.
    """
    if not await soon(making, PROMPT, drafts):
        return StreamingResponse(late_frames(making, drafts), media_type=EVENTS, headers=STREAMED)
    message = await finished(making)
    if facts is not None:
        note(facts, message)
    return StreamingResponse(whole_frames(message), media_type=EVENTS, headers=STREAMED)


def note(facts: dict[str, Any], message: dict[str, Any]) -> None:
    """Put into a request's log line which message it got and how many milliseconds each stage took: the request's number leads through all."""
    facts["message"] = message["message_id"]
    facts["stages"] = {stage["stage"]: stage["ms"] for stage in message["stages"]}


async def whole_frames(message: dict[str, Any], after: int = 0) -> AsyncIterator[str]:
    """The frames of a message that is there already; asynchronous, so that a slow reader holds no thread."""
    for frame in frames(message, after):
        yield frame


async def late_frames(making: Future[dict[str, Any]], drafts: Drafts | None = None) -> AsyncIterator[str]:
    """Drafts and comments until the message is there, then its frames; a failure becomes the event `error`."""
    try:
        async for message in _coming(making, drafts):
            if message is None:
                yield ": 仍在整理\n\n"
            elif isinstance(message, Draft):
                yield frame_of("draft", message.content)
            else:
                for frame in frames(message):
                    yield frame
    except Problem as problem:
        yield frame_of("error", {"title": TITLES.get(problem.status, "出错了"), "status": problem.status, "detail": problem.detail})
    except Exception as error:
        logbook.write("answer_failed", error)
        yield frame_of("error", {"title": TITLES[500], "status": 500, "detail": UNFORESEEN})


def _coming(making: Future[dict[str, Any]], drafts: Drafts | None) -> AsyncIterator[dict[str, Any] | Draft | None]:
    whole = awaited(making)
    if drafts is None:
        return whole
    grown = growing(making, drafts)
    return grown


def answer(office: Service, question: Question, number: str = "", on_block: OnBlock | None = None) -> dict[str, Any]:
    """Ask the assistant and store the whole message, under `number` where that is given."""
    return asked(office, question, number, on_block)[1]


def asked(office: Service, question: Question, number: str = "", on_block: OnBlock | None = None) -> tuple[Turn, dict[str, Any]]:
    """The turn and the message of a question, which is stored with personal data masked, also where it was refused."""
    conversation = question.conversation_id or new_id()
    history = tuple(question.history) or (office.store.questions(conversation) if question.conversation_id else ())
    assistant = office.assistant
    started = time.perf_counter()
    turn = _turn(office, assistant, question, history, on_block)
    seconds = time.perf_counter() - started
    office.listen()
    message = message_json(turn, number or new_id(), conversation, assistant.search.release.id, seconds * 1000)
    try:
        office.store.keep(message["message_id"], conversation, mask(CONTROL.sub("", turn.question)), message)
    except SQLAlchemyError as error:
        logbook.write("not_kept", error, message=message["message_id"])
        raise Problem(503, "回答现在存不下来（磁盘满了或数据库不通），所以没有给出，请稍后再试", headers={"Retry-After": "5"}) from error
    office.metrics.answered(message["status"], message["maker"], message["withheld"], seconds)
    if message["status"] == Status.ERROR:
        failed = next((stage for stage in reversed(message["stages"]) if stage["decided"]), {"stage": "?", "decided": "?"})
        logbook.write("answer_error", message=message["message_id"], stage=failed["stage"], kind=failed["decided"])
    return turn, message


def _turn(office: Service, assistant: Assistant, question: Question, history: tuple[str, ...], on_block: OnBlock | None) -> Turn:
    """Ask, or take the turn of the same question on the same day over the same release where it was asked lately."""
    today, region = office.today(), question.region or office.settings.region

    def make() -> Turn:
        return assistant.ask(
            question.question,
            today=today,
            history=history,
            audience=question.audience,
            region=region,
            on=question.date,
            maker="model" if office.model else "template",
            on_block=on_block,
        )

    if office.model or any(mask(said) != said for said in (question.question, *history)):
        return make()
    search = assistant.search
    return office.recent.turn((search.release.id, search.has_vectors, today, question.question, history, question.audience, region, question.date), make)


def message_json(turn: Turn, message: str, conversation: str, release: str, ms: float) -> dict[str, Any]:
    """The message as clients get it, with what each stage decided (of an error only its type: its words may repeat the question)."""
    assert turn.answer is not None
    failed = turn.answer.status is Status.ERROR
    return {
        "message_id": message,
        "conversation_id": conversation,
        **as_json(turn.answer),
        "ai_generated": turn.answer.maker == "model",
        "release": release,
        "date": turn.day.isoformat(),
        "ms": round(ms, 1),
        "stages": [{"stage": s.stage, "decided": s.decided.partition(":")[0] if failed else s.decided, "ms": round(s.ms, 2)} for s in turn.steps],
    }


def frames(message: dict[str, Any], after: int = 0) -> Iterator[str]:
    """The message as numbered events: meta, citations, one block each, clarify, done."""
    for number, (name, data) in enumerate(events(message), 1):
        if number > after:
            yield frame_of(name, data, number)


def frame_of(name: str, data: Mapping[str, Any], number: int | None = None) -> str:
    """One event as it goes over the wire."""
    return f"{f'id: {number}' + chr(10) if number else ''}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


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
