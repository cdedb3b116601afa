"""Dense scores of units: the best of a unit's passages. From a float16 matrix in memory, or asked of the vector store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from index.codes import Codes
from index.embed import Vectors

LATELY = 8
# So many passages a vector store is asked for; so many of them must be allowed where it was asked without limits.
DEPTH, ENOUGH = 1000, 500


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which units may be found: a mask over all, and what made it: the day as yyyymmdd and the regions of the chain."""

    mask: NDArray[np.bool_]
    day: int
    regions: tuple[str, ...]


class Meaning(Protocol):
    """Scores by inner product of unit vectors."""

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        ...

    def unit_scores(self, question: Vectors, allowed: Allowed) -> NDArray[np.float32]:
        """One score a unit, −inf for what is not allowed or too far to be known; `question` has shape (dimension,)."""
        ...

    def passages(self, units: Sequence[int]) -> list[tuple[Vectors, NDArray[np.float32]]]:
        """For each of these units the vectors of its passages and the offsets of their scores."""
        ...


Limits = tuple[int, Sequence[str]]


class Passages(Protocol):
    """The passages of a release in a vector store."""

    @property
    def slow_limits(self) -> bool:
        """Whether limits cost the store several times what the search itself does."""
        ...

    def nearest(self, question: Vectors, limits: Limits | None) -> list[tuple[str, float]]:
        """(id, cosine) of the nearest DEPTH passages, best first: of all, or within limits: those in force on a day (yyyymmdd), national or
        of these regions. Raises StoreSilent."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """Which passages belong to which unit: `starts` has one entry more than there are units; `offsets` are added to passages' scores."""

    starts: NDArray[np.int64]
    offsets: NDArray[np.float32]
    ids: NDArray[np.str_]

    def spans(self, units: Sequence[int]) -> list[slice]:
        """Where the passages of these units stand."""
        return [slice(int(self.starts[unit]), int(self.starts[unit + 1])) for unit in units]

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("starts", "offsets", "ids"):
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> Layout:
        """Read saved arrays; a release made before passages had ids has none."""
        ids = np.load(folder / "ids.npy") if (folder / "ids.npy").is_file() else np.zeros(0, np.str_)
        return cls(np.load(folder / "starts.npy"), np.load(folder / "offsets.npy"), ids)


class Dense:
    """All passage vectors of a release in memory, rows grouped by unit."""

    def __init__(self, rows: Codes, layout: Layout) -> None:
        self._rows = rows
        self._layout = layout
        self._lately: dict[tuple[bytes, int, tuple[str, ...]], NDArray[np.float32]] = {}

    @classmethod
    def build(cls, vectors: Vectors, passages_per_unit: Sequence[int], offsets: NDArray[np.float32], ids: Sequence[str] = ()) -> Dense:
        """Group rows by unit; `offsets` are added to each row's score (0 for none)."""
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(passages_per_unit)])
        return cls(Codes.of(vectors), Layout(starts, offsets, np.array(ids, np.str_)))

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        return self._rows.dimension

    def unit_scores(self, question: Vectors, allowed: Allowed) -> NDArray[np.float32]:
        """See Meaning. Remembered for a moment: several stages of one answer search for the same."""
        key = (question.tobytes(), allowed.day, allowed.regions)
        scores = self._lately.get(key)
        if scores is None:
            scores = np.asarray(np.maximum.reduceat(self._rows.products(question) + self._layout.offsets, self._layout.starts[:-1]), np.float32)
            scores[~allowed.mask] = -np.inf
            if len(self._lately) >= LATELY:
                self._lately.clear()
            self._lately[key] = scores
        return scores.copy()

    def passages(self, units: Sequence[int]) -> list[tuple[Vectors, NDArray[np.float32]]]:
        """See Meaning."""
        return [(self._rows.floats(span), self._layout.offsets[span]) for span in self._layout.spans(units)]

    def save(self, folder: Path) -> None:
        """Write the arrays; the matrix as float16."""
        self._layout.save(folder)
        np.save(folder / "matrix.npy", self._rows.halves())

    @classmethod
    def load(cls, folder: Path) -> Dense:
        """Read saved arrays.

        From here on this process multiplies on one thread: a question times the matrix waits for memory, and while answers are made side
        by side a second thread took as much of the processor again and gained nothing.
        """
        threadpool_limits(limits=1, user_api="blas")
        return cls(Codes.of(np.load(folder / "matrix.npy", mmap_mode="r")), Layout.load(folder))


class Stored:
    """The same scores where the vector store looks for the nearest: for corpora that do not fit into memory, or one store behind many
    processes. Which passages of a found unit fit, the release's own rows tell, mapped from its file."""

    def __init__(self, passages: Passages, layout: Layout, rows: NDArray[np.floating]) -> None:
        """`rows` are the unit vectors of all passages, shape (n, dimension)."""
        self._passages = passages
        self._layout = layout
        self._rows = rows
        self._row = {str(name): row for row, name in enumerate(layout.ids)}

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        return int(self._rows.shape[1])

    def unit_scores(self, question: Vectors, allowed: Allowed) -> NDArray[np.float32]:
        """See Meaning; known are the units of the nearest passages. Raises StoreSilent."""
        units, scored = self._nearest(question, allowed)
        scores = np.full(len(self._layout.starts) - 1, -np.inf, np.float32)
        np.maximum.at(scores, units, scored)
        return scores

    def _nearest(self, question: Vectors, allowed: Allowed) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Units and scores of the nearest allowed passages.

        A store whose limits are slow is first asked without them: most of what lies near a question is in force.
        """
        if self._passages.slow_limits:
            units, scored = self._scored(self._passages.nearest(question, None))
            fits = allowed.mask[units]
            if len(units) < DEPTH or fits.sum() >= ENOUGH:
                return units[fits], scored[fits]
        return self._scored(self._passages.nearest(question, (allowed.day, allowed.regions)))

    def _scored(self, found: Sequence[tuple[str, float]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        rows = np.array([self._row[name] for name, _ in found], np.int64)
        cosines = np.array([cosine for _, cosine in found], np.float32)
        return np.searchsorted(self._layout.starts, rows, "right") - 1, cosines + self._layout.offsets[rows]

    def passages(self, units: Sequence[int]) -> list[tuple[Vectors, NDArray[np.float32]]]:
        """See Meaning."""
        return [(self._rows[span].astype(np.float32), self._layout.offsets[span]) for span in self._layout.spans(units)]
