from __future__ import annotations

import numpy as np
import pytest

from index.cache import pack, unpack
from index.codes import BLOCK, Codes


def unit_rows(count: int, width: int = 384) -> np.ndarray:
    rows = np.random.default_rng(3).standard_normal((count, width)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
def test_products_are_those_of_the_rows(count):
    rows = unit_rows(count)
    (question,) = unit_rows(1)
    assert Codes.of(rows).products(question) == pytest.approx(rows @ question, abs=2e-3)
    assert Codes.of(rows).dimension == 384


def test_vectors_of_the_cache_lose_nothing_on_the_way_through_half_precision():
    rows = unpack([pack(row) for row in unit_rows(300)])
    codes = Codes.of(rows.astype(np.float16))
    (question,) = unit_rows(1)
    assert codes.products(question) == pytest.approx(rows @ question, abs=1e-5)
    assert np.array_equal(codes._codes, Codes.of(rows)._codes)
    assert codes.halves() == pytest.approx(rows, abs=1e-4)


def test_a_span_is_scored_as_in_the_whole():
    codes = Codes.of(unit_rows(50))
    (question,) = unit_rows(1)
    assert codes.floats(slice(7, 19)) @ question == pytest.approx(codes.products(question)[7:19], abs=1e-6)


def test_a_row_of_zeros_scores_nothing():
    assert Codes.of(np.zeros((2, 8), np.float16)).products(np.ones(8, np.float32)).tolist() == [0, 0]
