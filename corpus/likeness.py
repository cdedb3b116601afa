"""How alike two statements about a figure are: two-character pairs weighted by rarity, no word list needed.

A claim is one quantity with the clause it stands in and the sentence around it. Two claims are about the same figure where
both clause and sentence are alike; the sentence's other figures count too, so that the tiers of a table stay apart.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.numerals import Quantity, quantities

Vector = Mapping[str, float]
OTHER_FIGURE = 8.0
STOP = re.compile(r"[。；;]")
PAUSE = re.compile(r"[，,。；;]")


@dataclass(frozen=True, slots=True)
class Claim:
    """One quantity of a sentence: its clause and sentence as unit vectors and as sets of pairs, and the quantities beside it."""

    quantity: Quantity
    written: str
    sentence: str
    beside: tuple[Quantity, ...]
    clause: Vector
    whole: Vector
    clause_pairs: frozenset[str]
    whole_pairs: frozenset[str]

    def names(self, other: Quantity) -> bool:
        """Whether the sentence also holds the other's value in the same unit."""
        return any(q.value == other.value and q.unit == other.unit for q in self.beside)


class Likeness:
    """Weights learned from the sentences it is given: pairs that few sentences hold weigh most."""

    def __init__(self, sentences: Iterable[str]) -> None:
        seen: Counter[str] = Counter()
        count = 1
        for sentence in sentences:
            seen.update(set(pairs(sentence)))
            count += 1
        self._unseen = math.log(1 + count)
        self._weights = {pair: math.log((1 + count) / (1 + times)) for pair, times in seen.items()}

    def weight(self, pair: str) -> float:
        """How much a pair says: the logarithm of how rare it is among the sentences learned from."""
        return self._weights.get(pair, self._unseen)

    def covered(self, wanted: frozenset[str], having: frozenset[str]) -> float:
        """The share of the weight of `wanted` that `having` has too, 0 to 1."""
        total = sum(map(self.weight, wanted))
        return sum(map(self.weight, wanted & having)) / total if total else 0.0

    def vector(self, text: str, *, also: Iterable[str] = ()) -> Vector:
        """The text as a unit vector over its pairs, with extra marks of full weight."""
        weights = {pair: self.weight(pair) for pair in set(pairs(text))}
        weights.update(dict.fromkeys(also, OTHER_FIGURE))
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {key: w / length for key, w in weights.items()}

    def claims(self, sentence: str) -> Iterator[Claim]:
        """One claim a quantity; years and bare numbers say too little to compare and are left out."""
        found = quantities(sentence)
        bare = _without(sentence, found)
        for index, quantity in enumerate(found):
            if quantity.unit in ("", "年份"):
                continue
            start, end = _clause(sentence, found, index)
            others = [f"{q.value}{q.unit}" for q in found if (q.start, q.end) != (quantity.start, quantity.end)]
            yield Claim(
                quantity=quantity,
                written=sentence[quantity.start : quantity.end].strip(),
                sentence=sentence,
                beside=tuple(found),
                clause=self.vector(bare[start:end]),
                whole=self.vector(bare, also=others),
                clause_pairs=frozenset(pairs(bare[start:end])),
                whole_pairs=frozenset(pairs(bare)),
            )


def pairs(text: str) -> Iterator[str]:
    """The two-character pairs of the Chinese characters and capitals of a text."""
    kept = re.sub(r"[^\u3400-\u9fffA-Z]", "", text)
    return (kept[i : i + 2] for i in range(len(kept) - 1))


def cosine(one: Vector, other: Vector) -> float:
    """0 (nothing in common) to 1 (the same)."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[key] for key, weight in one.items() if key in other)


def alike(one: Claim, other: Claim) -> float:
    """How alike two claims are, 0 to 1: half the clause, half the sentence."""
    return (cosine(one.clause, other.clause) + cosine(one.whole, other.whole)) / 2


def _without(sentence: str, found: list[Quantity]) -> str:
    blank = list(sentence)
    for quantity in found:
        blank[quantity.start : quantity.end] = " " * (quantity.end - quantity.start)
    return "".join(blank)


def _clause(sentence: str, found: list[Quantity], index: int) -> tuple[int, int]:
    """From the figure before (or the last full stop) to the figure after (or the next pause)."""
    quantity = found[index]
    start = max((q.end for q in found[:index] if q.end <= quantity.start), default=0)
    for match in STOP.finditer(sentence, start, quantity.start):
        start = match.end()
    end = min((q.start for q in found[index + 1 :] if q.start >= quantity.end), default=len(sentence))
    pause = PAUSE.search(sentence, quantity.end, end)
    return start, pause.start() if pause else end
