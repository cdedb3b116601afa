"""deadline: last days worked out by hand from the articles and the announced holidays; what the calendar does not cover is refused."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from days import TODAY
from hypothesis import given
from hypothesis import strategies as st
from shelf import assert_rests_on_law, figures_without_source, library

from assistant.tools import deadlines
from assistant.tools.deadlines import Deadline
from assistant.tools.findings import ToolProblem, Verdict, as_json
from assistant.tools.workdays import NoCalendar, covered, is_workday, last_workday, next_workday, shifted, spoken, why_closed
from assistant.wording import words
from corpus.digest import MATTERS, TYPES
from corpus.library import Library

CASES = Path(__file__).parent.parent / "evals" / "cases" / "deadlines.jsonl"


def compute(key: str, start: str, shelf: Library | None = None) -> Deadline:
    return deadlines.compute(shelf or library(), deadlines.event(key), date.fromisoformat(start))


# Calendar days, with what the last day falls on: an ordinary day, a weekend, a holiday, a working weekend.
CALENDAR_DAYS = [
    ("shetuan-close", "2026-03-03", "2026-03-18", "a Wednesday"),
    ("shetuan-close", "2026-03-06", "2026-03-23", "the 21st is a Saturday"),
    ("shetuan-close", "2026-09-17", "2026-10-08", "the 2nd is in the National Day holiday"),
    ("shetuan-close", "2026-09-25", "2026-10-10", "a Saturday on which offices work"),
    ("shetuan-close", "2026-01-30", "2026-02-14", "a Saturday on which offices work"),
    ("shetuan-close", "2026-01-31", "2026-02-24", "the 15th opens the Spring Festival holiday"),
    ("shetuan-close", "2025-05-17", "2025-06-03", "the 1st and 2nd are the Dragon Boat holiday"),
    ("shetuan-close", "2024-02-14", "2024-02-29", "a leap day"),
    ("shetuan-close", "2023-02-14", "2023-03-01", "no leap day"),
    ("minfei-close", "2024-04-20", "2024-05-06", "the 5th is a holiday"),
    ("jijinhui-close", "2026-12-16", "2026-12-31", "the last covered day"),
    ("shetuan-decide", "2026-03-03", "2026-05-06", "the 2nd is in the Labour Day holiday"),
    ("minfei-decide", "2024-01-01", "2024-03-01", "across a leap day"),
    ("minfei-decide", "2025-01-01", "2025-03-03", "the 2nd is a Sunday"),
    ("jijinhui-decide", "2025-08-02", "2025-10-09", "the 1st opens eight days off"),
    ("shetuan-change", "2026-08-28", "2026-09-28", "the 27th is the last day of a holiday"),
    ("minfei-charter", "2026-04-02", "2026-05-06", "the 2nd is a holiday"),
    ("penalty-pay", "2026-04-22", "2026-05-07", "a Thursday"),
    ("cishan-recognise", "2024-09-25", "2024-10-15", "a Tuesday"),
    ("mujuan-emergency", "2025-01-18", "2025-02-05", "the 28th opens the Spring Festival holiday"),
    ("licence-hearing-ask", "2026-04-28", "2026-05-06", "an applicant's days are calendar days"),
]

WORKING_DAYS = [
    ("licence-correct", "2026-02-11", "2026-02-25", "12, 13, 14 (Saturday at work), 24, 25"),
    ("licence-correct", "2024-04-26", "2024-05-07", "28 (Sunday at work), 29, 30, then 6 and 7 May"),
    ("licence-correct", "2025-01-24", "2025-02-07", "26 (Sunday at work), 27, then 5 to 7 February"),
    ("licence-deliver", "2026-09-17", "2026-10-08", "18, 20 (Sunday at work), 21 to 24, 28 to 30, then 8 October"),
    ("licence-deliver", "2025-09-25", "2025-10-15", "26, 28 (Sunday at work), 29, 30, then 9, 10, 11 (Saturday at work), 13 to 15"),
    ("penalty-hearing-ask", "2026-02-12", "2026-02-26", "13, 14 (Saturday at work), 24 to 26"),
    ("penalty-serve", "2024-02-02", "2024-02-18", "4 (Sunday at work), 5 to 9, 18 (Sunday at work)"),
    ("review-correct", "2026-04-30", "2026-05-18", "6 to 8, 9 (Saturday at work), 11 to 15, 18"),
    ("info-answer", "2025-01-10", "2025-02-13", "13 to 17, 20 to 24, 26 (Sunday at work), 27, then 5 to 7, 8 (Saturday at work), 10 to 13"),
    ("volunteer-record", "2026-12-16", "2026-12-30", "17, 18, 21 to 25, 28 to 30"),
]

MONTHS = [
    ("court-direct", "2026-03-31", "2026-09-30", "the same day six months on"),
    ("court-direct", "2023-08-31", "2024-02-29", "no 31 February: the last day of a leap February"),
    ("court-direct", "2024-08-31", "2025-02-28", "no 31 February: the last day of an ordinary February"),
    ("court-direct", "2025-08-29", "2026-02-28", "no 29 February in 2026, and that Saturday is at work"),
    ("court-direct", "2026-04-01", "2026-10-08", "1 October opens the holiday"),
    ("minfei-rectify", "2025-11-30", "2026-02-28", "a Saturday at work"),
    ("mujuan-disclose", "2025-10-31", "2026-02-02", "31 January is a Saturday"),
]


@pytest.mark.parametrize(("key", "start", "due", "why"), CALENDAR_DAYS + MONTHS, ids=range(len(CALENDAR_DAYS + MONTHS)))
def test_periods_end_on_a_day_offices_are_open(key: str, start: str, due: str, why: str) -> None:
    found = compute(key, start)
    assert found.due == date.fromisoformat(due), why
    assert found.safe == found.due
    assert found.verdict is Verdict.OK
    assert_rests_on_law(found.rows, found.citations)


@pytest.mark.parametrize(("key", "start", "due", "why"), WORKING_DAYS, ids=range(len(WORKING_DAYS)))
def test_working_days_leave_out_holidays_and_count_working_weekends(key: str, start: str, due: str, why: str) -> None:
    found = compute(key, start)
    assert found.due == date.fromisoformat(due), why
    assert any("调休" in row.text for row in found.rows)
    assert_rests_on_law(found.rows, found.citations)


# Counted ahead of a day: never moved later; the safe day is the last one on which offices are open.
AHEAD = [
    ("temporary-file", "2026-10-20", "2026-10-05", "2026-09-30", "the 5th is in the holiday"),
    ("temporary-file", "2024-03-15", "2024-02-29", "2024-02-29", "a leap day"),
    ("temporary-file", "2025-02-17", "2025-02-02", "2025-01-27", "inside the Spring Festival holiday"),
    ("mujuan-file", "2026-12-20", "2026-12-10", "2026-12-10", "a Thursday"),
    ("mujuan-file", "2026-03-03", "2026-02-21", "2026-02-14", "the last day at work before the holiday is a Saturday"),
    ("mujuan-away", "2026-03-01", "2026-02-19", "2026-02-14", "inside the holiday"),
    ("penalty-hearing-notice", "2026-10-16", "2026-10-08", "2026-10-08", "15, 14, 13, 12, 10 (Saturday at work), 9, 8"),
    ("penalty-hearing-notice", "2024-02-26", "2024-02-09", "2024-02-09", "23, 22, 21, 20, 19, 18 (Sunday at work), 9"),
]

YEARLY = [
    ("shetuan-yearly", "2026-01-01", "2026-05-31", "2026-05-29", "a Sunday"),
    ("shetuan-yearly", "2024-07-01", "2024-05-31", "2024-05-31", "a Friday"),
    ("shetuan-yearly-supervisor", "2024-01-01", "2024-03-31", "2024-03-29", "a Sunday"),
    ("minfei-yearly-supervisor", "2025-12-31", "2025-03-31", "2025-03-31", "a Monday"),
    ("jijinhui-yearly", "2026-11-23", "2026-03-31", "2026-03-31", "a Tuesday"),
    ("jingwai-plan", "2026-06-01", "2026-12-31", "2026-12-31", "a Thursday"),
    ("jingwai-yearly-supervisor", "2026-06-01", "2026-01-31", "2026-01-30", "a Saturday"),
]


@pytest.mark.parametrize(("key", "start", "due", "safe", "why"), AHEAD + YEARLY, ids=range(len(AHEAD + YEARLY)))
def test_days_ahead_and_yearly_days_are_not_moved_later(key: str, start: str, due: str, safe: str, why: str) -> None:
    found = compute(key, start)
    assert (found.due, found.safe) == (date.fromisoformat(due), date.fromisoformat(safe)), why
    assert_rests_on_law(found.rows, found.citations)


@pytest.mark.parametrize(
    ("key", "start", "nominal"),
    [
        ("shetuan-decide", "2026-11-23", date(2027, 1, 22)),
        ("shetuan-close", "2027-03-03", date(2027, 3, 18)),
        ("court-direct", "2026-07-01", date(2027, 1, 1)),
        ("licence-deliver", "2026-12-25", None),
        ("licence-correct", "2027-03-03", None),
        ("shetuan-yearly", "2027-01-01", date(2027, 5, 31)),
        ("mujuan-file", "2027-01-20", date(2027, 1, 10)),
    ],
    ids=range(7),
)
def test_years_without_a_calendar_are_refused(key: str, start: str, nominal: date | None) -> None:
    found = compute(key, start)
    assert found.due is None
    assert found.safe is None
    assert found.nominal == nominal
    assert found.verdict is Verdict.DOUBT
    assert any(f"{covered()[0]}—{covered()[1]} 年" in row.text for row in found.rows)
    assert_rests_on_law(found.rows, found.citations)


def test_days_before_the_counting_rules_were_in_force_are_refused() -> None:
    with pytest.raises(ToolProblem, match="民法典总则编"):
        compute("shetuan-close", "2020-06-01")
    with pytest.raises(ToolProblem, match="慈善组织公开募捐管理办法"):
        compute("mujuan-file", "2024-08-01")


def test_the_edition_of_the_day_decides_the_article() -> None:
    new, old = compute("mujuan-disclose", "2025-03-03"), compute("mujuan-disclose", "2023-03-03")
    assert [found.citations[0].address.article for found in (new, old)] == ["第七十九条", "第七十三条"]
    assert [found.citations[0].address.edition for found in (new, old)] == ["2023-12-29", "2016-03-16"]
    before = compute("review-apply", "2023-11-01")
    assert before.citations[0].address.article == "第九条"
    assert before.due == date(2024, 1, 2)


@pytest.mark.parametrize("event", deadlines.events(), ids=[event.key for event in deadlines.events()])
def test_every_event_can_be_computed_and_rests_on_its_article(event: deadlines.Event) -> None:
    found = deadlines.compute(library(), event, date(2026, 6, 10))
    assert found.due
    assert found.due >= date(2026, 6, 10) or event.form in ("before", "date")
    assert figures_without_source(found.rows[0], found.citations) == []
    assert_rests_on_law(found.rows, found.citations)


def test_events_are_known_once_and_in_the_words_of_the_corpus() -> None:
    known = deadlines.events()
    assert len({event.key for event in known}) == len(known)
    for event in known:
        assert set(event.types) <= set(TYPES)
        assert event.matter in MATTERS
        assert event.form in ("after", "before", "date")
        assert event.form == "date" or event.raw["counting"] in words("deadlines")["countings"]


def test_an_unknown_event_names_what_is_near() -> None:
    with pytest.raises(ToolProblem, match="shetuan-close") as caught:
        deadlines.event("清算结束")
    assert caught.value.field == "event"
    with pytest.raises(ToolProblem, match="--list"):
        deadlines.event("中彩票")


def test_committed_cases_come_out_exactly() -> None:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    assert len(cases) == 80
    wrong = [case["id"] for case in cases if str(compute(case["event"], case["start"]).due) != case["due"]]
    assert wrong == []


def test_the_result_is_plain_json() -> None:
    shown = json.loads(json.dumps(as_json(compute("shetuan-close", "2026-03-03")), ensure_ascii=False))
    assert shown["due"] == "2026-03-18"
    assert shown["event"]["key"] == "shetuan-close"
    assert "raw" not in shown["event"]


def test_official_texts_are_quoted_where_they_are_held(official: Library) -> None:
    found = compute("shetuan-close", "2026-09-17", official)
    assert {citation.source for citation in found.citations} == {"text"}
    assert_rests_on_law(found.rows, found.citations, official)


DAYS = st.dates(date(2021, 2, 1), date(2026, 6, 30))


@given(DAYS, st.integers(1, 40))
def test_working_days_agree_with_counting_one_by_one(start: date, number: int) -> None:
    reached = shifted(start, number)
    passed = [start + timedelta(days=n) for n in range(1, (reached - start).days + 1)]
    assert sum(map(is_workday, passed)) == number
    assert is_workday(reached)
    assert shifted(reached, -number) <= start or not is_workday(start)


@given(DAYS)
def test_a_later_start_never_ends_earlier(start: date) -> None:
    for key in ("shetuan-close", "licence-deliver", "penalty-hearing-ask", "court-direct"):
        first = deadlines.compute(library(), deadlines.event(key), max(start, date(2021, 7, 15))).due
        second = deadlines.compute(library(), deadlines.event(key), max(start, date(2021, 7, 15)) + timedelta(days=1)).due
        assert first and second and first <= second


def test_open_and_closed_days() -> None:
    assert is_workday(date(2026, 2, 14))
    assert not is_workday(date(2026, 2, 16))
    assert next_workday(date(2026, 10, 1)) == date(2026, 10, 8)
    assert last_workday(date(2026, 10, 7)) == date(2026, 9, 30)
    assert why_closed(date(2026, 10, 5)) == "国庆节假期"
    assert why_closed(date(2026, 3, 21)) == "周六"
    assert spoken(date(2024, 2, 29)) == "2024年2月29日（周四）"
    with pytest.raises(NoCalendar, match="2027-01-04"):
        is_workday(date(covered()[1] + 1, 1, 4))
    assert covered()[1] >= TODAY.year
