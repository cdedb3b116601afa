"""Days counted from a date of the question: the last day for what is due so long before, and the day on which a span is full."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta

from assistant.makers.points import Scored
from corpus.numerals import chinese_number

ON_DAY = re.compile(r"(?:((?:19|20)\d{2})\s*年|(今年|明年|去年|前年))?\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
ASKS_BEFORE = re.compile(
    r"最晚|最迟|几号前|哪天前|什么时候前|之前.{0,4}(?:报|备|交|申)|提前|(?:哪天|几号|什么时候|何时|多久).{0,8}(?:报|备案|交|申请|告知)|来得及|赶得上"
)
ASKS_FULL = re.compile(r"什么时候|何时|哪天|几号|多久|能不能|可以.{0,12}吗|能.{0,12}吗|最早|满.{0,3}[年月]|够.{0,4}[年月吗]|行吗|行不行")
BEFORE = re.compile(
    r"(?:开始|举行|举办|召开|实施|开展|届满)[^，；。\d]{0,6}?\s*(?:的)?\s*(\d+|[一二三四五六七八九十]+)\s*(日|天|个工作日|个月|月)\s*(?:之?前|以前)"
)
FULL = re.compile(r"满\s*(\d+|[一二三四五六七八九十]+)\s*(年|个月)(?=[^，；。]{0,6}(?:，|的|才|可以|后))")
STARTED = re.compile(r"开始|举行|举办|启动|开展|召开|搞|做|办|到期|届满|上线|募捐")
BEGAN = re.compile(r"成立|登记|认定|设立|取得|拿到|获得|注册|批准|成为")


def worked(question: str, today: date, near: Sequence[Scored]) -> list[tuple[str, Scored]]:
    """(sentence, the statement it rests on) where a statement's span meets the question's one date; empty otherwise."""
    days = _days(question, today)
    if len(days) != 1:
        return []
    day, after = days[0]
    for statement in near:
        if (due := BEFORE.search(statement.say)) and ASKS_BEFORE.search(question) and STARTED.search(after):
            last = _earlier(day, _count(due[1]), due[2])
            return [(f"{_said(day)}开始，往前推 {_count(due[1])} {_unit(due[2])}，最晚 {_said(last)}{_already(last, today)}。", statement)] if last else []
        if (full := FULL.search(statement.say)) and ASKS_FULL.search(question) and BEGAN.search(after):
            first = _later(day, _count(full[1]), full[2])
            return [(f"从 {_said(day)}起算，到 {_said(first)}满 {_count(full[1])} {_unit(full[2])}{_reached(first, today)}。", statement)]
    return []


def _days(question: str, today: date) -> list[tuple[date, str]]:
    """(each whole date of the question, the words after it); without a year the next such day to come."""
    found = []
    for match in ON_DAY.finditer(question):
        year = int(match[1]) if match[1] else today.year + {"明年": 1, "去年": -1, "前年": -2}.get(match[2] or "", 0)
        day = _day(year, int(match[3]), int(match[4]))
        if day and not match[1] and not match[2] and day < today and STARTED.search(question[match.end() : match.end() + 6]):
            day = _day(year + 1, int(match[3]), int(match[4]))
        if day:
            found.append((day, question[match.end() : match.end() + 14]))
    return found


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _count(written: str) -> int:
    return int(written) if written.isdigit() else chinese_number(written)


def _unit(unit: str) -> str:
    return {"天": "日", "月": "个月"}.get(unit, unit)


def _earlier(day: date, count: int, unit: str) -> date | None:
    """The last day for what is due that long before; None for working days, which the deadline tool counts."""
    if unit == "个工作日":
        return None
    return day - timedelta(days=count) if unit in ("日", "天") else _months(day, -count)


def _later(day: date, count: int, unit: str) -> date:
    return _months(day, count * (12 if unit == "年" else 1))


def _months(day: date, count: int) -> date:
    """The same day so many months on, or the last of that month where it has no such day (Civil Code art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _said(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _already(last: date, today: date) -> str:
    return "，这一天已经过了" if last < today else "，就是今天" if last == today else ""


def _reached(first: date, today: date) -> str:
    return "，已经满了" if first <= today else f"，今天（{_said(today)}）还没有满，还差 {(first - today).days} 天"
