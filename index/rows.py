"""The units of a release as its list gives them, one line each, and the regions that a place lies in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

REGION_PART = re.compile(r".{2,}?(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|盟|县|区|旗)")


@dataclass(frozen=True, slots=True)
class Row:
    """One unit as a release lists it: what it is, when and where it holds, and its passages as (kind, digest point)."""

    kind: str
    law: str
    edition: str
    label: str
    title: str
    topic: str
    rank: str
    region: str
    types: tuple[str, ...]
    start: str
    end: str
    passages: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, line: str) -> Row:
        """The unit of one line."""
        raw = json.loads(line)
        return cls(
            raw["kind"],
            raw["law"],
            raw["edition"],
            raw["label"],
            raw["title"],
            raw["topic"],
            raw["rank"],
            raw["region"],
            tuple(raw["types"]),
            raw["start"],
            raw["end"],
            tuple((kind, point) for kind, point in raw["passages"]),
        )


def region_chain(region: str) -> set[str]:
    """A region and the regions above it that its name shows: 浙江省杭州市 → 浙江省, 杭州市, 浙江省杭州市; 上海 → 上海市 too."""
    if not region:
        return set()
    parts = REGION_PART.findall(region)
    rest = region[len("".join(parts)) :]
    return {region, *parts, *(rest + ending for ending in ("省", "市", "自治区") if rest)}
