"""eligibility: thresholds come from the digests, the best type is named, what is missing is said."""

import ast
import copy
import inspect
import json
import re
from dataclasses import replace

import pytest
from days import TODAY
from shelf import assert_rests_on_law, library

from assistant.tools import eligibility
from assistant.tools.eligibility import Answers, Eligibility, Fit
from assistant.tools.findings import ToolProblem, Verdict, as_json
from assistant.wording import words
from corpus.library import Library, shipped_knowledge

SOCIETY = Answers(
    purpose="members", scope="local", people=60, money=30_000, premises=True, staff=True, supervisor=True, barred=False, similar=False, profit=False
)
SERVICE = replace(SOCIETY, purpose="service", people=None, state_percent=0)
FOUNDATION = replace(SOCIETY, purpose="grant", people=None, money=2_000_000, cash=True, directors=7, fundraising=False)


def assess(answers: Answers, shelf: Library | None = None) -> Eligibility:
    return eligibility.assess(shelf or library(), answers, on=TODAY)


def of(found: Eligibility, kind: str) -> Fit:
    return next(fit for fit in found.fits if fit.kind == kind)


def verdict(answers: Answers, kind: str, rule: str) -> Verdict:
    return next(row.verdict for row in of(assess(answers), kind).rows if row.rule == rule)


@pytest.mark.parametrize(
    ("answers", "best"), [(SOCIETY, "社会团体"), (SERVICE, "民办非企业单位"), (FOUNDATION, "基金会")], ids=["society", "service", "foundation"]
)
def test_a_whole_plan_fits_its_type_and_no_other(answers: Answers, best: str) -> None:
    found = assess(answers)
    assert found.best == best
    assert found.fits[0].kind == best
    assert found.verdict is Verdict.OK
    assert found.fits[0].missing == ()
    assert all(fit.verdict is Verdict.PROBLEM for fit in found.fits[1:])
    for fit in found.fits:
        assert_rests_on_law(fit.rows, found.citations)


@pytest.mark.parametrize(
    ("people", "units", "enough"),
    [(50, None, True), (49, None, False), (None, 30, True), (None, 29, False), (30, 20, True), (30, 19, False), (49, 1, True), (0, 0, False)],
    ids=range(8),
)
def test_members_may_be_people_units_or_both(people: int | None, units: int | None, enough: bool) -> None:
    wanted = Verdict.OK if enough else Verdict.PROBLEM
    assert verdict(replace(SOCIETY, people=people, units=units), "社会团体", "members") is wanted


@pytest.mark.parametrize(
    ("scope", "money", "enough"), [("local", 30_000, True), ("local", 29_999, False), ("national", 100_000, True), ("national", 99_999, False)], ids=range(4)
)
def test_working_capital_of_a_society_depends_on_its_scope(scope: str, money: int, enough: bool) -> None:
    wanted = Verdict.OK if enough else Verdict.PROBLEM
    assert verdict(replace(SOCIETY, scope=scope, money=money), "社会团体", "money") is wanted


@pytest.mark.parametrize(
    ("scope", "fundraising", "least"),
    [("local", False, 2_000_000), ("national", None, 2_000_000), ("local", True, 4_000_000), ("national", True, 8_000_000)],
    ids=range(4),
)
def test_the_original_fund_depends_on_scope_and_fundraising(scope: str, fundraising: bool | None, least: int) -> None:
    plan = replace(FOUNDATION, scope=scope, fundraising=fundraising)
    assert verdict(replace(plan, money=least), "基金会", "money") is Verdict.OK
    assert verdict(replace(plan, money=least - 1), "基金会", "money") is Verdict.PROBLEM


@pytest.mark.parametrize(("directors", "fits"), [(4, False), (5, True), (25, True), (26, False)], ids=range(4))
def test_a_council_has_its_bounds(directors: int, fits: bool) -> None:
    assert verdict(replace(FOUNDATION, directors=directors), "基金会", "directors") is (Verdict.OK if fits else Verdict.PROBLEM)


