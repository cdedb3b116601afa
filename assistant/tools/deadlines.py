"""deadline: event + date → the last day, counted as the law counts: which days, which article, and what a closed office changes."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from assistant.figures import unsupported
from assistant.tools.basis import Basis
from assistant.tools.findings import Row, ToolProblem, Verdict, overall
from assistant.tools.workdays import NoCalendar, covered, is_workday, last_workday, next_workday, shifted, spoken, why_closed
from assistant.turn import Citation
from assistant.wording import words
from corpus.library import Library

DAYS, MONTHS, YEARS = "日", "月", "年"
UNITS = {"日": DAYS, "天": DAYS, "工作日": DAYS, "月": MONTHS, "个月": MONTHS, "年": YEARS}


@dataclass(frozen=True, slots=True)
class Event:
    """A statutory period as words/deadlines.yaml has it; `form` is after, before or date."""

    key: str
    event: str
    who: str
    what: str
    types: tuple[str, ...]
    matter: str
    form: str
    raw: Mapping[str, Any] = field(metadata={"json": False}, repr=False)


@dataclass(frozen=True, slots=True)
class Period:
    """How long: a number of days, months or years, whether days are working days, and whether the article itself says so."""

    number: int
    unit: str
    workdays: bool
    stated: bool

    @property
    def said(self) -> str:
        """What it comes to: 60 日, 5 个工作日, 6 个月."""
        return f"{self.number} 个工作日" if self.workdays else self.written

    @property
    def written(self) -> str:
        """What the article says: 5 日 also where another article makes these working days."""
        return f"{self.number} {'个工作日' if self.stated else {DAYS: '日', MONTHS: '个月', YEARS: '年'}[self.unit]}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day and the working shown. `due` is None where the holiday calendar does not reach it (then `nominal` is the counted day).

    `safe` is the last day up to `due` on which offices are open: it differs where the law does not move a day that falls on a holiday.
    """

    event: Event
    start: date
    due: date | None
    nominal: date | None
    safe: date | None
    period: str
    certain: bool
    rows: tuple[Row, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """ok, or doubt where the holiday calendar does not reach the last day."""
        return overall(self.rows)


@lru_cache(maxsize=1)
def events() -> tuple[Event, ...]:
    """Every period that the tool knows."""
    return tuple(
        Event(row["key"], row["event"], row["who"], row["what"], tuple(row["types"]), row["matter"], row["form"], row) for row in words("deadlines")["events"]
    )


def event(key: str) -> Event:
    """The event of that key or exact description. Raises ToolProblem listing what is near."""
    for known in events():
        if key in (known.key, known.event):
            return known
    near = [known.key for known in events() if key and (key in known.event or key in known.what or key == known.matter)]
    hint = f"相近的有 {'、'.join(near[:8])}" if near else "可用 shezu deadline --list 查看全部"
    raise ToolProblem(f"没有“{key}”这个起算事件，{hint}", "event", key)


def compute(library: Library, what: Event, start: date) -> Deadline:
    """The deadline of an event on a day. Raises ToolProblem where the law of that day is not known here."""
    if what.form == "date":
        return _fixed(library, what, start)
    basis = Basis(library, start)
    row = _of_day(what, start)
    figure = basis.figure(row["cite"], row["figure"])
    if figure.unit not in UNITS or figure.value != Fraction(int(figure.value)):
        raise ToolProblem(f"{row['cite']} 的“{figure.of}”单位是“{figure.unit}”，不是期限", "event", what.key)
    stated = figure.unit == "工作日"
    period = Period(int(figure.value), UNITS[figure.unit], stated or bool(row.get("workdays")), stated)
    rows = [_rule(basis, what, row, period)]
    due = None
    nominal = _nominal(what, period, start)
    try:
        for added, reached in _working(basis, row, period, start) if nominal is None else _counted(basis, row, period, start, nominal):
            rows.append(added)
            due = reached
        nominal = nominal or due
    except NoCalendar as problem:
        due = None
        rows.append(_refused(basis, row, str(problem)))
    note = row.get("note") or _counting(row, start).get("note")
    if note:
        rows.append(Row("note", "说明", Verdict.OK, note, rows[0].cites))
    safe = last_workday(due) if due else None
    return Deadline(what, start, due, nominal, safe, period.said, due is not None, tuple(rows), tuple(basis.citations), basis.notices())


def _of_day(what: Event, start: date) -> Mapping[str, Any]:
    """The event with article and figure of the edition in force on the day."""
    for older in what.raw.get("earlier") or ():
        if start <= date.fromisoformat(older["until"]):
            return {**what.raw, **older}
    return what.raw


def _counting(row: Mapping[str, Any], start: date) -> Mapping[str, Any]:
    found: Mapping[str, Any] = words("deadlines")["countings"][row["counting"]]
    if "earlier" in found and start <= date.fromisoformat(found["until"]):
        older: Mapping[str, Any] = found["earlier"]
        return older
    return found


def _rule(basis: Basis, what: Event, row: Mapping[str, Any], period: Period) -> Row:
    span = f"{period.written}前" if what.form == "before" else f"之日起 {period.written}内"
    text = f"{what.event}{span}，{what.who}要{what.what}。"
    return Row("rule", "期限", Verdict.OK, text, basis.cite(text, row["cite"]))


def _counted(basis: Basis, row: Mapping[str, Any], period: Period, start: date, nominal: date) -> Iterator[tuple[Row, date]]:
    """Rows of a period in calendar days, months or years, each with the day reached so far. Raises NoCalendar."""
    if row["form"] == "before":
        yield from _ahead(basis, row, period, start, nominal)
        return
    counting = _counting(row, start)
    if period.unit == DAYS:
        text = f"条文没有写工作日，按日历日连续数；{spoken(start)}当天不算，从 {spoken(start + timedelta(days=1))}数起，数到 {spoken(nominal)}。"
        yield Row("count", "怎么数", Verdict.OK, text, basis.cite(text, *counting["start"])), nominal
    else:
        text = f"按月数到对应的那一天，没有对应日的取月底；{spoken(start)}当天不算，数到 {spoken(nominal)}。"
        yield Row("count", "怎么数", Verdict.OK, text, basis.cite(text, *counting["start"], *counting["month"])), nominal
    due = next_workday(nominal)
    if due == nominal:
        text = f"{spoken(nominal)}是工作日，不用顺延。"
    else:
        text = f"{spoken(nominal)}是休息日（{why_closed(nominal)}），顺延到休息结束后的第一天 {spoken(due)}。"
    yield Row("roll", "碰上休息日", Verdict.OK, text, basis.cite(text, *counting["roll"])), due


def _working(basis: Basis, row: Mapping[str, Any], period: Period, start: date) -> Iterator[tuple[Row, date]]:
    """The row of a period in working days, with the day reached. Raises NoCalendar."""
    step = -1 if row["form"] == "before" else 1
    first, due = shifted(start, step), shifted(start, step * period.number)
    if step > 0:
        text = f"按工作日数，周末和法定节假日不算，调休上班的周末要算；{spoken(start)}当天不算，"
        text += f"第 1 个工作日是 {spoken(first)}，第 {period.number} 个是 {spoken(due)}。"
    else:
        text = f"按工作日往前数，{spoken(start)}当天不算，往前第 1 个工作日是 {spoken(first)}，第 {period.number} 个是 {spoken(due)}。"
    counting = _counting(row, start)
    cites = counting.get("workdays") or [row["cite"]]
    yield Row("count", "怎么数", Verdict.OK, text, basis.cite(text, *cites, *counting["start"])), due


def _ahead(basis: Basis, row: Mapping[str, Any], period: Period, start: date, nominal: date) -> Iterator[tuple[Row, date]]:
    """Rows of a period in calendar days ahead of a day; such a day is not moved later, whatever it falls on. Raises NoCalendar."""
    counting = _counting(row, start)
    text = f"开始那天 {spoken(start)}不算，按日历日往前数 {period.number} 日，最晚是 {spoken(nominal)}。"
    yield Row("count", "怎么数", Verdict.OK, text, basis.cite(text, *counting["start"])), nominal
    if not is_workday(nominal):
        text = f"{spoken(nominal)}是休息日（{why_closed(nominal)}）；提前多少日的要求不能往后顺延，请在 {spoken(last_workday(nominal))}前送到。"
        yield Row("roll", "碰上休息日", Verdict.OK, text, basis.cite(text, row["cite"])), nominal


def _nominal(what: Event, period: Period, start: date) -> date | None:
    """The day reached by counting calendar days, months or years alone; None for working days."""
    if period.workdays:
        return None
    if what.form == "before":
        return start - timedelta(days=period.number)
    if period.unit == DAYS:
        return start + timedelta(days=period.number)
    return _months_on(start, period.number * (12 if period.unit == YEARS else 1))


def _months_on(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _refused(basis: Basis, row: Mapping[str, Any], reason: str) -> Row:
    counting = _counting(row, basis.on)
    cites = counting.get("workdays" if row.get("workdays") else "roll") or [row["cite"]]
    return Row("roll", "碰上休息日", Verdict.DOUBT, f"{reason}。", basis.cite(reason, *cites))


def _fixed(library: Library, what: Event, start: date) -> Deadline:
    month, day = map(int, str(what.raw["date"]).split("-"))
    fixed = date(start.year, month, day)
    basis = Basis(library, fixed)
    said = f"{month} 月 {day} 日"
    points = [point.say for point in basis.digest(what.raw["cite"]).points]
    if not any(what.raw["says"] in say and not unsupported(said, [say]) for say in points):
        raise ToolProblem(f"{what.raw['cite']} 在 {fixed} 施行的文本里没有收录“{said}”这个日子，请向登记机关核对", "event", what.key)
    text = f"每年 {said}前，{what.who}要{what.what}。"
    rows = [Row("rule", "期限", Verdict.OK, text, basis.cite(text, what.raw["cite"]))]
    first, last = covered()
    if not first <= fixed.year <= last:
        reason = f"条文写的是 {said}；放假安排只收录到 {first}—{last} 年，{fixed.year} 年这天是不是工作日不能断定"
        rows.append(_row_of(basis, what, f"{reason}。", Verdict.DOUBT))
        return Deadline(what, start, None, fixed, None, said, False, tuple(rows), tuple(basis.citations), basis.notices())
    safe = last_workday(fixed)
    if safe == fixed:
        rows.append(_row_of(basis, what, f"{spoken(fixed)}是工作日。", Verdict.OK))
    else:
        text = f"{spoken(fixed)}是休息日（{why_closed(fixed)}）；固定日期能不能顺延条文没有写，请在 {spoken(safe)}前送到，或看当年通知。"
        rows.append(_row_of(basis, what, text, Verdict.OK))
    return Deadline(what, start, fixed, fixed, safe, said, True, tuple(rows), tuple(basis.citations), basis.notices())


def _row_of(basis: Basis, what: Event, text: str, verdict: Verdict) -> Row:
    return Row("roll", "碰上休息日", verdict, text, basis.cite(text, what.raw["cite"]))
