from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from evals import scaling


def test_synthetic_articles_look_like_language():
    chance = np.random.default_rng(1)
    words = scaling.vocabulary(chance)
    made = list(scaling.texts(200, words, chance))
    assert all(0x4E00 <= ord(letter) <= 0x9FFF for letter in "".join(made))
    assert {len(text) for text in made} <= set(range(40, scaling.LETTERS + 1))
    assert len(set(made)) == 200


def test_vectors_have_length_one():
    assert np.linalg.norm(scaling.unit_vectors(5, np.random.default_rng(1)), axis=1) == pytest.approx(1, abs=1e-5)


def test_a_size_is_measured_and_drawn():
    point = scaling.measured(300)
    assert point["articles"] == 300
    assert point["search"] >= max(point["lexical"], point["dense"]) > 0
    drawn = ElementTree.fromstring(scaling.chart([point, {**point, "articles": 3000.0}]))
    assert drawn.tag.endswith("svg")
    assert len([one for one in drawn.iter() if one.tag.endswith("polyline")]) == len(scaling.SERIES)
