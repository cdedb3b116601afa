"""A digest, guide, catalog entry or card as Chinese lines, and two states of one as rows side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from corpus.difference import stretches
from corpus.guide import SECTIONS
from corpus.layer import CATALOG, DIGEST, GUIDE, OFFICE, withdrawn

NAMES = {
    "article": "条",
    "topic": "主题",
    "types": "组织类型",
    "matters": "事项",
    "matter": "事项",
    "confidence": "可信度",
    "verified": "对照过原文",
    "slug": "代号",
    "title": "标题",
    "ask": "问法",
    "rank": "效力层级",
    "aliases": "别名",
    "number": "文号",
    "issuer": "制定机关",
    "region": "地区",
    "url": "网址",
    "core": "核心文件",
    "newer": "已知的更新文本",
    "name": "名称",
    "address": "地址",
    "hours": "时间",
    "phones": "电话",
    "portal": "网上办理",
    "supervision": "监督电话",
    "note": "备注",
    "details": "其他",
    "reason": "原因",
}
DETAILS = {"form": "形式", "copies": "份数", "issuer": "出具方", "template": "样式", "who": "办理人", "limit": "时限", "when": "何时"}
EDITION = {"in_force_from": "施行", "in_force_to": "停止施行", "period_to": "规划期至", "replaced_by": "被取代", "text": "原文", "note": "备注", "url": "网址"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of two states side by side: 相同, 改动, 新增 or 删去, the lines ("" where one side has none), and their stretches."""

    kind: str
    before: str
    after: str
    stretches: tuple[tuple[str, str], ...] = ()


def lines(kind: str, content: Any) -> list[str]:
    """An item as Chinese lines, none where there is no such item; `kind` is one of corpus.layer.KINDS."""
    if content is None:
        return []
    if withdrawn(content):
        return [f"撤下{'：' + str(content['reason']) if content.get('reason') else ''}"]
    return [*_plain(content), *TELLING[kind](content)]


def side_by_side(before: list[str], after: list[str]) -> list[Row]:
    """The lines of two states as rows in order; lines that were replaced stand beside each other."""
    rows: list[Row] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            rows += [Row("相同", line, line) for line in before[a:b]]
            continue
        for one, other in zip_longest(before[a:b], after[c:d]):
            rows.append(
                Row("新增", "", other or "") if one is None else Row("删去", one, "") if other is None else Row("改动", one, other, stretches(one, other))
            )
    return rows


def _plain(content: Mapping[str, Any]) -> Iterator[str]:
    for field, name in NAMES.items():
        value = content.get(field)
        if value in (None, "", [], {}):
            continue
        yield f"{name}：{_said(value)}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "；".join(f"{key} {text}" for key, text in value.items())
    return "；".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _digest(content: Mapping[str, Any]) -> Iterator[str]:
    for point in content.get("points") or ():
        place = f"（{point['at']}）" if point.get("at") else ""
        yield f"要点{place}：{point.get('say', '')}"
        for figure in point.get("figures") or ():
            yield f"　数额：{figure.get('of', '')} {figure.get('op', '=')} {figure.get('value', '')} {figure.get('unit', '')}{_per(figure)}"
        if point.get("ask"):
            yield f"　问法：{'；'.join(point['ask'])}"


def _per(figure: Mapping[str, Any]) -> str:
    return f"／{figure['per']}" if figure.get("per") else ""


def _guide(content: Mapping[str, Any]) -> Iterator[str]:
    for section, name in SECTIONS.items():
        for line in content.get(section) or ():
            said = "：".join(part for part in (line.get("name"), line.get("say")) if part)
            details = "，".join(f"{word}{line[key]}" for key, word in DETAILS.items() if line.get(key))
            cites = "、".join(line.get("cite") or ())
            yield f"{name}｜{said}{f'（{details}）' if details else ''}{f'［{cites}］' if cites else ''}"


def _catalog(content: Mapping[str, Any]) -> Iterator[str]:
    for edition in content.get("editions") or ():
        facts = "，".join(f"{word} {edition[key]}" for key, word in EDITION.items() if edition.get(key))
        yield f"版本 {edition.get('date', '')}：{facts}"


def _office(content: Mapping[str, Any]) -> Iterator[str]:
    for promise in content.get("promises") or ():
        unit = "个工作日" if promise.get("working_days", True) else "日"
        note = f"（{promise['note']}）" if promise.get("note") else ""
        yield f"承诺时限 {promise.get('guide', '')}：{promise.get('days', '')} {unit}{note}"


TELLING = {DIGEST: _digest, GUIDE: _guide, CATALOG: _catalog, OFFICE: _office}
