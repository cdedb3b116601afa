"""How much of what must be covered is covered: articles with digest by law, guides by topic, lines without citation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from corpus.article import Edition, Law
from corpus.catalog import DATA, read_yaml
from corpus.errors import BadKnowledge
from corpus.guide import SECTIONS, UNCITED
from corpus.library import Library
from corpus.references import article_label
from corpus.support import shortened

SHOWN = 12


@dataclass(frozen=True, slots=True)
class LawCoverage:
    """One edition: how it is asked for (全文, 部分 or 要点), the articles asked for that have a digest, and those that lack one.

    `total` counts the articles asked for; 全文 of a text that is not held counts the digests there are, and `held` is false.
    """

    law: str
    edition: str
    asked: str
    digested: int
    total: int
    missing: tuple[str, ...]
    held: bool


@dataclass(frozen=True)
class Coverage:
    """The report: by law, topics without guide (with the slugs looked for), guide lines without citation, and counts of lines."""

    laws: tuple[LawCoverage, ...]
    topics: int
    unguided: tuple[str, ...]
    guides: int
    lines: int
    uncited: tuple[str, ...]

    @cached_property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.unguided and not self.uncited and not any(law.missing for law in self.laws)


def coverage(library: Library, wanted: Mapping[str, Any] | None = None) -> Coverage:
    """What is covered of what data/coverage.yaml asks for. Raises BadKnowledge where that names an unknown law."""
    wanted = wanted if wanted is not None else read_yaml(DATA / "coverage.yaml")
    slugs = {guide.slug for guide in library.guides}
    topics: Mapping[str, list[str]] = wanted["guides"]
    uncited = tuple(uncited_lines(library))
    return Coverage(
        laws=tuple(_laws(library, wanted)),
        topics=len(topics),
        unguided=tuple(f"{topic}（{slug}）" for topic, named in topics.items() for slug in named if slug not in slugs),
        guides=len(library.guides),
        lines=sum(1 for guide in library.guides for _ in guide.lines()),
        uncited=uncited,
    )


def uncited_lines(library: Library) -> Iterator[str]:
    """Every guide line without citation, outside the sections that may go without."""
    for guide in library.guides:
        for section, line in guide.lines():
            if not line.cites and section not in UNCITED:
                yield f"{guide.slug} {SECTIONS[section]}：{shortened(line.say)}"


def report(found: Coverage) -> Iterator[str]:
    """The report as Chinese lines."""
    for law in found.laws:
        lacking = "、".join(law.missing[:SHOWN]) + (f" 等 {len(law.missing)} 条" if len(law.missing) > SHOWN else "")
        text = "" if law.held else "（原文未导入）"
        yield f"{law.asked}｜《{law.law}》{law.edition}{text}｜{law.digested}/{law.total} 条有要点" + (f"｜缺 {lacking}" if lacking else "")
    asked, done = sum(law.total for law in found.laws), sum(law.digested for law in found.laws)
    yield f"要点：{len(found.laws)} 件文件，应有 {asked} 条，已有 {done} 条"
    missing = f"，缺 {'、'.join(found.unguided)}" if found.unguided else ""
    yield f"办事指南：{found.topics} 个主题，{found.guides} 份指南{missing}"
    yield f"指南共 {found.lines} 行，没有依据的 {len(found.uncited)} 行"
    yield from found.uncited


def _laws(library: Library, wanted: Mapping[str, Any]) -> Iterator[LawCoverage]:
    for title in wanted["full"]:
        law, edition = _edition(library, title)
        held = library.held.get((law.slug, edition.date))
        digested = _digested(library, law, edition)
        labels = [a.label for a in held.text.articles] if held else sorted(digested)
        yield _row(law, edition, "全文", labels, digested, held is not None)
    for title, numbers in wanted["parts"].items():
        law, edition = _edition(library, title)
        labels = [article_label(str(n), None) for n in _numbers(numbers)]
        yield _row(law, edition, "部分", labels, _digested(library, law, edition), (law.slug, edition.date) in library.held)
    for title in wanted["facts"]:
        law, edition = _edition(library, title)
        digested = _digested(library, law, edition)
        labels = sorted(digested) or ["（一条也没有）"]
        yield _row(law, edition, "要点", labels, digested, (law.slug, edition.date) in library.held)


def _edition(library: Library, title: str) -> tuple[Law, Edition]:
    law = library.catalog.find(title)
    if law is None:
        raise BadKnowledge(f"coverage.yaml：目录里没有“{title}”，请登记到 catalog，或更正名称")
    return law, law.editions[-1]


def _digested(library: Library, law: Law, edition: Edition) -> set[str]:
    return {digest.article for digest in library.digests if (digest.law, digest.edition) == (law.slug, edition.date)}


def _row(law: Law, edition: Edition, asked: str, labels: list[str], digested: set[str], held: bool) -> LawCoverage:
    missing = tuple(label for label in labels if label not in digested)
    return LawCoverage(law.title, edition.date, asked, len(labels) - len(missing), len(labels), missing, held)


def _numbers(rows: list[Any]) -> Iterator[int]:
    for row in rows:
        yield from range(row[0], row[1] + 1) if isinstance(row, list) else (row,)
