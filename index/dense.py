"""Dense scores of units: the best of a unit's passages, from a float16 matrix that is exported from the vector store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors


class Dense:
    """All passage vectors of a release, rows grouped by unit; scores are inner products of unit vectors."""

    def __init__(self, matrix: NDArray[np.float32], starts: NDArray[np.int64], offsets: NDArray[np.float32]) -> None:
        self._matrix = matrix
        self.starts = starts
        self._offsets = offsets

    @classmethod
    def build(cls, vectors: Vectors, passages_per_unit: list[int], offsets: NDArray[np.float32]) -> Dense:
        """Group rows by unit; `offsets` are added to each row's score (0 for none)."""
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(passages_per_unit)])
        return cls(np.ascontiguousarray(vectors, np.float32), starts, offsets)

    @property
    def dimension(self) -> int:
        """Width of the matrix."""
        return int(self._matrix.shape[1])

    def passage_scores(self, question: Vectors) -> NDArray[np.float32]:
        """One score a passage row; `question` has shape (dimension,)."""
        return np.asarray(self._matrix @ question + self._offsets, np.float32)

    def unit_scores(self, passage_scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """The best passage score of each unit."""
        return np.maximum.reduceat(passage_scores, self.starts[:-1])

    def save(self, folder: Path) -> None:
        """Write the arrays; the matrix as float16."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "matrix.npy", self._matrix.astype(np.float16))
        np.save(folder / "starts.npy", self.starts)
        np.save(folder / "offsets.npy", self._offsets)

    @classmethod
    def load(cls, folder: Path) -> Dense:
        """Read saved arrays; the matrix is widened to float32, in which products are fast on any processor."""
        matrix = np.load(folder / "matrix.npy", mmap_mode="r").astype(np.float32)
        return cls(matrix, np.load(folder / "starts.npy"), np.load(folder / "offsets.npy"))
