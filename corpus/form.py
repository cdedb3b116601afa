"""What is wrong with a digest, guide, catalog entry or office card as somebody fills it in, field by field, before anything reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from corpus.article import RANKS
from corpus.catalog import TEXT_STATES
from corpus.digest import CONFIDENCE, MATTERS, TYPES
from corpus.guide import DETAILS, SECTIONS, UNCITED
from corpus.layer import CATALOG, DIGEST, GUIDE, OFFICE, SLUG, digest_parts
from corpus.office import Office

OPERATORS = ("=", "≥", "≤", ">", "<")
LONGEST = 2000
NOTHING = "不能空着"

Fault = tuple[str, str]
"""The field's path (points.0.figures.1.value) and what is wrong with it."""


def faults(kind: str, key: str, content: Any) -> list[Fault]:
    """Every field that is not as it must be, in the order of the form; empty for a well filled one. `kind` is one of corpus.layer.KINDS."""
    if not isinstance(content, Mapping):
        return [("", "内容应由各项组成")]
    if content.get("withdrawn"):
        return [] if kind in (DIGEST, GUIDE) else [("withdrawn", "只有要点和办事指南可以撤下")]
    return list(FORMS[kind](key, content))


def _digest(key: str, content: Mapping[str, Any]) -> Iterator[Fault]:
    if content.get("article") != digest_parts(key)[2]:
        yield "article", f"应是“{digest_parts(key)[2]}”，换一条请另起一份"
    yield from _word(content, "topic")
    yield from _choices(content, "types", TYPES)
    yield from _choices(content, "matters", MATTERS)
    if content.get("confidence") not in (None, *CONFIDENCE):
        yield "confidence", f"应是 {'、'.join(CONFIDENCE)} 之一"
    yield from _unknown(content, "", ("article", "topic", "types", "matters", "points", "confidence", "verified"))
    yield from _each(content, "points", _point, "至少写一句要点")


