"""Look-up as one types: articles and guides by keyword, filter, address or pinyin initials, from BM25 alone, in a millisecond or two."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin

from corpus.article import Address
from corpus.library import Library
from corpus.references import article_label, laws_named, references
from corpus.timeline import in_force
from index.fuse import normalised
from index.lexical import Lexical
from index.release import Release
from index.rows import region_chain
from index.tokens import fold, query_weights

EVERY = "全部"
GUIDE = "guide"
# Added to a score of 0…1: an address that was typed comes first, then the guide of the type and matter named, then one of the matter.
DIRECT, FITTING, OF_MATTER, OTHER_TYPE = 3.0, 0.6, 0.2, 0.75
INITIALS = re.compile(r"([a-z]{2,})\s*(\d{0,3})")
BARE_NUMBER = re.compile(r"(\d{1,4})$")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a found unit must be: in force on the day, national or of the region, of the type, matter and rank ("" is any)."""

    on: date
    region: str = ""
    kind: str = ""
    matter: str = ""
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One article or guide of a release, with its score."""

    kind: str
    address: Address
    title: str
    topic: str
    rank: str
    region: str
    score: float


class Lookup:
    """A release opened for looking up; `library` is that release's."""

    def __init__(self, release: Release, library: Library) -> None:
        self._library = library
        self._rows = [json.loads(line) for line in (release.folder / "units.jsonl").read_text(encoding="utf-8").split("\n") if line]
        self._lexical = Lexical.load(release.folder / "lexical")
        self._start = np.array([row["start"] for row in self._rows])
        self._end = np.array([row["end"] for row in self._rows])
        self._region = np.array([row["region"] for row in self._rows])
        self._rank = np.array([row["rank"] for row in self._rows])
        self._guide = np.array([row["kind"] == GUIDE for row in self._rows])
        self._of_type = _masks((row["types"] or [EVERY] for row in self._rows), len(self._rows))
        self._of_matter = _masks((row["matters"] for row in self._rows), len(self._rows))
        self._number = {(row["law"], row["edition"], row["label"]): number for number, row in enumerate(self._rows)}
        self._names = [(initials(row["title"]), row["law"]) for row in self._rows if row["kind"] == GUIDE]
        self._names += [(initials(name), law.slug) for law in library.catalog for name in (law.title, *law.aliases) if not name.isascii()]
        self._allowed: dict[Filters, NDArray[np.bool_]] = {}

    @property
    def types(self) -> tuple[str, ...]:
        """Every organisation type that a unit is for, 全部 left out."""
        return tuple(name for name in self._of_type if name != EVERY)

    @property
    def matters(self) -> tuple[str, ...]:
        """Every matter that a unit is about."""
        return tuple(self._of_matter)

    @property
    def ranks(self) -> tuple[str, ...]:
        """Every rank of the release."""
        return tuple(dict.fromkeys(self._rank.tolist()))

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region with an instrument of its own."""
        return tuple(name for name in sorted(set(self._region.tolist())) if name)

    def find(self, text: str, filters: Filters, *, types: Sequence[str] = (), matters: Sequence[str] = (), top: int = 20) -> list[Found]:
        """The best units for what was typed so far, best first; `types` and `matters` are those it names. Nothing typed: guides first."""
        allowed = self._mask(filters)
        scores = self._scores(text, filters.on, types, matters)
        scores[~allowed] = -np.inf
        if not text.strip():
            scores[allowed] += self._guide[allowed]
        else:
            scores[scores <= 0] = -np.inf
        order = np.argsort(-scores, kind="stable")[:top]
        return [self._found(int(number), float(scores[number])) for number in order if np.isfinite(scores[number])]

    def sift(self, addresses: Iterable[tuple[Address, float]], filters: Filters) -> list[Found]:
        """Those addresses of a search that pass the filters, in the order given."""
        allowed = self._mask(filters)
        numbers = ((self._number.get((a.law, a.edition, a.article)), score) for a, score in addresses)
        return [self._found(number, score) for number, score in numbers if number is not None and allowed[number]]

    def _scores(self, text: str, on: date, types: Sequence[str], matters: Sequence[str]) -> NDArray[np.float32]:
        scores = normalised(self._lexical.scores(query_weights(text)))
        if types:
            of_type = np.logical_or.reduce([self._of_type[name] for name in (EVERY, *types) if name in self._of_type])
            scores[~of_type] *= OTHER_TYPE
        if matters:
            of_matter = self._guide & np.logical_or.reduce([self._of_matter.get(name, ~self._guide) for name in matters])
            fitting = of_matter & np.logical_or.reduce([self._of_type.get(name, ~self._guide) for name in types]) if types else np.zeros_like(of_matter)
            scores[of_matter & (scores > 0)] += OF_MATTER
            scores[fitting & (scores > 0)] += FITTING
        for place, number in enumerate(self._addressed(text, on)):
            scores[number] += DIRECT - place / 100
        return scores

    def _addressed(self, text: str, on: date) -> list[int]:
        """The units that the text names outright: 慈善法22条, 慈善法 22, csf22, or a guide's initials."""
        folded = fold(text).strip()
        typed = INITIALS.fullmatch(folded)
        if typed:
            return self._by_initials(typed[1], typed[2], on)
        if not re.search(r"[\d条]", folded):
            return []
        catalog = self._library.catalog
        named = [(reference.law, reference.article) for reference in references(folded, catalog) if reference.law]
        bare = BARE_NUMBER.search(folded)
        if not named and bare:
            named = [(law.slug, article_label(bare[1])) for law, _, end in laws_named(folded, catalog)[-1:] if end <= bare.start()]
        return [number for slug, label in named if (number := self._in_force(slug, label, on)) is not None]

    def _by_initials(self, letters: str, digits: str, on: date) -> list[int]:
        known = sorted((not name.startswith(letters), len(name), slug) for name, slug in self._names if letters in name)
        found: list[int] = []
        for _, _, slug in known[:8]:
            guide = self._number.get((slug, "", "指南"))
            numbers = [guide] if guide is not None and not digits else self._first_articles(slug, digits, on)
            found += [number for number in numbers if number is not None and number not in found]
        return found

    def _first_articles(self, slug: str, digits: str, on: date) -> list[int | None]:
        law = self._library.catalog.find(slug)
        edition = in_force(law, on) if law else None
        if law is None or edition is None:
            return []
        labels = [article_label(digits)] if digits else self._library.labels(law, edition)[:5]
        return [self._number.get((slug, edition.date, label)) for label in labels]

    def _in_force(self, slug: str, label: str, on: date) -> int | None:
        edition = in_force(self._library.law(slug), on)
        return self._number.get((slug, edition.date, label)) if edition else None

    def _mask(self, filters: Filters) -> NDArray[np.bool_]:
        known = self._allowed.get(filters)
        if known is not None:
            return known
        day, chain = filters.on.isoformat(), region_chain(filters.region)
        mask = np.asarray((self._start <= day) & (day <= self._end) & np.isin(self._region, ["", *chain]))
        if filters.kind:
            mask &= self._of_type.get(filters.kind, ~mask) | self._of_type.get(EVERY, ~mask)
        if filters.matter:
            mask &= self._of_matter.get(filters.matter, np.zeros_like(mask))
        if filters.rank:
            mask &= self._rank == filters.rank
        if len(self._allowed) >= 256:
            self._allowed.clear()
        self._allowed[filters] = mask
        return mask

    def _found(self, number: int, score: float) -> Found:
        row = self._rows[number]
        return Found(row["kind"], Address(row["law"], row["edition"], row["label"]), row["title"], row["topic"], row["rank"], row["region"], score)


def initials(text: str) -> str:
    """The first letters of the pinyin of a title's Chinese characters: 慈善法 → csf."""
    return "".join(lazy_pinyin(re.sub(r"[^\u3400-\u9fff]", "", text), style=Style.FIRST_LETTER)).lower()


def _masks(values: Iterable[Sequence[str]], size: int) -> dict[str, NDArray[np.bool_]]:
    masks: dict[str, NDArray[np.bool_]] = {}
    for number, names in enumerate(values):
        for name in names:
            masks.setdefault(name, np.zeros(size, np.bool_))[number] = True
    return masks
