"""The numbers of a question or a rule with what they count: the words of the field around each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from assistant.wording import words
from corpus.numerals import Quantity, quantities

CLAUSE = re.compile(r"[，,。；;！!？?：:、（）()\n]")
MONEY_WORDS = re.compile(r"[万亿]$")
BARE_MONEY = 1000
DEEDS = frozenset({"attending", "gift", "raised"})  # 来了 16 个, 捐了 30 万: the number follows the deed


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, its value and unit (元 where a bare 500万 is money), and the groups of words it goes with."""

    value: Fraction
    unit: str
    written: str
    groups: frozenset[str]
    start: int
    end: int


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[Number, ...]:
    """Every number of the text in order, with its groups: those of its clause, else those of the clauses before it."""
    found = quantities(text)
    return tuple(Number(q.value, _unit(q, text), text[q.start : q.end].strip(), groups_at(text, q.start, q.end, found), q.start, q.end) for q in found)


def _unit(quantity: Quantity, text: str) -> str:
    written = text[quantity.start : quantity.end].strip()
    if quantity.unit == "" and (MONEY_WORDS.search(written) or quantity.value >= BARE_MONEY) and not re.match(r"[年号]", text[quantity.end :]):
        return "元"
    return quantity.unit


def groups_at(text: str, start: int, end: int, others: Sequence[Quantity] = ()) -> frozenset[str]:
    """The groups named around a span: between the number before it (or the clause's begin) and the next, else in the clause before."""
    left, right = _clause(text, start, end)
    before = max((q.end for q in others if left <= q.end <= start), default=left)
    after = min((q.start for q in others if end <= q.start <= right), default=right)
    behind = named(text[end : min(after, end + 6)])
    near = named(text[before:start]) | (behind if after == right else behind - DEEDS)
    if near:
        return near
    if whole := named(text[left:right]):
        return whole
    return named(text[max(0, _clause(text, max(0, left - 2), max(0, left - 1))[0]) : left]) if left else frozenset()


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    left = max((m.end() for m in CLAUSE.finditer(text, 0, start)), default=0)
    right = next((m.start() for m in CLAUSE.finditer(text, end)), len(text))
    return left, right


@lru_cache(maxsize=8192)
def spans_named(text: str) -> tuple[tuple[int, str], ...]:
    """(where it ends, group) of every word of a group, in order; a word inside a longer word of another group does not count."""
    spans: list[tuple[int, int, str]] = []
    for group, names in words("sums")["groups"].items():
        for name in map(str, names):
            spans += [(m.start(), m.end(), str(group)) for m in re.finditer(re.escape(name), text)]
    return tuple(sorted((e, g) for s, e, g in spans if not any(a <= s and e <= b and b - a > e - s for a, b, _ in spans)))


def named(text: str) -> frozenset[str]:
    """The groups whose words occur."""
    return frozenset(group for _, group in spans_named(text))


def money(value: Fraction) -> str:
    """A sum of money as people write it."""
    return f"{plain(value / 10000)} 万元" if value >= 10000 else f"{plain(value)} 元"


def plain(value: Fraction) -> str:
    """A number without useless zeros, at most two decimals."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0").rstrip(".")