@pytest.mark.parametrize(("percent", "fits"), [(0, True), (33, True), (34, False), (100, False)], ids=range(4))
def test_state_assets_stay_below_a_third(percent: int, fits: bool) -> None:
    assert verdict(replace(SERVICE, state_percent=percent), "民办非企业单位", "property") is (Verdict.OK if fits else Verdict.PROBLEM)


def test_thresholds_follow_the_digests_not_the_code() -> None:
    knowledge = copy.deepcopy(shipped_knowledge())
    digest = knowledge["digests"]["社会团体登记管理条例.yaml"]
    article = next(row for row in digest["articles"] if row["article"] == "第十条")
    for point in article["points"]:
        for figure in point.get("figures") or ():
            if figure["of"] == "个人会员":
                figure["value"] = 70
            if figure["of"] == "地方性社会团体活动资金":
                figure["value"] = 50_000
    found = assess(SOCIETY, Library(knowledge))
    missing = " ".join(of(found, "社会团体").missing)
    assert "70 个以上个人会员" in missing
    assert "5 万元" in missing


def test_the_code_holds_no_threshold() -> None:
    tree = ast.parse(inspect.getsource(eligibility))
    numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, int)}
    assert numbers <= {False, True, 2, 100, 10_000}, "signs, per cent and 万 are all that may be written here"
    assert not re.search(r"\d{2,}", json.dumps(words("eligibility")["types"], ensure_ascii=False))


def test_what_is_not_said_is_doubt_where_it_decides_and_open_elsewhere() -> None:
    found = of(assess(Answers(purpose="members")), "社会团体")
    by_rule = {row.rule: row for row in found.rows}
    assert found.verdict is Verdict.DOUBT
    assert by_rule["members"].verdict is Verdict.DOUBT
    assert by_rule["premises"].verdict is Verdict.UNCHECKED
    assert "多少个个人会员" in by_rule["members"].text or "多少个人会员" in by_rule["members"].text


def test_the_shortfall_is_said_in_yuan() -> None:
    text = " ".join(of(assess(replace(SOCIETY, money=12_500)), "社会团体").missing)
    assert "现有 1.25 万元，还差 1.75 万元" in text


def test_a_small_group_hears_of_the_street_office() -> None:
    found = assess(replace(SOCIETY, people=12))
    assert [row.rule for row in found.advice] == ["community"]
    assert_rests_on_law(found.advice, found.citations)
    assert assess(SOCIETY).advice == ()


@pytest.mark.parametrize(
    ("supervisor", "direct", "wanted"),
    [(True, None, "ok"), (False, True, "ok"), (False, False, "problem"), (False, None, "doubt"), (None, False, "doubt"), (None, None, "unchecked")],
    ids=range(6),
)
def test_a_supervising_body_or_direct_registration(supervisor: bool | None, direct: bool | None, wanted: str) -> None:
    assert verdict(replace(SOCIETY, supervisor=supervisor, direct=direct), "社会团体", "supervisor").value == wanted


def test_profit_and_barred_founders_rule_every_type_out() -> None:
    for answers in (SOCIETY, SERVICE, FOUNDATION):
        for change in ({"profit": True}, {"barred": True}):
            assert assess(replace(answers, **change)).verdict is Verdict.PROBLEM


def test_answers_are_read_from_plain_values() -> None:
    assert eligibility.answers_from({"purpose": "grant", "money": 5}) == Answers(purpose="grant", money=5)
    for values, message in (
        ({"colour": "red"}, "没有“colour”这个问题"),
        ({"purpose": "fun"}, "不认识“fun”"),
        ({"people": -1}, "不能是负数"),
        ({"state_percent": 120}, "超过 100"),
    ):
        with pytest.raises(ToolProblem, match=message):
            eligibility.answers_from(values)


def test_every_condition_asks_a_known_question_and_names_a_known_test() -> None:
    table = words("eligibility")
    assert set(table["questions"]) == set(Answers.__dataclass_fields__)
    for conditions in table["types"].values():
        for condition in conditions:
            assert condition["answer"] in table["questions"]
            assert condition["test"] in eligibility.TESTS


def test_the_result_is_plain_json() -> None:
    shown = json.loads(json.dumps(as_json(assess(SOCIETY)), ensure_ascii=False))
    assert shown["best"] == "社会团体"
    assert shown["answers"]["people"] == 60
