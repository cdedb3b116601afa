from datetime import date

import pytest
from days import TODAY

from assistant.pipeline import Assistant, run
from assistant.render import markdown, plain
from assistant.stop import Stop, stop
from assistant.turn import Answer, Outcome, Status, Turn


def ask(shipped: Assistant, question: str, on: date | None = None) -> Answer:
    answer = shipped.ask(question, today=TODAY, on=on).answer
    assert answer
    return answer


def cited(answer: Answer) -> list[tuple[str, str, str]]:
    return [(c.title, c.address.article, c.address.edition) for c in answer.citations]


def test_stages_run_in_order_until_one_stops() -> None:
    def first(turn: Turn) -> Turn:
        return turn.having(asked="一")

    def second(turn: Turn) -> Stop:
        return stop(Status.REFUSED_EMPTY, "停")

    def third(turn: Turn) -> Turn:
        raise AssertionError("must not run")

    turn = run(Turn(question="?", today=TODAY), [("a", first), ("b", second), ("c", third)])
    assert [(s.stage, s.decided) for s in turn.steps] == [("a", ""), ("b", "停")]


def test_an_unforeseen_error_is_an_answer_not_an_exception() -> None:
    def broken(turn: Turn) -> Turn:
        raise RuntimeError("boom")

    turn = run(Turn(question="?", today=TODAY), [("a", broken)])
    assert turn.answer
    assert turn.answer.status is Status.ERROR
    assert "boom" not in plain(turn.answer)


@pytest.mark.parametrize(
    ("question", "facts", "source"),
    [
        ("成立社会团体要多少会员", ("50 个", "30 个"), ("社会团体登记管理条例", "第十条", "2016-02-06")),
        ("全国性公募基金会原始基金最低多少", ("800 万元",), ("基金会管理条例", "第八条", "2004-03-08")),
        (
            "“十四五”规划到2025年专职工作人员目标",
            ("1250 万人",),
            ("“十四五”社会组织发展规划", "二、总体要求（四）相关发展预期指标", "2021-09-30"),
        ),
        ("慈善组织多久能申请公开募捐资格", ("满一年",), ("慈善法", "第二十二条", "2023-12-29")),
        ("境外NGO在哪登记", ("公安",), ("境外非政府组织境内活动管理法", "第六条", "2017-11-04")),
        ("民非注销要走哪些步骤、交什么", ("15 日", "清算报告"), ("民办非企业单位登记管理暂行条例", "第十七条", "1998-10-25")),
    ],
)
def test_the_main_questions_are_answered_and_cited(shipped: Assistant, question: str, facts: tuple[str, ...], source: tuple[str, str, str]) -> None:
    answer = ask(shipped, question)
    assert answer.outcome is Outcome.ANSWERED
    text = plain(answer, sources=False)
    assert all(fact in text for fact in facts), text
    assert source in cited(answer)


def test_the_plan_is_said_to_have_ended(shipped: Assistant) -> None:
    assert "已经届满" in plain(ask(shipped, "“十四五”规划到2025年专职工作人员目标"))


def test_a_past_day_is_answered_from_the_edition_of_that_day(shipped: Assistant) -> None:
    answer = ask(shipped, "慈善组织多久能申请公开募捐资格", on=date(2020, 1, 1))
    assert "2 年" in plain(answer, sources=False)
    assert {edition for _, _, edition in cited(answer)} == {"2016-03-16"}


def test_an_article_of_a_year_is_shown_in_that_years_edition(shipped: Assistant) -> None:
    answer = ask(shipped, "2020年的慈善法第二十二条怎么说")
    assert ("慈善法", "第二十二条", "2016-03-16") in cited(answer)


def test_a_law_not_yet_in_force_is_not_answered_from(shipped: Assistant) -> None:
    assert ask(shipped, "慈善法第二十二条怎么说", on=date(2010, 1, 1)).status is Status.REFUSED_NOT_IN_FORCE


@pytest.mark.parametrize("question", ["结婚登记要带什么", "今天天气", "帮我编一份假验资报告", "你觉得我能批下来吗", "我的申请到哪一步了", "怎么注册公司"])
def test_what_does_not_belong_here_is_refused_without_citations(shipped: Assistant, question: str) -> None:
    answer = ask(shipped, question)
    assert answer.outcome is Outcome.REFUSED
    assert answer.citations == ()


def test_a_missing_type_is_asked_for_with_buttons_that_answer(shipped: Assistant) -> None:
    answer = ask(shipped, "成立登记要什么材料")
    assert answer.outcome is Outcome.CLARIFY
    assert answer.clarify
    for option in answer.clarify.options:
        assert ask(shipped, option.ask).outcome is Outcome.ANSWERED, option.ask


def test_equal_answers_need_no_question_back(shipped: Assistant) -> None:
    answer = ask(shipped, "成立登记从材料交齐到出结果法定最长几天？")
    assert answer.outcome is Outcome.ANSWERED
    assert "60 日" in plain(answer)


def test_types_are_compared_side_by_side(shipped: Assistant) -> None:
    answer = ask(shipped, "社会团体和基金会成立的资金要求有什么区别")
    assert [b.kind for b in answer.blocks][:2] == ["paragraph", "table"]
    assert "| --- |" in markdown(answer)


def test_the_pending_change_of_the_association_regulation_is_told(shipped: Assistant) -> None:
    assert "2026 年 3 月" in plain(ask(shipped, "成立社会团体要多少会员"))


def test_every_citation_quotes_exactly_what_is_there(shipped: Assistant) -> None:
    for question in ("社团注销要什么材料", "基金会理事最多几个人", "慈善组织年度支出比例", "志愿者受伤谁负责"):
        for citation in ask(shipped, question).citations:
            entry = shipped.search.library.entry(citation.address.__class__(citation.address.law, citation.address.edition, citation.address.article))
            assert entry
            assert entry.digest
            assert {point.say for point in entry.digest.points}.issuperset(citation.quote.split("\n"))
