"""Known stale statements and repealed instruments, each with the rule that holds now and its article: reads data/stale.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from corpus.catalog import DATA, read_yaml, squeeze_title
from corpus.errors import BadKnowledge

PAST = re.compile(r"废止|失效|作废|取代|取消|不再|旧|老办法|原(?:来|先|规定|办法|条例|《)|此前|以前的|过去|曾|改为|修改前|修订前|误区|错误|不能再")
ORDER_FORMS = ("民政部令第{}号", "民政部第{}号令", "令第{}号", "{}号令")


@dataclass(frozen=True, slots=True)
class Repealed:
    """An instrument that no longer binds, never did, or whose force is in doubt (`doubtful`): names, last day, and what holds now."""

    names: tuple[str, ...]
    what: str
    now: str
    cites: tuple[str, ...]
    until: date | None = None
    doubtful: bool = False

    def gone(self, on: date) -> bool:
        """Whether it binds no longer on the day; without a last day it never did, or not in living memory."""
        return self.until is None or self.until < on


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement often found in guides that no longer holds: how it is worded, what it must be about, and what holds now."""

    id: str
    says: re.Pattern[str]
    now: str
    cites: tuple[str, ...]
    about: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    since: date | None = None

    def made_by(self, sentence: str, context: str, on: date) -> bool:
        """Whether the sentence says this on a day when it no longer holds; one that itself calls it past does not."""
        if self.since and on < self.since:
            return False
        if not self.says.search(sentence) or PAST.search(sentence):
            return False
        if self.about and not self.about.search(f"{context}\n{sentence}"):
            return False
        return not (self.unless and self.unless.search(sentence))


@dataclass(frozen=True)
class Stale:
    """Everything known to be stale."""

    instruments: tuple[Repealed, ...]
    sayings: tuple[Saying, ...]

    @cached_property
    def _names(self) -> dict[str, Repealed]:
        return {squeeze_title(name): one for one in self.instruments for name in one.names}

    def knows(self, name: str) -> bool:
        """Whether a title or document number belongs to a repealed instrument."""
        return squeeze_title(name) in self._names

    def named(self, sentence: str) -> Iterator[Repealed]:
        """The repealed instruments that a sentence names, by title or number, each once."""
        squeezed = squeeze_title(re.sub(r"[\[（(]((?:19|20)\d{2})[\]）)]", r"〔\1〕", sentence))
        seen: list[Repealed] = []
        for name, one in self._names.items():
            if one not in seen and re.search(rf"(?<![\d〔])(?<!国务院)(?<!主席)(?<!政府){re.escape(name)}", squeezed):
                seen.append(one)
                yield one


@lru_cache(maxsize=2)
def load_stale(path: Path = DATA / "stale.yaml") -> Stale:
    """The list as shipped. Raises BadKnowledge naming the entry."""
    content = read_yaml(path)
    return Stale(
        tuple(_entry(_repealed, row, path.name) for row in content["instruments"]),
        tuple(_entry(_saying, row, path.name) for row in content["sayings"]),
    )


def _entry(read: Any, row: Mapping[str, Any], origin: str) -> Any:
    try:
        return read(row)
    except (KeyError, TypeError, ValueError, re.error) as error:
        name = row.get("id") or row.get("what") or "（无名）"
        raise BadKnowledge(f"{origin}：“{name}”有误（{error}），请对照文件开头的说明修改") from error


def _repealed(row: Mapping[str, Any]) -> Repealed:
    orders = [form.format(row["order"]) for form in ORDER_FORMS] if row.get("order") else []
    return Repealed(
        names=(*map(str, row.get("names") or ()), *orders),
        what=str(row["what"]),
        now=str(row["now"]),
        cites=tuple(map(str, row["cite"])),
        until=_day(row.get("until")),
        doubtful=bool(row.get("doubtful")),
    )


def _saying(row: Mapping[str, Any]) -> Saying:
    return Saying(
        id=str(row["id"]),
        says=re.compile(str(row["says"])),
        now=str(row["now"]),
        cites=tuple(map(str, row["cite"])),
        about=re.compile(str(row["about"])) if row.get("about") else None,
        unless=re.compile(str(row["unless"])) if row.get("unless") else None,
        since=_day(row.get("since")),
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None
