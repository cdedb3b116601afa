from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import convex, normalised

SCORES = st.lists(st.one_of(st.floats(-50, 50, width=32), st.just(float("-inf"))), min_size=1, max_size=40)


def array(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_best_is_one_and_worst_is_nothing():
    assert normalised(array(2, 4, 6)).tolist() == [0, 0.5, 1]


def test_only_the_best_are_told_apart():
    assert normalised(array(1, 2, 3, 4, 5), depth=3).tolist() == [0, 0, 0, 0.5, 1]


def test_what_a_filter_took_out_is_nothing_and_moves_nothing():
    assert normalised(array(-np.inf, 2, 4)).tolist() == [0, 0, 1]
    assert normalised(array(-np.inf, -np.inf)).tolist() == [0, 0]


def test_one_score_alone_is_the_best_if_it_is_above_nothing():
    assert normalised(array(3)).tolist() == [1]
    assert normalised(array(0, 0)).tolist() == [0, 0]
    assert normalised(array(2, 2, -np.inf)).tolist() == [1, 1, 0]


def test_both_lists_count_by_their_weight():
    lexical, dense = array(0, 1, 2), array(3, 1, 1)
    assert convex(lexical, dense, weight=0.25).tolist() == pytest.approx([0.25, 0.375, 0.75])


def test_lexical_alone_where_there_are_no_vectors():
    assert convex(array(0, 1, 2), None).tolist() == [0, 0.5, 1]


@given(SCORES, st.integers(1, 50))
def test_normalised_scores_lie_between_nothing_and_one_and_keep_the_order(values, depth):
    scores = array(*values)
    result = normalised(scores, depth)
    assert result.dtype == np.float32
    assert ((result >= 0) & (result <= 1)).all()
    order = np.argsort(scores, kind="stable")
    assert (np.diff(result[order]) >= 0).all()
