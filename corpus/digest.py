"""Digests (要点): articles restated in our own words, with figures as data and the everyday questions they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from corpus.catalog import DATA, Catalog, read_folder, strings
from corpus.errors import BadKnowledge

TYPES = (
    "社会团体",
    "基金会",
    "民办非企业单位",
    "慈善组织",
    "行业协会商会",
    "社区社会组织",
    "境外非政府组织代表机构",
    "外国商会",
    "志愿服务组织",
    "全部",
)
MATTERS = [
    "成立",
    "变更",
    "注销",
    "章程",
    "名称",
    "年检年报",
    "换届",
    "负责人",
    "治理",
    "分支机构",
    "印章账户",
    "证书",
    "慈善认定",
    "公开募捐",
    "捐赠",
    "财产财务",
    "慈善信托",
    "信息公开",
    "评估",
    "信用",
    "监督管理",
    "处罚",
    "救济",
    "非法组织",
    "投诉举报",
    "税收",
    "会计",
    "党建",
    "志愿服务",
    "境外",
    "管辖",
    "定义",
    "规划",
    "政府购买服务",
    "档案",
    "许可程序",
    "处分",
    "其他",
]
CONFIDENCE = ("高", "中", "低")
SILENT = re.compile(r"[^，。；]{0,24}?(?:法|条例|办法|规定|条|规划)(?:本身|自己)?没有(?:专门|统一)?(?:写|规定|要求|限定)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that binds, as data: what it counts, the comparison, the exact value and its unit."""

    of: str
    op: str
    value: Fraction
    unit: str
    per: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One statement that can stand alone in an answer, where it sits in the article, and how people ask for it."""

    say: str
    ask: tuple[str, ...] = ()
    at: str = ""
    figures: tuple[Figure, ...] = ()
    confidence: str = "高"

    @property
    def silent(self) -> bool:
        """Whether it begins by telling that the law says nothing of a thing: an answer to who asks for that, idle beside anything else."""
        return SILENT.match(self.say) is not None


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of one article in one edition. `verified` is false where nobody here holds the text."""

    law: str
    edition: str
    article: str
    topic: str
    types: tuple[str, ...]
    matters: tuple[str, ...]
    points: tuple[Point, ...]
    verified: bool = True
    confidence: str = "高"

    @property
    def asks(self) -> tuple[str, ...]:
        """All everyday questions of the article."""
        return tuple(ask for point in self.points for ask in point.ask)


def load_digests(catalog: Catalog, folder: Path = DATA / "digests") -> list[Digest]:
    """Every digest as shipped. Raises BadKnowledge naming file, article and field."""
    return all_digests(read_folder(folder), catalog)


def all_digests(files: Mapping[str, Any], catalog: Catalog) -> list[Digest]:
    """The digests of all files' content. Raises BadKnowledge, also where two files digest the same edition of a law."""
    owners: dict[tuple[str, str], str] = {}
    found: list[Digest] = []
    for name, content in files.items():
        digests = list(digests_from(content, catalog, name))
        for key in dict.fromkeys((digest.law, digest.edition) for digest in digests):
            if owners.setdefault(key, name) != name:
                raise BadKnowledge(f"{name}：{content['law']} {key[1]} 已在 {owners[key]} 里写了要点，请合并成一个文件")
        found += digests
    return found


def digests_from(content: Mapping[str, Any], catalog: Catalog, origin: str) -> Iterable[Digest]:
    """The digests of one file. Raises BadKnowledge for an unknown law, edition, type, matter or a missing field."""
    if not isinstance(content, Mapping):
        raise BadKnowledge(f"{origin}：应有 law、edition、articles 三项，请对照 docs/writing-knowledge.md 修改")
    law = catalog.find(str(content.get("law", "")))
    if law is None:
        raise BadKnowledge(f"{origin}：目录里没有“{content.get('law')}”，请先在 catalog 里登记")
    edition = str(content.get("edition", ""))
    if edition not in {e.date for e in law.editions}:
        raise BadKnowledge(f"{origin}：《{law.title}》没有 {edition} 这个版本，目录里是 {'、'.join(e.date for e in law.editions)}")
    seen: set[str] = set()
    for row in content.get("articles") or ():
        if not isinstance(row, Mapping):
            raise BadKnowledge(f"{origin}：articles 里的“{str(row)[:20]}”不是一条要点，请对照 docs/writing-knowledge.md 修改")
        label = str(row.get("article", "（缺条号）"))
        if label in seen:
            raise BadKnowledge(f"{origin}：{label} 写了两次，请合并")
        seen.add(label)
        try:
            yield _digest(row, law.slug, edition, content)
        except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
            raise BadKnowledge(f"{origin}：{label} 有误（{error}），请对照 docs/writing-knowledge.md 修改") from error


def _digest(row: Mapping[str, Any], law: str, edition: str, content: Mapping[str, Any]) -> Digest:
    for field, known in (("types", TYPES), ("matters", MATTERS)):
        for value in strings(row, field):
            if value not in known:
                raise ValueError(f"{field} 不认识“{value}”")
    confidence = str(row.get("confidence") or content.get("confidence") or "高")
    if confidence not in CONFIDENCE:
        raise ValueError(f"confidence 不认识“{confidence}”")
    points = tuple(_point(p, confidence) for p in row["points"])
    if not points:
        raise ValueError("没有 points")
    return Digest(
        law=law,
        edition=edition,
        article=str(row["article"]),
        topic=str(row["topic"]),
        types=strings(row, "types") or ("全部",),
        matters=strings(row, "matters") or ("其他",),
        points=points,
        verified=bool(row.get("verified", content.get("verified", True))),
        confidence=confidence,
    )


def _point(row: Mapping[str, Any], confidence: str) -> Point:
    figures = tuple(
        Figure(str(f["of"]), str(f.get("op", "=")), Fraction(str(f["value"])), str(f["unit"]), str(f.get("per") or "")) for f in row.get("figures") or ()
    )
    return Point(str(row["say"]).strip(), strings(row, "ask"), str(row.get("at") or ""), figures, str(row.get("confidence") or confidence))
