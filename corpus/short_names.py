"""Short names that people make from a title: 民非登记管理条例, 社团条例, 基金会条例."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from corpus.article import Law

SHORTENED = (
    ("民办非企业单位", ("民办非企业单位", "民办非企业", "民非")),
    ("社会团体", ("社会团体", "社团")),
    ("登记管理", ("登记管理", "登记", "管理", "")),
    ("登记", ("登记", "")),
    ("年度检查", ("年度检查", "年检")),
    ("暂行", ("暂行", "")),
    ("管理", ("管理", "")),
)
SHORTEST = 4


def shortened(title: str) -> set[str]:
    """Every short form of a title, without the title itself."""
    parts = [title]
    for word, forms in SHORTENED:
        parts = [made for part in parts for made in _with(part, word, forms)]
    return {part for part in parts if part != title and len(part) >= SHORTEST}


def _with(title: str, word: str, forms: Iterable[str]) -> list[str]:
    pieces = title.split(word)
    if len(pieces) != 2:
        return [title]
    return ["".join(pair) for pair in product([pieces[0]], forms, [pieces[1]])]


def short_names(laws: Iterable[Law], taken: Iterable[str]) -> dict[str, str]:
    """Slug by short name, over laws that hold everywhere; a name that two laws share or that is taken belongs to none."""
    owners: dict[str, set[str]] = {}
    for law in laws:
        if not law.region:
            for name in shortened(law.title):
                owners.setdefault(name, set()).add(law.slug)
    known = set(taken)
    return {name: slugs.pop() for name, slugs in owners.items() if len(slugs) == 1 and name not in known}
