"""What is scored for which case, what a missing answer and a failing measure cost, and the means over groups."""

from __future__ import annotations

import math

import pytest

from evals import scoring
from evals.case import Case, Nugget
from evals.record import Record, Whole, missing
from evals.scoring import Scored


def case(number: int = 1, **changes: object) -> Case:
    plain = {"id": f"x{number}", "set": "answer", "split": "dev", "turns": ("?",), "expect": "answered", "gold": ((("甲法", "第一条"),),)}
    return Case(**{**plain, "nuggets": (Nugget("五十个", (("50个",),)),), **changes})  # type: ignore[arg-type]


def test_a_missing_answer_scores_zero_and_counts_as_wrong() -> None:
    found, errors = scoring.scores(case(), missing("x1"), {})
    assert found["wrong"] == 1
    assert {value for name, value in found.items() if name != "wrong"} == {0.0}
    assert {"behaviour", "citation_recall", "alce_recall", "figures", "fact_recall", "quotes", "in_force"} <= found.keys()
    assert errors == ["x1：没有记录"]


def test_cases_without_record_are_scored_all_the_same() -> None:
    rows, errors = scoring.score_all([case(1), case(2)], {"x1": Record("x1", "answered", answer="要五十个")}, {})
    assert [row.scores["fact_recall"] for row in rows] == [1, 0]
    assert len(errors) == 1


def test_a_measure_that_raises_is_an_error_and_scores_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> float:
        raise ZeroDivisionError("no")

    monkeypatch.setitem(scoring.SAID, "fact_recall", broken)
    found, errors = scoring.scores(case(), Record("x1", "answered", answer="要五十个"), {})
    assert found["fact_recall"] == 0
    assert errors == ["x1 fact_recall：ZeroDivisionError: no"]


@pytest.mark.parametrize(
    ("changes", "measures"),
    [
        ({"set": "retrieval"}, {"behaviour", "recall@5", "mrr", "ndcg@10"}),
        ({"set": "refuse", "expect": "refused", "gold": (), "nuggets": ()}, {"behaviour"}),
        ({"set": "name"}, {"behaviour", "verdict", "quotes"}),
        ({"set": "deadline"}, {"behaviour", "due", "fact_recall"}),
        ({"set": "personal", "secrets": ("139",)}, {"behaviour", "secrets", "alce_recall"}),
        ({"set": "checklist"}, {"guide", "materials", "steps"}),
        ({"set": "eligibility"}, {"best", "verdict", "rules"}),
    ],
)
def test_a_set_has_its_measures(changes: dict, measures: set[str]) -> None:
    assert measures <= scoring.applying(case(**changes)).keys()


def test_a_dialogue_is_scored_beside_its_question_asked_whole() -> None:
    asked = case(set="dialogue", turns=("民非呢？", "那协会呢？"), whole="协会要几个人？")
    lost = Record("x1", "clarify", answer="你问哪一类？", whole=Whole("answered", "要五十个"))
    found, errors = scoring.scores(asked, lost, {})
    assert (found["fact_recall"], found["whole_fact_recall"], found["whole_behaviour"], found["gap"]) == (0, 1, 1, 1)
    assert errors == []
    better = Record("x1", "answered", answer="要五十个", whole=Whole("clarify", "你问哪一类？"))
    assert scoring.scores(asked, better, {})[0]["gap"] == -1
    both = scoring.table([Scored(asked, record, scoring.scores(asked, record, {})[0]) for record in (lost, lost, better, better)])
    assert both["dialogue"]["gap"] == both["dialogue"]["whole_fact_recall"] - both["dialogue"]["fact_recall"] == 0
    assert "gap" not in scoring.applying(case())


@pytest.mark.parametrize(("whole", "told"), [(None, "没有整句问的记录"), (Whole("error", error="RuntimeError: no"), "RuntimeError: no")])
def test_a_whole_question_without_an_answer_costs_its_measures_and_is_an_error(whole: Whole | None, told: str) -> None:
    asked = case(set="dialogue", turns=("民非呢？", "那协会呢？"), whole="协会要几个人？")
    found, errors = scoring.scores(asked, Record("x1", "answered", answer="要五十个", whole=whole), {})
    assert (found["fact_recall"], found["whole_fact_recall"], found["whole_behaviour"], found["gap"]) == (1, 0, 0, 1)
    assert len(errors) == 1
    assert told in errors[0]
    assert scoring.scores(asked, missing("x1"), {})[0]["gap"] == 1


def test_secrets_are_sought_in_answer_quotes_and_what_is_kept() -> None:
    asked = case(set="personal", secrets=("13800000000",))
    for kept in ("你的 138-0000 0000", "13800000000"):
        assert scoring.scores(asked, Record("x1", "answered", kept=kept), {})[0]["secrets"] == 0
        assert scoring.scores(asked, Record("x1", "answered", answer=kept), {})[0]["secrets"] == 0
    assert scoring.scores(asked, Record("x1", "answered", answer="〔手机号〕"), {})[0]["secrets"] == 1


def test_a_checklist_must_hold_its_nuggets_in_the_right_section() -> None:
    asked = case(set="checklist", guide="g", nuggets=(Nugget("章程", (("章程",),), section="materials"), Nugget("60 日", (("60日",),), section="steps")))
    tool = {"guide": "g", "sections": {"materials": ["章程草案"], "steps": ["章程", "三十日内决定"]}}
    found, _ = scoring.scores(asked, Record("x1", "answered", tool=tool), {})
    assert (found["guide"], found["materials"], found["steps"]) == (1, 1, 0)


def row(number: int, expect: str, outcome: str, **changes: object) -> Scored:
    asked = case(number, set="refuse" if expect == "refused" else "answer", expect=expect, **changes)
    return Scored(asked, Record(asked.id, outcome, ms=float(number)), {"behaviour": float(expect == outcome)})


def test_abstention_by_hand() -> None:
    rows = [
        row(1, "refused", "refused"),
        row(2, "refused", "answered"),
        row(3, "answered", "refused"),
        row(4, "answered", "answered"),
        row(5, "clarify", "clarify"),
    ]
    found = scoring.abstention(rows)
    assert (found["abstention_recall"], found["abstention_precision"], found["over_refusal"]) == (0.5, 0.5, 0.5)
    assert (found["clarify_recall"], found["clarify_precision"]) == (1, 1)


def test_means_and_times_of_groups() -> None:
    found = scoring.table([row(1, "answered", "answered"), row(2, "answered", "refused", split="test")])
    assert found["answer"]["behaviour"] == 0.5
    assert found["answer/dev"]["behaviour"] == 1
    assert found["all"]["cases"] == 2
    assert found["answer"]["ms_p95"] == 2


def test_small_slices_are_left_out_and_the_worst_is_named() -> None:
    rows = [row(n, "answered", "answered", style="everyday") for n in range(8)] + [row(n, "answered", "refused", style="typo") for n in range(8, 16)]
    rows += [row(20, "answered", "refused", style="pinyin")]
    assert set(scoring.slices(rows, "behaviour", "style")) == {"everyday", "typo"}
    assert scoring.worst(rows, "behaviour") == ("style", "typo", 0.0, 8)
    assert scoring.worst(rows[:3], "behaviour") is None


def test_measures_not_defined_are_left_out_not_zero() -> None:
    found, _ = scoring.scores(case(edition=None), Record("x1", "answered", answer="要五十个"), {})
    assert "edition" not in found
    assert not any(math.isnan(value) for value in found.values())
