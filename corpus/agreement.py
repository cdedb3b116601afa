"""Guides that disagree with each other, or with the law, on the same figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from corpus.concordance import Concordance
from corpus.finding import Finding, Kind
from corpus.library import Library
from corpus.likeness import Claim, Likeness, alike
from corpus.rule import Rule, differ, nearness, rules_of, sentences
from corpus.support import shortened

# Measured on our guides: no false alarm among 650 figures; of 73 figures swapped for another of the same article 50 are found.
SAME_ARTICLE = 0.5
SAME_MATTER = 0.65
OF_LAW = 0.2
MARGIN = 0.1
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


def agreement(library: Library, on: date, of: str = "") -> Iterator[Finding]:
    """Pairs of guides with different values for one figure, and guide lines that give a figure the value of another; `of` one guide alone."""
    likeness = Likeness(sentences(library))
    said = list(guide_claims(library, likeness, on))
    yield from (finding for finding in between_guides(said) if not of or f"办事指南 {of}" == finding.where or f"办事指南 {of} " in finding.what)
    yield from against_law(library, [one for one in said if of in ("", one.guide)], likeness)
    yield from wrong_articles(library, likeness, on, of)


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
    said = list(said)
    cited = {place for one in said for place in one.places}
    rules: dict[Place, list[Rule]] = {}
    for digest in library.digests:
        place = (digest.law, digest.edition, digest.article)
        if place in cited:
            rules[place] = list(rules_of(digest, library.law(digest.law), likeness))
    for one in said:
        if one.claim.quantity.unit in DATED:
            continue
        near = [r for place in one.places for r in rules.get(place, ()) if r.claim.quantity.unit == one.claim.quantity.unit]
        rule = misplaced(one.claim, near, likeness)
        if rule:
            at = f"《{rule.law.title}》{rule.digest.article}"
            what = f"“{one.claim.written}”与{at}不符，要点写的是“{shortened(rule.point.say)}”：“{shortened(one.claim.sentence)}”"
            yield Finding(Kind.AGAINST_LAW, f"办事指南 {one.guide}", what, rule.law.title)


def misplaced(claim: Claim, rules: Iterable[Rule], likeness: Likeness) -> Rule | None:
    """The rule that the claim is about, where that has another value and no rule with the claim's value is nearly as near."""
    scored = [(nearness(claim, rule, likeness), rule) for rule in rules]
    best, found = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    own = max((score for score, rule in scored if rule.claim.quantity.value == claim.quantity.value), default=0.0)
    if found is None or best < OF_LAW or best - own < MARGIN or not differ(claim, found.claim):
        return None
    return found


def wrong_articles(library: Library, likeness: Likeness, on: date, of: str = "") -> Iterator[Finding]:
    """Guide lines all of whose citations point to articles about something else, where another article says it."""
    concordance = Concordance(library, likeness)
    for guide in (guide for guide in library.guides if of in ("", guide.slug)):
        for section, line in guide.lines():
            cited: dict[tuple[str, str], list[str]] = {}
            for cite in line.cites:
                address = library.resolve(cite, on)
                if address:
                    cited.setdefault((address.law, address.edition), []).append(address.article)
            found = [(key, concordance.elsewhere(key, labels, line.say)) for key, labels in cited.items()]
            if found and all(label for _, label in found):
                (slug, _), label = found[0]
                title = library.law(slug).title
                what = f"依据“{'、'.join(line.cites)}”说的不是这件事，更像《{title}》{label}：“{shortened(line.say)}”"
                yield Finding(Kind.MOVED, f"办事指南 {guide.slug} {section}", what, title)
