"""The FastAPI app: routes under /api/v1, the outside protocols, the public page at /, and the guard around all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api import chat, dify, feedback, health, logbook, openai, permalink, problems, sources, tickets, tools, traces
from api.expiry import expiring
from api.framing import POLICY, Pages
from api.guard import Guard
from api.limits import Buckets
from api.metrics import Metrics
from api.problems import Problem
from api.service import Service
from api.settings import Settings, from_environment
from api.staff import asking, corpus, issuing, lookup, shelf
from api.staff import routes as staff
from api.wechat import routes as wechat

if TYPE_CHECKING:
    from api.mcp import Face

WEB = Path(__file__).parent / "web"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
TOLD = ("X-Request-Id", "ETag", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy")
ASKED = ("Content-Type", "Authorization", "Idempotency-Key", "Last-Event-ID", "If-None-Match", "X-Request-Id")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app over the settings' home. Raises NoRelease at start-up where nothing is built yet."""
    chosen = settings or from_environment()
    metrics, traced = Metrics(), traces.opened()
    mcp = _mcp()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(logbook.opened(chosen.log))
            app.state.service = Service(chosen, metrics)
            stack.callback(app.state.service.close)
            if traced:
                stack.callback(traced.close)
            stack.enter_context(expiring(app.state.service.store, chosen.keep_days))
            if mcp:
                await stack.enter_async_context(mcp.serving(app))
            yield

    app = FastAPI(title="Shezu 社组登记助手", version="0.1.0", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    problems.install(app, {"/v1/": openai.refusal, "/retrieval": dify.refusal})
    if chosen.cors:
        app.add_middleware(CORSMiddleware, allow_origins=chosen.cors, allow_methods=["GET", "POST", "DELETE"], allow_headers=ASKED, expose_headers=TOLD)
    app.add_middleware(Guard, buckets=Buckets(chosen.rate_per_minute), metrics=metrics, headers=HEADERS, traces=traced)
    for part in (chat, sources, feedback, tickets, tools):
        app.include_router(part.router, prefix="/api/v1")
    app.include_router(wechat.router, prefix="/api/v1")
    for part in (staff, lookup, shelf, issuing, asking, corpus):
        app.include_router(part.router, prefix="/api/v1")
    for part in (health, openai, dify, permalink):
        app.include_router(part.router)
    app.router.routes.append(Route("/mcp", mcp or NoMcp(), methods=["GET", "POST", "DELETE"], include_in_schema=False))
    # As the last resort and not as a mount, which would swallow what is asked of a route with another method.
    app.router.default = _pages(Pages(WEB, chosen.embed), app.router.default)
    problems.describe(app)
    return app


def _mcp() -> Face | None:
    """The MCP face, where its package is installed."""
    try:
        from api.mcp import Face
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("mcp"):
            raise
        return None
    return Face()


class NoMcp:
    """What answers at /mcp where its package is not installed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A problem that names the way out."""
        problem = Problem(501, "没有安装 MCP：请管理员运行 pip install 'shezu[mcp]' 后重启")
        await problems.response(problem)(scope, receive, send)


def _pages(files: ASGIApp, otherwise: ASGIApp) -> ASGIApp:
    async def pages(scope: Scope, receive: Receive, send: Send) -> None:
        await (files if scope["type"] == "http" else otherwise)(scope, receive, send)

    return pages
