"""Which statements answer a question: digest points by embedding, shared rare words, and the kind of figure asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.quotes import quote
from corpus.article import Address
from corpus.digest import Digest
from corpus.library import Entry
from corpus.numerals import quantities
from corpus.references import laws_named
from index.search import Hit, Search
from index.shares import Weighed

SHARED_WORDS = 0.07
UNIT_SCORE = 0.08
FIGURE_ASKED = 0.02
UNVERIFIED = 0.015
LOW_CONFIDENCE = 0.02
UNTOUCHED = 0.03
NAMED = 0.04
WITHOUT_VECTORS = 0.8
FIGURES_ASKED = (
    (
        re.compile(r"多久|多长时间|几天|多少天|期限|时限|什么时候|何时|哪天|几月|几号|截止|最晚|最迟|提前|几年|几个月|多少[日年月]|满多|时间要求"),
        frozenset({"日", "月", "年", "工作日", "日期", "时"}),
    ),
    (
        re.compile(r"多少(钱|资金|元|万)|要多少钱|资金.{0,4}(多少|最低|要求|门槛)|几万|(注册|开办|活动|原始)(资金|基金).{0,6}多少|最低多少|罚(款)?多少|罚几"),
        frozenset({"元", "倍"}),
    ),
    (re.compile(r"(多少|几)(个|名|位|家)?(人|会员|理事|监事|成员|发起人|单位)|会员.{0,6}(多少|几)|人数"), frozenset({"个"})),
    (re.compile(r"比例|百分之|占比|几分之|过半|多少比|不(低|少|超|高)过?于?多少|半数|三分之"), frozenset({"比例"})),
    (re.compile(r"几次|多少次|几届|几倍|几份"), frozenset({"次", "届", "倍", "份"})),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement of a found article: its words, the addresses it rests on, how well it answers the question, and whether it only
    tells that the law says nothing."""

    say: str
    addresses: tuple[Address, ...]
    place: str
    number: int
    unit: Address
    topic: str
    types: tuple[str, ...]
    score: float
    silent: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as statements are held against it: what they share with it, and the units of the figures it asks for."""

    question: str
    shares: Weighed
    units: frozenset[str]


def score_points(question: str, hits: Sequence[Hit], search: Search) -> list[Scored]:
    """All statements of the found units, best first."""
    asked = _Asked(question, search.shares.of(search.weights(question)), figure_units(question))
    aside = set(search.untouched(question))
    named = {law.slug for law, _, _ in laws_named(question, search.library.catalog)}
    found: list[Scored] = []
    for hit in hits:
        entry = search.library.entry(hit.address) if hit.kind == "article" else None
        if entry:
            moved = NAMED * (hit.address.law in named) - UNTOUCHED * (hit.address.law in aside)
            found += _of_digest(hit, entry, entry.digest, asked, moved) if entry.digest else [_of_text(hit, entry, asked, moved)]
    return sorted(found, key=lambda s: -s.score)


def figure_units(question: str) -> frozenset[str]:
    """The units of the figures that the question asks for; empty where it asks for none."""
    return frozenset().union(*figures_asked(question))


def figures_asked(question: str) -> list[frozenset[str]]:
    """The units of each kind of figure that the question asks for (how many people, and how much money); empty where it asks for none."""
    return [asked for pattern, asked in FIGURES_ASKED if pattern.search(question)]


def gives(scored: Scored, asked: frozenset[str]) -> bool:
    """Whether a statement gives a figure of one of these units."""
    return not asked.isdisjoint(_units(scored.say))


def _of_digest(hit: Hit, entry: Entry, digest: Digest, asked: _Asked, moved: float) -> list[Scored]:
    vectors, address, of_unit = dict(hit.points), entry.address, UNIT_SCORE * min(hit.score, 1.3)
    found = []
    for number, (point, share) in enumerate(zip(digest.points, asked.shares.points(digest), strict=True)):
        score = vectors.get(number, WITHOUT_VECTORS)
        score += SHARED_WORDS * share
        score += of_unit
        score -= UNVERIFIED * (not entry.verified) + LOW_CONFIDENCE * (point.confidence == "低")
        if asked.units and asked.units & _units(point.say):
            score += FIGURE_ASKED
        found.append(Scored(point.say, (address,), point.at, number, address, digest.topic, digest.types, score + moved, point.silent))
    return found


@lru_cache(maxsize=8192)
def _units(say: str) -> frozenset[str]:
    return frozenset(quantity.unit for quantity in quantities(say))


def _of_text(hit: Hit, entry: Entry, asked: _Asked, moved: float) -> Scored:
    """An article without digest speaks through its own text: the slice that fits the question."""
    text, _ = quote(entry, asked.question)
    shown = re.sub(r"\s+", "", text)
    say = f"《{entry.law.title}》{entry.label}规定：{shown}"
    score = (hit.cosine or WITHOUT_VECTORS) + SHARED_WORDS * asked.shares.text(text) + UNIT_SCORE * min(hit.score, 1.3)
    return Scored(say, (entry.address,), "", 0, entry.address, entry.label, (), score + moved)
