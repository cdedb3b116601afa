from __future__ import annotations

import pytest
from days import TODAY

from assistant.pipeline import Assistant
from assistant.render import plain
from assistant.turn import Status


@pytest.mark.parametrize("question", ["换法人要什么材料", "怎么办注销", "年检要交哪些材料"])
def test_the_procedure_of_an_act_is_told_after_the_type(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.answer.status is Status.CLARIFY_TYPE


def test_an_answer_about_one_type_says_so_and_leads_to_the_others(shipped: Assistant) -> None:
    turn = shipped.ask("监事任期多长", today=TODAY)
    assert turn.answer
    assert "以上是基金会的规定" in plain(turn.answer)
    assert {"社会团体", "民办非企业单位"} & {kind for ask in turn.answer.followups for kind in ("社会团体", "民办非企业单位") if kind in ask}


def test_an_answer_to_a_question_with_its_type_needs_no_such_note(shipped: Assistant) -> None:
    turn = shipped.ask("基金会监事怎么产生", today=TODAY)
    assert turn.answer
    assert "以上是" not in plain(turn.answer)
