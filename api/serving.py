"""The server process: it listens only where that is safe, and stops without breaking off an answer."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api import logbook
from api.settings import Settings

# An answer by a language model may take its time-out, twice; then the process ends whatever is open.
LONGEST = 90
# glibc's own name for the setting, and what we set: with a heap for every thread, what one thread gave back the next cannot take.
M_ARENA_MAX = -8
HEAPS = 2


def share_heaps() -> bool:
    """Have all threads take memory from two heaps, so that a process that serves for weeks does not grow; whether that could be set.

    Not where the environment sets MALLOC_ARENA_MAX itself, nor where the C library is another than glibc. Heaps that are there stay.
    """
    if sys.platform != "linux" or "MALLOC_ARENA_MAX" in os.environ:
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(M_ARENA_MAX, HEAPS) == 1


class Server(uvicorn.Server):
    """Stops in three steps: it says that it is not ready, so that a proxy sends no more; then takes no more; then finishes what it has begun."""

    def __init__(self, app: FastAPI, settings: Settings, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=LONGEST,
                forwarded_allow_ips=list(settings.proxies),
            )
        )
        self._app, self._drain = app, settings.drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal begins the drain, a second one ends it."""
        draining = getattr(self._app.state, "draining", False)
        self._app.state.draining = True
        if draining or not self._drain:
            super().handle_exit(sig, frame)
            return
        logbook.write("draining", seconds=self._drain)
        timer = threading.Timer(self._drain, super().handle_exit, (sig, frame))
        timer.daemon = True
        timer.start()
