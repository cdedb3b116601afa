"""State for machines: /api/v1/health and /healthz (alive), /readyz (can answer), /metrics (Prometheus)."""

from __future__ import annotations

import ipaddress
import shutil
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from api import logbook, metrics, shapes
from api.chat import service
from api.problems import Problem
from index.release import pointed

router = APIRouter(tags=["health"])


@router.get("/api/v1/health", response_model=None, responses={200: {"model": shapes.Health}})
@router.get("/healthz", include_in_schema=False)
def health(request: Request) -> dict[str, Any]:
    """Whether the service answers, and over which release."""
    return dict(service(request).health())


@router.get("/readyz", include_in_schema=False)
def ready(request: Request) -> Response:
    """Whether questions can be answered and kept: the database is within reach, the release is open. Raises Problem 503."""
    office = service(request)
    if getattr(request.app.state, "draining", False):
        raise Problem(503, "这个进程正在停止，请把请求发给其他进程")
    try:
        office.store.ping()
        release = office.assistant.search.release.id
    except (SQLAlchemyError, OSError, ValueError) as error:
        logbook.write("not_ready", error)
        raise Problem(503, "数据库或索引暂时不能用，请看日志") from error
    return JSONResponse({"ready": True, "release": release})


@router.get("/metrics", include_in_schema=False)
def measured(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
    """The metrics, to this machine itself or with a key for them. Raises Problem 401, 403, 429."""
    office = service(request)
    if not _here(request):
        office.keys.admit(authorization, "metrics")
    search = office.assistant.search
    release = search.release
    made = datetime.fromisoformat(str(release.manifest["made"])).timestamp()
    free = shutil.disk_usage(office.settings.home).free
    page = office.metrics.page(release.id, made, release.folder.name == pointed(office.settings.home), free, search.rests)
    return Response(page, media_type=metrics.TYPE)


def _here(request: Request) -> bool:
    """Whether the request comes from this machine and through no proxy, behind which everybody would look like it."""
    try:
        local = bool(request.client) and ipaddress.ip_address(request.client.host).is_loopback  # type: ignore[union-attr]
    except ValueError:
        return False
    return local and "x-forwarded-for" not in request.headers and "forwarded" not in request.headers
