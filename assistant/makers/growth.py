"""How much a figure grew: two cited statements of one source that give the same measure for two years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from assistant.makers.given import Number, numbers, plain
from assistant.makers.points import Scored

ASKS = re.compile(r"增加|增长|增幅|提高了?多少|涨了?多少|多了多少|相差|差多少")
YEAR = re.compile(r"(20\d{2})\s*年")
TRIED = 12
NOUN = 4
BEFORE = 12
SCALES = ((Fraction(10**8), "亿"), (Fraction(10**4), "万"))


def worked(question: str, scored: Sequence[Scored]) -> list[tuple[str, Scored]]:
    """(the difference with its working, both statements as one) where the leading statement and another tell of one measure; empty otherwise."""
    if not scored or not ASKS.search(question):
        return []
    lead = scored[0]
    for other in scored[1:TRIED]:
        if other.unit.law != lead.unit.law:
            continue
        both = _same_measure(question, lead.say, other.say)
        if both:
            text = _grown(*sorted(both, key=lambda row: row[0]))
            return [(text, replace(lead, addresses=tuple(dict.fromkeys((*lead.addresses, *other.addresses))), place=""))]
    return []


def _same_measure(question: str, one: str, other: str) -> list[tuple[int, Number]]:
    """(year, figure) of each statement, where both put one noun of the question before a figure of one unit; empty otherwise."""
    years = [int(match[1]) for say in (one, other) if (match := YEAR.search(say))]
    if len(set(years)) < 2:
        return []
    for first in _figures(one):
        for second in _figures(other):
            nouns = [say[max(0, n.start - BEFORE) : n.start] for say, n in ((one, first), (other, second))]
            if first.unit == second.unit and _shared(question, *nouns):
                return list(zip(years, (first, second), strict=True))
    return []


def _figures(say: str) -> list[Number]:
    return [n for n in numbers(say) if n.unit in ("元", "个")]


def _shared(question: str, one: str, other: str) -> bool:
    pieces = (one[place : place + NOUN] for place in range(len(one) - NOUN + 1))
    return any(piece in other and piece in question for piece in pieces)


def _grown(before: tuple[int, Number], after: tuple[int, Number]) -> str:
    (first, low), (last, high) = before, after
    scale, name = next(((size, name) for size, name in SCALES if low.value >= size and high.value >= size), (Fraction(1), ""))
    unit = name + ("元" if low.unit == "元" else "人" if high.written.endswith("人") else "个")
    change = high.value - low.value
    share = plain(abs(change) / low.value * 100)
    word = "增加" if change >= 0 else "减少"
    return f"{last} 年 {plain(high.value / scale)} − {first} 年 {plain(low.value / scale)} = {plain(change / scale)} {unit}，{word}约 {share}%。"
