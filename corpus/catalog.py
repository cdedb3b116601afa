"""The catalog of laws and their editions: reads corpus/data/catalog, finds laws by slug, title or alias."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from corpus.article import RANKS, Edition, Law, Newer
from corpus.errors import BadKnowledge, UnknownLaw
from corpus.short_names import short_names

DATA = Path(__file__).parent / "data"
TEXT_STATES = ("held", "missing", "known-newer-edition")
SKIPPED = re.compile(r"[《》\s“”\"'‘’]")
BRACKETS = str.maketrans("()", "（）")
SHORTEST = 3
REMEMBERED = 1024


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises BadKnowledge naming the file and the line."""
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (the safe loader) # nosec B506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadKnowledge(f"{path.name}：读不出来（{str(error).splitlines()[0]}），请检查 YAML 写法") from error


def write_yaml(content: Any) -> str:
    """Plain values as YAML, keys in their order, one that `read_yaml` reads back the same."""
    return str(yaml.dump(content, Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False, width=160))


def squeeze_title(title: str) -> str:
    """A title as it is compared: no 《》, white space, quote marks or 中华人民共和国; brackets in one width."""
    title = re.sub(r"[《》\s\u3000“”\"'‘’]", "", title).replace("(", "（").replace(")", "）")
    return title.replace("中华人民共和国", "", 1)


class Catalog:
    """All known laws. Lookups accept slug, title, alias or full title; texts imported later may add laws of their own."""

    def __init__(self, laws: Iterable[Law]) -> None:
        self._laws: dict[str, Law] = {}
        self._names: dict[str, str] = {}
        # A question is looked through for laws by nearly every stage, and so are the articles that are found most.
        self.named = lru_cache(maxsize=REMEMBERED)(self._named)
        self._pattern: re.Pattern[str] | None = None
        self._short: Mapping[str, str] | None = None
        for law in laws:
            self.add(law)

    def add(self, law: Law) -> None:
        """Add or replace a law. Raises BadKnowledge when one of its names already belongs to another law."""
        self._laws[law.slug] = law
        self._pattern = self._short = None
        self.named.cache_clear()
        for name in (law.slug, *law.names):
            owner = self._names.setdefault(squeeze_title(name), law.slug)
            if owner != law.slug:
                raise BadKnowledge(f"目录：名称“{name}”同时属于 {owner} 和 {law.slug}，请改掉其中一个别名")

    def __iter__(self) -> Iterator[Law]:
        return iter(self._laws.values())

    def __len__(self) -> int:
        return len(self._laws)

    def find(self, name: str) -> Law | None:
        """The law of that slug, title, alias or short name, or None."""
        if name in self._laws:
            return self._laws[name]
        squeezed = squeeze_title(name)
        slug = self._names.get(squeezed) or self._names.get(re.sub(r"[《》\s]", "", name)) or self._shortened().get(squeezed)
        return self._laws[slug] if slug else None

    def get(self, name: str) -> Law:
        """The law of that slug, title or alias. Raises UnknownLaw."""
        law = self.find(name)
        if law is None:
            raise UnknownLaw(f"目录里没有“{name}”，请核对名称，或用 shezu corpus list 查看已收录的文件")
        return law

    def _named(self, text: str) -> tuple[tuple[Law, int, int], ...]:
        """Every law named in the text, by title or alias (with or without 《》), with its span; longest names win."""
        squeezed = SKIPPED.sub("", text).translate(BRACKETS)
        places = range(len(text)) if len(squeezed) == len(text) else [i for i, c in enumerate(text) if not SKIPPED.match(c)]
        matches = [(self.find(match[0]), match) for match in self._naming().finditer(squeezed)]
        return tuple((law, places[match.start()], places[match.end() - 1] + 1) for law, match in matches if law)

    def _shortened(self) -> Mapping[str, str]:
        if self._short is None:
            self._short = short_names(self._laws.values(), self._names)
        return self._short

    def _naming(self) -> re.Pattern[str]:
        if self._pattern is None:
            names = sorted((name for name in (*self._names, *self._shortened()) if len(name) >= SHORTEST and not name.isascii()), key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        return self._pattern


def read_folder(folder: Path) -> dict[str, Any]:
    """Every YAML file of a folder as plain values, by file name. Raises BadKnowledge."""
    return {path.name: read_yaml(path) for path in sorted(folder.glob("*.yaml"))}


def catalog_from(files: Mapping[str, Any]) -> Catalog:
    """The catalog from its files' content. Raises BadKnowledge for an entry that breaks the schema."""
    for name, rows in files.items():
        if not isinstance(rows or [], list):
            raise BadKnowledge(f"{name}：应是一列文件条目（以 - 开头），请对照 docs/writing-knowledge.md 修改")
    return Catalog(law_from(row, name) for name, rows in files.items() for row in rows or [])


def load_catalog(folder: Path = DATA / "catalog") -> Catalog:
    """The catalog as shipped. Raises BadKnowledge for an entry that breaks the schema."""
    return catalog_from(read_folder(folder))


def law_from(row: Mapping[str, Any], origin: str) -> Law:
    """One catalog entry as a Law. Raises BadKnowledge naming file, law and field."""
    title = str(row.get("title", "（无标题）")) if isinstance(row, Mapping) else str(row)[:20]
    try:
        editions = tuple(edition_from(e) for e in sorted(row["editions"], key=lambda e: str(e["date"])))
        if not editions:
            raise ValueError("没有 editions")
        if row["rank"] not in RANKS:
            raise ValueError(f"rank“{row['rank']}”不是 {'、'.join(RANKS)} 之一")
        newer = None
        if row.get("newer"):
            day = date.fromisoformat(str(row["newer"]["date"])).isoformat()
            newer = Newer(day, row["newer"]["confidence"], row["newer"]["note"])
        return Law(
            slug=row["slug"],
            title=row["title"],
            rank=row["rank"],
            editions=editions,
            aliases=strings(row, "aliases"),
            number=row.get("number") or "",
            issuer=row.get("issuer") or "",
            region=row.get("region") or "",
            confidence=row.get("confidence") or "高",
            newer=newer,
            url=row.get("url") or "",
            core=bool(row.get("core")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadKnowledge(f"{origin}：“{title}”的条目有误（{error}），请对照 docs/writing-knowledge.md 修改") from error


def strings(row: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """A field that lists words, () where it is missing. Raises ValueError for a bare word, which would be read letter by letter."""
    value = row.get(field) or ()
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{field}“{value}”应写成列表 [{value}]")
    return tuple(map(str, value))


def edition_from(row: Mapping[str, Any]) -> Edition:
    """One edition entry. Raises KeyError or ValueError."""
    state = row.get("text", "missing")
    if state not in TEXT_STATES:
        raise ValueError(f"text“{state}”不是 {'、'.join(TEXT_STATES)} 之一")
    ends = {key: date.fromisoformat(str(row[key])) if row.get(key) else None for key in ("in_force_to", "period_to")}
    return Edition(
        date=date.fromisoformat(str(row["date"])).isoformat(),
        in_force_from=date.fromisoformat(str(row["in_force_from"])),
        in_force_to=ends["in_force_to"],
        period_to=ends["period_to"],
        text=state,
        replaced_by=str(row["replaced_by"]) if row.get("replaced_by") else None,
        note=row.get("note") or "",
        url=row.get("url") or "",
    )
