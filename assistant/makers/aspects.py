"""What a question of comparison compares (期限, 比例, 兼任…), and whether a statement speaks of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.wording import words
from corpus.numerals import quantities

NO_SPAN = re.compile(r"[每上前当本全去]\s*(?:一|[二三\d]+)?\s*(?:个\s*)?(?:年度?|月)")  # 上一年, 每年: whose year, not how long


@dataclass(frozen=True, slots=True)
class Aspect:
    """A matter of comparison: the words that ask for it, and the units or words of statements about it."""

    name: str
    asks: tuple[str, ...]
    units: frozenset[str]
    words: tuple[str, ...]

    def spoken_of(self, say: str) -> bool:
        """Whether a statement holds a figure or a word of the aspect."""
        return any(q.unit in self.units for q in quantities(NO_SPAN.sub("", say))) or any(word in say for word in self.words)


@lru_cache(maxsize=1)
def _all() -> tuple[Aspect, ...]:
    rows = words("comparison")["aspects"].items()
    return tuple(Aspect(str(n), tuple(map(str, r["asks"])), frozenset(map(str, r.get("units", ()))), tuple(map(str, r.get("words", ())))) for n, r in rows)


def asked(question: str) -> tuple[Aspect, ...]:
    """The aspects that a question asks for."""
    return tuple(aspect for aspect in _all() if any(word in question for word in aspect.asks))


def ending(side: str) -> str:
    """The word of an aspect that a side ends with (诉讼期限 → 期限); "" where it ends with none."""
    found = [word for aspect in _all() for word in aspect.asks if side.endswith(word) and len(side) > len(word) + 1]
    return max(found, key=len, default="")


def speaks(aspects: Sequence[Aspect], say: str) -> bool:
    """Whether a statement speaks of all the aspects asked for."""
    return all(aspect.spoken_of(say) for aspect in aspects)
