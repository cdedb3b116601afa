"""Score fusion: each list min–max normalised over its best 200, then a convex combination (weight .5; see retrieval.md §3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DEPTH = 200
DENSE_WEIGHT = 0.5


def normalised(scores: NDArray[np.float32], depth: int = DEPTH) -> NDArray[np.float32]:
    """Min–max over the best `depth` scores; everything below is 0. −inf marks what a filter took out."""
    usable = np.isfinite(scores)
    if not usable.any():
        return np.zeros_like(scores)
    kept = scores[usable]
    floor = float(np.partition(kept, -depth)[-depth]) if kept.size > depth else float(kept.min())
    top = float(kept.max())
    if top <= floor:
        return np.where(usable & (scores >= top) & (top > 0), np.float32(1), np.float32(0))
    return np.clip((np.where(usable, scores, floor) - floor) / (top - floor), 0, 1).astype(np.float32)


def convex(lexical: NDArray[np.float32], dense: NDArray[np.float32] | None, weight: float = DENSE_WEIGHT) -> NDArray[np.float32]:
    """(1 − weight)·lexical + weight·dense after normalisation; lexical alone where there is no dense list."""
    if dense is None:
        return normalised(lexical)
    return ((1 - weight) * normalised(lexical) + weight * normalised(dense)).astype(np.float32)
