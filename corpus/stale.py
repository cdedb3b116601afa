"""Known stale statements, repealed instruments and figures often got wrong, with the rule that holds: reads data/stale.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from corpus.catalog import DATA, read_yaml, squeeze_title
from corpus.errors import BadKnowledge
from corpus.numerals import chinese_number

PAST = re.compile(r"废止|失效|作废|取代|取消|不再|旧|老办法|原(?:来|先|规定|办法|条例|《)|此前|以前的|过去|曾|改为|修改前|修订前|误区|错误|不能再")
AMOUNT = r"(\d+(?:\.\d+)?万?|[一二两三四五六七八九十百千万]+)"
BEFORE_NAME = r"(?<![\d〔])(?<!国务院)(?<!主席)(?<!政府)"
ENDED = "\0"
AFTER_NAME = rf"(?=$|{ENDED}|[。，、；：,;:（〔]|规定|要求|执行|办理|处理|查处|实行|第[一二三四五六七八九十\d])"
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


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that guides state again and again: how it is worded, the values that hold, and what holds now.

    `at_most`: the law sets an upper limit for the authority, so that a smaller value is a promise unless called 法定.
    """

    id: str
    says: re.Pattern[str]
    holds: tuple[Fraction, ...]
    now: str
    cites: tuple[str, ...]
    about: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    at_most: bool = False

    def broken_by(self, sentence: str, context: str) -> bool:
        """Whether the sentence gives the figure a value that does not hold."""
        if PAST.search(sentence) or (self.unless and self.unless.search(sentence)):
            return False
        if self.about and not self.about.search(f"{context}\n{sentence}"):
            return False
        return any(self._wrong(value, sentence) for match in self.says.finditer(sentence) for value in match.groups() if value)

    def _wrong(self, written: str, sentence: str) -> bool:
        value = amount(written)
        if self.at_most and value < max(self.holds):
            return "法定" in sentence and value not in self.holds
        return value not in self.holds


@dataclass(frozen=True)
class Stale:
    """Everything known to be stale, and the figures most often got wrong."""

    instruments: tuple[Repealed, ...] = ()
    sayings: tuple[Saying, ...] = ()
    limits: tuple[Limit, ...] = ()

    @property
    def cites(self) -> tuple[str, ...]:
        """Every citation of the list."""
        entries: list[Repealed | Saying | Limit] = [*self.instruments, *self.sayings, *self.limits]
        return tuple(cite for entry in entries for cite in entry.cites)

    @cached_property
    def _names(self) -> dict[str, Repealed]:
        return {squeeze_title(name): one for one in self.instruments for name in one.names}

    def knows(self, name: str) -> bool:
        """Whether a title or document number belongs to a repealed instrument."""
        return squeeze_title(name) in self._names

    def named(self, sentence: str) -> Iterator[Repealed]:
        """The repealed instruments that a sentence names, by title or number, each once."""
        squeezed = squeeze_title(re.sub(r"[\[（(]((?:19|20)\d{2})[\]）)]", r"〔\1〕", sentence.replace("》", ENDED)))
        seen: list[Repealed] = []
        for name, one in self._names.items():
            if one not in seen and re.search(rf"{BEFORE_NAME}{re.escape(name)}{AFTER_NAME if name[-1] not in '号令' else ''}", squeezed):
                seen.append(one)
                yield one


@lru_cache(maxsize=2)
def load_stale(path: Path = DATA / "stale.yaml") -> Stale:
    """The list as shipped. Raises BadKnowledge naming the entry."""
    content = read_yaml(path)
    return Stale(
        tuple(_entry(_repealed, row, path.name) for row in content["instruments"]),
        tuple(_entry(_saying, row, path.name) for row in content["sayings"]),
        tuple(_entry(_limit, row, path.name) for row in content["limits"]),
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


def _limit(row: Mapping[str, Any]) -> Limit:
    return Limit(
        id=str(row["id"]),
        says=re.compile(str(row["says"]).replace("{N}", AMOUNT)),
        holds=tuple(Fraction(value) for value in row["holds"]),
        now=str(row["now"]),
        cites=tuple(map(str, row["cite"])),
        about=re.compile(str(row["about"])) if row.get("about") else None,
        unless=re.compile(str(row["unless"])) if row.get("unless") else None,
        at_most=bool(row.get("at_most")),
    )


def amount(written: str) -> Fraction:
    """The value of an amount as sentences write it: 200, 五十, 5万, 三十万."""
    arabic = re.fullmatch(r"(\d+(?:\.\d+)?)(万?)", written)
    if arabic:
        return Fraction(arabic[1]) * (10_000 if arabic[2] else 1)
    return Fraction(chinese_number(written))


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None
