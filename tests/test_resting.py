"""Which evaluation cases rest on changed articles: told by the cases' files alone, and by the impact of the real 慈善法 of 2023 over 2016."""

from __future__ import annotations

import json

from test_impact import CHARITY, TODAY, charity, differing

from api.staff.resting import all_cases, of_case
from corpus.impact import CASE, impact
from corpus.library import Library, shipped_knowledge
from evals.case import CASES

__all__ = ["charity"]


def expected(labels: dict[str, set[str]]) -> set[str]:
    """The ids of the cases whose gold holds a differing article in the edition of the case's day."""
    found = set()
    for path in CASES.glob("*.jsonl"):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            edition = row.get("edition") or ("2016-03-16" if (row.get("date") or str(TODAY)) < "2024-09-05" else "2023-12-29")
            golds = [gold for group in row.get("gold") or () for gold in group]
            if any(gold["title"] == "慈善法" and gold["article"] in labels[edition] for gold in golds):
                found.add(row["id"])
    return found


def test_the_cases_on_changed_articles_of_the_charity_law_are_listed_and_no_others(charity, tmp_path):
    shipped = shipped_knowledge()
    before, after = Library(shipped, charity[0]), Library(shipped, charity[1])
    others = [rest for case in all_cases(tmp_path) for rest in of_case(case, before, TODAY)]
    found = {touched.rest.id for touched in impact(before, after, TODAY, others) if touched.rest.kind == CASE}
    assert found == expected(differing(charity[1]))
    assert len(found) > 20


def test_a_case_s_own_edition_comes_before_its_day_and_that_before_today(tmp_path):
    library = Library()
    rows = {
        "named": {"edition": "2016-03-16", "date": None},
        "dated": {"edition": None, "date": "2020-01-01"},
        "today": {"edition": None, "date": None},
    }
    (tmp_path / "cases").mkdir()
    for name, row in rows.items():
        case = {"id": name, "set": "office", "split": "office", "turns": ["问"], "expect": "answered", "gold": [[{"title": "慈善法", "article": "第十条"}]]}
        (tmp_path / "cases" / f"{name}.jsonl").write_text(json.dumps(case | row, ensure_ascii=False), encoding="utf-8")
    own = [rest for case in all_cases(tmp_path) if case.id in rows for rest in of_case(case, library, TODAY)]
    assert {(rest.id, rest.address.law, rest.address.edition, rest.dated) for rest in own} == {
        ("named", CHARITY, "2016-03-16", True),
        ("dated", CHARITY, "2016-03-16", True),
        ("today", CHARITY, "2023-12-29", False),
    }
