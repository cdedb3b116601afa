"""`make bench-lookup`: how long look-up takes while clerks type, against a real server in a process of its own; clerks and server share the machine.

Each clerk types phrases of their own, a character at a time, pauses, and opens the first result. Times are of this machine and this moment.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from api.settings import default_home
from api.staff.accounts import Accounts
from api.staff.roles import Role
from api.staff.sessions import Sessions
from api.store import Store
from corpus.library import Library
from index.release import current

KEY_SECONDS = 0.15
PAUSE_SECONDS = 1.0
WARM_SECONDS = 5.0
ROOT = "/api/v1/staff"


@dataclass(slots=True)
class Times:
    """Milliseconds of each kind of request; seconds that all took together, and of the server's processor time."""

    typed: list[float] = field(default_factory=list)
    deep: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    seconds: float = 0.0
    worked: float = 0.0


class Line:
    """One clerk's kept-alive connection: plain HTTP/1.1, so that the measuring takes as little of the machine as it can."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[float, bytes]:
        """(milliseconds, body) of a request. Raises RuntimeError for any answer but 200."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        started = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: shezu-staff={self._token}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        body = await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))
        took = (time.perf_counter() - started) * 1000
        if " 200 " not in head.partition("\r\n")[0]:
            raise RuntimeError(f"{path} → {head.partition(chr(13))[0]} {body.decode(errors='replace')[:200]}")
        return took, body

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()


async def clerk(line: Line, phrases: Sequence[str], times: Times, key: float, pause: float) -> None:
    """One clerk at work: every character asks, the pause asks by meaning, and the first result is opened."""
    await asyncio.sleep(random.random() * (key + pause))
    for phrase in phrases:
        found = b""
        for end in range(1, len(phrase) + 1):
            took, found = await line.get(f"{ROOT}/lookup?{urlencode({'q': phrase[:end]})}")
            times.typed.append(took)
            await asyncio.sleep(max(0.0, key - took / 1000))
        times.deep.append((await line.get(f"{ROOT}/lookup?{urlencode({'q': phrase, 'deep': 'true'})}"))[0])
        for hit in json.loads(found)["hits"][:1]:
            guide = hit["kind"] == "guide"
            path = f"/checklists/{quote(hit['law'])}" if guide else f"/articles/{quote(hit['law'])}/{hit['edition']}/{quote(hit['label'])}"
            times.opened.append((await line.get(ROOT + path))[0])
        await asyncio.sleep(pause)
    line.close()


async def measured(port: int, process: int, tokens: Sequence[str], phrases: Sequence[str], each: int, key: float, pause: float) -> Times:
    """The times of all clerks, who begin together."""
    times = Times()
    # The first request opens the release's look-up; the clerks come after.
    await Line(port, tokens[0]).get(f"{ROOT}/lookup?q=a")
    await asyncio.sleep(WARM_SECONDS)
    started, used = time.perf_counter(), worked(process)
    shares = [phrases[number * each : (number + 1) * each] for number in range(len(tokens))]
    await asyncio.gather(*(clerk(Line(port, token), share, times, key, pause) for token, share in zip(tokens, shares, strict=True)))
    times.seconds, times.worked = time.perf_counter() - started, worked(process) - used
    return times


@contextlib.contextmanager
def serving(home: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """(port, process) of `shezu serve` over the home, with a database of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    told = {"SHEZU_HOME": str(home), "SHEZU_DATABASE": database(folder), "SHEZU_LOG": "off"}
    running = subprocess.Popen([sys.executable, "-m", "api.command", "serve", "--port", str(port)], env=os.environ | told, stdout=subprocess.DEVNULL)
    try:
        for _ in range(1200):
            if running.poll() is not None:
                raise RuntimeError("服务没有启动，请看上面的报错")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait(30)


def worked(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def database(folder: Path) -> str:
    """The address of the bench's own database."""
    return f"sqlite:///{folder / 'shezu.sqlite'}"


def signed_in(folder: Path, count: int) -> list[str]:
    """The session tokens of so many new clerks."""
    from datetime import timedelta

    store = Store(database(folder))
    try:
        accounts, sessions = Accounts(store), Sessions(store, timedelta(hours=1))
        return [sessions.begin(accounts.add(f"clerk-{number}", f"窗口{number}", [Role.CLERK]).staff.id) for number in range(count)]
    finally:
        store.close()


def phrases_of(home: Path, count: int) -> list[str]:
    """So many different everyday questions of the release's guides and digests, in an order that is always the same."""
    folder = current(home).folder
    library = Library(json.loads((folder / "knowledge.json").read_text(encoding="utf-8")))
    asks = [ask for guide in library.guides for ask in guide.asks] + [ask for digest in library.digests for ask in digest.asks]
    return random.Random(7).sample([ask for ask in dict.fromkeys(asks) if 6 <= len(ask) <= 16], count)


def spread(values: Sequence[float]) -> str:
    """p50, p95, p99 and the worst, in milliseconds."""
    ordered = sorted(values)
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    return "  ".join(f"{name} {value:6.1f}" for name, value in at.items()) + f"  最慢 {ordered[-1]:6.1f} 毫秒，{len(ordered)} 次"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=default_home())
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--phrases", type=int, default=8, help="每人查几次")
    parser.add_argument("--key", type=float, default=KEY_SECONDS, help="两次击键相隔几秒；0 是一刻不停")
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, help="两次查询相隔几秒")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        tokens = signed_in(Path(kept), args.clerks)
        phrases = phrases_of(args.home, args.clerks * args.phrases)
        with serving(args.home, Path(kept)) as (port, process):
            load = os.getloadavg()[0]
            times = asyncio.run(measured(port, process, tokens, phrases, args.phrases, args.key, args.pause))
    release = current(args.home)
    sys.stdout.write(
        f"{args.clerks} 个窗口，击键间隔 {args.key} 秒，{os.cpu_count()} 核，开始时负载 {load:.1f}；发布 {release.id}，{release.manifest['units']} 个单元\n"
    )
    sys.stdout.write(f"边打字边查  {spread(times.typed)}（每秒 {len(times.typed) / times.seconds:.0f} 次）\n")
    sys.stdout.write(f"按意思再查  {spread(times.deep)}\n打开第一条  {spread(times.opened)}\n")
    count = len(times.typed) + len(times.deep) + len(times.opened)
    sys.stdout.write(f"服务用了 {times.worked:.1f} 秒处理器时间，平均每次 {times.worked / count * 1000:.1f} 毫秒\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
