"""Our ranking measures against the ones that everybody uses (ir_measures over trec_eval), on random rankings."""

from __future__ import annotations

import random

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from evals import measures
from evals.case import Case

ADDRESSES = [("甲法", f"第{n}条") for n in range(40)]


def case(number: int, gold: list[tuple[str, str]]) -> Case:
    return Case(f"q{number}", "retrieval", "dev", ("?",), "answered", tuple((place,) for place in gold))


@pytest.fixture(scope="module")
def runs() -> list[tuple[Case, list[tuple[str, str]]]]:
    """Fifty rankings: some whole, some short, some without any gold, one empty."""
    chance = random.Random(9)
    found = [(case(n, chance.sample(ADDRESSES, chance.randint(1, 4))), chance.sample(ADDRESSES, chance.randint(1, 25))) for n in range(49)]
    return [*found, (case(49, ADDRESSES[:2]), [])]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (nDCG @ 10, measures.ndcg),
        (R @ 5, lambda found, ranked: measures.recall_at(found, ranked, 5)),
        (R @ 20, lambda found, ranked: measures.recall_at(found, ranked, 20)),
        (RR @ 10, measures.reciprocal_rank),
    ],
    ids=["ndcg@10", "recall@5", "recall@20", "mrr@10"],
)
def test_rankings_score_as_in_trec_eval(runs, theirs, ours) -> None:
    qrels = [ir_measures.Qrel(found.id, "".join(place), 1) for found, _ in runs for group in found.gold for place in group]
    run = [ir_measures.ScoredDoc(found.id, "".join(place), -rank) for found, ranked in runs for rank, place in enumerate(ranked)]
    expected = {score.query_id: score.value for score in ir_measures.iter_calc([theirs], qrels, run)}
    for found, ranked in runs:
        assert ours(found, ranked) == pytest.approx(expected.get(found.id, 0.0)), found.id


def test_a_second_alternative_of_a_group_gains_nothing() -> None:
    found = Case("x", "retrieval", "dev", ("?",), "answered", (((ADDRESSES[0]), (ADDRESSES[1])),))
    assert measures.ndcg(found, [ADDRESSES[0], ADDRESSES[1]]) == 1
    assert measures.ndcg(found, [ADDRESSES[5], ADDRESSES[1], ADDRESSES[0]]) == pytest.approx(0.6309, abs=1e-4)
