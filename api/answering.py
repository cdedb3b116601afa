"""Where answers are made: in threads of their own, a few at a time in order of arrival; what was begun is finished and stored, whoever left."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from api.problems import Problem

Made = TypeVar("Made")
# An answer is mostly computing: more threads than this only make every one of them slower, and pages wait behind them.
WIDTH = max(2, os.cpu_count() or 2)
# Where a language model writes, an answer is mostly waiting for it.
WIDTH_WITH_MODEL = 32
# So many answers are made or wait at once: two hundred readers who all press the button, as when a hall opens. One more would be late
# before it began; whoever is turned away at once may try again.
MOST = 224
# A mini-program gives up after a minute without a byte, proxies often sooner.
KEEP_ALIVE = 10.0
LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Draft:
    """One provisional block of an answer with all citations so far, as plain JSON values."""

    content: dict[str, Any]


class Answering:
    """The threads that make answers."""

    def __init__(self, width: int = WIDTH, most: int = MOST, shed: Callable[[], None] = lambda: None) -> None:
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="answer")
        self._places = threading.BoundedSemaphore(most)
        self._shed = shed

    def begin(self, make: Callable[[], Made]) -> Future[Made]:
        """Begin to make an answer; it does not end with the request that asked for it. Raises Problem 503 where too many wait."""
        if not self._places.acquire(blocking=False):
            self._shed()
            raise Problem(503, "现在问的人太多，请 2 秒后再试", headers={"Retry-After": "2"})
        making = self._pool.submit(copy_context().run, make)
        making.add_done_callback(lambda done: self._places.release())
        return making

    def close(self) -> None:
        """Finish what is being made."""
        self._pool.shutdown(wait=True)


async def finished(making: Future[Made]) -> Made:
    """The answer; giving up waiting does not stop the making. Raises what the making raised."""
    return await asyncio.shield(asyncio.wrap_future(making))


class Drafts:
    """What a language model has written of an answer so far, handed from the thread that makes it to the stream that shows it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._written: asyncio.Queue[Draft | None] = asyncio.Queue()

    def put(self, draft: Draft | None) -> None:
        """Hand on a draft, or None for the end; from any thread, without waiting."""
        with suppress(RuntimeError):  # the loop has ended: nobody is left to read it
            self._loop.call_soon_threadsafe(self._written.put_nowait, draft)

    async def next(self, within: float) -> Draft | None:
        """The next draft, None at the end. Raises TimeoutError after so many seconds."""
        return await asyncio.wait_for(self._written.get(), within)

    def waiting(self) -> bool:
        """Whether a draft is there."""
        return not self._written.empty()


async def soon(making: Future[Made], seconds: float, drafts: Drafts | None = None) -> bool:
    """Whether the answer, or what went wrong with it, is there within so many seconds and before any draft of it."""
    waiting = _watched(making)
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    while not waiting.done() and not (drafts and drafts.waiting()) and clock() < until:
        await asyncio.wait({waiting}, timeout=min(until - clock(), LOOK) if drafts else until - clock())
    return making.done()


async def awaited(making: Future[Made], every: float = KEEP_ALIVE) -> AsyncIterator[Made | None]:
    """None each time so many seconds went by in silence, and the answer at the end. Raises what the making raised."""
    waiting = _watched(making)
    while True:
        done, _ = await asyncio.wait({waiting}, timeout=every)
        if done:
            yield waiting.result()
            return
        yield None


async def growing(making: Future[Made], drafts: Drafts, every: float = KEEP_ALIVE) -> AsyncIterator[Made | Draft | None]:
    """What `awaited` gives, and the drafts as they come."""
    making.add_done_callback(lambda _: drafts.put(None))
    while True:
        try:
            draft = await drafts.next(every)
        except TimeoutError:
            yield None
            continue
        if draft is None:
            break
        yield draft
    yield making.result()


def _watched(making: Future[Made]) -> asyncio.Future[Made]:
    watched = asyncio.wrap_future(making)
    watched.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to read it
    return watched
