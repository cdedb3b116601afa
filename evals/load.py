"""`make load` and `make soak`: how many answers a second over loopback, what an overload does, whether anything is lost or grows.

Processes of `shezu serve` with a database of their own; 32 readers who each ask again as soon as they are answered. Two mixes: every
question once (nothing can be remembered), and a morning (few questions asked often: Zipf over the dev questions). The soak first asks
every process every question as it is and in a form of its own, so that what it remembers and what it reads from disk is there; growth
counts from then. Of the soak's questions one in five is new.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from evals.case import load as cases

READERS = 32
FLOOD = 600
SLOW = 0.4
PARTS = 12
NEW = 0.2
WANTED_RATE, WANTED_P95, WANTED_RECOVERY, WANTED_GROWTH = 60, 0.4, 5.0, 0.05
HEAD = "POST /api/v1/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


@dataclass
class Seen:
    """What readers saw: seconds of each answer, statuses, and connections that broke."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def line(self, name: str, wall: float) -> str:
        """A line of the report."""
        rate = self.statuses[200] / wall
        told = " ".join(f"{status}×{count}" for status, count in sorted(self.statuses.items()))
        quantiles = " ".join(f"p{share:.0f} {at(self.seconds, share / 100) * 1000:.0f} ms" for share in (50, 95, 99))
        return f"{name}: {rate:.1f}/s {quantiles}; {told}"


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def at(seconds: list[float], share: float) -> float:
    """A quantile; 0 where there is nothing."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def ask(place: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]], port: int, question: str) -> int:
    """One question over a kept connection; the status, 0 where it broke."""
    body = json.dumps({"question": question}, ensure_ascii=False).encode()
    try:
        if not place:
            place.append(await asyncio.open_connection("127.0.0.1", port))
        reader, writer = place[0]
        writer.write(HEAD.format(len(body)).encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        await reader.readexactly(length)
        return int(head.split(b" ", 2)[1])
    except (OSError, asyncio.IncompleteReadError, StopIteration):
        while place:
            place.pop()[1].close()
        return 0


async def crowd(ports: list[int], readers: int, until: float, questions: Callable[[], str | None], pause: float = 0.0) -> Seen:
    """So many readers who ask until a moment or until there are no questions left."""
    seen = Seen()

    async def reader(number: int) -> None:
        place: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        while time.monotonic() < until and (question := questions()) is not None:
            began = time.monotonic()
            status = await ask(place, ports[number % len(ports)], question)
            seen.statuses[status] += 1
            if status == 200:
                seen.seconds.append(time.monotonic() - began)
            await asyncio.sleep(pause if status == 200 else max(pause, 0.2))
        for _, writer in place:
            writer.close()

    await asyncio.gather(*(reader(number) for number in range(readers)))
    return seen


def once(asked: list[str]) -> Callable[[], str | None]:
    """Each question once."""
    left = iter(asked)
    return lambda: next(left, None)


def morning(asked: list[str], rng: random.Random) -> Callable[[], str | None]:
    """Few questions often, many seldom: Zipf with exponent 1."""
    weights = [1 / (rank + 1) for rank in range(len(asked))]
    return lambda: rng.choices(asked, weights)[0]


def steady(asked: list[str], rng: random.Random) -> Callable[[], str | None]:
    """The morning mix with one question in five that nobody asked before."""
    known, number = morning(asked, rng), count(1)
    return lambda: f"{rng.choice(asked)}（{next(number)}）" if rng.random() < NEW else known()


def dev_questions() -> list[str]:
    """The last turns of the dev cases, in an order of their own."""
    asked = sorted({case.turns[-1] for case in cases() if case.split == "dev"})
    random.Random(20261123).shuffle(asked)
    return asked


@contextmanager
def office(processes: int, folder: Path) -> Iterator[tuple[list[int], list[subprocess.Popen[bytes]]]]:
    """Running processes over one database: their ports and handles."""
    with ExitStack() as stack:
        running, ports = [], []
        for number in range(processes):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                ports.append(int(free.getsockname()[1]))
            told = {"SHEZU_DATABASE": f"sqlite:///{folder}/load.sqlite", "SHEZU_RATE_PER_MINUTE": "0", "SHEZU_LOG": f"{folder}/log-{number}.jsonl"}
            command = [sys.executable, "-m", "api.command", "serve", "--port", str(ports[-1])]
            output = stack.enter_context((folder / f"output-{number}.txt").open("wb"))
            one = subprocess.Popen(command, env=os.environ | told, stdout=output, stderr=output)
            stack.callback(one.wait)
            stack.callback(one.terminate)
            running.append(one)
            asyncio.run(_answers(ports[-1], one))
        yield ports, running


async def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("服务没有起来，请先运行 make setup")
        if await ask([], port, "你好") == 200:
            return
        await asyncio.sleep(0.2)
    raise SystemExit("服务两分钟没有起来")


def kept(folder: Path) -> int:
    """How many messages the database holds."""
    database = sqlite3.connect(folder / "load.sqlite")
    try:
        return int(database.execute("SELECT count(*) FROM messages").fetchone()[0])
    finally:
        database.close()


def rss(processes: list[subprocess.Popen[bytes]]) -> int:
    """Resident bytes of the processes together."""
    pages = sum(int(Path(f"/proc/{one.pid}/statm").read_text().split()[1]) for one in processes)
    return pages * os.sysconf("SC_PAGE_SIZE")


def busy(processes: list[subprocess.Popen[bytes]]) -> float:
    """Processor seconds that the processes have used together; unlike the clock it does not tell of others on the machine."""
    ticks = 0
    for one in processes:
        fields = Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def load(processes: int, seconds: float) -> bool:
    """Both mixes, then an overload; whether every target is met."""
    asked = dev_questions()
    with tempfile.TemporaryDirectory() as made, office(processes, Path(made)) as (ports, running):
        folder, met = Path(made), True
        given = kept(folder)
        say(f"{processes} 个进程，{READERS} 个读者，开始时机器负载 {os.getloadavg()[0]:.1f}（{os.cpu_count()} 核）")
        for name, questions in (("每题只问一次", once(asked)), ("早高峰（重复多）", morning(asked, random.Random(7)))):
            began, used = time.monotonic(), busy(running)
            seen = asyncio.run(crowd(ports, READERS, began + seconds, questions))
            wall = time.monotonic() - began
            given += seen.statuses[200]
            say(f"{seen.line(name, wall)}；每答 {(busy(running) - used) * 1000 / max(1, seen.statuses[200]):.0f} ms 处理器时间")
            met = met and not seen.statuses[0] and (seen.statuses[200] / wall >= WANTED_RATE and at(seen.seconds, 0.95) < WANTED_P95)
        began = time.monotonic()
        flood = asyncio.run(crowd(ports, FLOOD, began + 8, morning([f"{one}（{n}）" for n in range(9) for one in asked], random.Random(8))))
        given += flood.statuses[200]
        say(flood.line(f"过载（{FLOOD} 个读者）", time.monotonic() - began))
        back = asyncio.run(recovery(ports, asked[0]))
        given += int(back[1])
        say(f"过载停止后 {back[0]:.1f} 秒恢复到 {SLOW * 1000:.0f} ms 以内（目标 {WANTED_RECOVERY:.0f} 秒）")
        time.sleep(1)
        stored = kept(folder)
        say(f"答出 {given}，存下 {stored}：{'一条不少，一条不多' if stored == given else '不一致'}")
        return met and back[0] <= WANTED_RECOVERY and stored == given


async def recovery(ports: list[int], question: str) -> tuple[float, int]:
    """(seconds until every process answers fast again, questions answered meanwhile)."""
    began, answered = time.monotonic(), 0
    while time.monotonic() - began < 60:
        asked = time.monotonic()
        statuses = [await ask([], port, question) for port in ports]
        answered += statuses.count(200)
        if statuses.count(200) == len(ports) and time.monotonic() - asked < SLOW * len(ports):
            return asked - began, answered
        await asyncio.sleep(0.1)
    return 60.0, answered


def soak(processes: int, minutes: float) -> bool:
    """Some ten questions a second for so long after a warm-up; whether memory stays and nothing is lost or doubled."""
    asked = dev_questions()
    with tempfile.TemporaryDirectory() as made, office(processes, Path(made)) as (ports, running):
        folder, given, seconds = Path(made), kept(Path(made)), minutes * 60 / PARTS
        both = [*asked, *(f"{one}（0）" for one in asked)]
        for port in ports:
            given += asyncio.run(crowd([port], 2, time.monotonic() + 3600, once(both))).statuses[200]
        warm = rss(running)
        say(f"暖机：每个进程把 {len(both)} 个问题各答一遍，内存 {warm / 1e6:.0f} MB")
        questions = steady(asked, random.Random(9))
        for part in range(PARTS):
            used = busy(running)
            seen = asyncio.run(crowd(ports, 8, time.monotonic() + seconds, questions, pause=0.8))
            given += seen.statuses[200]
            now, spent = rss(running), (busy(running) - used) * 1000 / max(1, seen.statuses[200])
            say(f"{seen.line(f'第 {part + 1}/{PARTS} 段，内存 {now / 1e6:.0f} MB', seconds)}；每答 {spent:.0f} ms 处理器时间")
        time.sleep(1)
        growth, stored = now / warm - 1, kept(folder)
        say(f"{minutes:.0f} 分钟里内存比暖机后 {growth:+.1%}（目标 < {WANTED_GROWTH:.0%}）；答出 {given}，存下 {stored}")
        return growth < WANTED_GROWTH and stored == given


def main() -> int:
    """The command; exit code 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m evals.load")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    args = parser.parse_args()
    met = soak(args.processes, args.soak) if args.soak else load(args.processes, args.seconds)
    say("达到目标" if met else "没有达到目标（见上）")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
