import pytest
from days import TODAY

from assistant.pipeline import Assistant
from assistant.turn import Status


@pytest.mark.parametrize(
    "question",
    [
        "成立登记要什么材料",
        "一届任期最长几年",
        "理事最少几个",
        "年度报告什么时候交",
        "能设分支机构吗",
        "换负责人要交啥",
        "什么情况必须注销",
        "我们这摊子该到区里登还是直接找省厅",
        "家里人能不能一块进理事会",
        "刚拿到证没几个月，年底要不要交年检",
    ],
)
def test_asks_back_where_the_types_differ(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer and answer.status is Status.CLARIFY_TYPE
    assert answer.clarify and len(answer.clarify.options) == 4


@pytest.mark.parametrize(
    "question",
    [
        "养老机构年检几月份交材料",  # a word tells the type
        "要多少会员才够登记",  # only one type has members
        "开办资金要不要验资",
        "清算做完了几天内办注销登记",  # the figure is the same for all
        "改章程之后要报谁",  # the rule is the same for all
        "申请登记的材料弄虚作假会怎样",
        "评估等级能用几年",  # one rule for all
        "年检被收费了找谁投诉",
        "赚的钱能不能给发起人分",
        "登记的地址搬走了没更新，民政找不着我们，会被记到什么名录上",
    ],
)
def test_answers_where_the_type_is_told_or_makes_no_difference(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer and answer.status in (Status.ANSWERED, Status.PARTIAL), answer


@pytest.mark.parametrize("reply", ["都想知道", "不知道", "都要"])
def test_who_does_not_know_gets_every_type_side_by_side(shipped: Assistant, reply: str) -> None:
    answer = shipped.ask(reply, today=TODAY, history=("成立登记要什么材料",)).answer
    assert answer and answer.blocks[0].kind == "table"
    assert len(answer.blocks[0].items) == 4


def test_a_button_asks_what_it_shows(shipped: Assistant) -> None:
    answer = shipped.ask("理事会要有几个人", today=TODAY).answer
    assert answer and answer.clarify
    for option in answer.clarify.options:
        turn = shipped.ask(option.ask, today=TODAY)
        assert turn.answer and turn.answer.status is not Status.CLARIFY_TYPE


@pytest.mark.parametrize("question", ["基金会", "协会的事", "民非方面"])
def test_a_bare_type_is_asked_what_is_to_be_done(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer and answer.status is Status.CLARIFY_MATTER
    assert answer.clarify and answer.clarify.slot == "matter"
    for option in answer.clarify.options:
        turn = shipped.ask(option.ask, today=TODAY)
        assert turn.answer and turn.answer.status is Status.ANSWERED, option


def test_a_bare_type_in_reply_is_no_question_of_its_own(shipped: Assistant) -> None:
    answer = shipped.ask("民非", today=TODAY, history=("成立登记要什么材料",)).answer
    assert answer and answer.status is Status.ANSWERED
