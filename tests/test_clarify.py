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


@pytest.mark.parametrize(
    "question",
    [
        "能开分支吗",
        "办公和工资开支封不封顶",
        "年检时间安排",
        "我们想搭个班子帮扶老人，手续要哪些",
        "我要办变更，带什么过去",
        "法定代表人可以同时兼着别处的吗",
    ],
)
def test_asks_back_however_little_is_said(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer and answer.status is Status.CLARIFY_TYPE


@pytest.mark.parametrize(
    "question",
    [
        "递了登记申请，几天给结果",  # sixty days for all
        "理事10人，到会8人，选理事长最少几票",  # the figures of a meeting are worked out
        "办一所小学能登记成营利的吗",  # a word tells the type
    ],
)
def test_answers_where_asking_back_gains_nothing(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer and answer.status in (Status.ANSWERED, Status.PARTIAL), answer


@pytest.mark.parametrize("question", ["得准备哪些文件呢", "去备案要提交什么", "这个资格到期了怎么续", "违规最高罚几万"])
def test_a_question_of_nothing_in_particular_is_asked_what_it_is_about(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer and answer.status is Status.CLARIFY_MATTER and answer.clarify
    for option in answer.clarify.options:
        turn = shipped.ask(option.ask, today=TODAY)
        assert turn.answer and turn.answer.status in (Status.ANSWERED, Status.PARTIAL, Status.CLARIFY_TYPE), option


def test_two_questions_back_lead_to_an_answer(shipped: Assistant) -> None:
    first, second = "得准备哪些文件呢", "注销的"
    assert shipped.ask(second, today=TODAY, history=(first,)).answer.status is Status.CLARIFY_TYPE  # type: ignore[union-attr]
    turn = shipped.ask("基金会", today=TODAY, history=(first, second))
    assert turn.answer and turn.answer.status is Status.ANSWERED
    assert {"注销"} <= set(turn.slots.matters) and turn.slots.types == ("基金会",)


@pytest.mark.parametrize(("reply", "status"), [("公开募捐方案", Status.ANSWERED), ("慈善信托", Status.ANSWERED)])
def test_a_word_tells_what_was_left_unsaid(shipped: Assistant, reply: str, status: Status) -> None:
    turn = shipped.ask(reply, today=TODAY, history=("去备案要提交什么",))
    assert turn.answer and turn.answer.status is status
    assert "备案" in turn.asked


def test_who_cannot_say_what_it_is_about_gets_the_things_side_by_side(shipped: Assistant) -> None:
    answer = shipped.ask("不知道", today=TODAY, history=("要提前多久备案呢",)).answer
    assert answer and answer.blocks[0].kind == "table"
    labels = [row[0].text for row in answer.blocks[0].items]
    assert "慈善信托" in labels and "公开募捐方案" in labels


def test_a_level_in_reply_is_kept_with_the_question(shipped: Assistant) -> None:
    turn = shipped.ask("省级的", today=TODAY, history=("我们要登记，去市里还是去省里",))
    assert "去市里还是去省里" in turn.asked and turn.slots.level == "省级"
