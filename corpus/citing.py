"""Cross-references both ways: what an article or guide cites, and which articles, digests and guides cite an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corpus.article import Address
from corpus.guide import Guide
from corpus.library import Entry, Library
from corpus.references import parse_cite, references
from corpus.timeline import in_force

# 《…》第三条 where the catalog does not have the title: the article is of that instrument, not of the one that says so.
FOREIGN = re.compile(r"》[^《》，。；\n]{0,6}$")
KINDS = ARTICLE, DIGEST, GUIDE = ("article", "digest", "guide")


@dataclass(frozen=True, slots=True)
class Mention:
    """An article mentioned in a text: where it leads, and the span [start, end) of the mention."""

    address: Address
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citer:
    """What cites an article: kind (article, digest or guide), its own address (a guide's slug with section as article), 款/项 cited, and the sentence."""

    kind: str
    address: Address
    title: str
    place: str
    says: str


@dataclass(frozen=True, slots=True)
class _Row:
    citer: Citer
    edition: str
    """The edition that is meant, "" where it is the one in force."""


class Citing:
    """The cross-references of one library, read once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rows: dict[tuple[str, str], list[_Row]] = {}
        for entry in library.entries():
            self._read(entry)
        for guide in library.guides:
            self._read_guide(guide)

    def mentions(self, text: str, own: Address, on: date) -> Iterator[Mention]:
        """Every article that a text mentions and that is known here; `own` is where the text stands (本法第三条 is of that edition)."""
        for reference in references(text, self._library.catalog):
            if reference.law:
                law = self._library.law(reference.law)
                edition = in_force(law, on) or law.editions[-1]
                address = Address(law.slug, edition.date, reference.article, reference.place)
            elif FOREIGN.search(text[: reference.start]):
                continue
            else:
                address = Address(own.law, own.edition, reference.article, reference.place)
            if self._library.entry(address):
                yield Mention(address, reference.start, reference.end)

    def of(self, entry: Entry, on: date) -> tuple[Address, ...]:
        """The articles that an entry's text (where it is not held, its digest) cites, each once, in order."""
        texts = [entry.article.text] if entry.article else [point.say for point in entry.digest.points] if entry.digest else []
        found = (mention.address for text in texts for mention in self.mentions(text, entry.address, on))
        return tuple(dict.fromkeys(address for address in found if (address.law, address.edition, address.article) != _key(entry.address)))

    def to(self, address: Address, on: date) -> tuple[Citer, ...]:
        """What cites an article: in its own edition, and what is in force on the day and means the edition of that day; articles first."""
        law = self._library.catalog.find(address.law)
        current = in_force(law, on) if law else None
        now = current is not None and current.date == address.edition
        rows = self._rows.get((address.law, address.article), [])
        found = [row.citer for row in rows if row.edition == address.edition or (not row.edition and now and self._stands(row.citer, on))]
        return tuple(sorted(found, key=lambda citer: KINDS.index(citer.kind)))

    def _stands(self, citer: Citer, on: date) -> bool:
        if citer.kind == GUIDE:
            return True
        law = self._library.law(citer.address.law)
        edition = self._library.edition(law, citer.address.edition)
        return edition is not None and edition.in_force(on)

    def _read(self, entry: Entry) -> None:
        if entry.article:
            self._read_text(ARTICLE, entry.article.text, entry)
        for point in entry.digest.points if entry.digest else ():
            self._read_text(DIGEST, point.say, entry)

    def _read_text(self, kind: str, text: str, entry: Entry) -> None:
        if "条" not in text:
            return
        for reference in references(text, self._library.catalog):
            own = not reference.law or reference.law == entry.law.slug
            if (own and reference.article == entry.label) or (not reference.law and FOREIGN.search(text[: reference.start])):
                continue
            citer = Citer(kind, entry.address, entry.law.title, reference.place, _sentence(text, reference.start))
            self._add((reference.law or entry.law.slug, reference.article), _Row(citer, entry.edition.date if own else ""))

    def _read_guide(self, guide: Guide) -> None:
        for section, line in guide.lines():
            for cite in line.cites:
                address = parse_cite(cite, self._library.catalog)
                if address:
                    citer = Citer(GUIDE, Address(guide.slug, "", section), guide.title, address.place, line.say)
                    self._add((address.law, address.article), _Row(citer, ""))

    def _add(self, key: tuple[str, str], row: _Row) -> None:
        rows = self._rows.setdefault(key, [])
        if row not in rows:
            rows.append(row)


def _key(address: Address) -> tuple[str, str, str]:
    return address.law, address.edition, address.article


def _sentence(text: str, at: int) -> str:
    """The sentence around a place in a text."""
    start = max(text.rfind(mark, 0, at) for mark in "。；\n") + 1
    ends = [end for mark in "。；\n" if (end := text.find(mark, at)) >= 0]
    return text[start : min(ends, default=len(text))].strip()
