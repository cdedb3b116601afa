from datetime import UTC, date, datetime

import pytest
from answers import answered, cited
from hypothesis import given
from hypothesis import strategies as st

from api.staff.facts import Facts, matter_of
from api.staff.figures import figures, quantile
from api.store import Store


@pytest.fixture
def store(database):
    made = Store(database)
    yield made
    made.close()


def at(day, hour=4):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def of(store, first=20, last=23):
    Facts(store).collect()
    days = date(2026, 11, first), date(2026, 11, last)
    return figures(Facts(store).days(days[0].isoformat(), days[1].isoformat()), *days)


def test_the_figures_of_four_days(store):
    law = [cited("基金会管理条例", "第八条"), cited("基金会管理条例", "第八条")]
    rated = answered(store, "成立基金会要多少钱", at(20), ms=10.0, citations=law)
    store.rate(rated, 5, [], "")
    for ms in (20.0, 30.0, 40.0):
        answered(store, "注销要什么", at(21), ms=ms, withheld=1, citations=law[:1])
    low = answered(store, "成立协会几个人", at(21), status="refused_not_found", ms=50.0)
    store.rate(low, 4, [], "")
    store.rate(low, 1, [], "")
    answered(store, "成立", at(23), status="clarify_type", ms=60.0)
    answered(store, "今天天气", at(23), status="refused_scope", ms=70.0)
    answered(store, "更早", at(19))
    found = of(store)
    assert [(day.day[-2:], day.questions, day.answered, day.asked_back, day.unanswered, day.refused, day.withheld) for day in found.days] == [
        ("20", 1, 1, 0, 0, 0, 0),
        ("21", 4, 3, 0, 1, 0, 3),
        ("22", 0, 0, 0, 0, 0, 0),
        ("23", 2, 0, 1, 0, 1, 0),
    ]
    assert (found.questions, found.unanswered, found.withheld) == (7, round(1 / 7, 4), 3)
    assert (found.rated, found.satisfied, dict(found.ratings)["非常不满意"]) == (2, 0.5, 1)
    assert (found.p50, found.p95, found.days[1].p50, found.days[2].p95) == (40.0, 70.0, 30.0, None)
    assert dict(found.matters) == {"成立": 3, "注销": 3, "其他": 1}
    assert found.articles == (("《基金会管理条例》第八条", 4),)


def test_a_day_begins_at_midnight_in_china(store):
    answered(store, "成立协会", at(21, 15))
    answered(store, "成立协会", at(21, 16))
    assert [day.questions for day in of(store).days] == [0, 1, 1, 0]


def test_facts_hold_no_words_and_outlive_the_answer(store):
    answered(store, "石榴灯笼会怎么成立", at(21))
    assert Facts(store).collect() == 1
    assert Facts(store).collect() == 0
    with store.begin() as session:
        from sqlalchemy import text

        kept = str(session.execute(text("SELECT * FROM staff_facts")).all())
    assert "石榴" not in kept
    assert "成立" in kept


def test_nothing_asked_is_no_share(store):
    found = of(store)
    assert (found.questions, found.unanswered, found.satisfied, found.p95) == (0, None, None, None)
    assert len(found.days) == 4


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.9, 0.95]))
def test_a_quantile_is_the_least_that_the_share_stays_under(values, share):
    found = quantile(values, share)
    assert sum(value <= found + 0.05 for value in values) >= share * len(values)
    assert sum(value < found - 0.05 for value in values) < share * len(values)


def test_a_matter_is_read_from_the_question():
    assert [matter_of(words) for words in ("协会怎么注销", "你好")] == ["注销", "其他"]
