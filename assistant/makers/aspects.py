"""What a question of comparison compares (期限, 比例, 兼任…), and whether a statement speaks of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.wording import words
from corpus.numerals import quantities

NO_SPAN = re.compile(r"[每上前当本全去]\s*(?:一|[二三\d]+)?\s*(?:个\s*)?(?:年度?|月)")  # 上一年, 每年: whose year, not how long


@dataclass(frozen=True, slots=True)
class Aspect:
    """A matter of comparison: the words that ask for it, the units or words of statements about it, and how it is asked of one side."""

    name: str
    asks: tuple[str, ...]
    units: frozenset[str]
    words: tuple[str, ...]
    question: str = ""
    general: bool = False

    def spoken_of(self, say: str) -> bool:
        """Whether a statement holds a figure or a word of the aspect."""
        return any(q.unit in self.units for q in quantities(NO_SPAN.sub("", say))) or any(word in say for word in self.words)


@lru_cache(maxsize=1)
def _all() -> tuple[Aspect, ...]:
    rows = words("comparison")["aspects"].items()
    return tuple(_aspect(str(name), row) for name, row in rows)


def _aspect(name: str, row: Mapping[str, Any]) -> Aspect:
    asks, units, said = (tuple(map(str, row.get(key, ()))) for key in ("asks", "units", "words"))
    return Aspect(name, asks, frozenset(units), said, str(row.get("question", "")), bool(row.get("general")))


def asked(question: str) -> tuple[Aspect, ...]:
    """The aspects that a question asks for; one that is only a general word (门槛) where it names no other."""
    found = tuple(aspect for aspect in _all() if any(word in question for word in aspect.asks))
    return tuple(aspect for aspect in found if not aspect.general) or found


def ending(side: str) -> str:
    """The word of an aspect that a side ends with (诉讼期限 → 期限); "" where it ends with none."""
    found = [word for aspect in _all() for word in aspect.asks if side.endswith(word) and len(side) > len(word) + 1]
    return max(found, key=len, default="")


def speaks(aspects: Sequence[Aspect], say: str) -> bool:
    """Whether a statement speaks of all the aspects asked for."""
    return all(aspect.spoken_of(say) for aspect in aspects)


def share(aspects: Sequence[Aspect], say: str) -> float:
    """The share of the aspects asked for that a statement speaks of; 1 where none is asked for."""
    return sum(aspect.spoken_of(say) for aspect in aspects) / len(aspects) if aspects else 1.0
