from pathlib import Path

import numpy as np
import pytest

from corpus.errors import BadKnowledge
from index.intent import HANDICAP, INSIDE, Intents, _Grams, exemplars

RNG = np.random.default_rng(5)
LAW, TALK = RNG.normal(size=(2, 32)).astype(np.float32)


def near(centre: np.ndarray, count: int) -> np.ndarray:
    rows = centre + 0.3 * RNG.normal(size=(count, 32)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def trained() -> Intents:
    questions = [f"登记要几天{n}" for n in range(20)] + [f"今天天气{n}" for n in range(20)]
    return Intents.train(questions, np.vstack([near(LAW, 20), near(TALK, 20)]), [INSIDE] * 20 + ["outside"] * 20)


def test_a_question_near_the_exemplars_of_a_class_is_of_that_class() -> None:
    intents = trained()
    assert intents.of("登记多少天", near(LAW, 1)[0])[INSIDE] > 0.9
    assert intents.of("明天天气", near(TALK, 1)[0])["outside"] > 0.9


def test_shares_sum_to_one_and_survive_a_round_trip(tmp_path: Path) -> None:
    intents = trained()
    intents.save(tmp_path / "intents.npz")
    again = Intents.load(tmp_path / "intents.npz")
    assert again
    vector = near(LAW + TALK, 1)[0]
    shares = intents.of("登记和天气", vector)
    assert sum(shares.values()) == pytest.approx(1)
    assert again.of("登记和天气", vector) == pytest.approx(shares, rel=1e-3)


def test_n_grams_multiply_as_their_matrix_does() -> None:
    matrix = np.where(RNG.random((30, 50)) < 0.1, RNG.random((30, 50)), 0).astype(np.float32)
    matrix[[0, 7]] = matrix[:, [0, 9]] = 0
    grams, weights, errors = _Grams(matrix), RNG.normal(size=(50, 4)).astype(np.float32), RNG.normal(size=(30, 4)).astype(np.float32)
    np.testing.assert_allclose(grams.times(weights), matrix @ weights, atol=1e-5)
    np.testing.assert_allclose(grams.transposed_times(errors), matrix.T @ errors, atol=1e-5)
    assert not _Grams(np.zeros((2, 3), np.float32)).times(weights[:3]).any()


def test_the_nearest_exemplar_moves_the_share() -> None:
    intents = trained()
    without = Intents(intents.classes, intents._features, intents._weights, np.empty((0, 0), np.float16), np.empty(0, np.int8))
    vector = near((LAW + TALK) / 2, 1)[0]
    nearer = float(intents._others.products(vector).max() - intents._inside.products(vector).max()) + HANDICAP
    moved, still = intents.of("几天", vector)["outside"], without.of("几天", vector)["outside"]
    assert (moved > still) == (nearer > 0)
    assert moved != still


def test_a_question_known_to_be_of_the_domain_moves_the_share() -> None:
    few, vector = trained(), near((LAW + TALK) / 2, 1)[0]
    rows, labels = np.vstack([few._inside.halves(), few._others.halves(), vector[None, :].astype(np.float16)]), few._labels
    inside = labels == few.classes.index(INSIDE)
    held = np.concatenate([labels[inside], labels[~inside], labels[inside][:1]])
    more = Intents(few.classes, few._features, few._weights, rows, held)
    assert more.of("几天", vector)[INSIDE] > few.of("几天", vector)[INSIDE]


def test_an_exemplar_belongs_to_one_class(tmp_path: Path) -> None:
    written = tmp_path / "intents.yaml"
    written.write_text("inside: [怎么登记]\nharm: [怎么登记]\n", encoding="utf-8")
    with pytest.raises(BadKnowledge, match="怎么登记"):
        exemplars(written)


def test_a_release_from_before_has_no_classifier(tmp_path: Path) -> None:
    np.savez(tmp_path / "intents.npz", classes=np.array([INSIDE]), weights=np.zeros((2, 1)))
    assert Intents.load(tmp_path / "intents.npz") is None
