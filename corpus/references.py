"""References to articles: 《慈善法》第二十二条第一款, 69号令第八条, 本条例第十条 and citations as guides write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.article import Address, Law
from corpus.catalog import Catalog, squeeze_title
from corpus.numerals import chinese_number, to_chinese

N = r"(?:[零〇一二两三四五六七八九十百千]+|\d{1,4})"
PLACE = rf"(?:第{N}款)?(?:第?[（(]?{N}[)）]?项)?"
ARTICLE = re.compile(rf"第?({N})条(?:之({N}))?({PLACE})")
BOOK = re.compile(r"《([^》]{2,80})》")
CITE = re.compile(rf"^\s*+(.+?)\s++(第{N}条(?:之{N})?|要点\d+|前言|[一二三四五六七八九十]+、\S.*?|第{N}[篇编].*?)({PLACE})\s*$")


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of an article in running text: the law named ("" for 本法 / 本条例), the label, 款/项, and the span."""

    law: str
    article: str
    place: str
    start: int
    end: int


def article_label(number: str, suffix: str | None = None) -> str:
    """第十条 from 10 or 十; 第十条之一 with a suffix."""
    value = int(number) if number.isdigit() else chinese_number(number)
    tail = ""
    if suffix:
        tail = f"之{to_chinese(int(suffix) if suffix.isdigit() else chinese_number(suffix))}"
    return f"第{to_chinese(value)}条{tail}"


def laws_named(text: str, catalog: Catalog) -> list[tuple[Law, int, int]]:
    """Every law named in the text, by title or alias (with or without 《》), with its span; longest names win."""
    return list(catalog.named(text))


def without_laws(text: str, catalog: Catalog, mark: str = "") -> str:
    """The text with every law's name taken out, or `mark` in the place of each of its characters."""
    for _, start, end in sorted(laws_named(text, catalog), key=lambda found: -found[1]):
        text = text[:start] + mark * (end - start) + text[end:]
    return text


def references(text: str, catalog: Catalog) -> list[Reference]:
    """Every 第…条 of the text in order, each with the law named last before it and not separated by a full stop."""
    laws = laws_named(text, catalog)
    found: list[Reference] = []
    for match in ARTICLE.finditer(text):
        if not match[0].startswith("第") and not _after_law(match.start(), laws, text):
            continue
        named = [law for law, _, end in laws if end <= match.start() and not re.search(r"[。；;\n]", text[end : match.start()])]
        try:
            label = article_label(match[1], match[2])
        except ValueError:
            continue
        own = re.search(r"本(?:法|条例|办法|规定|意见|公告)[^，。；]{0,6}$", text[: match.start()])
        law = "" if own or not named else named[-1].slug
        found.append(Reference(law, label, match[3], match.start(), match.end()))
    return found


def _after_law(position: int, laws: list[tuple[Law, int, int]], text: str) -> bool:
    return any(0 <= position - end <= 2 and not text[end:position].strip("的》 第") for _, _, end in laws)


def parse_cite(cite: str, catalog: Catalog) -> Address | None:
    """A guide's citation `<title> <article>[款项]` as an Address with an empty edition; None if the law is not known."""
    match = CITE.match(cite)
    if not match:
        law = catalog.find(cite)
        return Address(law.slug, "", "") if law else None
    law = catalog.find(match[1])
    if law is None:
        return None
    label = match[2]
    article = ARTICLE.fullmatch(label)
    try:
        return Address(law.slug, "", article_label(article[1], article[2]) if article else label, match[3] or "")
    except ValueError:
        return None


__all__ = ["Reference", "article_label", "laws_named", "parse_cite", "references", "squeeze_title", "without_laws"]
