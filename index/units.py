"""What is indexed: every known article of every edition, and every guide, with the fields and passages it is found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from corpus.article import Address
from corpus.guide import Guide
from corpus.library import Entry, Library

NEVER = date(9999, 12, 31)
TEXT, POINT, ASK = "text", "point", "ask"
SAVED = ("kind", "law", "edition", "label", "title", "topic", "rank", "region", "types", "matters", "start", "end")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that is embedded for a unit: its kind, and the digest point (or guide line) it belongs to, −1 for none."""

    text: str
    kind: str
    point: int = -1


@dataclass(frozen=True, slots=True)
class Unit:
    """One retrievable thing with its filters. Days are ISO; `to` is 9999-12-31 where the interval is open."""

    kind: str
    law: str
    edition: str
    label: str
    title: str
    topic: str
    rank: str
    region: str
    types: tuple[str, ...]
    matters: tuple[str, ...]
    start: str
    end: str
    fields: Mapping[str, str]
    passages: tuple[Passage, ...]

    @property
    def address(self) -> Address:
        """The address of an article unit; a guide's address is its slug with the label 指南."""
        return Address(self.law, self.edition, self.label)

    def as_json(self) -> dict[str, Any]:
        """The unit without its search fields, as saved in a release."""
        row = {name: getattr(self, name) for name in SAVED}
        return row | {"passages": [[passage.kind, passage.point] for passage in self.passages]}


def units(library: Library) -> Iterator[Unit]:
    """All units of the library, articles first, in a stable order."""
    citing = _guide_lines_by_article(library)
    for entry in library.entries():
        yield article_unit(entry, citing.get(entry.address, ()))
    for guide in sorted(library.guides, key=lambda g: g.slug):
        yield guide_unit(guide)


def _guide_lines_by_article(library: Library) -> dict[Address, list[str]]:
    """The guide lines that cite an article, in the newest edition: in an older one the same number may say something else."""
    found: dict[Address, list[str]] = {}
    for guide in library.guides:
        for _, line in guide.lines():
            for cite in line.cites:
                address = library.resolve(cite, date.max)
                if address:
                    found.setdefault(replace(address, place=""), []).append(line.say)
    return found


def article_unit(entry: Entry, guide_lines: Iterable[str] = ()) -> Unit:
    """The unit of one article: found by titles and aliases, headings, text, digest, everyday questions and citing guide lines."""
    law, edition, digest, article = entry.law, entry.edition, entry.digest, entry.article
    text = article.text if article else ""
    headings = " ".join(article.headings) if article else ""
    says = [point.say for point in digest.points] if digest else []
    passages = [Passage(f"{law.title} {headings} {entry.label} {digest.topic if digest else ''}\n{text or ' '.join(says)}"[:600], TEXT)]
    for number, point in enumerate(digest.points if digest else ()):
        passages.append(Passage(point.say, POINT, number))
        passages += (Passage(ask, ASK, number) for ask in point.ask)
    return Unit(
        kind="article",
        law=law.slug,
        edition=edition.date,
        label=entry.label,
        title=law.title,
        topic=digest.topic if digest else "",
        rank=law.rank,
        region=law.region,
        types=digest.types if digest else (),
        matters=digest.matters if digest else (),
        start=edition.in_force_from.isoformat(),
        end=(edition.in_force_to or NEVER).isoformat(),
        fields={
            "title": " ".join((law.title, *law.aliases[:3], law.number)),
            "headings": headings,
            "topic": digest.topic if digest else "",
            "text": f"{entry.label} {text}",
            "digest": " ".join((*says, *dict.fromkeys(guide_lines))),
            "asks": " ".join(digest.asks) if digest else "",
        },
        passages=tuple(passages),
    )


def guide_unit(guide: Guide) -> Unit:
    """The unit of one guide; its lines are passages with the line's number."""
    lines = list(guide.lines())
    passages = [Passage(f"办事指南 {guide.title}", TEXT)]
    passages += (Passage(ask, ASK) for ask in guide.asks)
    passages += (Passage(line.say, POINT, number) for number, (_, line) in enumerate(lines))
    return Unit(
        kind="guide",
        law=guide.slug,
        edition="",
        label="指南",
        title=guide.title,
        topic=guide.title,
        rank="办事指南",
        region="",
        types=guide.types,
        matters=(guide.matter,),
        start="1900-01-01",
        end=NEVER.isoformat(),
        fields={
            "title": guide.title,
            "topic": f"{guide.matter} {' '.join(guide.types)}",
            "digest": " ".join(line.say for _, line in lines),
            "asks": " ".join(guide.asks),
        },
        passages=tuple(passages),
    )
