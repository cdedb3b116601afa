from __future__ import annotations

import pytest
from days import TODAY

from assistant.pipeline import Assistant
from assistant.turn import Outcome


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
