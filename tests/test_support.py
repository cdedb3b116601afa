"""Statements and what they rest on: entailment by figures and words, ALCE's two measures, quotes and editions."""

from __future__ import annotations

import math

import pytest

from evals import support
from evals.record import Cited, Record, Statement

SOURCES = {
    "a": "成立花灯会，应当有五十个以上的会员，并有三万元以上的活动资金。",
    "b": "花灯会应当于每年3月31日前报送上一年度的工作报告。",
}
MEMBERS = "成立花灯会要有 50 个以上的会员。"
REPORT = "花灯会每年 3 月 31 日前报送上一年度工作报告。"


def cited(n: int, source: str, **changes: object) -> Cited:
    plain = {"title": "花灯会条例", "article": f"第{n}条", "edition": "2020-01-01", "status": "现行有效", "quote": SOURCES.get(source, "")[:10]}
    return Cited(n=n, source=source, held=True, start="2020-01-01", end="", **{**plain, **changes})  # type: ignore[arg-type]


def record(*statements: Statement, citations: tuple[Cited, ...] = (cited(1, "a"), cited(2, "b")), **changes: object) -> Record:
    return Record("x", "answered", statements=statements, citations=citations, day="2026-11-23", **changes)  # type: ignore[arg-type]


def test_a_right_answer_scores_one() -> None:
    found = record(Statement(MEMBERS, (1,)), Statement(REPORT, (2,)))
    assert support.alce_recall(found, SOURCES) == support.alce_precision(found, SOURCES) == support.figures_exact(found, SOURCES) == 1
    assert support.quotes_exact(found, SOURCES) == support.editions_stand(found) == 1


def test_swapped_citations_support_nothing() -> None:
    found = record(Statement(MEMBERS, (2,)), Statement(REPORT, (1,)))
    assert support.alce_recall(found, SOURCES) == support.alce_precision(found, SOURCES) == support.figures_exact(found, SOURCES) == 0


def test_a_wrong_figure_is_not_entailed_however_alike_the_words() -> None:
    found = record(Statement("成立花灯会要有 40 个以上的会员。", (1,)))
    assert support.alce_recall(found, SOURCES) == support.figures_exact(found, SOURCES) == 0


def test_words_of_another_subject_are_not_entailed() -> None:
    assert support.alce_recall(record(Statement("注销要先成立清算组织并公告。", (1,))), SOURCES) == 0


@pytest.mark.parametrize("cites", [(), (7,)], ids=["uncited", "a number that is not there"])
def test_statements_without_source_count_as_unsupported(cites: tuple[int, ...]) -> None:
    assert support.alce_recall(record(Statement(MEMBERS, (1,)), Statement(REPORT, cites)), SOURCES) == 0.5


def test_a_citation_that_adds_nothing_lowers_precision_only() -> None:
    found = record(Statement(MEMBERS, (1, 2)))
    assert support.alce_recall(found, SOURCES) == 1
    assert support.alce_precision(found, SOURCES) == 0.5


def test_two_citations_that_need_each_other_are_both_needed() -> None:
    found = record(Statement(MEMBERS[:-1] + "，" + REPORT, (1, 2)))
    assert support.alce_precision(found, SOURCES) == 1


def test_heads_notices_lead_ins_and_bare_cells_state_nothing() -> None:
    told = [
        Statement("事项", kind="table", head=True),
        Statement("请向登记机关核对。", kind="notice", tone="warn"),
        Statement("材料有："),
        Statement("社会团体", kind="table"),
        Statement(MEMBERS, (1,)),
    ]
    assert support.stating(record(*told)) == [Statement(MEMBERS, (1,))]
    assert support.alce_recall(record(*told), SOURCES) == 1


def test_worked_sums_may_hold_figures_of_their_own() -> None:
    found = record(Statement("60 人出席，过半数是 31 票。", (1,), tone="computed"))
    assert support.alce_recall(found, SOURCES) == 1
    assert math.isnan(support.figures_exact(found, SOURCES))


def test_what_a_tool_worked_out_is_not_judged_here() -> None:
    found = record(Statement("最后一天是 2026 年 3 月 18 日。", (1,)), maker=support.BY_TOOL)
    assert math.isnan(support.alce_recall(found, SOURCES))
    assert math.isnan(support.figures_exact(found, SOURCES))


def test_a_quote_must_be_a_slice() -> None:
    good, bad, none = cited(1, "a"), cited(2, "a", quote="成立花灯会，须有"), cited(3, "a", quote="")
    assert support.quotes_exact(record(citations=(good, bad, none)), SOURCES) == pytest.approx(1 / 3)
    assert math.isnan(support.quotes_exact(record(citations=()), SOURCES))


def test_points_of_a_digest_are_quoted_whole_and_may_be_several() -> None:
    sources = {"d": "第一点。\n第二点。\n第三点。"}
    parts = {"第一点。\n第三点。": 1, "第一点。": 1, "第一": 0, "第一点。第三点。": 0}
    for quote, exact in parts.items():
        digest = Cited(1, "甲", "第一条", "2020-01-01", "现行有效", quote, "d", held=False)
        assert support.quotes_exact(record(citations=(digest,)), sources) == exact, quote


def test_an_edition_of_another_day_must_be_labelled() -> None:
    old = {"start": "2016-09-01", "end": "2019-12-31"}
    silent, labelled = cited(1, "a"), cited(2, "a", status="2019-12-31 后不再施行")
    silent, labelled = (Cited(**{**{f: getattr(c, f) for f in Cited.__slots__}, **old}) for c in (silent, labelled))
    assert support.editions_stand(record(citations=(silent, labelled))) == 0.5


def test_an_empty_answer_scores_zero() -> None:
    assert support.alce_recall(record(), SOURCES) == support.alce_precision(record(), SOURCES) == 0


def test_the_name_of_the_article_cited_is_no_figure() -> None:
    found = record(Statement("《花灯会条例》第1条：成立花灯会要有 50 个以上的会员。", (1,)))
    assert support.alce_recall(found, SOURCES) == support.figures_exact(found, SOURCES) == 1
