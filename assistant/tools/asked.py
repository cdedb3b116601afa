"""What a question asks of a tool: a proposed name, or an event with a day from which a period runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.slots import named
from assistant.tools.deadlines import Event, events
from assistant.tools.name_parts import clean, form_of, split
from assistant.wording import words
from corpus.clean import to_simplified

WIDER = {"行业协会商会": "社会团体"}
ASKED_FOR = r"(?:成立|注册|开办|办|设立|申请|登记)(?:一个|个|一家|家)?{0}|{0}的?(?:名字|名称|叫|起名|取名)"
MOST_EVENTS = 4
QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{3,40})[”\"」』》]")
FULL = re.compile(r"((?:19|20)\d{2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*[日号]?")
SHORT = re.compile(r"(今年|明年|去年)?\s*(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
NEAR = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "后天": 2}
YEARS = {"去年": -1, "今年": 0, "明年": 1}
ANY_YEAR = re.compile(r"((?:19|20)\d{2})\s*[年./-]")
YEAR = re.compile(r"((?:19|20)\d{2})\s*年(?!\s*\d)")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A name that a question asks about, and the type and level where the question says them."""

    name: str
    kind: str
    level: str


@dataclass(frozen=True, slots=True)
class Running:
    """Events that a question may mean, the day they start from, a second day to compare with, and what was assumed."""

    events: tuple[Event, ...]
    start: date
    target: date | None
    assumed: str


def plain(text: str) -> str:
    """The question in one width and script, white space out; spelling is left as written."""
    return re.sub(r"\s+", "", to_simplified(unicodedata.normalize("NFKC", text)))


def proposed(question: str) -> Proposed | None:
    """The name that a question asks about (XX协会这个名字行不行), or None."""
    text = plain(question)
    table = words("tool_route")["name"]
    kinds = words("names")["kinds"]
    piped = re.fullmatch(r"([^|]{2,60})\|([^|]{2,12})(?:\|([^|]{2,6}))?", text)
    if piped and any(piped[2] in aliases for aliases in kinds.values()):
        return Proposed(piped[1], piped[2], piped[3] or "")
    if not any(re.search(pattern, text) for pattern in table["asks"]) or any(re.search(pattern, text) for pattern in table["unless"]):
        return None
    for candidate, sure in _candidates(text, table):
        name = _bare(candidate, table)
        if _is_name(name, sure, table):
            rest = text.replace(name, "")
            kind = next((kind for kind, aliases in kinds.items() if any(re.search(ASKED_FOR.format(alias), rest) for alias in aliases)), "")
            level = next((level for level, names in words("names")["levels"].items() if any(len(n) > 1 and n in rest for n in names)), "")
            return Proposed(name, kind, level)
    return None


def _candidates(text: str, table: dict[str, list[str]]) -> Iterator[tuple[str, bool]]:
    """Pieces of the question that may be the name, and whether they are marked as one."""
    for match in QUOTED.finditer(text):
        yield match[1], True
    for pattern in table["marked"]:
        for match in re.finditer(pattern, text):
            yield match["name"], True
    for pattern in table["open"]:
        for match in re.finditer(pattern, text):
            yield match["name"], False


def _bare(candidate: str, table: dict[str, list[str]]) -> str:
    """The candidate without the words that lead to a name and those that follow it."""
    name = clean(candidate)
    for _ in range(6):
        shorter = re.sub(f"^(?:{'|'.join(table['before'])})", "", name)
        shorter = re.sub(f"(?:{'|'.join(table['after'])})$", "", shorter)
        if shorter == name:
            break
        name = shorter
    return name


def _is_name(name: str, sure: bool, table: dict[str, list[str]]) -> bool:
    if not 5 <= len(name) <= 40 or not form_of(name)[0] or any(re.search(pattern, name) for pattern in table["no_name"]):
        return False
    parts = split(name)
    if sure and parts.division:
        return True
    return bool(sure or parts.division or parts.front) and len(parts.body) >= 2


def running(question: str, today: date) -> Running | None:
    """The events and the day that a question asks a last day for (清算3月3日结束，最晚哪天申请注销), or None."""
    text = plain(question)
    table = words("tool_route")["deadline"]
    if not any(re.search(pattern, text) for pattern in table["asks"]) or any(re.search(pattern, text) for pattern in table["unless"]):
        return None
    days, rest, assumed = dates_in(text, today)
    found = matching(rest, dated=bool(days))
    if not found:
        return None
    if not days:
        year = _year(text, today)
        if year is None:
            return None
        days = [date(year, 1, 1)]
    return Running(found, days[0], days[1] if len(days) > 1 else None, assumed)


def matching(text: str, *, dated: bool) -> tuple[Event, ...]:
    """The events whose words occur, of the types named; none where too many remain. Yearly days are meant where no day but a type is named."""
    hits = [event for event in events() if _matches(event, text) and (event.form == "date") is not dated]
    kinds = set(named("types", text, text))
    kinds |= {WIDER[kind] for kind in kinds if kind in WIDER}
    exact = [event for event in hits if set(event.types) & kinds]
    if not (exact or dated):
        return ()
    chosen = exact or [event for event in hits if "全部" in event.types] if kinds else hits
    specific = [event for event in chosen if len(event.raw["match"]) + len(event.raw.get("also") or ()) == _most(chosen)]
    return tuple(specific) if len(specific) <= MOST_EVENTS else ()


def _most(chosen: Sequence[Event]) -> int:
    return max((len(event.raw["match"]) + len(event.raw.get("also") or ()) for event in chosen), default=0)


def _matches(event: Event, text: str) -> bool:
    raw = event.raw
    wanted = any(re.search(pattern, text) for pattern in raw["match"]) and all(re.search(pattern, text) for pattern in raw.get("also") or ())
    return wanted and not any(re.search(pattern, text) for pattern in raw.get("unless") or ())


def dates_in(text: str, today: date) -> tuple[list[date], str, str]:
    """The days a text names in order, the text without them, and the year that was assumed where none is written."""
    found: list[tuple[int, date]] = []
    assumed = ""
    for match in FULL.finditer(text):
        found += _at(match, int(match[1]), int(match[2]), int(match[3]))
    rest = FULL.sub("", text)
    masked = FULL.sub(lambda match: "〇" * len(match[0]), text)
    for match in SHORT.finditer(masked):
        written = _year_before(text[: match.start()]) or (today.year + YEARS[match[1]] if match[1] else None)
        year = written or today.year
        assumed = assumed or ("" if written else f"没有写年份，按 {year} 年算。")
        found += _at(match, year, int(match[2]), int(match[3]))
    rest = SHORT.sub("", rest)
    for word, offset in NEAR.items():
        if not found and word in masked:
            found.append((masked.index(word), today + timedelta(days=offset)))
            rest = rest.replace(word, "")
    return [day for _, day in sorted(found)], rest, assumed


def _year_before(text: str) -> int | None:
    """The year named last before a day that is written without one."""
    written = ANY_YEAR.findall(text)
    return int(written[-1]) if written else None


def _at(match: re.Match[str], year: int, month: int, number: int) -> list[tuple[int, date]]:
    try:
        return [(match.start(), date(year, month, number))]
    except ValueError:
        return []


def _year(text: str, today: date) -> int | None:
    written = YEAR.search(text)
    if written:
        return int(written[1])
    return next((today.year + offset for word, offset in YEARS.items() if word in text), None)
