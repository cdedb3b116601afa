"""How much of a question stands in each statement of an article: shared tokens, weighted by rarity.

The tokens of an article's statements are kept as numbers, one set after the other, from when the article is first found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from corpus.digest import Digest
from index.tokens import tokens

TEXTS = 2048


@dataclass(frozen=True, slots=True)
class _Sets:
    """Token numbers of sets laid end to end, where each set begins, and where each point's sets begin among the sets of one half.

    The first half holds for each point what it says and each of its questions, the second what it says together with each of these.
    """

    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]
    points: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weight of each token in a question, and their sum; shares of it are between 0 and 1."""

    _of: Shares
    _weight: NDArray[np.float64]
    _total: float

    def points(self, digest: Digest) -> list[float]:
        """For each point the share that it holds, or holds with its best question: half by the better alone, half by both together."""
        held = self._of.sets(digest)
        sums = np.add.reduceat(self._weight[held.numbers], held.starts)
        half = len(sums) // 2
        alone, together = (np.maximum.reduceat(part, held.points) for part in (sums[:half], sums[half:]))
        found: list[float] = ((0.5 * alone + 0.5 * together) / self._total).tolist()
        return found

    def text(self, text: str) -> float:
        """The share that a text of the release holds."""
        return float(self._weight[self._of.text(text)].sum() / self._total)


class Shares:
    """The sets of one release; `vocabulary` gives a token's number."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._sets: dict[tuple[str, str, str], _Sets] = {}
        self.text = lru_cache(maxsize=TEXTS)(self._text)

    def of(self, weights: Mapping[str, float]) -> Weighed:
        """A question's weights, to hold statements against."""
        weight = np.zeros(len(self._vocabulary) + 1)
        known = [(number, share) for token, share in weights.items() if (number := self._vocabulary.get(token)) is not None]
        weight[[number for number, _ in known]] = [share for _, share in known]
        return Weighed(self, weight, sum(weights.values()) or 1.0)

    def _text(self, text: str) -> NDArray[np.int32]:
        return self._laid(self._known(text))

    def sets(self, digest: Digest) -> _Sets:
        """The sets of a digest's statements."""
        key = (digest.law, digest.edition, digest.article)
        held = self._sets.get(key)
        if held is None:
            held = self._sets[key] = self._made(digest)
        return held

    def _made(self, digest: Digest) -> _Sets:
        alone: list[set[int]] = []
        together: list[set[int]] = []
        points = []
        for point in digest.points:
            said, asked = self._known(point.say + digest.topic), [self._known(ask) for ask in point.ask]
            points.append(len(alone))
            alone += (said, *asked)
            together += (said, *(said | words for words in asked))
        rows = [self._laid(numbers) for numbers in (*alone, *together)]
        starts = np.cumsum([0, *map(len, rows)])[:-1]
        return _Sets(np.concatenate(rows), starts, np.array(points))

    def _known(self, text: str) -> set[int]:
        """The numbers of the tokens that the release knows."""
        numbers = set(map(self._vocabulary.get, tokens(text)))
        numbers.discard(None)
        return cast(set[int], numbers)

    def _laid(self, numbers: Iterable[int]) -> NDArray[np.int32]:
        """In rising order, so that what holds the same tokens adds up to the same; the last number, which weighs nothing, keeps a set from being empty."""
        return np.array([*sorted(numbers), len(self._vocabulary)], np.int32)
