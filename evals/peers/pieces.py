"""The corpus and the questions as every peer gets them, and which articles a piece of a law's text holds. Standard library only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Address = tuple[str, str]
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a search returns: the articles it holds, in order, and its length in characters."""

    addresses: tuple[Address, ...]
    characters: int


@dataclass(frozen=True, slots=True)
class Law:
    """A law in the text of today: its short title, its official title, and its articles (label, text) in order."""

    title: str
    official: str
    articles: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The whole text, one article a paragraph."""
        return "\n".join(self.paragraphs())

    def paragraphs(self) -> Iterator[str]:
        """Each article with its label."""
        for label, text in self.articles:
            yield text if text.startswith(label) else f"{label} {text}"

    def spans(self) -> list[tuple[int, int, str]]:
        """(start, end, label) of each article in the whole text."""
        found, at = [], 0
        for (label, _), paragraph in zip(self.articles, self.paragraphs(), strict=True):
            found.append((at, at + len(paragraph), label))
            at += len(paragraph) + 1
        return found

    def inside(self, start: int, end: int) -> tuple[Address, ...]:
        """The articles of which a piece of the text holds half, or that make up half of the piece; the largest share where none does."""
        shares = [(min(end, stop) - max(start, begin), stop - begin, label) for begin, stop, label in self.spans()]
        overlapping = [share for share in shares if share[0] > 0]
        held = [share[2] for share in overlapping if share[0] >= HALF * share[1] or share[0] >= HALF * (end - start)]
        if not held and overlapping:
            held = [max(overlapping)[2]]
        return tuple((self.title, label) for label in held)


class Peer(Protocol):
    """A system to compare with."""

    name: str

    def prepare(self, folder: Path) -> None:
        """Put in place what comes with the system, before the clock runs."""

    def build(self, laws: list[Law], folder: Path) -> int:
        """Index the laws, with files in the folder; returns the number of things indexed."""
        ...

    def search(self, question: str, top: int) -> list[Item]:
        """The best items, best first."""
        ...


def read_laws(path: Path) -> list[Law]:
    """The corpus, a law a line."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)
    return [Law(row["title"], row["official"], tuple((label, text) for label, text in row["articles"])) for row in rows]


def write_laws(path: Path, laws: list[Law]) -> None:
    """Write the corpus."""
    rows: list[dict[str, Any]] = [{"title": law.title, "official": law.official, "articles": law.articles} for law in laws]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def paragraphs(laws: list[Law]) -> Iterator[tuple[Address, str]]:
    """Every article with its law's title in front, for systems that take one text an article."""
    for law in laws:
        for (label, _), paragraph in zip(law.articles, law.paragraphs(), strict=True):
            yield (law.title, label), f"{law.title} {paragraph}"
