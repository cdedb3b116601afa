import math

import pytest

from evals import measures
from evals.case import Case, Nugget


def case(**changes: object) -> Case:
    plain = {"id": "x", "set": "answer", "split": "dev", "turns": ("?",), "expect": "answered"}
    return Case(**{**plain, **changes})  # type: ignore[arg-type]


GOLD = case(gold=((("甲法", "第一条"), ("乙法", "第二条")), (("丙法", "第三条"),)))


def test_recall_counts_groups_and_any_alternative_will_do() -> None:
    ranked = [("丁法", "第九条"), ("乙法", "第二条"), ("丙法", "第三条")]
    assert measures.recall_at(GOLD, ranked, 1) == 0
    assert measures.recall_at(GOLD, ranked, 2) == 0.5
    assert measures.recall_at(GOLD, ranked, 3) == 1
    assert measures.reciprocal_rank(GOLD, ranked) == 0.5


def test_no_hits_score_zero_and_no_gold_is_undefined() -> None:
    assert measures.recall_at(GOLD, [], 5) == 0
    assert math.isnan(measures.recall_at(case(), [("甲法", "第一条")], 5))


def test_precision_counts_gold_and_supporting_citations() -> None:
    cited = [("甲法", "第一条"), ("丁法", "第九条"), ("戊法", "第八条")]
    assert measures.citation_precision(GOLD, cited, [("戊法", "第八条")]) == pytest.approx(2 / 3)
    assert measures.citation_precision(GOLD, [], []) == 0


@pytest.mark.parametrize(
    ("written", "normal"),
    [("三分之二以上", "2/3以上"), ("六十日内", "60日内"), ("十 万元", "10万元"), ("百分之七十", "70%"), ("1,250 万人", "1250万人"), ("30 天", "30日")],
)
def test_figures_are_compared_in_one_script(written: str, normal: str) -> None:
    assert measures.normalise(written) == normal


def test_a_figure_is_not_found_inside_a_longer_one() -> None:
    nugget = Nugget("5日", (("5日",),))
    assert not measures.present(nugget, measures.normalise("15日内"))
    assert measures.present(nugget, measures.normalise("五日内"))


def test_a_nugget_needs_one_alternative_of_every_group() -> None:
    facts = case(nuggets=(Nugget("a", (("50",), ("个人会员", "个人"))), Nugget("b", (("30",),)), Nugget("c", (("无",),), vital=False)))
    assert measures.nugget_recall(facts, "个人会员50个") == 0.5
    assert measures.nugget_recall(facts, "") == 0


def test_the_interval_holds_the_mean() -> None:
    low, high = measures.bootstrap([0.0, 1.0, 1.0, 1.0])
    assert low <= 0.75 <= high


def test_the_edition_is_that_of_the_law_asked_about() -> None:
    asked = case(gold=((("甲法", "第一条"),),), edition="2016-01-01")
    right, wrong, other = ((("甲法", "第一条"), "2016-01-01"), (("甲法", "第一条"), "2023-01-01"), (("乙法", "第二条"), "2024-01-01"))
    assert measures.edition_right(asked, [right, other]) is True
    assert measures.edition_right(asked, [right, wrong]) is False
    assert measures.edition_right(asked, []) is False
    assert measures.edition_right(case(gold=asked.gold), [right]) is None