def _point(path: str, point: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _word(point, "say", path)
    yield from _strings(point, "ask", path)
    if point.get("confidence") not in (None, *CONFIDENCE):
        yield f"{path}confidence", f"应是 {'、'.join(CONFIDENCE)} 之一"
    if not isinstance(point.get("at") or "", str):
        yield f"{path}at", "应写成 第一款第二项 这样的文字"
    yield from _unknown(point, path, ("say", "ask", "at", "figures", "confidence"))
    yield from _each(point, "figures", _figure, "", path)


def _figure(path: str, figure: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _word(figure, "of", path)
    yield from _word(figure, "unit", path)
    if figure.get("op", "=") not in OPERATORS:
        yield f"{path}op", f"应是 {' '.join(OPERATORS)} 之一"
    if not _number(figure.get("value")):
        yield f"{path}value", f"“{figure.get('value', '')}”不是数，请用阿拉伯数字写全，如 3 万写 30000"
    yield from _unknown(figure, path, ("of", "op", "value", "unit", "per"))


def _guide(key: str, content: Mapping[str, Any]) -> Iterator[Fault]:
    if content.get("slug") != key:
        yield "slug", f"应是“{key}”，换一个代号请另起一份"
    elif not SLUG.fullmatch(key):
        yield "slug", "只能用小写字母、数字和连字符，如 shetuan-chengli"
    yield from _word(content, "title")
    if content.get("matter") not in MATTERS:
        yield "matter", f"不认识“{content.get('matter') or ''}”，请从事项里选一个"
    yield from _choices(content, "types", TYPES)
    yield from _strings(content, "ask")
    yield from _unknown(content, "", ("slug", "title", "matter", "types", "ask", *SECTIONS))
    if not any(content.get(section) for section in SECTIONS):
        yield "summary", "一行内容也没有，至少写一节"
    for section in SECTIONS:
        yield from _each(content, section, _line_of(section), "")


def _line_of(section: str) -> Callable[[str, Mapping[str, Any]], Iterator[Fault]]:
    def line(path: str, row: Mapping[str, Any]) -> Iterator[Fault]:
        if not str(row.get("say") or row.get("name") or "").strip():
            yield f"{path}say", NOTHING
        if not row.get("cite") and section not in UNCITED:
            yield f"{path}cite", "要写依据，如 社会团体登记管理条例 第十条第一款第一项"
        yield from _strings(row, "cite", path)
        yield from _unknown(row, path, ("say", "cite", *DETAILS))

    return line


def _catalog(key: str, content: Mapping[str, Any]) -> Iterator[Fault]:
    if content.get("slug") != key:
        yield "slug", f"应是“{key}”，换一个代号请另起一份"
    elif not SLUG.fullmatch(key):
        yield "slug", "只能用小写字母、数字和连字符，如 ci-shan-fa"
    yield from _word(content, "title")
    if re.fullmatch(r"《[^》]*》", str(content.get("title") or "")):
        yield "title", "外面不加书名号"
    if content.get("rank") not in RANKS:
        yield "rank", f"应是 {'、'.join(RANKS)} 之一"
    yield from _strings(content, "aliases")
    known = ("slug", "title", "rank", "aliases", "number", "issuer", "region", "confidence", "newer", "url", "core", "editions")
    yield from _unknown(content, "", known)
    yield from _each(content, "editions", _edition, "至少写一个版本")
    days = [str(row.get("date")) for row in content.get("editions") or () if isinstance(row, Mapping)]
    for number, day in enumerate(days):
        if day in days[:number]:
            yield f"editions.{number}.date", f"{day} 这个版本写了两次"
    newer = content.get("newer")
    if newer:
        yield from _newer(newer)


def _newer(newer: Any) -> Iterator[Fault]:
    if not isinstance(newer, Mapping):
        yield "newer", "应有 date、confidence、note 三项"
        return
    if not _day(newer.get("date")):
        yield "newer.date", f"“{newer.get('date') or ''}”不是日期，请写成 2026-03-01 这样"
    if newer.get("confidence") not in CONFIDENCE:
        yield "newer.confidence", f"应是 {'、'.join(CONFIDENCE)} 之一"
    yield from _word(newer, "note", "newer.")


def _edition(path: str, row: Mapping[str, Any]) -> Iterator[Fault]:
    days = {}
    for field, needed in (("date", True), ("in_force_from", True), ("in_force_to", False), ("period_to", False)):
        value = row.get(field)
        days[field] = _day(value)
        if (needed or value) and not days[field]:
            yield f"{path}{field}", f"“{value or ''}”不是日期，请写成 2026-03-01 这样"
    start, end = days["in_force_from"], days["in_force_to"]
    if start and end and end < start:
        yield f"{path}in_force_to", f"停止施行（{end}）早于开始施行（{start}）"
    if row.get("text", "missing") not in TEXT_STATES:
        yield f"{path}text", f"应是 {'、'.join(TEXT_STATES)} 之一"
    yield from _unknown(row, path, ("date", "in_force_from", "in_force_to", "period_to", "text", "replaced_by", "note", "url"))


def _office(key: str, content: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _word(content, "name")
    for field in ("region", "address", "hours", "portal", "supervision", "note"):
        if not isinstance(content.get(field) or "", str):
            yield field, "应是文字"
    yield from _strings(content, "phones")
    yield from _unknown(content, "", tuple(Office.__dataclass_fields__))
    details = content.get("details") or {}
    if not isinstance(details, Mapping) or not all(isinstance(text, str) for text in details.values()):
        yield "details", "应由“名称: 文字”各行组成"
    yield from _each(content, "promises", _promise, "")


def _promise(path: str, row: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _word(row, "guide", path)
    days = row.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= 1000:
        yield f"{path}days", f"“{days if days is not None else ''}”应是 1 到 1000 之间的整数"
    if not isinstance(row.get("working_days", True), bool):
        yield f"{path}working_days", "应是 是 或 否"
    yield from _unknown(row, path, ("guide", "days", "working_days", "note"))


FORMS: Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[Fault]]] = {DIGEST: _digest, GUIDE: _guide, CATALOG: _catalog, OFFICE: _office}


def _word(content: Mapping[str, Any], field: str, path: str = "") -> Iterator[Fault]:
    value = content.get(field)
    if not isinstance(value, str) or not value.strip():
        yield f"{path}{field}", NOTHING
    elif len(value) > LONGEST:
        yield f"{path}{field}", f"有 {len(value)} 字，最多 {LONGEST} 字"


def _strings(content: Mapping[str, Any], field: str, path: str = "") -> Iterator[Fault]:
    value = content.get(field) or []
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        yield f"{path}{field}", "应是一列文字，一行一个，不留空行"


def _choices(content: Mapping[str, Any], field: str, known: tuple[str, ...] | list[str]) -> Iterator[Fault]:
    value = content.get(field)
    if not isinstance(value, list) or not value:
        yield field, "至少选一个"
        return
    unknown = [str(word) for word in value if word not in known]
    if unknown:
        yield field, f"不认识“{'、'.join(unknown)}”，请从列出的里面选"


def _each(content: Mapping[str, Any], field: str, form: Callable[[str, Mapping[str, Any]], Iterator[Fault]], needed: str, path: str = "") -> Iterator[Fault]:
    rows = content.get(field) or []
    if not isinstance(rows, list):
        yield f"{path}{field}", "应是一列条目"
        return
    if needed and not rows:
        yield f"{path}{field}", needed
    for number, row in enumerate(rows):
        if isinstance(row, Mapping):
            yield from form(f"{path}{field}.{number}.", row)
        else:
            yield f"{path}{field}.{number}", "应由各项组成"


def _unknown(content: Mapping[str, Any], path: str, known: tuple[str, ...]) -> Iterator[Fault]:
    for field in content:
        if field not in known:
            yield f"{path}{field}", f"不认识“{field}”这一项，请删去"


def _number(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    try:
        Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return False
    return True


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
