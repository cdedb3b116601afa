"""Which law and which edition a parsed text is, from its title, the dates above its articles, and the file's name."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

from corpus.article import Edition, Law, Text
from corpus.catalog import Catalog, squeeze_title

DAY = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
ADOPTED = re.compile(DAY + r"(?!\s*起?(?:施行|执行|实施|生效))")
IN_FORCE = re.compile(rf"自\s*{DAY}起(?:施行|执行|实施)")
NAME_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def identify(text: Text, file: Path, catalog: Catalog) -> tuple[Law, Edition, Law | None]:
    """The law and edition that a text is; for a law or edition not in the catalog also the entry made for it."""
    law = _law_of(text, file, catalog)
    days = _days(text, file)
    if law:
        dated = [e for e in law.editions if e.date in days]
        if not dated and len(law.editions) == 1 and not NAME_DATE.search(file.stem):
            dated = [law.editions[0]]
        if dated and not any(day > dated[-1].date for day in _adopted(text)):
            return law, dated[-1], None
    edition = new_edition(text, days)
    title = law.title if law else _title(text, file)
    entry = Law(
        law.slug if law else "import-" + hashlib.sha256(squeeze_title(title).encode()).hexdigest()[:10],
        title,
        law.rank if law else _rank(title, file),
        (edition,),
        region=law.region if law else _region(title),
    )
    return law or entry, edition, entry


def _law_of(text: Text, file: Path, catalog: Catalog) -> Law | None:
    candidates = [text.title, *text.preamble.split("\n")[:3], re.sub(r"\(\d{4}-\d{2}-\d{2}\)$", "", file.stem)]
    for index in (1, 2):
        candidates.append("".join(candidates[: index + 1]))
    for candidate in candidates:
        law = catalog.find(candidate) if len(squeeze_title(candidate)) >= 3 else None
        if law:
            return law
    head = squeeze_title(text.title + text.preamble + (text.articles[0].text if text.style == "sections" else ""))[:120]
    titles = [(head.find(squeeze_title(law.title)), -len(law.title), law) for law in iter(catalog)]
    inside = [(place, length, law) for place, length, law in titles if 0 <= place <= 20]
    return min(inside, key=lambda found: found[:2])[2] if inside and text.style == "sections" else None


def _days(text: Text, file: Path) -> list[str]:
    head = f"{text.title}\n{text.preamble}" + ("" if text.style == "articles" else text.articles[0].text[:2000])
    days = adoption_days(head)
    named = NAME_DATE.search(file.stem)
    return [*days, named[0]] if named and _is_day(named[0]) else days


def _adopted(text: Text) -> list[str]:
    """The days of adoption and amendment above the articles; days of coming into force and impossible days are left out.

    One later than every known edition tells that the text is a newer one: amended laws list all their amendments there.
    """
    return adoption_days(f"{text.title}\n{text.preamble}") if text.style == "articles" else []


def adoption_days(head: str) -> list[str]:
    """Every day (YYYY-MM-DD) written in a text's head that is not one of coming into force."""
    return [day for day in map(iso_day, ADOPTED.findall(head)) if _is_day(day)]


def iso_day(found: tuple[str, str, str]) -> str:
    """Year, month and day as DAY finds them, as YYYY-MM-DD."""
    return f"{int(found[0]):04d}-{int(found[1]):02d}-{int(found[2]):02d}"


def new_edition(text: Text, days: list[str]) -> Edition:
    """The edition of a text that the catalog does not know, named by the latest of its days."""
    body = "\n".join(article.text for article in text.articles[-3:])
    found = IN_FORCE.findall(text.preamble) or IN_FORCE.findall(body)[-1:]
    starts = [day for day in map(iso_day, found) if _is_day(day)]
    name = max(days or starts[-1:], default="1900-01-01")
    start = max([name, *starts])
    return Edition(name, date.fromisoformat(start), text="held", note="" if days else "日期未能从正文认出，请在目录里补登")


def _is_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _title(text: Text, file: Path) -> str:
    title = re.sub(r"\s+", "", text.title).removeprefix("中华人民共和国")
    return title if 4 <= len(title) <= 60 else re.sub(r"\(\d{4}-\d{2}-\d{2}\)$", "", file.stem)


def _rank(title: str, file: Path) -> str:
    for rank in ("法律", "行政法规", "部门规章", "规范性文件", "地方性法规", "规划"):
        if rank in file.parts:
            return rank
    if _region(title):
        return "地方性法规"
    endings = (("法", "法律"), ("条例", "行政法规"), ("规划", "规划"), ("纲要", "规划"), ("办法", "部门规章"), ("规定", "部门规章"))
    return next((rank for ending, rank in endings if title.endswith(ending)), "规范性文件")


def _region(title: str) -> str:
    match = re.match(r"(.{2,6}?(?:省|自治区|市|自治州))", title)
    return match[1] if match else ""
