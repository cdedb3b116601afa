"""`shezu serve` in processes that a test may stop, kill and starve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from conftest import REPOSITORY
from patience import PATIENCE, free_port, wait_until


@dataclass
class Running:
    """A server process, its address and the folder of its log."""

    process: subprocess.Popen[bytes]
    address: str
    folder: Path

    def log(self, event: str) -> list[dict]:
        """The log's lines of an event."""
        file = self.folder / "log.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [line for line in (json.loads(line) for line in lines if line.endswith("}")) if line["event"] == event]

    def ready(self) -> bool:
        """Whether it says that it can answer."""
        try:
            return httpx.get(f"{self.address}/readyz", timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    def ask(self, question: str, **more: object) -> httpx.Response:
        """One question."""
        return httpx.post(f"{self.address}/api/v1/chat", json={"question": question, **more}, timeout=PATIENCE)


@contextmanager
def started(home: Path, folder: Path, before: Sequence[str] = (), port: int = 0, **environment: str) -> Iterator[Running]:
    """A process that is ready; it is killed at the end if it still runs. `before` is a command that runs it, such as prlimit."""
    folder.mkdir(exist_ok=True)
    port = port or free_port()
    told = {"SHEZU_HOME": str(home), "SHEZU_DATABASE": f"sqlite:///{folder}/shezu.sqlite", "SHEZU_RATE_PER_MINUTE": "0", "SHEZU_LOG": f"{folder}/log.jsonl"}
    command = [*before, sys.executable, "-m", "api.command", "serve", "--port", str(port)]
    with (folder / "output.txt").open("ab") as output:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | told | environment, stdout=output, stderr=output)
    running = Running(process, f"http://127.0.0.1:{port}", folder)
    try:
        wait_until(lambda: running.ready() or process.poll() is not None)
        assert process.poll() is None, (folder / "output.txt").read_text()
        yield running
    finally:
        process.kill()
        process.wait(PATIENCE)
