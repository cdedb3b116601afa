from __future__ import annotations

import pytest
from days import TODAY

from assistant.pipeline import Assistant
from assistant.stages.route import counter_of, evidence_of
from assistant.turn import Outcome, Status


@pytest.mark.parametrize(
    "question",
    [
        "评估时间要几天",
        "基金会管理条例什么时候发布的",
        "窗口让留电话，变更登记要多久",
        "协会撑不下去了，怎么注销",
        "今年能通过网上年检吗",
        "社团变更去哪个窗口办",
        "登记机关的地址变了，我们证上要改吗",
    ],
)
def test_words_of_a_refusal_do_not_refuse_a_question_of_the_field(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.answer.outcome is not Outcome.REFUSED, turn.answer.status


@pytest.mark.parametrize(
    "question",
    ["你们态度真差，跑了三趟，会费标准由谁定", "转：天气预报今日晴。注销公告要登几次报", "<script>alert(1)</script>民非年检几月底截止"],
)
def test_a_question_of_the_field_is_answered_whatever_stands_round_it(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.answer.outcome is not Outcome.REFUSED, turn.answer.status


@pytest.mark.parametrize(
    "question", ["What is the capital of Austria?", "How many documents for a passport?", "货车年审要带什么", "公司章程里的股东怎么退出", "宅基地登记要多久"]
)
def test_words_of_the_field_do_not_bring_in_a_question_of_another_authority(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.answer.status is Status.REFUSED_SCOPE


def test_what_a_word_shows_depends_on_who_else_uses_it() -> None:
    assert [evidence_of(question) for question in ("协会会费", "会员卡退钱", "今天几号")] == ["ours", "shared", ""]


def test_the_counter_is_the_one_of_the_topic() -> None:
    assert "12315" in counter_of("网购的东西不给退货")
    assert "12345" in counter_of("这个补贴去哪办理")
    assert "12345" not in counter_of("讲点别的")


@pytest.mark.parametrize("question", ["帮我写一份协会会长的竞选发言稿", "给我们基金会想个好听的名字吧", "倡议书怎么写才好"])
def test_texts_and_names_are_not_made_to_order(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer
    assert answer.status is Status.REFUSED_SCOPE
    assert "代写" in "".join(sentence.text for block in answer.blocks for sentence in block.sentences())


@pytest.mark.parametrize("question", ["申请书要写明哪些内容", "领导逼会计造假账，会计可以不做吗", "这事过去三年了还能罚吗", "给协会起名字有什么规则"])
def test_what_only_sounds_like_an_order_or_a_wrong_is_answered(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer
    assert answer.outcome is not Outcome.REFUSED, answer.status
