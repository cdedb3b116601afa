"""A question from a place whose rules are not held is told so; where some are held, nothing is said."""

from datetime import date

import pytest

from assistant.pipeline import Assistant

TODAY = date(2026, 11, 23)


def notices(shipped: Assistant, question: str) -> str:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer
    return "".join(sentence.text for block in answer.blocks if block.kind == "notice" for sentences in block.items for sentence in sentences)


@pytest.mark.parametrize(("question", "place"), [("四川的志愿者保险谁来买", "四川省"), ("贵州办民非要多少开办资金", "贵州省")])
def test_a_place_without_rules_of_its_own_is_named(shipped: Assistant, question: str, place: str) -> None:
    assert f"没有收录{place}的地方规定" in notices(shipped, question)


@pytest.mark.parametrize("question", ["北京的志愿者保险谁来买", "民非的开办资金要多少", "深圳成立社会团体要多少会员"])
def test_nothing_is_said_without_a_place_or_where_its_rules_are_held(shipped: Assistant, question: str) -> None:
    assert "地方规定" not in notices(shipped, question)
