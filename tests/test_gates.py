"""The gates: each part of the product broken on purpose turns one red; so does a drop of more than a point, which names its cases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.pipeline import Assistant
from assistant.turn import Answer, Turn
from evals import gates
from evals.case import Case
from evals.record import Record
from evals.run import ask_all, chosen
from evals.scoring import Scored, score_all, table
from index.release import current
from index.search import Search

SLACK = 0.005


def opened(home: Path) -> Assistant:
    return Assistant(Search(current(home)))


def scored(assistant: Assistant, cases: list[Case]) -> list[Scored]:
    return score_all(cases, *ask_all(assistant, cases))[0]


def sample(task: str, every: int = 1, keep: Callable[[Case], bool] = lambda case: True) -> list[Case]:
    """Dev cases of a set, one in so many."""
    return [case for case in chosen("dev", [task]) if keep(case)][::every]


def held(assistant: Assistant, cases: list[Case], *measures: str) -> dict[str, dict[str, float]]:
    """Bounds that the sound product just holds on these cases."""
    found = table(scored(assistant, cases))[cases[0].set]
    bounds = {cases[0].set: {measure: found[measure] - SLACK for measure in measures}}
    assert all(bound > 0.3 for bound in bounds[cases[0].set].values()), found
    return bounds


def red(assistant: Assistant, cases: list[Case], bounds: dict[str, dict[str, float]]) -> list[str]:
    """The gates that a product does not hold on the cases."""
    return gates.failures(scored(assistant, cases), bounds)


def test_dropping_the_date_filter_turns_editions_red(shipped_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = sample("temporal", keep=lambda case: case.edition is not None)
    bounds = held(opened(shipped_home), cases, "edition")

    def any_day(self: Search, on: Any, region: str) -> Any:
        return np.ones(len(self._start), bool)

    monkeypatch.setattr(Search, "_allowed", any_day)
    assert any(line.startswith("temporal edition") for line in red(opened(shipped_home), cases, bounds))


def swapping(ask: Callable[..., Turn]) -> Callable[..., Turn]:
    """The same answers with the numbers 1 and 2 changed about in every sentence that cites either."""
    other = {1: 2, 2: 1}

    def asked(*args: Any, **said: Any) -> Turn:
        turn = ask(*args, **said)
        assert turn.answer
        if len(turn.answer.citations) < 2:
            return turn
        blocks = tuple(
            replace(block, items=tuple(tuple(replace(s, cites=tuple(other.get(n, n) for n in s.cites)) for s in item) for item in block.items))
            for block in turn.answer.blocks
        )
        answer: Answer = replace(turn.answer, blocks=blocks)
        return turn.having(answer=answer)

    return asked


def test_swapping_two_citations_turns_support_and_figures_red(shipped_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = sample("answer", 8)
    assistant = opened(shipped_home)
    bounds = held(assistant, cases, "alce_recall", "alce_precision", "figures")
    monkeypatch.setattr(assistant, "ask", swapping(assistant.ask))
    failed = red(assistant, cases, bounds)
    assert [line.split("：")[0] for line in failed] == ["answer alce_recall", "answer alce_precision", "answer figures"]


def test_changing_a_figure_in_a_digest_turns_facts_red(shipped_home: Path, tmp_path: Path) -> None:
    """The 60 days of 社会团体登记管理条例 第十二条 become 90."""
    cases = sample("answer", keep=lambda case: any(("社会团体登记管理条例", "第十二条") in group for group in case.gold))
    assert cases
    bounds = held(opened(shipped_home), cases, "fact_recall")
    broken = tmp_path / "home"
    shutil.copytree(shipped_home, broken, symlinks=True)
    path = current(broken).folder / "knowledge.json"
    knowledge = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(knowledge["digests"]["社会团体登记管理条例.yaml"], ensure_ascii=False)
    for kind, files in knowledge.items():
        if kind != "catalog":
            changed = json.dumps(files, ensure_ascii=False).replace("60 日", "90 日").replace("60日", "90日").replace('"value": 60', '"value": 90')
            knowledge[kind] = json.loads(changed)
    assert text != json.dumps(knowledge["digests"]["社会团体登记管理条例.yaml"], ensure_ascii=False)
    path.write_text(json.dumps(knowledge, ensure_ascii=False), encoding="utf-8")
    assert any(line.startswith("answer fact_recall") and cases[0].id in line for line in red(opened(broken), cases, bounds))


def test_disabling_clarify_turns_asking_back_red(shipped_home: Path) -> None:
    cases = sample("clarify")
    assistant = opened(shipped_home)
    bounds = held(assistant, cases, "behaviour", "clarify_recall")
    assistant._stages = [(name, (lambda turn: turn) if name == "clarify" else stage) for name, stage in assistant._stages]
    failed = red(assistant, cases, bounds)
    assert [line.split("：")[0] for line in failed] == ["clarify behaviour", "clarify clarify_recall"]


def test_breaking_the_tokenizer_turns_retrieval_red(shipped_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words parted by blanks, as frameworks' defaults do it, find next to nothing in Chinese."""
    cases = sample("retrieval", 4)
    bounds = held(opened(shipped_home), cases, "recall@5", "recall@10")
    monkeypatch.setattr("index.search.query_weights", lambda question: dict.fromkeys(question.split(), 1.0))
    failed = red(opened(shipped_home), cases, bounds)
    assert [line.split("：")[0] for line in failed] == ["retrieval recall@5", "retrieval recall@10"]
    assert "失分的题：" in failed[0]


