"""Where answers are made: in threads of their own, a few at a time in order of arrival; what was begun is finished and stored, whoever left."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")
# An answer is mostly computing: more threads than this only make every one of them slower, and pages wait behind them.
WIDTH = max(2, os.cpu_count() or 2)
# Where a language model writes, an answer is mostly waiting for it.
WIDTH_WITH_MODEL = 32
# A mini-program gives up after a minute without a byte, proxies often sooner.
KEEP_ALIVE = 10.0


class Answering:
    """The threads that make answers."""

    def __init__(self, width: int = WIDTH) -> None:
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="answer")

    def begin(self, make: Callable[[], Made]) -> Future[Made]:
        """Begin to make an answer; it does not end with the request that asked for it."""
        return self._pool.submit(make)

    def close(self) -> None:
        """Finish what is being made."""
        self._pool.shutdown(wait=True)


async def finished(making: Future[Made]) -> Made:
    """The answer; giving up waiting does not stop the making. Raises what the making raised."""
    return await asyncio.shield(asyncio.wrap_future(making))


async def soon(making: Future[Made], seconds: float) -> bool:
    """Whether the answer, or what went wrong with it, is there within so many seconds."""
    await asyncio.wait({_watched(making)}, timeout=seconds)
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


def _watched(making: Future[Made]) -> asyncio.Future[Made]:
    watched = asyncio.wrap_future(making)
    watched.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to read it
    return watched
