"""The OpenAI-compatible face: /v1/models and /v1/chat/completions over the same answers.

What a client says as system, or asks by temperature and the like, is ignored: answers come from the articles alone. Citations go out
as `annotations` and, since most clients drop fields that they do not know, as a list in the text, together with who wrote it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from api import logbook
from api.answering import awaited, finished
from api.chat import EVENTS, NOT_STORED, STREAMED, Question, asked
from api.keys import Key
from api.passages import article_page
from api.problems import TITLES, UNFORESEEN, Problem, Responses
from api.service import Service
from assistant.render import AI_LABEL, markdown, plain, source_line
from assistant.turn import Answer, Citation, Turn

MODELS = {"shezu": "applicant", "shezu-clerk": "clerk"}
HISTORY = 20
LABELS = {
    "template": "本回答由程序根据法规条文组成，没有使用语言模型，仅供参考，以登记机关答复为准。",
    "model": f"{AI_LABEL}。",
}
KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
SOURCES = "**依据**"
# No language model counted anything; clients that add usage up get a true zero.
NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


class Part(BaseModel):
    """One part of a message's content; only text is read."""

    type: str
    text: str = ""


class Said(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[Part] | None = None


class StreamOptions(BaseModel):
    """What else to send at the end of a stream."""

    include_usage: bool = False


class Completion(BaseModel):
    """The part of a chat completion request that is read; the rest is allowed and ignored."""

    model: str
    messages: Annotated[list[Said], Field(min_length=1, max_length=2000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = 1


def refusal(problem: Problem) -> Response:
    """A problem in the shape that OpenAI's clients read."""
    kind = KINDS.get(problem.status, "invalid_request_error" if problem.status < 500 else "server_error")
    code = "model_not_found" if problem.field == "model" else None
    error = {"message": problem.detail, "type": kind, "param": problem.field or None, "code": code}
    return JSONResponse({"error": error}, problem.status, problem.headers)


def described(*statuses: int) -> Responses:
    """What a route's `responses` says about the errors it may answer with."""
    schema = {"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["message", "type", "param", "code"]}}}
    return {status: {"description": TITLES[status], "content": {"application/json": {"schema": schema}}} for status in statuses}


def admitted(request: Request, authorization: Annotated[str, Header(include_in_schema=False)] = "") -> Key:
    """The key of a request, once it may chat. Raises Problem."""
    office: Service = request.app.state.service
    key, headers = office.keys.admit(authorization, "chat")
    request.state.headers |= headers
    request.state.facts["key"] = key.id
    return key


router = APIRouter(prefix="/v1", tags=["openai"], dependencies=[Depends(admitted)])
SECURED: dict[str, Any] = {"security": [{"key": []}]}


@router.get("/models", response_model=None, responses=described(401, 403, 422, 429), openapi_extra=SECURED)
def models(request: Request) -> dict[str, Any]:
    """The models: shezu for applicants, shezu-clerk for window clerks."""
    office: Service = request.app.state.service
    return {"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": office.office.name} for name in MODELS]}


@router.post("/chat/completions", response_model=None, responses=described(400, 401, 403, 404, 413, 422, 429), openapi_extra=SECURED)
async def complete(completion: Completion, request: Request) -> Response:
    """Answer the last user message; the earlier ones are the conversation."""
    if completion.model not in MODELS:
        raise Problem(404, f"没有“{completion.model}”这个模型，可用：{'、'.join(MODELS)}", field="model", value=completion.model)
    office: Service = request.app.state.service
    *history, question = _questions(completion.messages)
    asking = Question(question=question, history=history[-HISTORY:], audience=MODELS[completion.model])  # type: ignore[arg-type]
    base = office.settings.public_url or str(request.base_url).rstrip("/")
    making = office.answering.begin(lambda: reply(*asked(office, asking), completion.model, base))
    if completion.stream:
        usage = bool(completion.stream_options and completion.stream_options.include_usage)
        coming = awaited(making)
        return StreamingResponse(_streamed(coming, usage), media_type=EVENTS, headers=STREAMED)
    return JSONResponse((await finished(making)).whole(), headers=NOT_STORED)


def _questions(messages: list[Said]) -> list[str]:
    found = [text for said in messages if said.role == "user" and (text := _text(said))]
    if not found or messages[-1].role != "user":
        raise Problem(400, "messages 的最后一条应是 user 的文字提问", field="messages")
    if len(found[-1]) > 8000:
        raise Problem(400, f"提问有 {len(found[-1])} 字，请缩短到 2000 字以内", field="messages")
    return [text[:2000] for text in found[:-1]] + found[-1:]


def _text(said: Said) -> str:
    if said.content is None or isinstance(said.content, str):
        return said.content or ""
    if any(part.type != "text" for part in said.content):
        raise Problem(400, "只能处理文字，请把图片、文件里的内容写成文字再问", field="messages")
    return "\n".join(part.text for part in said.content)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as OpenAI's clients get it: Markdown in pieces that follow on each other, and the citations as annotations of the whole."""

    id: str
    model: str
    pieces: tuple[str, ...]
    annotations: tuple[dict[str, Any], ...]
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self) -> dict[str, Any]:
        """The reply in one object."""
        message = {"role": "assistant", "content": "".join(self.pieces), "refusal": None, "annotations": list(self.annotations)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {"object": "chat.completion", **self._head(), "choices": [choice], "usage": NO_TOKENS}

    def chunks(self, usage: bool) -> Iterator[dict[str, Any]]:
        """The reply in chunks; annotations come with the last words."""
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in self.pieces)]
        deltas[-1]["annotations"] = list(self.annotations)
        for delta in deltas:
            yield self._chunk([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}])
        yield self._chunk([{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}])
        if usage:
            yield self._chunk([]) | {"usage": NO_TOKENS}

    def _head(self) -> dict[str, Any]:
        return {"id": self.id, "created": self.created, "model": self.model}

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {"object": "chat.completion.chunk", **self._head(), "choices": choices}


