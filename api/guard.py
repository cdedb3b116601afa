"""Around every request: its number, size and rate limits, security headers, a log line, the metrics, and an answer to what nobody foresaw."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logbook, problems
from api.limits import Buckets, client_of
from api.metrics import Metrics
from api.problems import Problem
from api.store import new_id
from api.traces import Traces
from corpus.extract import MAX_BYTES

LARGEST = 1 << 20
# Who may send more than that, and how much: official texts come as files. The route asks who it is before it reads them.
LARGER = {"/api/v1/staff/corpus/uploads": MAX_BYTES}
# An ASGI app of its own: it leaves no route in the scope.
MCP = "/mcp"
LEFT = 499
LIMITED = (
    *(("POST", f"/api/v1/{path}") for path in ("chat", "feedback", "tickets", "tools", "staff/session", "staff/password")),
    *(("GET", f"/api/v1/{path}") for path in ("search", "staff/oidc")),
)
NUMBER = re.compile(r"[0-9A-Za-z_-]{8,64}")


@dataclass(slots=True)
class Passage:
    """One request on its way: its number, when it began, and what went out so far."""

    number: str
    began: float = field(default_factory=time.perf_counter)
    status: int = 0
    bytes: int = 0


class Guard:
    """ASGI middleware; plain ASGI, so that streams pass through unbuffered."""

    def __init__(self, app: ASGIApp, buckets: Buckets, metrics: Metrics, headers: Mapping[str, str], traces: Traces | None = None) -> None:
        self._app, self._buckets, self._metrics, self._headers, self._traces = app, buckets, metrics, headers, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; nothing is raised past here but a shutdown's cancellation."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = Passage(_number(scope))
        told = scope.setdefault("state", {})
        told |= {"request_id": passage.number, "headers": {}, "facts": {}}

        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in {**self._headers, **told["headers"], "X-Request-Id": passage.number}.items():
                    headers.setdefault(name, value)
            passage.bytes += len(message.get("body", b""))
            await send(message)

        self._metrics.began()
        failure: Exception | None = None
        numbered = logbook.REQUEST.set(passage.number)
        try:
            await self._admitted(scope, receive, out)
        except ClientDisconnect:
            passage.status = passage.status or LEFT
        except Exception as error:
            failure = error
            if not passage.status:
                await problems.said(scope["app"], scope["path"], Problem(500, problems.UNFORESEEN))(scope, receive, out)
        finally:
            self._note(scope, passage, failure)
            logbook.REQUEST.reset(numbered)

    async def _admitted(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        most = LARGER.get(scope["path"], LARGEST)
        if length.isdigit() and int(length) > most:
            await _refusal(scope, Problem(413, _too_large(most)))(scope, receive, send)
            return
        if any(scope["method"] == method and scope["path"].startswith(path) for method, path in LIMITED):
            take = self._buckets.take(client_of(scope))
            scope["state"]["headers"] |= take.headers()
            if take.wait:
                seconds = take.headers()["Retry-After"]
                await _refusal(scope, Problem(429, f"问得太快了，请 {seconds} 秒后再试"))(scope, receive, send)
                return
        await self._app(scope, _counted(receive, most), send)

    def _note(self, scope: Scope, passage: Passage, failure: Exception | None) -> None:
        seconds = time.perf_counter() - passage.began
        route = _route(scope)
        self._metrics.ended(scope["method"], route, passage.status, seconds)
        facts: dict[str, Any] = {"request": passage.number, "method": scope["method"][:10], "route": route, "status": passage.status}
        facts |= {"ms": round(seconds * 1000, 1), "bytes": passage.bytes, "client": client_of(scope), **scope["state"]["facts"]}
        logbook.write("request", failure, **facts)
        if self._traces:
            self._traces.request(Headers(scope=scope), facts, seconds, failure is not None or passage.status >= 500)


def _refusal(scope: Scope, problem: Problem) -> ASGIApp:
    return problems.said(scope["app"], scope["path"], problem)


def _counted(receive: Receive, most: int) -> Receive:
    """A body that ends with a 413 where it grows past the limit without having said so before."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413, _too_large(most))
        return message

    return counting


def _too_large(most: int) -> str:
    return f"一次最多收 {most // 1024} KB，请把内容分开发送"


def _number(scope: Scope) -> str:
    """The number that a proxy in front gave the request, or a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if NUMBER.fullmatch(given) else new_id()[:16]


def _route(scope: Scope) -> str:
    """The pattern of the route that answered, since a path itself may hold what somebody typed; "-" for pages and what is not there."""
    if scope["path"] == MCP:
        return MCP
    pattern = getattr(scope.get("route"), "path", "") if "endpoint" in scope else ""
    before = scope["path"].split("/")[: -pattern.count("/")] if pattern else []
    return "/".join(before) + pattern or "-"
