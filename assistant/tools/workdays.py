"""Working days in China with public holidays and 调休, from the chinesecalendar package; years it does not cover are refused.

The only module that names chinese_calendar.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from assistant.tools.findings import ToolProblem

DAY = timedelta(days=1)
WEEKDAYS = "一二三四五六日"


class NoCalendar(ToolProblem):
    """The holiday calendar does not cover a year."""


@lru_cache(maxsize=1)
def covered() -> tuple[int, int]:
    """The first and last year whose holidays the package knows."""
    from chinese_calendar import constants

    years = {day.year for day in constants.holidays}
    return min(years), max(years)


def is_workday(day: date) -> bool:
    """Whether offices are open: no weekend and no public holiday, 调休 working weekends count. Raises NoCalendar."""
    import chinese_calendar

    first, last = covered()
    if not first <= day.year <= last:
        raise NoCalendar(f"放假安排只收录到 {first}—{last} 年，{day.isoformat()} 是不是工作日这里不能断定，请等国务院办公厅公布当年安排后再算", "date", day)
    return bool(chinese_calendar.is_workday(day))


def next_workday(day: date) -> date:
    """The day itself if offices are open, else the first working day after it. Raises NoCalendar."""
    while not is_workday(day):
        day += DAY
    return day


def last_workday(day: date) -> date:
    """The day itself if offices are open, else the last working day before it. Raises NoCalendar."""
    while not is_workday(day):
        day -= DAY
    return day


def shifted(day: date, workdays: int) -> date:
    """The working day that lies so many working days after (or, negative, before) a day that is itself not counted. Raises NoCalendar."""
    step = DAY if workdays > 0 else -DAY
    left = abs(workdays)
    while left:
        day += step
        left -= is_workday(day)
    return day


def why_closed(day: date) -> str:
    """周六, 周日 or the holiday's Chinese name, for a day on which offices are closed."""
    import chinese_calendar

    names = {
        "New Year's Day": "元旦假期",
        "Spring Festival": "春节假期",
        "Tomb-sweeping Day": "清明节假期",
        "Labour Day": "劳动节假期",
        "Dragon Boat Festival": "端午节假期",
        "National Day": "国庆节假期",
        "Mid-autumn Festival": "中秋节假期",
        "Anti-Fascist 70th Day": "抗战胜利纪念日假期",
    }
    _, holiday = chinese_calendar.get_holiday_detail(day)
    return names.get(holiday or "", f"周{WEEKDAYS[day.weekday()]}")


def spoken(day: date) -> str:
    """2026年3月18日（周三）."""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"
