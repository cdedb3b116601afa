"""A proposed name cut into its parts: reserved front word, administrative division, middle (字号, field, members) and form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.tools.places import CITY, COUNTY, PROVINCE, Found, Place, leading
from assistant.wording import words


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts as written; `maybe` is a short place name at the front that can as well be a 字号 (吉安, 和平)."""

    text: str
    front: str
    division: Found | None
    maybe: Found | None
    body: str
    form: str
    form_kind: str

    @property
    def level(self) -> int:
        """The level of the division: 1 province, 2 prefecture, 3 county; 0 without one."""
        return min((place.level for place in self.division.places), default=0) if self.division else 0


def clean(name: str) -> str:
    """The name without white space, in one width, quotation marks and 《》 around it taken off."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    return text.strip("“”\"'‘’《》〈〉「」【】")


def split(name: str) -> Parts:
    """Cut a name; every part may be empty."""
    text = clean(name)
    front = front_word(text)
    found = leading(text, len(front))
    division, maybe = (found, None) if found and certain(found) else (None, found)
    start = division.end if division else len(front)
    form, kind = form_of(text[start:])
    return Parts(text, front, division, maybe, text[start : len(text) - len(form)], form, kind)


def certain(found: Found) -> bool:
    """Whether a place at the front is meant as the division: with its ending, a province, below a named one, or an unmistakable prefecture."""
    level = min(place.level for place in found.places)
    return found.whole or found.links > 1 or level == PROVINCE or (level == CITY and not _mistakable(found))


def _mistakable(found: Found) -> bool:
    counties = [place for place in found.places if place.level == COUNTY]
    return found.text in words("names")["lucky_places"] or len(counties) > 1


def front_word(text: str) -> str:
    """中国, 全国 or 中华 where the name opens with it; 国际 or 世界 too, unless it is part of a field such as 国际象棋."""
    table = words("names")
    word = next((word for word in table["reserved"] if text.startswith(word)), "")
    if word not in table["front"] and any(text.startswith(limiter) for limiter in table["limiters"]):
        return ""
    return word


def form_of(text: str) -> tuple[str, str]:
    """The form word at the end and whose it is: a type of organisation, 分支, 少见, 非社会组织, or "" where none is known."""
    for form, kind in _forms():
        if text.endswith(form):
            return form, kind
    return "", ""


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, str], ...]:
    table = words("names")
    known: dict[str, str] = {}
    groups: Iterable[tuple[str, Iterable[str]]] = [
        *table["forms"].items(),
        ("分支", table["branch_forms"]),
        ("非社会组织", table["outside_forms"]),
        ("少见", table["unusual_forms"]),
    ]
    for kind, forms in groups:
        for form in forms:
            known.setdefault(form, kind)
    return tuple(sorted(known.items(), key=lambda item: -len(item[0])))


def trade_name(body: str) -> tuple[str, str]:
    """The middle of a foundation's or service organisation's name as (字号, field): the field is the longest tail made of field words."""
    vocabulary = frozenset(words("names")["fields"])
    longest = max(map(len, vocabulary))
    reach = {len(body)}
    for start in range(len(body) - 1, -1, -1):
        if any(body[start : start + size] in vocabulary and start + size in reach for size in range(1, longest + 1)):
            reach.add(start)
    cut = min(reach)
    field = body[cut:].lstrip("与和及")
    return body[: len(body) - len(field)], field


def person_like(text: str) -> bool:
    """Whether two or three characters look like a Chinese person's name and are not a known word."""
    table = words("names")
    return len(text) in (2, 3) and text[0] in table["surnames"] and not any(text.startswith(word) for word in table["no_persons"])


def paths(places: Iterable[Place]) -> str:
    """The full names of places, for a message."""
    return "、".join(dict.fromkeys(place.path for place in places))
