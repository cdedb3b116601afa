from __future__ import annotations

import pytest

from corpus.catalog import load_catalog, read_yaml
from index.subjects import DATA, Subjects

CATALOG = load_catalog()
SUBJECTS = Subjects(CATALOG, {law.slug for law in CATALOG})


def stands_back(title: str, question: str) -> bool:
    return CATALOG.get(title).slug in SUBJECTS.untouched(question)


def test_every_listed_law_is_in_the_catalog() -> None:
    assert [title for row in read_yaml(DATA) for title in row["laws"] if CATALOG.find(title) is None] == []


@pytest.mark.parametrize(
    ("title", "touched", "untouched"),
    [
        ("工会法", "协会要不要建工会", "协会要多少会员"),
        ("治安管理处罚法", "没登记就收会费，派出所会抓人吗", "外地人能当负责人吗"),
        ("行政复议法", "罚得太重，不服怎么办", "材料不全几天内告诉我"),
        ("反洗钱法", "一笔大额现金捐款要不要报告", "从公司账户打钱可以吗"),
        ("公务员法", "局里的科长能来当秘书长吗", "会计能兼监事吗"),
    ],
)
def test_a_law_of_its_own_subject_waits_for_its_words(title: str, touched: str, untouched: str) -> None:
    assert not stands_back(title, touched)
    assert stands_back(title, untouched)


@pytest.mark.parametrize("title", ["慈善法", "基金会管理条例", "社会团体登记管理条例", "行政许可法", "民法典总则编"])
def test_laws_of_the_domain_never_stand_back(title: str) -> None:
    assert not stands_back(title, "随便问一句")


def test_a_law_without_digests_is_touched_by_its_title() -> None:
    bare = Subjects(CATALOG, ())
    lottery, local = CATALOG.get("彩票管理条例").slug, CATALOG.get("上海市慈善条例").slug
    assert lottery in bare.untouched("基金会能投资吗")
    assert lottery not in bare.untouched("卖彩票筹款行不行")
    assert local not in bare.untouched("基金会能投资吗")
