"""charter-check: whole drafts pass, a draft without a clause is told which article asks for it, blanks and forbidden clauses are seen."""

import io
import json

import charters
import docx
import pytest
from days import TODAY
from shelf import assert_rests_on_law, library

from assistant.tools import charter
from assistant.tools.charter import CharterCheck, State
from assistant.tools.findings import ToolProblem, Verdict, as_json
from assistant.wording import words
from corpus.library import Library

KINDS = tuple(charters.DRAFTS)
WRITTEN = [(kind, entry["rule"]) for kind in KINDS for entry in words("charter")["types"][kind] if "never" not in entry]


def check(text: str, kind: str, shelf: Library | None = None, *, charity: bool = False) -> CharterCheck:
    return charter.check(shelf or library(), text, kind, on=TODAY, charity=charity)


def states(found: CharterCheck) -> dict[str, State]:
    return {clause.row.rule: clause.state for clause in found.clauses}


@pytest.mark.parametrize("kind", KINDS, ids=range(3))
def test_a_whole_draft_has_every_clause(kind: str) -> None:
    found = check(charters.text(kind), kind)
    assert set(states(found).values()) == {State.PRESENT}
    assert found.verdict is Verdict.OK
    assert found.blanks == ()
    assert all(clause.found for clause in found.clauses)
    assert_rests_on_law(found.rows, found.citations)


@pytest.mark.parametrize(("kind", "rule"), WRITTEN, ids=range(len(WRITTEN)))
def test_a_draft_without_a_clause_is_not_whole(kind: str, rule: str) -> None:
    found = check(charters.text(kind, rule), kind)
    assert states(found)[rule] is not State.PRESENT, [clause.found for clause in found.clauses if clause.row.rule == rule]
    assert found.verdict is not Verdict.OK
    row = next(row for row in found.rows if row.rule == rule)
    assert row.cites


@pytest.mark.parametrize(
    ("kind", "rule", "article"),
    [("社会团体", "area", "第十四条"), ("民办非企业单位", "supervision", "第九十三条"), ("基金会", "fund", "第十条")],
    ids=["society", "service", "foundation"],
)
def test_a_missing_clause_names_its_article(kind: str, rule: str, article: str) -> None:
    found = check(charters.text(kind, rule), kind)
    row = next(row for row in found.rows if row.rule == rule)
    assert row.verdict is Verdict.PROBLEM
    assert "没有写" in row.text
    assert [citation.address.article for citation in found.citations if citation.n in row.cites] == [article]


def test_a_word_without_its_clause_is_doubted() -> None:
    text = charters.text("社会团体", "amend") + "\n第三十条　修改章程的事以后再说。"
    found = check(text, "社会团体")
    assert states(found)["amend"] is State.DOUBTFUL
    assert next(clause.found for clause in found.clauses if clause.row.rule == "amend") == "第三十条　修改章程的事以后再说。"


def test_one_of_several_needed_things_is_not_enough() -> None:
    text = charters.text("社会团体", "member_rights") + "\n第九条　会员享有下列权利：选举、表决。"
    assert states(check(text, "社会团体"))["member_rights"] is State.DOUBTFUL


def test_a_clause_left_blank_is_not_there_and_is_listed() -> None:
    text = charters.text("社会团体", "seat") + "\n第五条　本会住所设在________。"
    found = check(text, "社会团体")
    assert states(found)["seat"] is not State.PRESENT
    assert found.blanks == ("第五条　本会住所设在________。",)


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("社会团体", "第二十一条　年底结余按比例在会员中分红。"),
        ("民办非企业单位", "第十四条　出资人有权按出资比例取得分红。"),
        ("基金会", "第二十三条　受益人限于太行建材厂职工。"),
        ("基金会", "第二十三条　本基金会的钱优先资助发起人的子女。"),
    ],
    ids=range(4),
)
def test_what_a_charter_must_not_say_is_a_problem(kind: str, clause: str) -> None:
    found = check(charters.text(kind) + "\n" + clause, kind)
    (bad,) = [row for row in found.rows if row.rule.startswith("never")]
    assert bad.verdict is Verdict.PROBLEM
    assert clause in bad.text
    assert bad.cites


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("社会团体", "第二十一条　剩余财产不得向会员分配。"),
        ("民办非企业单位", "第十四条　举办者不得从收入中分红。"),
        ("基金会", "第二十三条　不得定向资助捐赠人的亲属和子女。"),
    ],
    ids=range(3),
)
def test_forbidding_it_is_no_problem(kind: str, clause: str) -> None:
    assert not [row for row in check(charters.text(kind) + "\n" + clause, kind).rows if row.rule.startswith("never")]


def test_a_charity_needs_more() -> None:
    plain, more = check(charters.text("基金会"), "基金会"), check(charters.text("基金会"), "基金会", charity=True)
    extra = set(states(more)) - set(states(plain))
    assert extra == {entry["rule"] for entry in words("charter")["types"]["慈善组织"]}
    assert states(more)["charity_projects"] is State.MISSING
    assert any(citation.title == "慈善法" for citation in more.citations)


def test_a_word_file_is_read_as_the_text_it_holds() -> None:
    document = docx.Document()
    for line in charters.text("社会团体").split("\n"):
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    text = charter.text_of(buffer.getvalue(), "草案.docx")
    assert states(check(text, "社会团体")) == states(check(charters.text("社会团体"), "社会团体"))


@pytest.mark.parametrize(("data", "name"), [(b"PK\x03\x04broken", "a.docx"), (b"x", "a.doc"), (b"", "a.txt")], ids=range(3))
def test_an_unreadable_file_is_refused_with_its_name(data: bytes, name: str) -> None:
    with pytest.raises(ToolProblem, match=name):
        charter.text_of(data, name)


def test_short_texts_and_unknown_types_are_refused() -> None:
    with pytest.raises(ToolProblem, match="个字"):
        check("第一条　名称。", "社会团体")
    for kind in ("公司", "慈善组织", ""):
        with pytest.raises(ToolProblem, match="不认识组织类型"):
            check(charters.text("社会团体"), kind)


def test_every_item_of_the_regulations_is_looked_for() -> None:
    items = {
        "社会团体": ("社会团体登记管理条例 第十四条", 8),
        "民办非企业单位": ("民办非企业单位登记管理暂行条例 第十条", 7),
        "基金会": ("基金会管理条例 第十条第二款", 9),
    }
    numerals = "一二三四五六七八九"
    for kind, (law, count) in items.items():
        cited = {cite for entry in words("charter")["types"][kind] for cite in entry["cite"]}
        assert {f"{law}第{numerals[n]}项" for n in range(count)} <= cited


def test_the_items_are_those_of_the_official_text(official: Library) -> None:
    for kind in KINDS:
        found = check(charters.text(kind), kind, official)
        assert_rests_on_law(found.rows, found.citations, official)
        quotes = [c.quote for c in found.citations if "项" in c.address.place]
        assert quotes
        assert all(quote.startswith(("(", "（")) for quote in quotes)


def test_the_result_is_plain_json() -> None:
    shown = json.loads(json.dumps(as_json(check(charters.text("基金会"), "基金会")), ensure_ascii=False))
    assert shown["clauses"][0]["state"] == "present"
