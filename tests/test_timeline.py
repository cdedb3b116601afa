from __future__ import annotations

from dataclasses import replace
from datetime import date

import lantern
import pytest

from corpus.article import Edition, Law, Newer
from corpus.timeline import edition_of, in_force, in_sequence, status, warnings

PLAN = Edition("2021-09-30", date(2021, 9, 30), period_to=date(2025, 12, 31))


@pytest.fixture
def law(catalog) -> Law:
    return catalog.get(lantern.LAW)


@pytest.mark.parametrize(
    ("day", "edition"),
    [("2010-04-30", None), ("2010-05-01", lantern.OLD), ("2019-12-31", lantern.OLD), ("2020-01-01", lantern.NEW), ("2999-01-01", lantern.NEW)],
)
def test_the_edition_of_a_day_is_the_one_in_force(law, day, edition):
    found = in_force(law, date.fromisoformat(day))
    assert (found.date if found else None) == edition


@pytest.mark.parametrize(
    ("name", "edition"), [(lantern.OLD, lantern.OLD), ("2019", lantern.NEW), ("2010", lantern.OLD), ("2015", None), ("2019-11", None), ("", None)]
)
def test_an_edition_is_named_by_its_day_or_its_year(law, name, edition):
    found = edition_of(law, name)
    assert (found.date if found else None) == edition


def test_a_year_with_two_editions_names_neither(law):
    twice = replace(law, editions=(*law.editions, replace(law.editions[1], date="2019-12-20")))
    assert edition_of(twice, "2019") is None


def test_standing_is_said_for_the_day(law):
    old, new = law.editions
    assert status(law, new, date(2024, 1, 1)) == "现行有效"
    assert status(law, old, date(2015, 1, 1)) == "现行有效"
    assert status(law, old, date(2024, 1, 1)) == "2019-12-31 后不再施行，现行为 2019 年文本"
    assert status(law, new, date(2019, 12, 1)) == "尚未施行（2020-01-01 起施行）"


def test_a_plan_is_over_when_its_period_is():
    law = Law("p", "灯会规划", "规划", (PLAN,))
    assert status(law, PLAN, date(2025, 12, 31)) == "现行有效"
    assert status(law, PLAN, date(2026, 1, 1)) == "规划期已于 2025 年底届满"
    assert "已经届满" in warnings(law, PLAN, date(2026, 1, 1))[0]
    assert warnings(law, PLAN, date(2025, 1, 1)) == ()


def test_a_newer_edition_without_text_is_told_from_its_day_on(law):
    told = replace(law, newer=Newer("2026-03-17", "中", "又有修改"))
    new = told.editions[1]
    assert status(told, new, date(2026, 3, 16)) == "现行有效"
    assert status(told, new, date(2026, 3, 17)) == "2019 年文本；据悉 2026 年 3 月又有修改，新文本未收录"
    assert warnings(told, new, date(2026, 3, 17)) == ("《花灯会登记办法》引用的是 2019 年文本：又有修改。",)
    assert warnings(told, new, date(2026, 3, 16)) == ()


def test_nothing_is_missing_once_the_newer_edition_is_held(law):
    newest = Edition("2026-03-17", date(2026, 5, 1))
    told = replace(law, newer=Newer("2026-03-17", "中", "又有修改"), editions=in_sequence((*law.editions, newest)))
    assert status(told, newest, date(2026, 6, 1)) == "现行有效"
    assert warnings(told, newest, date(2026, 6, 1)) == ()


def test_an_edition_to_be_checked_warns(law):
    unsure = replace(law.editions[1], note="施行日期未核对")
    assert warnings(law, unsure, date(2024, 1, 1)) == ("《花灯会登记办法》：施行日期未核对。",)


def test_editions_in_sequence_end_where_the_next_begins():
    later, earlier = Edition("2020-06-01", date(2020, 8, 1)), Edition("2010-01-01", date(2010, 1, 1))
    first, second = in_sequence([later, earlier])
    assert (first.date, first.in_force_to, first.replaced_by) == ("2010-01-01", date(2020, 7, 31), "2020-06-01")
    assert second == later


def test_an_end_already_known_is_kept(law):
    newest = Edition("2026-03-17", date(2026, 5, 1))
    old, new, _ = in_sequence((newest, *law.editions))
    assert old == law.editions[0]
    assert new.in_force_to == date(2026, 4, 30)
