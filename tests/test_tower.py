"""Training the question side: on pairs made up for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import smalle5

from evals import tower
from evals.encoder import Encoder
from evals.tuning import Pairs
from evals.weights import Weights


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return smalle5.write(tmp_path_factory.mktemp("weights") / "small.bin")


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    chance = np.random.default_rng(4)
    articles = chance.standard_normal((200, smalle5.WIDTH)).astype(np.float32)
    articles /= np.linalg.norm(articles, axis=1, keepdims=True)
    questions = ["".join(chance.choice(list(smalle5.LETTERS), 8)) + ("灯油" if i % 2 else "渡船") for i in range(48)]
    return Pairs(questions, [[i % 2, 2] for i in range(48)], articles)


def loss(weights: Weights, pairs: Pairs) -> float:
    vectors = Encoder(weights).forward([weights.question(question) for question in pairs.questions]).vectors
    return tower.contrast(vectors, pairs.articles, pairs.gold)[0]


def test_trained_questions_lie_nearer_to_their_articles_and_the_numbers_are_always_the_same(small, pairs, tmp_path):
    said: list[str] = []
    path = tower.trained(Weights(small), pairs, tmp_path, said.append)
    after = Weights(path)
    assert loss(after, pairs) < loss(Weights(small), pairs) - 1
    assert [line.split("，")[0] for line in said] == [f"训练问题一侧 {n}/{tower.EPOCHS}" for n in range(1, tower.EPOCHS + 1)]
    for name, tensor in tower.learned(Weights(small), pairs, said.append).items():
        assert np.array_equal(after.tensors[name], tensor)


def test_what_is_trained_is_not_trained_again_but_other_pairs_are(small, pairs, tmp_path):
    few = Pairs(pairs.questions[:4], pairs.gold[:4], pairs.articles)
    path, said = tower.trained(Weights(small), few, tmp_path), []
    assert tower.trained(Weights(small), few, tmp_path, said.append) == path
    assert not said
    assert tower.trained(Weights(small), Pairs(few.questions, few.gold[::-1], few.articles), tmp_path, said.append) != path
    assert said
    assert len(list(tmp_path.iterdir())) == 2


def test_the_slope_of_the_loss(pairs):
    chance = np.random.default_rng(6)
    vectors = chance.standard_normal((5, smalle5.WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gold = [[3], [4, 5], [6], [7], [8, 9, 10]]
    value, slope = tower.contrast(vectors, pairs.articles, gold)
    way = slope / np.linalg.norm(slope)
    ends = [tower.contrast(vectors + np.float32(step) * way, pairs.articles, gold)[0] for step in (0.01, -0.01)]
    assert (ends[0] - ends[1]) / 0.02 == pytest.approx(float(np.linalg.norm(slope)), rel=0.01)
    assert ends[1] < value < ends[0]


def test_batches_hold_every_number_once_and_like_lengths():
    lengths = [int(n) for n in np.random.default_rng(8).integers(5, 200, 100)]
    found = list(tower.batches(lengths, np.random.default_rng(1)))
    assert sorted(number for batch in found for number in batch) == list(range(100))
    assert all(max(lengths[i] for i in batch) - min(lengths[i] for i in batch) <= 60 for batch in found)
