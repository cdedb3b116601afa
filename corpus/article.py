"""The values of the corpus: law, edition, article, and the address that a citation points to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date as day

from corpus.numerals import chinese_number, number_value

RANKS = ("法律", "行政法规", "部门规章", "规范性文件", "地方性法规", "规划", "办事知识")
ITEM_START = re.compile(r"^[（(]([一二三四五六七八九十百]+)[)）]")
PARAGRAPH_REFERENCE = re.compile(r"第([一二三四五六七八九十百]+|\d{1,3})款")
PLACE = re.compile(
    r"第(?P<paragraph>[一二三四五六七八九十百]+|\d{1,3})款(?:第?[（(]?(?P<item>[一二三四五六七八九十百]+|\d{1,3})[)）]?项)?"
    r"|第?[（(]?(?P<alone>[一二三四五六七八九十百]+|\d{1,3})[)）]?项"
)
ITEM_REFERENCE = re.compile(r"第?[（(]?([一二三四五六七八九十百]+|\d{1,3})[)）]?项")


@dataclass(frozen=True, slots=True)
class Edition:
    """One dated text of a law. `date` names it (adoption or amendment); both ends of the interval are inclusive.

    `period_to` is the last day of a plan's own period: the text may still be cited after it, with a word that it has ended.
    """

    date: str
    in_force_from: day
    in_force_to: day | None = None
    period_to: day | None = None
    text: str = "missing"
    replaced_by: str | None = None
    note: str = ""
    url: str = ""

    def in_force(self, on: day) -> bool:
        """Whether this edition binds on the given day."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


@dataclass(frozen=True, slots=True)
class Newer:
    """A later edition that is known of but whose text nobody here holds: date (day), confidence and what to tell readers."""

    date: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Law:
    """One instrument of any rank, with all its known editions in order of date."""

    slug: str
    title: str
    rank: str
    editions: tuple[Edition, ...]
    aliases: tuple[str, ...] = ()
    number: str = ""
    issuer: str = ""
    region: str = ""
    confidence: str = "高"
    newer: Newer | None = None
    url: str = ""
    core: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The title and every alias, longest first, in the same order in every process."""
        return tuple(sorted({self.title, *self.aliases}, key=lambda name: (-len(name), name)))


@dataclass(frozen=True, slots=True)
class Place:
    """A 款 and a 项 by number; 0 where none is named."""

    paragraph: int = 0
    item: int = 0

    def meets(self, other: Place) -> bool:
        """Whether one of the two lies in the other: 第一款第二项 in 第一款; where only a 项 is named the 款 does not matter."""
        return all(one == two or 0 in (one, two) for one, two in ((self.paragraph, other.paragraph), (self.item, other.item)))


def places(text: str) -> list[Place]:
    """The places that a text such as 第一款、第二款第（三）项、第（四）项 names; a 项 without a 款 stands in the 款 before it."""
    found: list[Place] = []
    for match in PLACE.finditer(text):
        item = match["item"] or match["alone"]
        paragraph = number_value(match["paragraph"]) if match["paragraph"] else found[-1].paragraph if found else 0
        found.append(Place(paragraph, number_value(item) if item else 0))
    return found


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One 款: its own lead text, its 项 in order, and the character span in the article's text."""

    text: str
    items: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One 条 (or section of a plan): label, the headings above it, and its exact text without the label."""

    label: str
    text: str
    headings: tuple[str, ...] = ()

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The 款 of the article; lines that open with （一） are the 项 of the 款 before them."""
        found: list[Paragraph] = []
        position = 0
        for line in self.text.split("\n"):
            start, position = position, position + len(line) + 1
            body = line.strip()
            if not body:
                continue
            if found and ITEM_START.match(body):
                last = found[-1]
                found[-1] = Paragraph(last.text, (*last.items, body), last.start, start + len(line))
            else:
                found.append(Paragraph(body, (), start, start + len(line)))
        return tuple(found)

    def part(self, place: str) -> str:
        """The exact text of 第…款第…项 of this article; the whole article where `place` names neither or is not there."""
        paragraphs = self.paragraphs()
        wanted = PARAGRAPH_REFERENCE.search(place)
        item = ITEM_REFERENCE.search(place)
        if wanted:
            number = number_value(wanted[1])
            if not 1 <= number <= len(paragraphs):
                return self.text
            candidates: tuple[Paragraph, ...] = (paragraphs[number - 1],)
        else:
            candidates = paragraphs
        if not item:
            return self.text[candidates[0].start : candidates[0].end].strip() if wanted else self.text
        for paragraph in candidates:
            for text in paragraph.items:
                opening = ITEM_START.match(text)
                if opening and chinese_number(opening[1]) == number_value(item[1]):
                    return text
        return self.text


@dataclass(frozen=True, slots=True)
class Text:
    """A parsed edition as imported: everything that came in, in order, cut into articles."""

    title: str
    preamble: str
    articles: tuple[Article, ...]
    tail: str = ""
    style: str = "articles"
    _by_label: dict[str, Article] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by_label.update({article.label: article for article in self.articles})

    def article(self, label: str) -> Article | None:
        """The article with that label, or None."""
        return self._by_label.get(label)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a citation points: law slug, edition date, article label, and 款/项 where given."""

    law: str
    edition: str
    article: str
    place: str = ""
