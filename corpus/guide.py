"""Guides (办事指南): one matter for one type of organisation, each line citing the article it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.catalog import DATA, read_folder, strings
from corpus.digest import MATTERS, TYPES
from corpus.errors import BadKnowledge

SECTIONS = {
    "summary": "简要回答",
    "conditions": "条件",
    "materials": "材料",
    "steps": "步骤",
    "limits": "时限",
    "fee": "收费",
    "authority": "办理机关",
    "results": "结果",
    "remedies": "救济",
    "refusals": "常见退件原因",
    "portal": "网上办理",
    "local": "各地差异",
    "notes": "提示",
}
UNCITED = {"portal"}
DETAILS = ("name", "form", "copies", "issuer", "template", "who", "limit", "when")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a guide: what it says, the citations as written, and details such as the material's form or the actor."""

    say: str
    cites: tuple[str, ...]
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guide:
    """Matter × type, with its sections in the order of SECTIONS."""

    slug: str
    title: str
    matter: str
    types: tuple[str, ...]
    asks: tuple[str, ...]
    sections: Mapping[str, tuple[Line, ...]]

    def lines(self) -> Iterator[tuple[str, Line]]:
        """Every (section key, line) in order."""
        for key in SECTIONS:
            for line in self.sections.get(key, ()):
                yield key, line


def load_guides(folder: Path = DATA / "guides") -> list[Guide]:
    """Every guide as shipped. Raises BadKnowledge naming file, section and line."""
    return all_guides(read_folder(folder))


def all_guides(files: Mapping[str, Any]) -> list[Guide]:
    """The guides of all files' content. Raises BadKnowledge, also for a slug used twice."""
    guides = [guide_from(content, name) for name, content in files.items()]
    seen: dict[str, str] = {}
    for guide in guides:
        if guide.slug in seen:
            raise BadKnowledge(f"办事指南 {guide.slug} 有两份（{seen[guide.slug]}、{guide.title}），请改掉一个 slug")
        seen[guide.slug] = guide.title
    return guides


def guide_from(content: Mapping[str, Any], origin: str) -> Guide:
    """One guide file. Raises BadKnowledge."""
    try:
        types = strings(content, "types")
        unknown = set(types) - set(TYPES)
        if unknown or content["matter"] not in MATTERS:
            raise ValueError(f"不认识的组织类型或事项：{'、'.join(unknown) or content['matter']}")
        if not types:
            raise ValueError("没有 types")
        sections = {key: tuple(_line(row, key) for row in content[key] or ()) for key in SECTIONS if content.get(key)}
        return Guide(
            slug=content["slug"],
            title=content["title"],
            matter=content["matter"],
            types=types,
            asks=strings(content, "ask"),
            sections=sections,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadKnowledge(f"{origin}：有误（{error}），请对照 docs/writing-knowledge.md 修改") from error


def _line(row: Mapping[str, Any], section: str) -> Line:
    cites = strings(row, "cite")
    if not cites and section not in UNCITED:
        raise ValueError(f"{SECTIONS[section]}“{str(row.get('say') or row.get('name'))[:20]}”没有依据")
    details = {key: str(row[key]) for key in DETAILS if row.get(key)}
    say = str(row.get("say") or row.get("name") or "").strip()
    if not say:
        raise ValueError(f"{SECTIONS[section]}里有一行是空的")
    return Line(say, cites, details)
