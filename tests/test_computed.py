import pytest

from assistant.makers.computed import by_bracket, workings
from assistant.makers.given import numbers
from assistant.makers.points import Scored
from corpus.article import Address

HERE = Address("invented", "2020-01-01", "第一条")


def rule(say: str, *types: str, score: float = 1.0) -> Scored:
    return Scored(say, (HERE,), "", 0, HERE, "题", types, score)


def sums(question: str, *says: str) -> str:
    return "".join(text for text, _ in workings(question, (), [rule(say) for say in says]))


@pytest.mark.parametrize(
    ("question", "say", "holds"),
    [
        ("现在38个会员，还差几个？", "会员要 50 个以上。", "还差 12 个"),
        ("60个会员够不够？", "会员要 50 个以上。", "已达到 50 个"),
        ("个人会员20个，单位会员25家，够吗？", "既有个人会员又有单位会员的，两种加起来最少 50 个。", "45 个少于 50 个，还差 5 个"),
        ("单位会员28家够吗？", "全是个人会员的要 50 个以上，全是单位会员的要 30 个以上。", "还差 2 个"),
        ("资金8万，差多少？", "活动资金要 10 万元以上。", "还差 2 万元"),
        ("27个理事行不行？", "理事会由 5 人到 25 人组成。", "多出 2 人"),
        ("11个理事，至少到几个？", "2/3 以上理事到会才能开。", "至少 8"),
        ("25个理事来了16个，能开吗？", "2/3 以上理事到会才能开；决议由到会理事过半数通过。", "还差 1"),
        ("理事25人，到会17人，要几票？", "2/3 以上理事到会才能开；决议由到会理事过半数通过。", "过半数至少 9"),
        ("9个理事，最多几个领工资？", "拿报酬的理事最多占理事总数的 1/3。", "最多 3"),
        ("利润200万捐了30万，能扣多少？", "捐赠不超过年度利润总额 12% 的部分可以扣除。", "超出 6 万元"),
        ("违法经营额10万罚多少？", "按违法经营额罚 1 倍以上 3 倍以下，按违法所得罚 3 倍以上 5 倍以下。", "10 万元 × 3 倍 = 30 万元"),
        ("罚款3万逾期50天加罚多少？", "每天按罚款数额的 3% 加处罚款，总额不能超过罚款本身。", "总额不超过 3 万元"),
        ("总财产90万，国有资产最多多少？", "非国有资产不能低于总财产的三分之二。", "其余最多 30 万元"),
        ("会长69岁还能干几年？", "负责人年龄不超过 70 周岁。", "还有 1 年"),
    ],
)
def test_the_question_s_numbers_meet_the_rule(question: str, say: str, holds: str) -> None:
    assert holds in sums(question, say)


def test_a_rule_for_gains_is_not_applied_to_turnover() -> None:
    text = sums("违法经营额10万罚多少？", "按违法经营额罚 1 倍以上 3 倍以下，按违法所得罚 3 倍以上 5 倍以下。")
    assert "5 倍" not in text


@pytest.mark.parametrize(
    ("question", "say"),
    [
        ("我们有38个会员，成立要什么材料？", "会员要 50 个以上。"),
        ("捐了5万要不要开票？", "违法所得 20 万元以上的，罚违法所得的 1 倍到 10 倍。"),
        ("会员要多少个？", "会员要 50 个以上。"),
    ],
)
def test_nothing_is_worked_out_where_nothing_is_asked_or_given(question: str, say: str) -> None:
    assert not sums(question, say)


def test_a_rule_for_another_type_is_not_worked_with() -> None:
    statement = rule("理事会由 5 人到 25 人组成。", "基金会")
    assert not workings("协会理事27人行不行？", ("社会团体",), [statement])
    assert workings("基金会理事27人行不行？", ("基金会",), [statement])


def test_the_bracket_that_holds_the_sum_comes_first() -> None:
    low = rule("上年末净资产不到 400 万元的，支出至少占净资产的 8%。", score=1.02)
    high = rule("上年末净资产满 400 万元、不到 800 万元的，支出至少占净资产的 7%。", score=1.0)
    assert by_bracket("净资产500万要支出多少？", [low, high])[0] is not low
    assert by_bracket("净资产300万要支出多少？", [low, high])[0].say == low.say
    assert "35 万元" in "".join(t for t, _ in workings("净资产500万要支出多少？", (), by_bracket("净资产500万要支出多少？", [low, high])))


def test_a_bare_sum_is_money_and_a_year_is_not() -> None:
    assert [(n.unit, int(n.value)) for n in numbers("2024年利润500万")] == [("年份", 2024), ("元", 5_000_000)]
