"""Which statements answer a question: digest points by embedding, shared rare words, and the kind of figure asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.quotes import quote
from corpus.article import Address
from corpus.library import Entry, Library
from corpus.numerals import quantities
from index.search import Hit, Search
from index.tokens import token_set

SHARED_WORDS = 0.09
UNIT_SCORE = 0.08
FIGURE_ASKED = 0.02
UNVERIFIED = 0.015
LOW_CONFIDENCE = 0.02
UNTOUCHED = 0.03
WITHOUT_VECTORS = 0.8
FIGURES_ASKED = (
    (
        re.compile(r"多久|多长时间|几天|多少天|期限|时限|什么时候|何时|哪天|几月|几号|截止|最晚|最迟|提前|几年|几个月|多少[日年月]|满多|时间要求"),
        {"日", "月", "年", "工作日", "日期", "时"},
    ),
    (
        re.compile(r"多少(钱|资金|元|万)|要多少钱|资金.{0,4}(多少|最低|要求|门槛)|几万|(注册|开办|活动|原始)(资金|基金).{0,6}多少|最低多少|罚(款)?多少|罚几"),
        {"元", "倍"},
    ),
    (re.compile(r"(多少|几)(个|名|位|家)?(人|会员|理事|监事|成员|发起人|单位)|会员.{0,6}(多少|几)|人数"), {"个"}),
    (re.compile(r"比例|百分之|占比|几分之|过半|多少比|不(低|少|超|高)过?于?多少|半数|三分之"), {"比例"}),
    (re.compile(r"几次|多少次|几届|几倍|几份"), {"次", "届", "倍", "份"}),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement of a found article: its words, the addresses it rests on, and how well it answers the question."""

    say: str
    addresses: tuple[Address, ...]
    place: str
    number: int
    unit: Address
    topic: str
    types: tuple[str, ...]
    score: float


def score_points(question: str, hits: Sequence[Hit], search: Search) -> list[Scored]:
    """All statements of the found units, best first."""
    weights = search.weights(question)
    units = figure_units(question)
    aside = set(search.untouched(question))
    found: list[Scored] = []
    for hit in hits:
        rows = _of_article(hit, question, weights, units, search.library) if hit.kind == "article" else []
        found += [replace(row, score=row.score - UNTOUCHED) for row in rows] if hit.address.law in aside else rows
    return sorted(found, key=lambda s: -s.score)


def figure_units(question: str) -> frozenset[str]:
    """The units of the figures that the question asks for; empty where it asks for none."""
    return frozenset(unit for pattern, asked in FIGURES_ASKED if pattern.search(question) for unit in asked)


def _of_article(hit: Hit, question: str, weights: Mapping[str, float], units: frozenset[str], library: Library) -> list[Scored]:
    entry = library.entry(hit.address)
    if entry is None:
        return []
    if entry.digest is None:
        return [_of_text(hit, entry, question, weights)]
    vectors = dict(hit.points)
    found = []
    for number, point in enumerate(entry.digest.points):
        score = vectors.get(number, WITHOUT_VECTORS)
        score += SHARED_WORDS * shared(weights, point.say + entry.digest.topic, point.ask)
        score += UNIT_SCORE * min(hit.score, 1.3)
        score -= UNVERIFIED * (not entry.verified) + LOW_CONFIDENCE * (point.confidence == "低")
        if units and units & _units(point.say):
            score += FIGURE_ASKED
        found.append(Scored(point.say, (entry.address,), point.at, number, entry.address, entry.digest.topic, entry.digest.types, score))
    return found


@lru_cache(maxsize=8192)
def _units(say: str) -> frozenset[str]:
    return frozenset(quantity.unit for quantity in quantities(say))


def _of_text(hit: Hit, entry: Entry, question: str, weights: Mapping[str, float]) -> Scored:
    """An article without digest speaks through its own text: the slice that fits the question."""
    text, _ = quote(entry, question)
    shown = re.sub(r"\s+", "", text)
    say = f"《{entry.law.title}》{entry.label}规定：{shown}"
    score = (hit.cosine or WITHOUT_VECTORS) + SHARED_WORDS * shared(weights, text, ()) + UNIT_SCORE * min(hit.score, 1.3)
    return Scored(say, (entry.address,), "", 0, entry.address, entry.label, (), score)


def shared(weights: Mapping[str, float], say: str, asks: Sequence[str]) -> float:
    """Share of the question's weight (by rarity) that a statement holds, or the statement with its best question; 0 to 1."""
    total = sum(weights.values()) or 1.0
    said = token_set(say)
    alone = _share(weights, said)
    best = both = alone
    for ask in asks:
        asked = token_set(ask)
        best = max(best, _share(weights, asked))
        both = max(both, _share(weights, said | asked))
    return (0.5 * best + 0.5 * both) / total


def _share(weights: Mapping[str, float], held: frozenset[str]) -> float:
    return sum(weight for token, weight in weights.items() if token in held)
