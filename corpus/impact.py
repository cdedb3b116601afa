"""What rests on articles, and what of it a change touches: digests, guide lines, and whatever else tells the articles it cites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from corpus.article import Address, Edition, Law
from corpus.difference import changes
from corpus.digest import Digest
from corpus.guide import SECTIONS, Guide
from corpus.intake import Held
from corpus.library import Library
from corpus.references import references
from corpus.timeline import edition_of, in_force

DIGEST, GUIDE, ANSWER, CASE = KINDS = ("要点", "办事指南", "核定答复", "评测用例")
SAME = "相同"
OTHER_EDITION = "适用的版本变了，没有两个版本的原文可对照"


@dataclass(frozen=True, slots=True)
class Rest:
    """Something that rests on an article: its kind (one of KINDS), what it is known by there, a title, the article, and the place in it.

    `dated` is false where it cites without an edition, so that it follows the edition in force.
    """

    kind: str
    id: str
    title: str
    address: Address
    where: str = ""
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Touched:
    """Something that rests on a changed article, what became of the article, and the label under which it goes on ("" where it does not)."""

    rest: Rest
    what: str
    now: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one article, and its label in the newer text ("" where it is gone)."""

    what: str
    now: str = ""


def impact(before: Library, after: Library, on: date, others: Iterable[Rest] = ()) -> list[Touched]:
    """Everything known before that rests on an article that differs after, in the order of KINDS, each (id, article) once."""
    fates = changed(before, after)
    compared = {(law, edition) for law, edition, _ in fates}
    found: dict[tuple[str, str, Address], Touched] = {}
    for rest in (*rests(before, on), *others):
        fate = fates.get(key(rest.address)) or _follows(rest, before, after, on, compared)
        if fate and fate.what != SAME:
            found.setdefault((rest.kind, rest.id, replace(rest.address, place="")), Touched(rest, fate.what, fate.now))
    return sorted(found.values(), key=lambda touched: KINDS.index(touched.rest.kind))


def rests(library: Library, on: date) -> Iterator[Rest]:
    """Every digest on its own article and on those that it names, every guide line on the articles of the day that it cites."""
    for digest in library.digests:
        yield from of_digest(library, digest, on)
    for guide in library.guides:
        yield from of_guide(library, guide, on)


def of_digest(library: Library, digest: Digest, on: date) -> Iterator[Rest]:
    """A digest on its article, and on the articles that its points name; one of a lapsed edition says nothing of other laws as they are now."""
    law = library.law(digest.law)
    known = edition_of(law, digest.edition)
    binds = known is not None and known.in_force(on)
    name = f"{digest.law}/{digest.edition}/{digest.article}"
    title = f"《{law.title}》{digest.edition} {digest.article}"
    yield Rest(DIGEST, name, title, Address(digest.law, digest.edition, digest.article))
    for point in digest.points:
        for reference in references(point.say, library.catalog) if "条" in point.say else ():
            named = library.law(reference.law) if reference.law else law
            own = named.slug == digest.law
            edition = known if own else in_force(named, on) if binds else None
            if edition and (not own or reference.article != digest.article):
                yield Rest(DIGEST, name, title, Address(named.slug, edition.date, reference.article), point.say, own)


def of_guide(library: Library, guide: Guide, on: date) -> Iterator[Rest]:
    """A guide's lines on the articles that they cite."""
    for section, line in guide.lines():
        for cite in line.cites:
            address = library.resolve(cite, on)
            if address and address.article:
                yield Rest(GUIDE, guide.slug, guide.title, address, f"{SECTIONS[section]}：{line.say}", False)


def changed(before: Library, after: Library) -> dict[tuple[str, str, str], Fate]:
    """What became of articles between two states of a library: (law, edition, label) of the older and of the newer text → fate.

    A text that came in is compared with the one it replaces, else with the nearest earlier text at hand. An article whose digest
    alone differs counts as 要点改动.
    """
    fates: dict[tuple[str, str, str], Fate] = {}
    for (slug, edition), held in after.held.items():
        known = before.held.get((slug, edition))
        if known is None or known.sha256 != held.sha256:
            older = known or preceding(before, held)
            if older:
                fates |= dict(_fates(older, held))
    digests = ({(d.law, d.edition, d.article): d for d in library.digests} for library in (before, after))
    old, new = next(digests), next(digests)
    for place in dict.fromkeys((*old, *new)):
        if old.get(place) != new.get(place):
            what = "要点撤下" if place not in new else "要点新增" if place not in old else "要点改动"
            if fates.get(place, Fate(SAME)).what == SAME:
                fates[place] = Fate(what, place[2])
    return fates


def preceding(library: Library, held: Held) -> Held | None:
    """The text at hand of the nearest earlier edition of the same law, or None."""
    earlier = [edition for slug, edition in library.held if slug == held.law and edition < held.edition.date]
    return library.held[held.law, max(earlier)] if earlier else None


def key(address: Address) -> tuple[str, str, str]:
    """An address without its 款 and 项."""
    return address.law, address.edition, address.article


def _fates(older: Held, newer: Held) -> Iterator[tuple[tuple[str, str, str], Fate]]:
    for change in changes(older.text.articles, newer.text.articles):
        fate = Fate(change.kind, change.after.label if change.after else "")
        if change.before:
            yield (older.law, older.edition.date, change.before.label), fate
        if change.after and (older.edition.date != newer.edition.date or not change.before):
            yield (newer.law, newer.edition.date, change.after.label), fate


def _follows(rest: Rest, before: Library, after: Library, on: date, compared: set[tuple[str, str]]) -> Fate | None:
    """What becomes of something that cites without edition where another edition comes to bind and there is no text to compare."""
    if rest.dated or (rest.address.law, rest.address.edition) in compared:
        return None
    law = after.catalog.find(rest.address.law)
    edition = _binding(law, on) if law else None
    if edition is None or edition.date == rest.address.edition:
        return None
    return Fate(OTHER_EDITION, rest.address.article)


def _binding(law: Law, on: date) -> Edition:
    return in_force(law, on) or law.editions[-1]
