import pytest

from assistant.missing import missing, named_with, only_an_act
from assistant.wording import words


@pytest.mark.parametrize(
    ("asked", "asks"),
    [
        ("得准备哪些文件呢", "您想办哪件事？"),
        ("大概要多长时间能办下来", "您想办哪件事？"),
        ("要是过期了还来得及吗", "您想办哪件事？"),
        ("去备案要提交什么", "您要备案的是哪一项？"),
        ("请问这个资格到期了怎么续", "您问的是哪一种资格？"),
        ("证什么时候要换", "您问的是哪一种证？"),
        ("违规最高罚几万", "您问的是哪一种情形？"),
        ("要公告几天", "您问的是哪一种公开？"),
        ("报告得送到哪个部门", "您要报的是哪一项？"),
    ],
)
def test_a_question_that_names_nothing_is_asked_what_it_is_about(asked: str, asks: str) -> None:
    found = missing(asked)
    assert found and found.asks == asks
    assert 3 <= len(found.cases) <= 5


@pytest.mark.parametrize(
    "asked",
    [
        "注销要准备哪些文件",  # an act
        "慈善信托备案要提交什么",  # what is filed
        "免税资格到期了怎么续",
        "登记证书遗失了怎么补",
        "今天几号",
        "你是谁",
        "这条件肯定能批吧",  # wants to hear yes
        "谢谢",
        "",
    ],
)
def test_a_question_that_names_something_lacks_nothing(asked: str) -> None:
    assert missing(asked) is None


def test_a_reader_who_cannot_say_is_still_asked_of_nothing() -> None:
    assert missing("去备案要提交什么" + words("slots")["every"]) == missing("去备案要提交什么")


def test_what_was_left_unsaid_is_said_first() -> None:
    found = missing("要公告几天")
    assert found and all(missing(named_with(said, "要公告几天")) is None for _, said in found.cases)


@pytest.mark.parametrize(("asked", "only"), [("变更的手续怎么走", True), ("年检带什么去", True), ("公司变更的手续怎么走", False), ("变更", False)])
def test_a_question_of_an_act_alone(asked: str, only: bool) -> None:
    assert only_an_act(asked) is only
