from __future__ import annotations

import pytest
from days import TODAY

from assistant.pipeline import Assistant
from assistant.render import plain


def answer(shipped: Assistant, question: str) -> str:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    return plain(turn.answer)


@pytest.mark.parametrize(("question", "thing"), [("规划里有没有提到区块链", "区块链"), ("十四五规划是否规定开办补贴？", "开办补贴")])
def test_what_the_plan_does_not_say_is_said_not_to_be_there(shipped: Assistant, question: str, thing: str) -> None:
    assert f"没有找到写“{thing}”的内容" in answer(shipped, question)


@pytest.mark.parametrize("question", ["规划里有没有提到志愿服务", "规划里有没有说要搞行业协会商会立法", "有没有规定区块链协会怎么登记", "规划提出了哪些目标"])
def test_what_it_says_or_was_not_asked_is_not_denied(shipped: Assistant, question: str) -> None:
    assert "没有找到写" not in answer(shipped, question)
