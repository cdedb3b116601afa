"""The real app behind a real server on loopback, in a thread of the test or in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from patience import PATIENCE, free_port, wait_until
from sqlalchemy import func, select

from api.app import create_app
from api.keys import Keys
from api.settings import Settings
from api.store import Message, Store
from index.embed import Choice

TODAY = date(2026, 11, 23)
REPOSITORY = Path(__file__).resolve().parent.parent


def settings(home: Path, folder: Path, **changes: Any) -> Settings:
    """Settings over a home that is not written to, with a database of the test's own; words alone search."""
    chosen = {"database": f"sqlite:///{folder}/shezu.sqlite", "rate_per_minute": 0, "today": TODAY, "log": "off", "embedder": Choice("none")} | changes
    return Settings(home=home, **chosen)


def token(chosen: Settings, *scopes: str, per_minute: int = 0, per_day: int = 0) -> str:
    """A new key for these scopes."""
    store = Store(chosen.database_url)
    try:
        return Keys(store).add("test", scopes, per_minute, per_day)[1]
    finally:
        store.close()


@contextmanager
def serving(chosen: Settings, app: FastAPI | None = None) -> Iterator[str]:
    """The address of the app, served from a thread."""
    server = uvicorn.Server(uvicorn.Config(app or create_app(chosen), host="127.0.0.1", port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@contextmanager
def process(home: Path, folder: Path, **environment: str) -> Iterator[str]:
    """The address of `shezu serve` in a process of its own, which is ended as a service manager would end it."""
    port = free_port()
    told = {
        "SHEZU_HOME": str(home),
        "SHEZU_DATABASE": f"sqlite:///{folder}/shezu.sqlite",
        "SHEZU_RATE_PER_MINUTE": "0",
        "SHEZU_LOG": f"{folder}/log.jsonl",
        "SHEZU_EMBEDDER": "none",
    }
    command = [sys.executable, "-m", "api.command", "serve", "--port", str(port)]
    with (folder / "output.txt").open("w") as output:
        running = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | told | environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address, running, folder)
        yield address
    finally:
        running.terminate()
        assert running.wait(PATIENCE) in (0, -signal.SIGTERM)


def _await(address: str, running: subprocess.Popen[bytes], folder: Path) -> None:
    def ready() -> bool:
        assert running.poll() is None, (folder / "output.txt").read_text()
        try:
            return httpx.get(f"{address}/readyz", timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    wait_until(ready)


def events(text: str) -> list[tuple[int, str, dict]]:
    """(number, event, data) of a stream; comments are left out."""
    found = []
    for frame in text.split("\n\n"):
        lines = dict(line.partition(": ")[::2] for line in frame.splitlines() if not line.startswith(":"))
        if lines:
            found.append((int(lines.get("id", 0)), lines["event"], json.loads(lines["data"])))
    return found


def kept(store: Store) -> int:
    """How many messages a store holds."""
    with store.begin() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0
