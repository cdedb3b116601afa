from datetime import date

import pytest

from assistant.pipeline import Assistant
from corpus.digest import Point

TODAY = date(2026, 11, 23)


def blocks(assistant: Assistant, question: str) -> list[list[str]]:
    """The sentences of each block of an answer."""
    return [[sentence.text for row in block.items for sentence in row] for block in assistant.ask(question, today=TODAY).answer.blocks]


@pytest.mark.parametrize(
    ("say", "silent"),
    [
        ("花灯管理办法没有写灯会最多办几天，看当年通知。", True),
        ("花灯管理办法本身没有规定灯笼的尺寸。", True),
        ("办灯会要先备案，花灯管理办法没有写几天办完。", False),
        ("没有备案的灯会，由街道责令停止。", False),
    ],
)
def test_a_point_is_silent_where_it_begins_by_saying_that_the_law_is(say: str, silent: bool) -> None:
    assert Point(say).silent is silent


def test_what_the_law_does_not_say_is_told_to_who_asks_for_it_and_to_nobody_else(shipped: Assistant) -> None:
    lead, *_ = blocks(shipped, "社会团体的副会长最多能设几个")
    assert any("没有写副会长" in said for said in lead)
    for question in ("社团章程应当写明哪些事项", "成立社会团体要满足什么条件", "社会团体的分支机构不能做什么"):
        assert not [said for block in blocks(shipped, question)[1:] for said in block if Point(said).silent]


def test_each_kind_of_figure_asked_for_stands_in_the_conclusion(shipped: Assistant) -> None:
    conclusion = "".join(blocks(shipped, "老乡们想成立一个县里的摄影协会，得凑多少人、要多少钱")[0])
    assert "50 个" in conclusion
    assert "3 万元" in conclusion
