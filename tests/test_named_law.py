from __future__ import annotations

import pytest
from days import TODAY

from assistant.pipeline import Assistant


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("规划里社区社会组织怎么发展", "“十四五”社会组织发展规划"),
        ("志愿服务条例里怎么说志愿者的保险", "志愿服务条例"),
        ("规划说业务主管单位该怎么把关", "“十四五”社会组织发展规划"),
    ],
)
def test_what_a_named_instrument_says_leads_the_answer(shipped: Assistant, question: str, title: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.answer.citations[0].title == title
