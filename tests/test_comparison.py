import pytest
from days import TODAY

from assistant.makers.sides import compares, pair
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


def test_two_acts_get_a_column_each_with_their_own_articles(shipped: Assistant) -> None:
    answer = shipped.ask("公开募捐和定向募捐有什么区别", today=TODAY).answer
    assert answer
    assert answer.outcome is Outcome.ANSWERED
    table = answer.blocks[0]
    assert table.kind == "table"
    assert [cell.text for cell in table.items[0]] == ["方面", "公开募捐", "定向募捐"]
    assert all(one.cites and other.cites and one.text != other.text for _, one, other in table.items[1:])


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("公募和非公募基金会有什么区别", ("公募基金会", "非公募基金会", "")),
        ("复议和诉讼期限哪个更长", ("复议", "诉讼", "期限")),
        ("全国性和地方性协会的资金要求差多少", ("全国性协会", "地方性协会", "资金要求")),
    ],
)
def test_what_is_asked_of_both_sides_is_no_part_of_a_name(question: str, sides: tuple[str, str, str]) -> None:
    assert pair(question) == sides


@pytest.mark.parametrize("question", ["行业协会有28家企业，差多少", "商会拉了20家公司还差几家"])
def test_what_one_side_lacks_is_no_comparison(question: str) -> None:
    assert not compares(question)


def table_of(assistant: Assistant, question: str) -> list[list[str]]:
    answer = assistant.ask(question, today=TODAY).answer
    assert answer
    table = next(block for block in answer.blocks if block.kind == "table")
    return [[cell.text for cell in row] for row in table.items]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("行政复议和行政诉讼的期限哪个更长？", {"行政复议": "60 日", "行政诉讼": "6 个月"}),
        ("公募社团和公募基金会的管理费比例差多少？", {"公募社团": "13%", "公募基金会": "10%"}),
        ("协会和基金会注册资金差多少", {"社会团体": "3 万元", "基金会": "200 万元"}),
        ("社会团体、民非、基金会法定代表人能不能兼任，各有什么不同", {"社会团体": "不能同时", "基金会": "不能同时", "民办非企业单位": "没有写"}),
    ],
)
def test_every_row_speaks_of_what_is_asked(shipped: Assistant, question: str, said: dict[str, str]) -> None:
    rows = {row[0]: row[1] for row in table_of(shipped, question)[1:]}
    assert set(rows) == set(said)
    assert all(held in rows[side] for side, held in said.items())


def test_a_general_difference_is_laid_out_by_aspect(shipped: Assistant) -> None:
    head, *rows = table_of(shipped, "社会团体跟民非有啥区别")
    assert head == ["方面", "社会团体", "民办非企业单位"]
    assert len(rows) >= 3
    assert len({cell for row in rows for cell in row[1:]}) == 2 * len(rows)


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        ("慈善法2016年和2023年的公开募捐资格年限有何不同", "满 2 年", "满一年"),
        ("申请公开募捐资格要登记几年，慈善法修改前后有什么变化", "满 2 年", "满一年"),
    ],
)
def test_two_editions_stand_side_by_side_as_seen_today(shipped: Assistant, question: str, old: str, new: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.day == TODAY
    assert turn.answer
    assert not any("尚未施行" in citation.status for citation in turn.answer.citations)
    rows = [row[1] for row in table_of(shipped, question)[1:]]
    assert old in rows[0]
    assert new in rows[1]


def test_an_old_text_that_is_not_held_is_said_to_be_missing(shipped: Assistant) -> None:
    rows = table_of(shipped, "民发〔2026〕12号和旧的189号文相比，管理费比例有什么变化")
    assert "没有查到" in rows[1][1]
    assert "%" in rows[2][1]
