import pytest
from days import TODAY

from assistant.pipeline import Assistant
from assistant.render import plain


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("慈善法什么时候施行的", "2024 年 9 月 5 日"),
        ("2023年的慈善法从哪天起生效", "2024 年 9 月 5 日"),
        ("社会组织名称管理办法的施行日期是哪天", "2024 年 5 月 1 日"),
    ],
)
def test_the_day_a_law_takes_effect_is_that_of_the_catalog(shipped: Assistant, question: str, day: str) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer
    assert answer.citations
    assert day in plain(answer).splitlines()[0]
    assert "不是现行规定" not in plain(answer)


@pytest.mark.parametrize(
    ("question", "newest", "said"),
    [
        ("慈善法最近一次修正是什么时候", "2023-12-29 文本自 2024 年 9 月 5 日起施行", "2016-03-16 文本"),
        ("社会团体登记管理条例最近修订是什么时候", "2016-02-06 文本", "2026 年 3 月又修改了"),
        ("基金会管理条例修订过没有", "2004-03-08 文本自 2004 年 6 月 1 日起施行", ""),
        ("行政复议法有几个版本", "2023-09-01 文本", "2017-09-01 文本"),
    ],
)
def test_asked_when_a_law_was_amended_the_editions_of_the_catalog_are_told(shipped: Assistant, question: str, newest: str, said: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.notes["shape"] == "in force"
    assert newest in plain(turn.answer).splitlines()[0]
    assert said in plain(turn.answer)


@pytest.mark.parametrize("question", ["慈善法最近修正后公募资格要几年", "社会团体登记管理条例2026年改了哪些内容", "协会章程什么时候修改要报核准"])
def test_what_was_amended_is_another_question(shipped: Assistant, question: str) -> None:
    assert shipped.ask(question, today=TODAY).notes.get("shape") != "in force"


def test_an_edition_that_was_replaced_is_not_said_to_be_in_force(shipped: Assistant) -> None:
    answer = shipped.ask("2020年慈善组织多久能申请公募资格", today=TODAY).answer
    assert answer
    assert "不是现行规定" in plain(answer)


def test_a_text_that_bound_then_and_binds_no_more_is_not_cited_as_standing(shipped: Assistant) -> None:
    for question, standing in (
        ("2020年慈善组织多久能申请公募资格", "当时有效，2024-09-04 后不再施行，现行为 2023 年文本"),
        ("2020年基金会理事最多几人", "现行有效"),
    ):
        answer = shipped.ask(question, today=TODAY).answer
        assert answer
        assert answer.citations[0].status == standing
