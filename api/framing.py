"""The pages of api/web, and which sites may show the widget's page in a frame: the office's allow-list."""

from __future__ import annotations

from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

WIDGET = "embed.html"
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"


def policy(path: str, allowed: tuple[str, ...]) -> str:
    """The Content-Security-Policy of a page: the widget's may be framed by the allowed origins, every other page only by our own."""
    return " ".join((POLICY, *allowed)) if path == WIDGET else POLICY


class Pages(StaticFiles):
    """The files of a folder, each with its policy, asked for again at every use so that an upgrade shows at once."""

    def __init__(self, directory: Path, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(directory=directory, html=True)
        self._allowed = allowed

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the error of StaticFiles."""
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = policy(path, self._allowed)
        response.headers["Cache-Control"] = "no-cache"
        return response
