"""Unit vectors as rows of int8 with one scale a row: a quarter of the memory of float32 and half its time, for products are bound by memory.

Vectors that come from the cache (index/cache.py) are such codes already, and lose nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors

BLOCK = 1024
PEAK = np.float32(127)


class Codes:
    """codes, shape (n, dimension), times scales, shape (n,), are the unit vectors."""

    def __init__(self, codes: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        self._codes = codes
        self._scales = scales

    @classmethod
    def of(cls, rows: NDArray[np.floating]) -> Codes:
        """The codes of unit vectors of any float type, which may be mapped from disk."""
        codes = np.empty(rows.shape, np.int8)
        scales = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK].astype(np.float32)
            peaks = np.abs(part).max(axis=1, initial=0.0, keepdims=True)
            whole = np.round(part * (PEAK / np.where(peaks > 0, peaks, 1)))
            lengths = np.linalg.norm(whole, axis=1)
            scales[start : start + BLOCK] = 1 / np.where(lengths > 0, lengths, 1)
            codes[start : start + BLOCK] = whole
        return cls(codes, scales)

    def __len__(self) -> int:
        """How many rows."""
        return len(self._codes)

    @property
    def dimension(self) -> int:
        """Width of the rows."""
        return int(self._codes.shape[1])

    def products(self, question: Vectors) -> NDArray[np.float32]:
        """Inner products of all rows with a vector of shape (dimension,)."""
        codes = self._codes
        found = np.empty(len(codes), np.float32)
        wide = np.empty((min(BLOCK, len(codes)), codes.shape[1]), np.float32)
        for start in range(0, len(codes), BLOCK):
            part = wide[: min(BLOCK, len(codes) - start)]
            np.copyto(part, codes[start : start + BLOCK])
            np.dot(part, question, out=found[start : start + BLOCK])
        found *= self._scales
        return found

    def floats(self, span: slice) -> NDArray[np.float32]:
        """The rows of a span, shape (n, dimension)."""
        return np.asarray(self._codes[span] * self._scales[span, None], np.float32)

    def halves(self) -> NDArray[np.float16]:
        """The rows as float16, shape (n, dimension)."""
        found = np.empty(self._codes.shape, np.float16)
        for start in range(0, len(found), BLOCK):
            span = slice(start, start + BLOCK)
            found[span] = self._codes[span] * self._scales[span, None]
        return found
