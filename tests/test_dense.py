from __future__ import annotations

import numpy as np
import pytest

from index.dense import Allowed, Dense, Layout

VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]], np.float32)
ALL = Allowed(np.ones(3, bool), 20240101, ())


@pytest.fixture
def dense() -> Dense:
    return Dense.build(VECTORS, [2, 1, 1], np.array([0, -0.02, 0, 0], np.float32), ["a", "b", "c", "d"])


def test_the_passages_of_units_are_told_with_their_offsets(dense):
    (first, offsets), (last, none) = dense.passages([0, 2])
    assert first == pytest.approx(VECTORS[:2], abs=5e-3)
    assert offsets == pytest.approx([0, -0.02])
    assert last == pytest.approx(VECTORS[3:], abs=5e-3)
    assert none == pytest.approx([0])


def test_a_unit_scores_as_its_best_passage(dense):
    assert dense.unit_scores(np.array([0.6, 0.8], np.float32), ALL) == pytest.approx([0.78, 1.0, -0.6], abs=5e-3)


def test_what_is_not_allowed_scores_nothing(dense):
    allowed = Allowed(np.array([True, False, True]), 20240101, ())
    assert dense.unit_scores(np.array([0.6, 0.8], np.float32), allowed).tolist()[1] == -np.inf


def test_starts_group_the_rows(dense, tmp_path):
    dense.save(tmp_path)
    layout = Layout.load(tmp_path)
    assert layout.starts.tolist() == [0, 2, 3, 4]
    assert layout.ids.tolist() == ["a", "b", "c", "d"]
    assert dense.dimension == 2


def test_layout_of_an_older_release_has_no_ids(dense, tmp_path):
    dense.save(tmp_path)
    (tmp_path / "ids.npy").unlink()
    assert Layout.load(tmp_path).ids.tolist() == []


def test_saved_matrix_scores_the_same_within_half_precision(dense, tmp_path):
    dense.save(tmp_path / "dense")
    again = Dense.load(tmp_path / "dense")
    question = np.array([0.8, -0.6], np.float32)
    assert again.unit_scores(question, ALL) == pytest.approx(dense.unit_scores(question, ALL), abs=1e-3)
    assert np.load(tmp_path / "dense" / "matrix.npy").dtype == np.float16
