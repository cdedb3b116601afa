from datetime import date

import pytest

from assistant.makers.computed import by_bracket, workings
from assistant.makers.given import numbers
from assistant.makers.points import Scored
from corpus.article import Address

TODAY = date(2026, 11, 23)
HERE = Address("invented", "2020-01-01", "第一条")
OTHER = Address("invented", "2020-01-01", "第二条")


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
        ("一共42个会员，其中20家公司、22个个人，够吗？", "既有个人会员又有单位会员的，两种加起来最少 50 个。", "42 个少于 50 个，还差 8 个"),
        ("总共有46个会员，里面18家是企业，够吗？", "既有个人会员又有单位会员的，两种加起来最少 50 个。", "46 个少于 50 个，还差 4 个"),
        ("个人会员20个，单位会员25家，合起来45个，够吗？", "既有个人会员又有单位会员的，两种加起来最少 50 个。", "45 个少于 50 个，还差 5 个"),
        ("单位会员28家够吗？", "全是个人会员的要 50 个以上，全是单位会员的要 30 个以上。", "还差 2 个"),
        ("资金8万，差多少？", "活动资金要 10 万元以上。", "还差 2 万元"),
        ("27个理事行不行？", "理事会由 5 人到 25 人组成。", "多出 2 人"),
        ("11个理事，至少到几个？", "2/3 以上理事到会才能开。", "至少 8"),
        ("25个理事来了16个，能开吗？", "2/3 以上理事到会才能开；决议由到会理事过半数通过。", "还差 1"),
        ("理事25人，到会17人，要几票？", "2/3 以上理事到会才能开；决议由到会理事过半数通过。", "过半数至少 9"),
        ("9个理事，最多几个领工资？", "拿报酬的理事最多占理事总数的 1/3。", "最多 3 个"),
        ("民政罚我们1万元，拖了20天没交，加处多少", "到期不交罚款的，每天按罚款数额的 3% 加处罚款，加处的总额不能超过罚款本身。", "20 天共 6000 元"),
        ("理事共21位，开理事会最低得到场几位？", "理事会要有 2/3 以上理事到会才能开；一般决议由到会理事过半数通过才有效。", "至少 14 人到会"),
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


WITH = "有公开募捐资格的社会团体，管理费用上限是当年总支出的 13%，慈善活动支出至少要达到上年总收入的 70%。"
BAND = "没有公募资格的，上年末净资产满 400 万元、不到 800 万元时，慈善活动支出至少占上年末净资产的 7%，管理费最多占当年总支出的 15%。"
DUAL = "净资产不到 100 万元的，慈善活动支出要同时达到净资产的 8% 和上年总收入的 50%，管理费最多占当年总支出的 20%。"
COST = "募捐成本不能超过前 3 年捐赠收入平均数的 3%。"
KINDS = "全是个人会员的要 50 个以上，全是单位会员的要 30 个以上。"
QUORUM = "2/3 以上理事到会才能开；一般决议由到会理事过半数通过。"
GRAVE = "改章程、选举或罢免理事长、分立或合并，要到会理事 2/3 以上同意。"
TAX = "捐赠不超过应纳税所得额 30% 的部分可以扣除。"


