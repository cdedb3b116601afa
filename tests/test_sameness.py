from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.sameness import asked, bare, figures, near, same
from index.release import current
from index.search import Search

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def search(shipped_home: Path) -> Search:
    return Search(current(shipped_home))


def test_worn_off_words_and_marks_do_not_tell_questions_apart():
    assert bare("您好，请问基金会成立要多少钱呢？") == bare("基金会成立要多少钱") == "基金会成立要多少钱"


def test_figures_are_read_in_either_script():
    assert figures("三十个会员够吗") == figures("30个会员够吗") == ("30.0",)
    assert figures("十四五规划") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("花灯会登记要多少灯", "花灯会注销要多少灯"),
        ("花灯会登记要多少灯", "花灯会登记不要多少灯"),
        ("花灯会登记30盏灯行吗", "花灯会登记40盏灯行吗"),
        ("花灯会登记要多少灯", "2015年的时候花灯会登记要多少灯"),
        ("花灯会登记办法第三条说什么", "花灯会登记办法第四条说什么"),
    ],
)
def test_questions_about_different_cases_are_neither_same_nor_near(search, one, other):
    first, second = (asked(search, question.replace("花灯会", "社会团体"), today=TODAY) for question in (one, other))
    assert not same(first, second)
    assert not near(first, second, lambda a, b: 1.0)


def test_the_region_is_the_one_named_else_the_reader_s(search):
    here, there = (asked(search, "社会团体登记要多少会员", today=TODAY, region=region) for region in ("浙江省", "山东省"))
    named = asked(search, "浙江省社会团体登记要多少会员", today=TODAY, region="山东省")
    assert here.case != there.case
    assert named.case == here.case


def test_near_questions_share_the_case_and_pass_the_threshold(search):
    one, other = (asked(search, question, today=TODAY) for question in ("成立社会团体最少要多少会员", "成立社会团体要几个会员"))
    assert not same(one, other)
    assert near(one, other, lambda a, b: 0.95)
    assert not near(one, other, lambda a, b: 0.93)
    assert not near(one, other, lambda a, b: 0.0)
