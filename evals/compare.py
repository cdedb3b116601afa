"""Two runs side by side: which cases fell, which rose, and by how much each measure moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.scoring import UNSCORED, UPPER, Scored, Scores

Table = Mapping[str, Scores]
CaseScores = Mapping[str, Scores]


@dataclass(frozen=True, slots=True)
class Change:
    """One case and measure that moved between two runs."""

    case: str
    measure: str
    before: float
    after: float

    @property
    def fell(self) -> bool:
        """Whether it got worse."""
        return (self.after > self.before) if self.measure in UPPER else (self.after < self.before)


def case_scores(rows: Sequence[Scored]) -> dict[str, Scores]:
    """Case id → scores."""
    return {row.case.id: row.scores for row in rows}


def changes(before: CaseScores, after: CaseScores) -> list[Change]:
    """Every measure of every case in both runs that moved; a measure that only the earlier run has is left out."""
    return [
        Change(case, measure, was, scores[measure])
        for case, scores in after.items()
        for measure, was in before.get(case, {}).items()
        if measure not in UNSCORED and measure in scores and scores[measure] != was
    ]


def fallen(before: CaseScores, after: CaseScores) -> list[Change]:
    """The changes for the worse."""
    return [change for change in changes(before, after) if change.fell]
