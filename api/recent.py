"""Answers given lately: the same question on the same day over the same release, with the same conversation before it, is not worked out twice.

On a busy morning many ask the same thing. What is remembered is the turn without what was found on the way, in memory, of questions
without personal data; each asker still gets a message of his own, stored under its own number.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from assistant.turn import Status, Turn

# About 10 KB each.
MOST = 1000


class Recent:
    """The turns of one process, the least lately asked forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._turns: OrderedDict[Hashable, Turn] = OrderedDict()
        self._lock = threading.Lock()

    def turn(self, key: Hashable, make: Callable[[], Turn]) -> Turn:
        """The turn of a key that holds all that an answer depends on; made where it is not there. Errors are not remembered."""
        with self._lock:
            known = self._turns.get(key)
            if known is not None:
                self._turns.move_to_end(key)
                return known
        made = make().having(hits=())
        if made.answer is not None and made.answer.status is not Status.ERROR:
            with self._lock:
                self._turns[key] = made
                while len(self._turns) > self._most:
                    self._turns.popitem(last=False)
        return made

    def forget(self) -> None:
        """Forget all, as where the office changes what may be answered."""
        with self._lock:
            self._turns.clear()
