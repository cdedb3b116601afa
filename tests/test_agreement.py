"""Two readings of the same cases: the measure by hand, and the committed second reading."""

from __future__ import annotations

import pytest

from evals import agreement
from evals.case import Case, Nugget
from evals.run import EvalProblem

CASES = [
    Case(
        "a",
        "answer",
        "dev",
        ("?",),
        "answered",
        ((("甲法", "第一条"), ("乙法", "第二条")), (("丙法", "第三条"),)),
        (Nugget("50", (("50个",),)), Nugget("60", (("60日",),))),
    ),
    Case("b", "answer", "dev", ("?",), "answered", ((("丁法", "第四条"),),), (Nugget("70", (("70%",),)),)),
]


def read(case: str, *places: tuple[str, str], facts: list[str]) -> dict:
    return {"id": case, "gold": [{"title": title, "article": article} for title, article in places], "facts": facts}


def test_agreement_by_hand() -> None:
    rows = [read("a", ("乙法", "第二条"), ("戊法", "第五条"), facts=["五十个"]), read("b", ("丁法", "第四条"), facts=["百分之七十"])]
    found = agreement.measure(rows, CASES)
    assert {key: found[key] for key in ("cases", "articles", "cited", "first", "facts")} == {
        "cases": 2,
        "articles": 0.75,
        "cited": 0.75,
        "first": 1,
        "facts": 0.75,
    }
    assert [(row["case"], row["unread"]) for row in found["apart"]] == [("a", ["60"])]
    assert "第一依据相同 1.000" in agreement.told(found)


def test_a_reading_without_case_is_said() -> None:
    with pytest.raises(EvalProblem, match="没有对应的用例"):
        agreement.measure([read("z", ("甲法", "第一条"), facts=["x"])], CASES)


def test_sixty_cases_were_read_twice_and_agree() -> None:
    found = agreement.measure()
    assert found["cases"] == 60
    assert found["articles"] >= 0.9
    assert found["facts"] >= 0.9
