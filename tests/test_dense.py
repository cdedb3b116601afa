from __future__ import annotations

import numpy as np
import pytest

from index.dense import Dense

VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]], np.float32)


@pytest.fixture
def dense() -> Dense:
    return Dense.build(VECTORS, [2, 1, 1], np.array([0, -0.02, 0, 0], np.float32))


def test_passages_score_by_inner_product_and_offset(dense):
    assert dense.passage_scores(np.array([0.6, 0.8], np.float32)) == pytest.approx([0.6, 0.78, 1.0, -0.6])


def test_a_unit_scores_as_its_best_passage(dense):
    scores = dense.passage_scores(np.array([0.6, 0.8], np.float32))
    assert dense.unit_scores(scores) == pytest.approx([0.78, 1.0, -0.6])


def test_starts_group_the_rows(dense):
    assert dense.starts.tolist() == [0, 2, 3, 4]
    assert dense.dimension == 2


def test_saved_matrix_scores_the_same_within_half_precision(dense, tmp_path):
    dense.save(tmp_path / "dense")
    again = Dense.load(tmp_path / "dense")
    question = np.array([0.8, -0.6], np.float32)
    assert again.passage_scores(question) == pytest.approx(dense.passage_scores(question), abs=1e-3)
    assert again.starts.tolist() == dense.starts.tolist()
    assert np.load(tmp_path / "dense" / "matrix.npy").dtype == np.float16
