"""Whether a line has its article behind it: the article exists, the 款 and 项 exist, and every figure stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from corpus.article import ITEM_REFERENCE, ITEM_START, PARAGRAPH_REFERENCE, Article, Edition, Law
from corpus.digest import Figure, Point
from corpus.finding import Finding, Kind
from corpus.library import Entry, Library
from corpus.numerals import Quantity, chinese_number, family, quantities, to_chinese
from corpus.timeline import edition_of

NEAR = Fraction(1, 1000)
LIST_NUMBER = re.compile(r"(?m)^[ \t\u3000]*\d{1,2}[.．、](?!\d)")
COUNTED_UNITS = ("项", "类", "种", "条", "件")


def digest_support(library: Library) -> Iterator[Finding]:
    """Findings for every digest whose text is held here; a digest without a text at hand cannot be checked and is passed over."""
    for digest in library.digests:
        law = library.law(digest.law)
        held = library.held.get((digest.law, digest.edition))
        edition = edition_of(law, digest.edition)
        if held is None or edition is None:
            continue
        where = f"要点 {law.title} {digest.edition} {digest.article}"
        article = held.text.article(digest.article)
        if article is None:
            yield Finding(Kind.NO_ARTICLE, where, f"{digest.edition} 文本里没有“{digest.article}”", law.title)
            continue
        for point in digest.points:
            for kind, what in _point(point, article, edition):
                yield Finding(kind, where, f"{what}：“{shortened(point.say)}”", law.title)


def line_support(library: Library, on: date) -> Iterator[Finding]:
    """Findings for lines of guides and terms: cited articles and parts that do not exist, and figures that no cited article holds."""
    for where, _, line in library.lines():
        entries = [(cite, *_resolved(library, cite, on)) for cite in line.cites]
        known = [entry for _, _, entry in entries if entry]
        for cite, place, entry in entries:
            lacking = missing_part(entry.article, place) if entry and entry.article else ""
            if lacking and entry:
                yield Finding(Kind.NO_PART, where, f"“{cite}”：这一条没有{lacking}", entry.law.title)
        if len(known) < len(entries) or not known:
            continue
        for written in unsupported(line.say, known):
            what = f"“{written}”在所引条文（{'、'.join(line.cites)}）里找不到：“{shortened(line.say)}”"
            yield Finding(Kind.NO_SUPPORT, where, what, known[0].law.title)


def unsupported(sentence: str, entries: Iterable[Entry]) -> list[str]:
    """The figures of the sentence, as written, that no entry holds: its text where that is at hand, else its digest."""
    held: list[Quantity] = []
    for entry in entries:
        text = entry.article.text if entry.article else "\n".join(p.say for p in entry.digest.points) if entry.digest else ""
        held += [*figures_in(text), *dates_of(entry.edition)]
    return [sentence[q.start : q.end].strip() for q in quantities(sentence) if not supported(q, held)]


def figures_in(text: str) -> list[Quantity]:
    """The quantities of an article, without the numbers that head the lines of a list (1. 2. 3.)."""
    return quantities(LIST_NUMBER.sub(lambda match: " " * len(match[0]), text))


def supported(wanted: Quantity, held: Iterable[Quantity]) -> bool:
    """Whether a quantity is among those held; a year may stand for a date's year."""
    return any(wanted.agrees(q) for q in held)


def dates_of(edition: Edition) -> list[Quantity]:
    """The edition's own dates as quantities: a line may name the year or day of the text that it rests on."""
    days = [edition.in_force_from, edition.in_force_to, edition.period_to, date.fromisoformat(edition.date)]
    found = []
    for day in days:
        if day:
            found += [Quantity(Fraction(day.year), "年份", 0, 0), Quantity(Fraction(day.month * 100 + day.day), "日期", 0, 0)]
    return found


def complete(library: Library, law: Law, edition: str) -> bool:
    """Whether every article of an edition is known here, so that one that is not found does not exist.

    Its text is held, or it is a core law that is digested article by article.
    """
    if (law.slug, edition) in library.held:
        return True
    labels = [d.article for d in library.digests if (d.law, d.edition) == (law.slug, edition)] if law.core else []
    return bool(labels) and not any(label.startswith("要点") for label in labels)


def missing_part(article: Article, place: str) -> str:
    """The 款 or 项 of `place` that the article does not have, as 第三款 or 第九项; empty where all exist or none is named."""
    paragraphs = article.paragraphs()
    wanted, item = PARAGRAPH_REFERENCE.search(place), ITEM_REFERENCE.search(place)
    if wanted:
        number = chinese_number(wanted[1])
        if not 1 <= number <= len(paragraphs):
            return f"第{to_chinese(number)}款"
        paragraphs = (paragraphs[number - 1],)
    if item:
        openings = {match[1] for p in paragraphs for text in p.items if (match := ITEM_START.match(text))}
        if item[1] not in openings:
            return f"第{item[1]}项"
    return ""


def normal(figure: Figure) -> tuple[Fraction, str]:
    """A figure's value and unit as quantities have them: 70 % and 0.6667 分之 are ratios, 个月 is 月."""
    if figure.unit in ("%", "％"):
        return figure.value / 100, "比例"
    if figure.unit == "分之":
        return figure.value, "比例"
    return figure.value, family(figure.unit)


def stands_in(figure: Figure, text: str, held: Iterable[Quantity]) -> bool:
    """Whether a figure given as data is written in the text: as a quantity, a day or month of a date, a grade (3A) or a count."""
    value, unit = normal(figure)
    for quantity in held:
        if abs(quantity.value - value) <= NEAR and (quantity.unit in ("", unit) or not unit):
            return True
        if quantity.unit == "日期" and value == {"月": quantity.value // 100, "日": quantity.value % 100}.get(unit):
            return True
        if quantity.unit == "年份" and unit == "年" and quantity.value == value:
            return True
    if unit in ("A", "级") and re.search(rf"{value}\s*[Aa]", text):
        return True
    if unit not in COUNTED_UNITS and value != 1:
        return False
    return bool(re.search(rf"(?:{value}|{to_chinese(int(value)) if value < 10_000 else value})\s*{re.escape(unit)}", text))


def shortened(text: str, most: int = 48) -> str:
    """The text, cut after `most` characters."""
    return text if len(text) <= most else f"{text[:most]}…"


def _point(point: Point, article: Article, edition: Edition) -> Iterator[tuple[Kind, str]]:
    held = [*figures_in(article.text), *dates_of(edition)]
    said = quantities(point.say)
    lacking = missing_part(article, point.at)
    if lacking:
        yield Kind.NO_PART, f"这一条没有{lacking}"
    for quantity in said:
        if not supported(quantity, held):
            yield Kind.NO_SUPPORT, f"“{point.say[quantity.start : quantity.end].strip()}”在条文里找不到"
    for figure in point.figures:
        written = f"{figure.of} {figure.op} {float(figure.value):g} {figure.unit}"
        if not stands_in(figure, article.text, held):
            yield Kind.NO_SUPPORT, f"数额“{written}”在条文里找不到"
        elif not stands_in(figure, point.say, [*said, *dates_of(edition)]):
            yield Kind.FIGURES_DIFFER, f"数额“{written}”和这句话写的不一样"


def _resolved(library: Library, cite: str, on: date) -> tuple[str, Entry | None]:
    address = library.resolve(cite, on)
    return (address.place, library.entry(address)) if address else ("", None)
