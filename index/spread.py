"""One instrument does not crowd out the others: no more than five of its articles among the first ten, unless the question names it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from index.search import Hit

FIRST = 10
MOST = 5


def spread(hits: Sequence[Hit], named: Collection[str], most: int = MOST) -> list[Hit]:
    """The hits with no more than `most` of one instrument among the first ten, those named (slugs) aside; the rest follows in its order.

    Places keep their scores. With five, the first five never change (docs/decisions/0025).
    """
    count: Counter[str] = Counter()
    first: list[int] = []
    for place, hit in enumerate(hits):
        if len(first) < FIRST and (hit.address.law in named or count[hit.address.law] < most):
            count[hit.address.law] += 1
            first.append(place)
    order = [*first, *sorted(set(range(len(hits))) - set(first))]
    return [replace(hits[place], score=hit.score) for place, hit in zip(order, hits, strict=True)]