@pytest.mark.parametrize(
    ("question", "says", "holds"),
    [
        ("近三年捐赠收入120万、180万、300万，募捐成本封顶多少", [COST], "200 万元 × 3% = 6 万元"),
        ("前三年收到捐赠60/90/150万，募捐费用最多多少", [COST], "100 万元 × 3% = 3 万元"),
        ("捐赠收入2023年100万，2024年200万，2025年三百万，今年募捐成本上限", [COST], "= 6 万元"),
        ("三年一共接受捐赠900万，募捐成本花了10万，超了吗", [COST], "超出 1 万元"),
        ("公募的社团总支出200万，管理费20万，超标没有，能不能过关", [WITH], "没有超出"),
        ("没公募资格，净资产600万，今年最少花多少", [BAND], "42 万元"),
        ("净资产50万、上年收入40万，支出最少多少", [DUAL], "至少 20 万元"),
        ("净资产50万，支出最少多少", [DUAL], "算不出"),
        ("非国有的出了150万，国有的出了100万，比例够不够", ["非国有资产不能低于总财产的三分之二。"], "不够，还差 16.67 万元"),
        ("20家公司做会员够吗", [KINDS], "还差 10 个"),
        ("会员连50个都不到，不到50个能办吗", [KINDS], "个人会员不够"),
        ("应纳税所得额10万，捐了5万，能扣多少", [TAX], "能扣 3 万元"),
        ("15个理事到会9人，能开吗", [QUORUM], "会议不能开"),
        ("15个理事到会10人，改章程6人赞成，有效吗", [GRAVE, QUORUM], "还差 1 票"),
        ("15个理事到会10人，普通决议6票赞成，有效吗", [QUORUM, GRAVE], "可以通过"),
        ("12人到会8人同意换理事长，作数吗", [GRAVE], "可以通过"),
        ("21名理事，改章程最少要几票", [QUORUM, GRAVE], "14 人到会时：14 × 2/3 = 9.33，至少 10 票"),
    ],
)
def test_sums_end_in_a_conclusion(question: str, says: list[str], holds: str) -> None:
    assert holds in sums(question, *says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("去年捐赠收入300万，募捐成本最多多少", [COST]),  # not an average
        ("捐赠收入500万的公募社团，慈善支出至少多少", [WITH]),  # 70% is of all income
        ("净资产600万没公募，管理费最多多少", [BAND]),  # 15% is of the spending
        ("管理费18万，总支出100万，超没超", [BAND]),  # the band is not known
        ("没有公募资格的社团总支出300万，管理费最多多少", [WITH]),
        ("够50个会员才行吗，最少几个", [KINDS]),  # a threshold, no fact
        ("80万够吗", ["原始基金最少 200 万元。", "预期指标：占比超过 80%。"]),
        ("理事12个，行不行", ["从基金会拿报酬的理事，最多占理事总数的 1/3。"]),
        ("200万够吗", ["草案从未施行，里面的数字不能当现行规则，比如基金会市县级 200/400/800/8000 万元。"]),
    ],
)
def test_a_number_that_counts_something_else_enters_no_rule(question: str, says: list[str]) -> None:
    assert not sums(question, *says)


def test_unit_members_meet_only_their_own_threshold() -> None:
    assert "50" not in sums("35家企业当会员够不够", KINDS, "既有个人会员又有单位会员的，两种加起来最少 50 个。")


def test_votes_that_came_too_few_are_not_counted() -> None:
    text = sums("25名理事来了16人，9人同意，决议有效吗", QUORUM)
    assert "无效" in text
    assert "票" not in text


def test_statements_for_the_opposite_case_go_last() -> None:
    without = rule("无公募资格的社会团体，管理费最多占当年总支出的 15%。", score=1.05)
    holds = rule(WITH, score=1.0)
    assert by_bracket("有公募资格的协会管理费最多多少", [without, holds])[0].say == WITH
    assert by_bracket("没有公募资格的协会管理费最多多少", [holds, without])[0].say == without.say


def test_another_article_gives_no_sum() -> None:
    other = Scored(WITH, (HERE,), "", 0, Address("other", "2020-01-01", "第二条"), "题", (), 0.9)
    assert not workings("有公募资格，总支出300万，最多多少", (), [rule("慈善组织要公开信息。"), other])


@pytest.mark.parametrize(
    ("question", "say", "holds"),
    [
        ("我们12月20日开始募捐，最迟什么时候备案", "在公开募捐开始 10 日前备案。", "最晚 2026 年 12 月 10 日"),
        ("2026年12月1日启动募捐，现在报备来得及吗", "在公开募捐开始 10 日前备案。", "已经过了"),
        ("2025年11月30日认定的，什么时候能申请", "认定满一年，才可以申请。", "还差 7 天"),
        ("2024年2月29日登记的，够一年了吗，哪天够", "登记满一年，才可以申请。", "2025 年 2 月 28 日"),
    ],
)
def test_days_are_counted_back_and_forward(question: str, say: str, holds: str) -> None:
    assert holds in "".join(text for text, _ in workings(question, (), [rule(say)], TODAY))


def test_no_day_is_counted_without_a_date() -> None:
    assert not workings("募捐前几天备案", (), [rule("在公开募捐开始 10 日前备案。")], TODAY)


def test_two_and_a_half_ten_thousands_are_read_as_spoken() -> None:
    assert "还差 5000 元" in sums("活动资金2万5够不够", "活动资金要 3 万元以上。")
    assert "还差 5000 元" in sums("活动资金两万五够不够", "活动资金要 3 万元以上。")


def test_growth_is_told_from_two_cited_figures_of_one_measure() -> None:
    later = rule("到 2025 年，社会组织固定资产达到 600 亿元。")
    earlier = Scored("2020 年底，全国社会组织固定资产为 480 亿元，就业 90 万人。", (OTHER,), "", 0, OTHER, "题", (), 0.9)
    ((text, both),) = workings("固定资产从多少增长到多少，增加了多少", (), [later, earlier])
    assert "= 120 亿元，增加约 25%" in text
    assert both.addresses == (HERE, OTHER)
    assert not workings("专职人员增加多少", (), [rule("到 2025 年，专职人员达到 100 万人。"), earlier])
