"""Guides that disagree with each other, or with the law, on the same figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from corpus.digest import Digest, Point
from corpus.finding import Finding, Kind
from corpus.likeness import Claim, Likeness, alike
from corpus.library import Library
from corpus.support import shortened

SAME_ARTICLE = 0.5
SAME_MATTER = 0.65
OF_LAW = 0.3
MARGIN = 0.18
DATED = ("日期", "年份")

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """A claim of a guide's line, with the articles that the line cites."""

    guide: str
    matter: str
    types: frozenset[str]
    places: frozenset[Place]
    claim: Claim


def agreement(library: Library, on: date) -> Iterator[Finding]:
    """Pairs of guides with different values for one figure, and guide lines that give a figure the value of another."""
    likeness = Likeness(sentences(library))
    said = list(guide_claims(library, likeness, on))
    yield from between_guides(said)
    yield from against_law(library, said, likeness)


def sentences(library: Library) -> Iterator[str]:
    """Everything digests and guides say."""
    for digest in library.digests:
        for point in digest.points:
            yield point.say
    for guide in library.guides:
        for _, line in guide.lines():
            yield line.say


def guide_claims(library: Library, likeness: Likeness, on: date) -> Iterator[Said]:
    """The claims of every guide line."""
    for guide in library.guides:
        for _, line in guide.lines():
            claims = list(likeness.claims(line.say))
            addresses = [library.resolve(cite, on) for cite in line.cites] if claims else []
            places = frozenset((a.law, a.edition, a.article) for a in addresses if a)
            for claim in claims:
                yield Said(guide.slug, guide.matter, frozenset(guide.types), places, claim)


def between_guides(said: list[Said]) -> Iterator[Finding]:
    """One finding a pair of lines of two guides that are about the same figure and differ in its value."""
    by_unit: dict[str, list[Said]] = {}
    for one in said:
        for other in by_unit.setdefault(one.claim.quantity.unit, []):
            if one.guide != other.guide and _same_figure(one, other):
                what = f"“{shortened(one.claim.sentence)}”与办事指南 {other.guide} 的“{shortened(other.claim.sentence)}”数额不同"
                yield Finding(Kind.GUIDES_DIFFER, f"办事指南 {one.guide}", f"{one.claim.written}／{other.claim.written}：{what}")
        by_unit[one.claim.quantity.unit].append(one)


def differ(one: Claim, other: Claim) -> bool:
    """Whether values differ and neither sentence holds the other's value too."""
    return one.quantity.value != other.quantity.value and not one.names(other.quantity) and not other.names(one.quantity)


def _same_figure(one: Said, other: Said) -> bool:
    if not one.types & other.types and "全部" not in one.types | other.types:
        return False
    if not differ(one.claim, other.claim):
        return False
    if one.places & other.places and one.claim.quantity.unit not in DATED:
        return alike(one.claim, other.claim) >= SAME_ARTICLE
    return one.matter == other.matter and alike(one.claim, other.claim) >= SAME_MATTER


def against_law(library: Library, said: Iterable[Said], likeness: Likeness) -> Iterator[Finding]:
    """Guide lines whose figure stands in the article, but as the value of something else (30 个人会员 for 50)."""
    claims = digest_claims(library.digests, likeness)
    for one in said:
        if one.claim.quantity.unit in DATED:
            continue
        candidates = [c for place in one.places for c in claims.get(place, ()) if c[0].quantity.unit == one.claim.quantity.unit]
        wrong = misplaced(one.claim, candidates)
        if wrong:
            digest, point = wrong
            title = library.law(digest.law).title
            what = f"“{one.claim.written}”与《{title}》{digest.article}不符，要点写的是“{shortened(point.say)}”：“{shortened(one.claim.sentence)}”"
            yield Finding(Kind.AGAINST_LAW, f"办事指南 {one.guide}", what, title)


def digest_claims(digests: Iterable[Digest], likeness: Likeness) -> dict[Place, list[tuple[Claim, Digest, Point]]]:
    """The claims of digests by article."""
    found: dict[Place, list[tuple[Claim, Digest, Point]]] = {}
    for digest in digests:
        for point in digest.points:
            for claim in likeness.claims(point.say):
                found.setdefault((digest.law, digest.edition, digest.article), []).append((claim, digest, point))
    return found


def misplaced(claim: Claim, candidates: Iterable[tuple[Claim, Digest, Point]]) -> tuple[Digest, Point] | None:
    """The point whose figure the claim is about, where that has another value and no point with the claim's value is nearly as alike."""
    listed = list(candidates)
    scored = sorted(((alike(claim, c), index) for index, (c, _, _) in enumerate(listed)), reverse=True)
    if not scored or scored[0][0] < OF_LAW:
        return None
    best, digest, point = listed[scored[0][1]]
    own = max((score for score, index in scored if listed[index][0].quantity.value == claim.quantity.value), default=0.0)
    if not differ(claim, best) or scored[0][0] - own < MARGIN:
        return None
    return digest, point
