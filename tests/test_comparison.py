import pytest
from days import TODAY

from assistant.makers.comparison import pair
from assistant.pipeline import Assistant
from assistant.turn import Outcome


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("理事会和监事会的职责有什么区别", ("理事会", "监事会", "职责")),
        ("变更登记跟备案有啥不一样", ("变更登记", "备案", "")),
        ("请问公开募捐与定向募捐差在哪？", ("公开募捐", "定向募捐", "")),
        ("备案时间上，救灾募捐和平常募捐有什么不同", ("救灾募捐", "平常募捐", "备案时间")),
        ("设代表处和搞临时活动，期限有啥不同？", ("设代表处", "搞临时活动", "期限")),
    ],
)
def test_what_is_set_side_by_side_is_read(question: str, sides: tuple[str, str, str]) -> None:
    assert pair(question) == sides


@pytest.mark.parametrize("question", ["章程要写哪些内容", "慈善法修改前后有何不同", "社会团体怎么注销"])
def test_other_questions_have_no_sides(question: str) -> None:
    assert pair(question) is None


def test_two_acts_get_a_row_each_with_its_own_article(shipped: Assistant) -> None:
    answer = shipped.ask("公开募捐和定向募捐有什么区别", today=TODAY).answer
    assert answer
    assert answer.outcome is Outcome.ANSWERED
    table = answer.blocks[0]
    assert table.kind == "table"
    assert [row[0].text for row in table.items[1:]] == ["公开募捐", "定向募捐"]
    assert all(row[1].cites for row in table.items[1:])
