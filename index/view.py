"""A learned view of the vectors in which the questions of one point lie together: it tells apart the points of related articles.

Made by index/view_training.py from the everyday questions of the shipped digests. It judges which point fits and nothing else: cosines that
thresholds are set for, and the ranking of units, go on being taken from the vectors as the embedder made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.dense import Meaning
from index.embed import Vectors

SHIPPED = Path(__file__).parent / "data" / "view.npz"
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class View:
    """A matrix, shape (dimension, dimension), for vectors of one embedder; cosines of turned vectors times `slope` plus `level` spread and
    lie as those of the vectors themselves."""

    matrix: NDArray[np.float32]
    slope: float
    level: float
    embedder: str

    @classmethod
    def read(cls, file: Path = SHIPPED) -> View:
        """What `save` wrote."""
        with np.load(file) as held:
            return cls(held["matrix"].astype(np.float32), float(held["slope"]), float(held["level"]), str(held["embedder"]))

    def save(self, file: Path = SHIPPED) -> None:
        """Write the matrix as float16, with what belongs to it."""
        slope, level, embedder = np.array(self.slope), np.array(self.level), np.array(self.embedder)
        np.savez_compressed(file, matrix=self.matrix.astype(np.float16), slope=slope, level=level, embedder=embedder)

    def turned(self, rows: Vectors) -> Vectors:
        """Rows as the view sees them, of length 1; shape as given."""
        seen = rows @ self.matrix
        return np.asarray(seen / np.linalg.norm(seen, axis=-1, keepdims=True), np.float32)


class Fitting:
    """How well the passages of units fit a question, by the vectors themselves and as the view sees them."""

    def __init__(self, dense: Meaning, view: View | None) -> None:
        self._dense = dense
        self._view = view
        self._lengths: dict[int, NDArray[np.float32]] = {}

    def scores(self, question: Vectors, units: Sequence[int]) -> list[NDArray[np.float32]]:
        """For each unit an array of shape (2, passages): cosines, then how well each fits; both with the passages' offsets."""
        sides = np.stack([question, question if self._view is None else self._view.matrix @ self._view.turned(question)], axis=1)
        found = []
        for unit, (rows, offsets) in zip(units, self._dense.passages(units), strict=True):
            products = (rows @ sides).T
            if self._view is not None:
                products[1] = self._view.level + self._view.slope * products[1] / self._lengths_of(unit, rows, self._view)
            found.append(np.asarray(products + offsets, np.float32))
        return found

    def _lengths_of(self, unit: int, rows: Vectors, view: View) -> NDArray[np.float32]:
        """How long the unit's rows are once turned: remembered, so that a question is turned and its passages are not."""
        known = self._lengths.get(unit)
        if known is None:
            if len(self._lengths) >= REMEMBERED:
                self._lengths.clear()
            known = self._lengths[unit] = np.asarray(np.linalg.norm(rows @ view.matrix, axis=1), np.float32)
        return known
