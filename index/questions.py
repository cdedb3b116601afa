"""Vectors of questions: each is embedded once and remembered; where the embedder falls silent, search goes on without."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder
from index.errors import EmbedderSilent
from index.tokens import fold

REMEMBERED = 512
REST = 30.0
# Of a longer question its two ends are embedded: models know some 500 tokens, and what they cost grows with the square of them.
LONGEST = 400


class Questions:
    """The question side of an embedder. After a failure it rests for half a minute, so that not every answer waits for a time-out;
    `rests` counts how often."""

    def __init__(self, embedder: Embedder, dimension: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._embedder = embedder
        self._dimension = dimension
        self._clock = clock
        self._rest_until = -1.0
        self.rests = 0
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def silent(self) -> bool:
        """Whether the embedder has failed within the last half minute."""
        return self._clock() < self._rest_until

    def vector(self, question: str) -> NDArray[np.float32] | None:
        """The unit vector of a question, shape (dimension,); None while the embedder is silent."""
        asked = fold(question)
        asked = asked if len(asked) <= LONGEST else asked[: LONGEST // 2] + asked[-LONGEST // 2 :]
        known = self._known.get(asked)
        if known is not None or self.silent:
            return known
        try:
            vector = np.asarray(self._embedder.questions([asked])[0], np.float32)
            if vector.shape != (self._dimension,):
                raise EmbedderSilent(f"问题向量是 {vector.shape[0]} 维，发布里是 {self._dimension} 维")
        except EmbedderSilent:
            self.rest()
            return None
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[asked] = vector
        return vector

    def rest(self) -> None:
        """Leave the embedder alone for half a minute."""
        self._rest_until = self._clock() + REST
        self.rests += 1

    def forget(self) -> None:
        """Forget the questions embedded so far; measurements start from here."""
        self._known.clear()
