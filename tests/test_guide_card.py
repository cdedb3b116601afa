from __future__ import annotations

import pytest
from days import TODAY

from assistant.pipeline import Assistant
from assistant.render import plain


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("社会团体改名要什么材料", ("新章程",), ("新住所使用权证明", "验资报告", "财务审计报告")),
        ("民非换住所要准备哪些材料", ("新住所的产权或使用权证明",), ("验资报告", "财务审计报告")),
        ("基金会变更法定代表人要什么材料", ("财务审计报告",), ("新住所证明", "验资证明")),
        ("基金会变更登记要什么材料", ("财务审计报告", "新住所证明", "验资证明"), ()),
    ],
)
def test_a_guide_to_changes_tells_of_the_change_asked_about(shipped: Assistant, question: str, holds: tuple[str, ...], lacks: tuple[str, ...]) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    text = plain(turn.answer, sources=False)
    assert [word for word in holds if word not in text] == []
    assert [word for word in lacks if word in text] == []


@pytest.mark.parametrize(("question", "holds"), [("社团注销", "清算"), ("协会登记", "50 个")])
def test_a_type_and_an_act_alone_ask_for_the_guide(shipped: Assistant, question: str, holds: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.notes["shape"] == "guide"
    assert holds in plain(turn.answer)


@pytest.mark.parametrize("question", ["公募资格怎么申请", "募捐方案备案要什么材料", "申请公开募捐资格要交哪些材料"])
def test_a_guide_to_another_matter_does_not_take_over(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.notes["shape"] == "guide"
    assert "个人求助" not in plain(turn.answer).split("依据")[0][:200]
