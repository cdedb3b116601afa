import pytest

from assistant.clauses import asked_part, asks, facts, head, named_type, told
from assistant.turn import Slots


@pytest.mark.parametrize("clause", ["要多久", "基金会要几个监事", "协会吧？", "这样行？", "还能办演出不", "不交会咋样", "理事会有几个人"])
def test_a_clause_asks(clause: str) -> None:
    assert asks(clause)


@pytest.mark.parametrize("clause", ["我们十几个人想搞个组织", "小区里几个阿姨跳广场舞", "章程改了两条", "正清账呢", "那么先注销"])
def test_a_statement_does_not_ask(clause: str) -> None:
    assert not asks(clause)


def test_what_is_told_leaves_out_what_is_asked() -> None:
    assert told("协会大家不想办了，主管单位也同意了，还能办演出不？") == "协会大家不想办了，主管单位也同意了"
    assert told("协会注销要多久？") == ""


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("协会变更住所要什么材料", "协会变更住所"),
        ("行业协会怎么成立", "行业协会成立"),
        ("什么是直接登记的社会组织", "直接登记的社会组织"),
        ("外国商会每年几月交报告？", "外国商会每年交报告"),
        ("基金会要公开哪些信息", "基金会要公开"),
        ("基金会可以设专项基金吗", "基金会设专项基金"),
        ("民非", ""),
    ],
)
def test_the_head_is_what_a_question_is_about(question: str, about: str) -> None:
    assert head(question) == about


def test_the_head_may_leave_out_the_deed() -> None:
    assert head("基金会可以投资吗", whole=False) == "基金会"
    assert head("公务员能在协会兼职吗", whole=False) == "公务员在协会兼职"
    assert head("异地商会怎么成立", bare=True) == "异地商会"


def test_the_asked_part_and_the_figures_told() -> None:
    assert asked_part("协会超出章程搞活动会怎么罚？") == "会怎么罚"
    assert asked_part("基金会可以投资吗") == ""
    assert facts("有15名理事，来了10名能开会吗") == "有15名理事，来了10名"


def test_a_type_is_called_what_the_question_calls_it() -> None:
    assert named_type("民办养老院要年检吗", Slots(types=("民办非企业单位",))) == "养老院"
    assert named_type("要年检吗", Slots()) == ""
