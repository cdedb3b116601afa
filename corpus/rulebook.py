"""The digests in force on a day as something to check other people's sentences against: figures and article numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corpus.agreement import differ, sentences
from corpus.article import Edition, Law
from corpus.digest import Digest, Point
from corpus.likeness import Claim, Likeness, Vector, alike, cosine
from corpus.library import Library
from corpus.references import Reference
from corpus.sentences import Sentence
from corpus.timeline import in_force

OF_RULE = 0.34
MARGIN = 0.12
SAME_THING = 0.4
ELSEWHERE = 0.3
OWN_RULES = ("办事知识", "地方性法规")
TIME = ("日", "月", "年", "工作日")
PROMISE = re.compile(r"承诺|办结|提速|压缩|力争|当场|即办|即时|我局|本局|本机关|窗口|审批时限|办理时限|办理期限|争取|一般在")


@dataclass(frozen=True, slots=True)
class Against:
    """The point of the law in force that a sentence contradicts."""

    law: Law
    digest: Digest
    point: Point


@dataclass(frozen=True, slots=True)
class _Rule:
    law: Law
    digest: Digest
    point: Point
    claim: Claim


class Rulebook:
    """National law as digested, in the editions in force on the day; local and unofficial knowledge is left out."""

    def __init__(self, library: Library, on: date) -> None:
        self._library = library
        self._likeness = Likeness(sentences(library))
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        self._points: dict[tuple[str, str], list[tuple[str, Vector]]] | None = None
        for digest in library.digests:
            law = library.law(digest.law)
            edition = in_force(law, on)
            if edition is None or edition.date != digest.edition or law.rank in OWN_RULES or law.region:
                continue
            for point in digest.points:
                for claim in self._likeness.claims(point.say):
                    self._rules[claim.quantity.unit].append(_Rule(law, digest, point, claim))

    def contradicted(self, sentence: Sentence) -> Iterator[Against]:
        """The points whose figure the sentence is about but gives another value; at most one a figure of the sentence."""
        for claim in self._likeness.claims(sentence.text):
            rule = self._nearest(claim, sentence)
            if rule and not _promised(claim, rule.claim, sentence.text):
                yield Against(rule.law, rule.digest, rule.point)

    def _nearest(self, claim: Claim, sentence: Sentence) -> _Rule | None:
        best, own, found = 0.0, 0.0, None
        for rule in self._rules.get(claim.quantity.unit, ()):
            if not fits(sentence.types, rule.digest.types):
                continue
            score = alike(claim, rule.claim)
            if rule.claim.quantity.value == claim.quantity.value:
                own = max(own, score)
            if score > best:
                best, found = score, rule
        if found is None or best < OF_RULE or best - own < MARGIN or not differ(claim, found.claim):
            return None
        return found

    def moved(self, law: Law, edition: Edition, reference: Reference, sentence: str) -> str | None:
        """The article of the same law that says what the sentence says, where the one it names says something else."""
        bare = sentence[: reference.start] + sentence[reference.end :]
        for name in sorted(law.names, key=len, reverse=True):
            bare = bare.replace(name, "")
        vector = self._likeness.vector(bare)
        scores: dict[str, float] = {}
        for label, point in self._articles().get((law.slug, edition.date), ()):
            scores[label] = max(scores.get(label, 0.0), cosine(vector, point))
        best = max(scores, key=lambda label: scores[label], default="")
        if not best or scores[best] < SAME_THING or scores[best] - scores.get(reference.article, 0.0) < ELSEWHERE:
            return None
        return best

    def _articles(self) -> dict[tuple[str, str], list[tuple[str, Vector]]]:
        if self._points is None:
            self._points = defaultdict(list)
            for digest in self._library.digests:
                for point in digest.points:
                    self._points[digest.law, digest.edition].append((digest.article, self._likeness.vector(point.say)))
        return self._points


def fits(named: frozenset[str], types: tuple[str, ...]) -> bool:
    """Whether a rule for `types` may be meant by a sentence about `named`; a sentence that names none may mean any."""
    return not named or "全部" in types or bool(named & set(types))


def _promised(claim: Claim, rule: Claim, sentence: str) -> bool:
    """Whether the sentence only promises to take less time than the law allows."""
    shorter = claim.quantity.unit in TIME and claim.quantity.value < rule.quantity.value
    return shorter and bool(PROMISE.search(sentence)) and "法定" not in sentence
