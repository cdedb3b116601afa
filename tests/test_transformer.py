"""A sentence-transformers model of a few kilobytes, made here: the extra `sbert` is needed, no download."""

from __future__ import annotations

from pathlib import Path

import lantern
import numpy as np
import pytest

from index.embed import Choice, load
from index.errors import NoEmbedder, OtherEmbedder
from index.release import build
from index.search import Search
from index.transformer import Transformer, fingerprint

WORDS = [*dict.fromkeys("花灯会登记要有几盏小船天黑停航油钱多少条"), "。", "？"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A static model: one random vector a character, averaged."""
    pytest.importorskip("sentence_transformers", reason="the extra `sbert` (sentence-transformers, torch) is not installed")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {word: number for number, word in enumerate(["[UNK]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    weights = np.random.default_rng(4).standard_normal((len(vocabulary), 16)).astype(np.float32)
    place = tmp_path_factory.mktemp("model") / "tiny"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(str(place))
    return place


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Transformer:
    return Transformer(str(folder), threads=1)


def test_rows_have_length_one(tiny):
    for encode in (tiny.questions, tiny.passages):
        rows = encode(["花灯会要几盏灯", "小船"])
        assert rows.shape == (2, 16) == (2, tiny.dimension)
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert tiny.questions([]).shape == (0, 16)


def test_same_characters_same_direction(tiny):
    first, second, other = tiny.passages(["灯会", "会灯", "停航"])
    assert first @ second == pytest.approx(1, abs=1e-5)
    assert first @ other < 0.9


def test_name_follows_the_content_of_the_folder(tiny, folder, tmp_path):
    assert tiny.name == f"st-tiny-{fingerprint(folder)}"
    (tmp_path / "a").write_text("1")
    before = fingerprint(tmp_path)
    (tmp_path / "a").write_text("2")
    assert fingerprint(tmp_path) != before
    assert fingerprint(tmp_path / "nowhere") == ""


def test_release_built_with_it_is_searched_with_it_and_with_no_other(folder, tmp_path):
    choice = Choice("st", str(folder))
    release, _ = build(tmp_path / "home", load(choice), knowledge=lantern.knowledge())
    search = Search(release, choice)
    assert search.has_vectors
    assert search.search("渡船天黑停航", lantern_day(), top=1)[0].address.law == lantern.FERRY
    with pytest.raises(OtherEmbedder, match=f"向量是 {release.manifest['embedder']} 算的，现在设置的是 token-hashes"):
        Search(release, lantern.TokenHashes())


def lantern_day():
    from datetime import date

    return date(2024, 1, 1)


def test_a_folder_that_is_no_model_is_named(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoEmbedder, match="empty”打不开"):
        load(Choice("st", str(tmp_path / "empty")))