def reply(turn: Turn, message: dict[str, Any], model: str, base: str) -> Reply:
    """The reply that a stored message makes; links to articles begin with `base`."""
    assert turn.answer
    links = {citation.n: base + article_page(citation.address) for citation in turn.answer.citations}
    body = plain(turn.answer, sources=False) if turn.answer.clarify else markdown(replace(turn.answer, citations=()))
    parts = [body]
    if turn.answer.citations:
        parts.append(f"{SOURCES}\n\n" + "\n".join(f"- {linked(citation, links[citation.n])}" for citation in turn.answer.citations))
    parts.append(f"*{LABELS[turn.answer.maker]}*")
    text = "\n\n".join(part for part in parts if part)
    pieces = tuple(re.findall(r"[\s\S]+?(?:\n\n|$(?![\s\S]))", text))
    return Reply(f"chatcmpl-{message['message_id']}", model, pieces, tuple(spans(body, turn.answer, links)))


def spans(text: str, answer: Answer, links: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    """One url_citation for each sentence and source: the span of the sentence in the text, marks included."""
    sources = {citation.n: citation for citation in answer.citations}
    at = 0
    for sentence in (sentence for block in answer.blocks for sentence in block.sentences()):
        words = sentence.text + "".join(f"[{n}]" for n in sentence.cites)
        start = text.find(words, at)
        if start < 0:
            continue
        at = start + len(words)
        for n in sentence.cites:
            title = f"《{sources[n].title}》{sources[n].address.article}"
            yield {"type": "url_citation", "url_citation": {"url": links[n], "title": title, "start_index": start, "end_index": at}}


def linked(citation: Citation, link: str) -> str:
    """A source as in other renderings, its name a link."""
    name = f"《{citation.title}》{citation.address.article}"
    return source_line(citation).replace(name, f"[{name}]({link})", 1)


async def _streamed(making: AsyncIterator[Reply | None], usage: bool) -> AsyncIterator[str]:
    try:
        async for made in making:
            if made is None:
                yield ": 仍在整理\n\n"
                continue
            for chunk in made.chunks(usage):
                yield f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
    except Exception as error:
        logbook.write("answer_failed", error)
        yield f"data: {json.dumps({'error': {'message': UNFORESEEN, 'type': 'server_error', 'param': None, 'code': None}}, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"
