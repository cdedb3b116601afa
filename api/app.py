"""The FastAPI app: routes under /api/v1, the public page at /, security headers, limits and health."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from api import chat, feedback, problems, sources
from api.limits import Buckets
from api.service import Service
from api.settings import Settings, from_environment
from api.store import new_id

WEB = Path(__file__).parent / "web"
POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
LIMITED = ("/api/v1/chat", "/api/v1/feedback", "/api/v1/search")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app over the settings' home. Raises NoRelease at start-up where nothing is built yet."""
    chosen = settings or from_environment()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = Service(chosen)
        yield
        app.state.service.close()

    app = FastAPI(title="Shezu 社组登记助手", version="0.1.0", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    problems.install(app)
    _guard(app, Buckets(chosen.rate_per_minute))
    for part in (chat, sources, feedback):
        app.include_router(part.router, prefix="/api/v1")

    @app.get("/api/v1/health", tags=["health"])
    @app.get("/healthz", include_in_schema=False)
    def health(request: Request) -> dict[str, Any]:
        """Whether the service answers, and over which release."""
        return dict(chat.service(request).health())

    @app.get("/readyz", include_in_schema=False)
    def ready(request: Request) -> JSONResponse:
        return JSONResponse({"ready": bool(request.app.state.service)})

    app.mount("/", StaticFiles(directory=WEB, html=True), name="web")
    return app


def _guard(app: FastAPI, buckets: Buckets) -> None:
    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        number = new_id()[:16]
        client = request.client.host if request.client else "?"
        wait = buckets.wait(client) if request.method == "POST" and request.url.path.startswith(LIMITED) else 0.0
        if wait:
            seconds = math.ceil(wait)
            response: Response = problems.document(429, f"问得太快了，请 {seconds} 秒后再试", headers={"Retry-After": str(seconds)})
        else:
            response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = number
        return response
