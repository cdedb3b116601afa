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
