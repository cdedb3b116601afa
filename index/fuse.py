"""Score fusion: each list min–max normalised over its best 200, then a convex combination (weight .5; see retrieval.md §3); and how
the passages of a unit speak for its digest points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.units import ASK

DEPTH = 200
DENSE_WEIGHT = 0.5
SAID, ASKED_ONCE, ASKED = 0.97, -0.44, 0.47
NEAREST = 3
UNASKED = 0.8


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


def point_fits(passages: Sequence[tuple[str, int]], cosines: Sequence[float]) -> dict[int, float]:
    """How well each digest point of a unit fits, from the cosines of the unit's passages: half by its nearest one, half by all that speak for it.

    The weights of the second half were fitted to find the point of 2,089 everyday questions that were taken out one at a time.
    """
    said: dict[int, float] = {}
    asked: dict[int, list[float]] = {}
    for (kind, point), cosine in zip(passages, cosines, strict=False):
        if point >= 0 and kind == ASK:
            asked.setdefault(point, []).append(cosine)
        elif point >= 0:
            said[point] = max(said.get(point, -1.0), cosine)
    fits = {}
    for point in said.keys() | asked.keys():
        near = sorted(asked.get(point, (UNASKED,)), reverse=True)[:NEAREST]
        statement = said.get(point, near[0])
        fits[point] = max(statement, near[0]) / 2 + (SAID * statement + ASKED_ONCE * near[0] + ASKED * sum(near) / len(near)) / 2
    return fits
