"""Structured log lines, one JSON object each: who asked which route when and how it went, never what was asked or answered."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any

LOG = logging.getLogger("shezu.log")
REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The number of the request being served; what is begun for it elsewhere takes its context along."""


def write(event: str, error: BaseException | None = None, **facts: Any) -> None:
    """Write one line, with the number of the request it belongs to; of an error its type and places, not its message, which may repeat
    what a client sent."""
    if number := REQUEST.get():
        facts = {"request": number} | facts
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        facts["error"] = type(error).__name__
        facts["at"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    LOG.log(logging.ERROR if error else logging.INFO, event, extra={"facts": facts})


class Line(logging.Formatter):
    """A record as one line of JSON; times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = getattr(record, "facts", {})
        return json.dumps({"time": time, "level": record.levelname.lower(), "event": record.getMessage(), **facts}, ensure_ascii=False, default=str)


@contextmanager
def opened(target: str) -> Iterator[None]:
    """Lines go to `target` while inside: stderr, off, or a file that is appended to and may be rotated from outside."""
    handler = logging.NullHandler() if target == "off" else logging.StreamHandler() if target == "stderr" else WatchedFileHandler(target, encoding="utf-8")
    handler.setFormatter(Line())
    before = LOG.level, LOG.propagate
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        handler.close()
        LOG.setLevel(before[0])
        LOG.propagate = before[1]
