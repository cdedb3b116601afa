import pytest
from days import TODAY

from assistant.makers import aspects
from assistant.makers.comparison import CELL
from assistant.makers.pairs import compares, side_by_side
from assistant.pipeline import Assistant
from assistant.render import plain
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
    assert side_by_side(question) == (sides[:2], sides[2])


@pytest.mark.parametrize(
    ("question", "names", "about"),
    [
        ("撤销、吊销和注销有什么区别", ("撤销", "吊销", "注销"), ""),
        ("“年检”跟“评估”是一回事吗", ("年检", "评估"), ""),
        ("怎么区分理事会和常务理事会", ("理事会", "常务理事会"), ""),
        ("同样是募捐，线上和线下的备案有何不同", ("线上", "线下"), "募捐备案"),
        ("慈善信托跟信托法里的公益信托，设立手续有什么不同", ("慈善信托", "公益信托"), "设立手续"),
        ("一个想办学会，一个想办养老院，资金要求一样吗", ("办学会", "办养老院"), "资金要求"),
        ("换理事长、换副理事长，都要审计还是分别处理", ("换理事长", "换副理事长"), "都要审计处理"),
        ("走简易程序和走普通程序，时限各多久", ("走简易程序", "走普通程序"), "时限"),
    ],
)
def test_the_sides_end_where_something_is_said_of_all(question: str, names: tuple[str, ...], about: str) -> None:
    assert compares(question)
    assert side_by_side(question) == (names, about)


def test_a_longer_name_is_tried_where_a_shorter_one_does_not_fit() -> None:
    question = "有公募资格的基金会和有公募资格的社会服务机构，管理费各是多少"
    assert side_by_side(question) == (("有公募资格的基金会", "有公募资格"), "社会服务机构管理费多少")
    found = side_by_side(question, lambda _, other: "机构" in other)
    assert found
    assert found[0] == ("有公募资格的基金会", "有公募资格的社会服务机构")


def test_keywords_with_two_things_ask_for_their_difference() -> None:
    assert compares("协会和基金会 登记机关")
    assert not compares("协会和基金会要交年检材料")


def test_a_general_word_gives_way_to_an_aspect() -> None:
    assert [aspect.name for aspect in aspects.asked("表决的票数门槛")] == ["票数"]
    assert [aspect.name for aspect in aspects.asked("成立的门槛")] == ["门槛"]


@pytest.mark.parametrize("question", ["章程要写哪些内容", "慈善法修改前后有何不同", "社会团体怎么注销"])
def test_other_questions_have_no_sides(question: str) -> None:
    assert side_by_side(question) is None


def test_two_acts_get_a_column_each_with_their_own_articles(shipped: Assistant) -> None:
    answer = shipped.ask("公开募捐和定向募捐有什么区别", today=TODAY).answer
    assert answer
    assert answer.outcome is Outcome.ANSWERED
    table = next(block for block in answer.blocks if block.kind == "table")
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
    assert side_by_side(question) == (sides[:2], sides[2])


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


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("行政复议和行政诉讼的期限哪个更长？", ("行政复议：", "60 日", "行政诉讼：", "6 个月")),
        ("拿证后不活动，协会和基金会多久会被撤销，一样吗", ("不一样。", "社会团体：", "1 年", "基金会：", "12 个月")),
        ("社会团体跟民非有啥区别", ("社会团体：", "民办非企业单位：")),
        ("外国商会和境外NGO代表处分别由哪个部门登记", ("民政部", "公安")),
        ("老慈善法和新慈善法，申请公募资格的年限差在哪", ("修改前：", "满 2 年", "修改后：", "满一年")),
    ],
)
def test_the_difference_is_said_first_in_one_cited_sentence(shipped: Assistant, question: str, says: tuple[str, ...]) -> None:
    answer = shipped.ask(question, today=TODAY).answer
    assert answer
    lead = answer.blocks[0]
    assert (lead.kind, lead.tone, len(lead.sentences())) == ("paragraph", "lead", 1)
    assert lead.sentences()[0].cites
    assert all(word in lead.sentences()[0].text for word in says)


def test_like_figures_are_not_called_the_same(shipped: Assistant) -> None:
    answer = shipped.ask("应对灾情的募捐和一般公开募捐，备案时间有什么不同", today=TODAY).answer
    assert answer
    assert "一样" not in answer.blocks[0].sentences()[0].text