def test_forgetting_the_turns_before_widens_the_gap(shipped_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = sample("dialogue", 4)
    bounds = {"dialogue": {"gap": table(scored(opened(shipped_home), cases))["dialogue"]["gap"] + SLACK}}
    ask = Assistant.ask

    def forgetful(self: Assistant, question: str, **said: Any) -> Turn:
        return ask(self, question, **said | {"history": ()})

    monkeypatch.setattr(Assistant, "ask", forgetful)
    (line,) = red(opened(shipped_home), cases, bounds)
    assert line.startswith("dialogue gap")


def answer(number: int, fact_recall: float, wrong: float = 0.0) -> Scored:
    case = Case(f"ans-{number}", "answer", "dev", ("?",), "answered")
    return Scored(case, Record(case.id, "answered"), {"fact_recall": fact_recall, "wrong": wrong})


def published(rows: list[Scored]) -> dict[str, Any]:
    return {"name": "0.1.0", "cases": {row.case.id: {"scores": row.scores} for row in rows}}


def test_a_drop_of_more_than_a_point_fails_and_names_the_cases() -> None:
    before = [answer(n, 1.0) for n in range(100)]
    one, two = [answer(0, 0.0), *before[1:]], [answer(0, 0.0), answer(7, 0.5), *before[1:7], *before[8:]]
    bounds = {"answer": {"fact_recall": 0.5}}
    assert gates.failures(one, bounds, published(before)) == []
    (line,) = gates.failures(two, bounds, published(before))
    assert "退步 0.015" in line
    assert line.endswith("；失分的题：ans-0、ans-7")


def test_more_wrong_statements_are_a_drop_too() -> None:
    before = [answer(n, 1.0) for n in range(10)]
    (line,) = gates.drops([answer(3, 1.0, 1.0), *before[:3], *before[4:]], {"answer": {"wrong": 1.0}}, published(before))
    assert "ans-3" in line


def test_a_case_that_is_new_or_gone_is_no_drop() -> None:
    before = [answer(n, 1.0) for n in range(10)]
    assert gates.drops([answer(11, 0.0), *before[:5]], {"answer": {"fact_recall": 0.5}}, published(before)) == []


def test_a_gate_whose_cases_did_not_run_fails() -> None:
    (line,) = gates.failures([answer(1, 1.0)], {"retrieval": {"recall@5": 0.9}})
    assert line.startswith("retrieval recall@5：nan")


def test_upper_bounds_hold_from_above() -> None:
    rows = [answer(1, 1.0, 1.0), answer(2, 1.0)]
    assert gates.failures(rows, {"answer": {"wrong": 0.5}}) == []
    assert gates.failures(rows, {"answer": {"wrong": 0.4}})


def test_what_is_counted_over_groups_names_its_cases_too() -> None:
    def asked(number: int, expect: str, outcome: str) -> Scored:
        return Scored(Case(f"c-{number}", "answer", "dev", ("?",), expect), Record(f"c-{number}", outcome), {})

    rows = [asked(1, "answered", "refused"), asked(2, "refused", "answered"), asked(3, "clarify", "answered"), asked(4, "answered", "clarify")]
    bounds = {"all": {"over_refusal": 0.0, "abstention_recall": 1.0, "clarify_recall": 1.0, "clarify_precision": 1.0}}
    assert [line.rpartition("：")[2] for line in gates.failures(rows, bounds)] == ["c-1", "c-2", "c-3", "c-4"]


def test_the_last_published_run_of_the_same_kind_is_the_baseline(tmp_path: Path) -> None:
    for name, at, texts in (("old", "20260101", 0), ("new", "20260201", 0), ("full", "20260301", 141)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scores.json").write_text(json.dumps({"about": {"at": at, "texts": texts}, "cases": {}}), encoding="utf-8")
    named = [found and found["name"] for found in (gates.published(0, tmp_path), gates.published(5, tmp_path), gates.published(0, tmp_path / "none"))]
    assert named == ["new", "full", None]


def test_every_gate_is_of_a_set_and_measure_that_exist() -> None:
    known: dict[str, set[str]] = {}
    for case in chosen("all", None):
        known.setdefault(case.set, set()).update(measures_of(case))
    known["all"] = set().union(*known.values())
    for group, measures in gates.bounds().items():
        assert set(measures) <= known[group], group


def measures_of(case: Case) -> Iterator[str]:
    from evals.scoring import applying

    yield from applying(case)
    yield from ("abstention_recall", "abstention_precision", "over_refusal", "clarify_recall", "clarify_precision")
