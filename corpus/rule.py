"""A figure of a digest as a rule that sentences can be held against, and how near a sentence's figure comes to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.article import Law
from corpus.digest import Digest, Point
from corpus.library import Library
from corpus.likeness import Claim, Likeness, cosine, pairs
from corpus.sentences import types_in
from corpus.support import NEAR, normal


@dataclass(frozen=True, slots=True)
class Rule:
    """One figure of a point: its claim, all words of the point and its questions, what the figure counts, and types named."""

    law: Law
    digest: Digest
    point: Point
    claim: Claim
    words: frozenset[str]
    counted: frozenset[str]
    types: frozenset[str]


def rules_of(digest: Digest, law: Law, likeness: Likeness) -> Iterator[Rule]:
    """Every figure of a digest."""
    for point in digest.points:
        words = frozenset(pairs("\n".join((point.say, digest.topic, law.title, *point.ask))))
        for claim in likeness.claims(point.say):
            counted = counted_by(point, claim)
            yield Rule(law, digest, point, claim, words | counted, counted, types_in(point.say))


def counted_by(point: Point, claim: Claim) -> frozenset[str]:
    """The pairs of what the point's data says that this figure counts."""
    counted = frozenset[str]()
    for figure in point.figures:
        value, unit = normal(figure)
        if unit == claim.quantity.unit and abs(value - claim.quantity.value) <= NEAR:
            counted |= frozenset(pairs(figure.of))
    return counted


def nearness(claim: Claim, rule: Rule, likeness: Likeness) -> float:
    """The mean of six views, 0 to 1: clause and sentence as cosines, how much of the sentence the rule's words cover, the two
    clauses in either direction, and whether the sentence's clause names what the rule's figure counts."""
    narrow = rule.claim.clause_pairs | rule.counted
    views = (
        cosine(claim.clause, rule.claim.clause),
        cosine(claim.whole, rule.claim.whole),
        likeness.covered(claim.whole_pairs, rule.words),
        likeness.covered(claim.clause_pairs, narrow),
        likeness.covered(narrow, claim.whole_pairs),
        likeness.covered(rule.counted or rule.claim.clause_pairs, claim.clause_pairs),
    )
    return sum(views) / len(views)


def differ(one: Claim, other: Claim) -> bool:
    """Whether values differ and neither sentence holds the other's value too."""
    return one.quantity.value != other.quantity.value and not one.names(other.quantity) and not other.names(one.quantity)


def sentences(library: Library) -> Iterator[str]:
    """Everything digests and guides say: what a Likeness learns from."""
    for digest in library.digests:
        for point in digest.points:
            yield point.say
    for guide in library.guides:
        for _, line in guide.lines():
            yield line.say
