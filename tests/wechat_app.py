"""The real app with the WeChat routes, over the release in var/ and a database of the test's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.routing import Match

from api.app import create_app
from api.settings import Settings, default_home
from api.tools import router as tools
from api.wechat.routes import router as wechat
from index.embed import Choice


def settings(folder: Path, **changes: object) -> Settings:
    home = Path(os.environ.get("SHEZU_HOME") or default_home())
    if not (home / "current").exists():
        pytest.skip(f"there is no release in {home}: run make setup first")
    return Settings(**{"home": home, "database": f"sqlite:///{folder}/shezu.sqlite", "rate_per_minute": 0, "embedder": Choice("none")} | changes)


def app(folder: Path, **changes: object) -> FastAPI:
    found = create_app(settings(folder, **changes))
    for router, path in ((wechat, "/api/v1/wechat/config"), (tools, "/api/v1/tools/deadlines")):
        if not answers(found, path):
            found.include_router(router, prefix="/api/v1")
    # The page is mounted at / and must stay behind every route.
    found.router.routes.sort(key=lambda route: getattr(route, "name", "") == "web")
    return found


def answers(found: FastAPI, path: str) -> bool:
    """Whether a route other than the page takes the path."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in found.router.routes if getattr(route, "name", "") != "web")