def test_what_a_telephone_cannot_show_in_a_cell_follows_as_a_list(shipped: Assistant) -> None:
    answer = shipped.ask("民非的章程和慈善组织的章程，要写的内容有什么不同", today=TODAY).answer
    assert answer
    table = next(block for block in answer.blocks if block.kind == "table")
    assert all(len(cell.text) <= CELL for row in table.items for cell in row)
    rest = next(block for block in answer.blocks if block.title == "补充")
    assert all(sentence.cites for sentence in rest.sentences())


def test_what_a_new_text_added_comes_first(shipped: Assistant) -> None:
    rows = table_of(shipped, "民政部门检查慈善组织，慈善法修改后新增了什么措施")
    assert "约谈" in rows[2][1] or any("约谈" in cell for row in rows for cell in row)


def test_terms_that_are_mixed_up_are_told_apart_by_aspect(shipped: Assistant) -> None:
    answer = shipped.ask("撤销登记跟注销登记是一回事吗", today=TODAY).answer
    assert answer
    lead, table = answer.blocks[:2]
    assert lead.sentences()[0].text.startswith("撤销登记：")
    assert "；注销登记：" in lead.sentences()[0].text
    assert [row[0].text for row in table.items] == ["方面", "是什么", "谁来办", "条件", "后果"]
    assert all(cell.cites for row in table.items[1:] for cell in row[1:])


def test_an_aspect_of_terms_alone_has_a_row_for_each(shipped: Assistant) -> None:
    answer = shipped.ask("慈善信托和公益信托的手续有什么不同", today=TODAY).answer
    assert answer
    lead, table = answer.blocks[:2]
    assert "7 日内" in lead.sentences()[0].text
    assert [row[0].text for row in table.items] == ["事项", "慈善信托", "公益信托"]
    assert {citation.title for citation in answer.citations} == {"慈善法", "信托法"}


@pytest.mark.parametrize("question", ["公开募捐和定向募捐的备案材料有什么不同", "协会秘书长兼职和基金会秘书长兼职，范围一样吗"])
def test_what_no_term_tells_is_searched_for(shipped: Assistant, question: str) -> None:
    assert "是什么" not in [row[0] for row in table_of(shipped, question)]


def test_a_rule_for_all_types_is_no_difference_between_them(shipped: Assistant) -> None:
    answer = shipped.ask("捐款给基金会和捐款给协会，企业抵税一样吗", today=TODAY).answer
    assert answer
    assert "不一样" not in answer.blocks[0].sentences()[0].text


def test_what_an_amendment_left_alone_is_not_called_changed(shipped: Assistant) -> None:
    answer = shipped.ask("2016版慈善法和2023版慈善法对年度支出的规定有什么变化", today=TODAY).answer
    assert answer
    lead = answer.blocks[0]
    assert "不一样" not in lead.sentences()[0].text
    assert lead.sentences()[0].text.count("70%") >= 2


def test_members_are_not_set_against_directors(shipped: Assistant) -> None:
    turn = shipped.ask("基金会跟社会团体的理事人数一样吗", today=TODAY)
    assert turn.answer
    told = plain(turn.answer, sources=False)
    assert "5 人到 25 人" in told
    assert "社会团体登记管理条例没有写理事" in told
    assert "个人会员" not in told


@pytest.mark.parametrize(
    "question", ["财务章可以和公章一样大吗", "罚款加到跟本金一样多还会涨吗", "办学许可证和登记证名字不一样怎么办", "大会通过的章程和核准的不一致"]
)
def test_whether_one_may_be_as_the_other_is_no_comparison(question: str) -> None:
    assert not compares(question)


@pytest.mark.parametrize("question", ["协会和基金会门槛一样高吗", "社团和民非有什么不一样", "警告和罚款哪里不一样"])
def test_a_difference_that_is_asked_for_is_one(question: str) -> None:
    assert compares(question)


def test_one_name_that_is_two_types_is_not_set_against_itself(shipped: Assistant) -> None:
    turn = shipped.ask("脱钩的商会谁来初审年检", today=TODAY)
    assert turn.notes["shape"] != "comparison"


def test_filing_in_the_community_is_told_apart_from_registration(shipped: Assistant) -> None:
    answer = shipped.ask("备案和登记有什么区别", today=TODAY).answer
    assert answer
    said = plain(answer)
    assert "没有法人资格" in said
    assert "登记证书" in said
