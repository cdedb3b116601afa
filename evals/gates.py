"""Gates: bounds that a run must hold, and no drop of more than a point against the last published run; what fails names its cases."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.catalog import read_yaml
from evals.compare import CaseScores, Table, case_scores, fallen
from evals.run import HERE, SCORES
from evals.scoring import TOOLS, UPPER, Scored, table

GATES = HERE / "gates.yaml"
RESULTS = HERE / "results"
DROP = 0.01
NAMED = 8
AT_MOST = (*UPPER, "over_refusal")
# For what is counted over groups: which expectation and which outcome make a case one that was lost.
MISSED: dict[str, tuple[Callable[[str], bool], Callable[[str], bool]]] = {
    "over_refusal": (lambda expect: expect == "answered", lambda outcome: outcome == "refused"),
    "abstention_recall": (lambda expect: expect == "refused", lambda outcome: outcome != "refused"),
    "abstention_precision": (lambda expect: expect != "refused", lambda outcome: outcome == "refused"),
    "clarify_recall": (lambda expect: expect == "clarify", lambda outcome: outcome != "clarify"),
    "clarify_precision": (lambda expect: expect != "clarify", lambda outcome: outcome == "clarify"),
}
Bounds = Mapping[str, Mapping[str, float]]


def bounds() -> Bounds:
    """Set → measure → bound, as gates.yaml has them."""
    found: Bounds = read_yaml(GATES)
    return found


def failures(rows: Sequence[Scored], wanted: Bounds, baseline: Mapping[str, Any] | None = None) -> list[str]:
    """Gates that are not met, in Chinese; a gate whose cases did not run fails too."""
    found = table(rows)
    failed = [line for group, measures in wanted.items() for measure, bound in measures.items() if (line := _bound(rows, found, group, measure, bound))]
    return failed + (drops(rows, wanted, baseline) if baseline else [])


def _bound(rows: Sequence[Scored], found: Table, group: str, measure: str, bound: float) -> str:
    actual = found.get(group, {}).get(measure, math.nan)
    most = measure in AT_MOST
    if not math.isnan(actual) and (actual <= bound if most else actual >= bound):
        return ""
    low = [row.case.id for row in rows if group in ("all", row.case.set) and _lost(row, measure)]
    return f"{group} {measure}：{actual:.3f}，门槛 {'≤' if most else '≥'} {bound}{_named(low)}"


def _lost(row: Scored, measure: str) -> bool:
    if measure in MISSED:
        expected, did = MISSED[measure]
        return row.case.set not in TOOLS and expected(row.case.expect) and did(row.record.outcome)
    value = row.scores.get(measure)
    return value is not None and (value > 0 if measure in UPPER else value < 1)


def _named(cases: Sequence[str]) -> str:
    if not cases:
        return ""
    rest = f" 等 {len(cases)} 题" if len(cases) > NAMED else ""
    return f"；失分的题：{'、'.join(cases[:NAMED])}{rest}"


def drops(rows: Sequence[Scored], wanted: Bounds, baseline: Mapping[str, Any]) -> list[str]:
    """Gated measures that fell by more than a point against the published run, over the cases in both, and the cases that fell."""
    before: CaseScores = {case: row["scores"] for case, row in baseline["cases"].items()}
    after = case_scores(rows)
    fell = fallen(before, after)
    failed = []
    for group, measures in wanted.items():
        own = {row.case.id for row in rows if row.case.set == group}
        for measure in measures:
            both = [case for case in own if measure in before.get(case, {}) and measure in after[case]]
            if not both:
                continue
            change = sum(after[case][measure] - before[case][measure] for case in both) / len(both)
            if (change if measure in UPPER else -change) > DROP:
                cases = sorted({one.case for one in fell if one.measure == measure and one.case in own})
                failed.append(f"{group} {measure}：比 {baseline['name']} 退步 {abs(change):.3f}（{len(both)} 题）{_named(cases)}")
    return failed


def published(texts: int, folder: Path = RESULTS) -> dict[str, Any] | None:
    """The scores last published for a release with as many official texts, or None; `name` is their folder."""
    found = []
    for path in folder.glob(f"*/{SCORES}"):
        scores = json.loads(path.read_text(encoding="utf-8"))
        if bool(scores["about"]["texts"]) == bool(texts):
            found.append(scores | {"name": path.parent.name})
    return max(found, key=lambda scores: str(scores["about"]["at"]), default=None)
