"""The facade of the corpus that index and assistant see: laws, editions, articles with text and digest, guides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus.article import Address, Article, Edition, Law
from corpus.catalog import DATA, catalog_from, read_folder
from corpus.digest import Digest, all_digests
from corpus.guide import Guide, Line, all_guides
from corpus.intake import Held, Texts
from corpus.layer import Layer
from corpus.references import parse_cite
from corpus.term import all_terms
from corpus.timeline import edition_of, in_force, in_sequence


def shipped_knowledge(folder: Path = DATA) -> dict[str, dict[str, Any]]:
    """Catalog, digests, guides and terms as plain values, by kind and file name: what a release keeps a copy of."""
    return {kind: read_folder(folder / kind) for kind in ("catalog", "digests", "guides", "terms")}


def knowledge_at(home: Path) -> dict[str, dict[str, Any]]:
    """What ships under the layer of an office's own. Raises BadKnowledge."""
    return Layer.read(home / "knowledge").over(shipped_knowledge())


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of one edition as far as it is known here: the imported text, our digest, or both."""

    law: Law
    edition: Edition
    label: str
    article: Article | None
    digest: Digest | None

    @property
    def address(self) -> Address:
        """The address that citations use."""
        return Address(self.law.slug, self.edition.date, self.label)

    @property
    def verified(self) -> bool:
        """Whether the official text stands behind this entry here, or stood behind its digest when it was written."""
        return self.article is not None or (self.digest is not None and self.digest.verified)


class Library:
    """Everything the office knows: the catalog, digests and guides, and the texts imported into a folder."""

    def __init__(self, knowledge: Mapping[str, Mapping[str, Any]] | None = None, texts: Path | None = None, more: Iterable[Held] = ()) -> None:
        self.knowledge = knowledge if knowledge is not None else shipped_knowledge()
        self.catalog = catalog_from(self.knowledge["catalog"])
        self.held: dict[tuple[str, str], Held] = {}
        for held in (*(Texts(texts) if texts else ()), *more):
            slug = self._register(held.entry).slug if held.entry else held.law
            self.held[slug, held.edition.date] = held
        self.digests = all_digests(self.knowledge["digests"], self.catalog)
        self.guides = all_guides(self.knowledge["guides"])
        self.terms = all_terms(self.knowledge.get("terms", {}))  # a release made before there were terms has none

    @classmethod
    def at(cls, home: Path) -> Library:
        """All that an office holds in its home now, released or not. Raises BadKnowledge, or UnreadableFile for a damaged text."""
        return cls(knowledge_at(home), home / "texts")

    def _register(self, entry: Law) -> Law:
        """The catalog's law for an entry that an import made; its edition is added where the catalog does not have it."""
        known = self.catalog.find(entry.slug) or self.catalog.find(entry.title)
        if known is None:
            self.catalog.add(entry)
            return entry
        dates = {e.date for e in known.editions}
        added = [e for e in entry.editions if e.date not in dates]
        if added:
            known = replace(known, editions=in_sequence((*known.editions, *added)))
            self.catalog.add(known)
        return known

    @cached_property
    def _digest_of(self) -> dict[tuple[str, str, str], Digest]:
        return {(d.law, d.edition, d.article): d for d in self.digests}

    @cached_property
    def _labels(self) -> dict[tuple[str, str], list[str]]:
        labels: dict[tuple[str, str], list[str]] = {}
        for key, held in self.held.items():
            labels[key] = [article.label for article in held.text.articles]
        for digest in self.digests:
            known = labels.setdefault((digest.law, digest.edition), [])
            if digest.article not in known:
                known.append(digest.article)
        return labels

    def about(self, digests: Iterable[Digest] = (), guides: Iterable[Guide] = ()) -> Library:
        """The same library with only these digests and guides to be looked over; articles are found as before."""
        assert self._digest_of is not None
        assert self._labels is not None
        one = copy(self)
        one.digests, one.guides, one.terms = list(digests), list(guides), []
        return one

    def lines(self) -> Iterator[tuple[str, str, Line]]:
        """(where it stands, its section or aspect, the line) of every line of guides and terms."""
        for guide in self.guides:
            yield from ((f"办事指南 {guide.slug} {section}", section, line) for section, line in guide.lines())
        for term in self.terms:
            yield from ((f"名词 {term.names[0]} {aspect}", aspect, line) for aspect, line in term.lines())

    def guide(self, slug: str) -> Guide | None:
        """The guide of that slug, or None."""
        return next((guide for guide in self.guides if guide.slug == slug), None)

    def law(self, name: str) -> Law:
        """The law of that slug, title or alias. Raises UnknownLaw."""
        return self.catalog.get(name)

    def edition(self, law: Law, when: str | date) -> Edition | None:
        """The edition in force on a day, or the one named by an edition date."""
        if isinstance(when, date):
            return in_force(law, when)
        return edition_of(law, when)

    def labels(self, law: Law, edition: Edition) -> list[str]:
        """The article labels known for an edition, in order of the text where it is held."""
        return self._labels.get((law.slug, edition.date), [])

    def entry(self, address: Address) -> Entry | None:
        """The entry at an address, or None where neither text nor digest has that article."""
        law = self.catalog.find(address.law)
        edition = edition_of(law, address.edition) if law else None
        if law is None or edition is None:
            return None
        held = self.held.get((law.slug, edition.date))
        article = held.text.article(address.article) if held else None
        digest = self._digest_of.get((law.slug, edition.date, address.article))
        return Entry(law, edition, address.article, article, digest) if article or digest else None

    def entries(self) -> Iterator[Entry]:
        """Every known article of every edition, text or digest."""
        for slug, edition in sorted(self._labels):
            for label in self._labels[slug, edition]:
                entry = self.entry(Address(slug, edition, label))
                if entry:
                    yield entry

    def resolve(self, cite: str, on: date) -> Address | None:
        """A citation as guides write it → the address in the edition in force that day (else the newest edition)."""
        address = parse_cite(cite, self.catalog)
        if address is None:
            return None
        law = self.catalog.get(address.law)
        edition = in_force(law, on) or law.editions[-1]
        return Address(law.slug, edition.date, address.article, address.place)
