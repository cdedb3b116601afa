"""Re-ranking, by plain functions as rerankers; and by a cross-encoder of a few kilobytes, made here, where the extra `sbert` is installed."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import lantern
import pytest

from index.errors import NoReranker
from index.release import current
from index.rerank import Reranking, opened

NOW = date(2024, 1, 1)
QUESTION = "花灯会登记要有几盏灯、多少灯油钱"


class Longest:
    """Thinks that the longest text answers best."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question, texts):
        self.read += texts
        return [len(text) for text in texts]


def searching(home: Path, reranker) -> Reranking:
    return Reranking(current(home), lantern.TokenHashes(), reranker=reranker)


def test_the_first_twenty_are_put_into_the_reranker_s_order_and_places_keep_their_scores(lantern_home, lantern_search):
    reranker = Longest()
    plain, again = (search.search(QUESTION, NOW, top=50) for search in (lantern_search, searching(lantern_home, reranker)))
    assert {hit.address for hit in plain} == {hit.address for hit in again}
    assert [hit.score for hit in plain] == [hit.score for hit in again]
    assert len(reranker.read) == min(20, len(plain))
    lengths = {hit.address: len(text) for hit, text in zip(plain, reranker.read, strict=False)}
    assert [lengths[hit.address] for hit in again[:20]] == sorted(lengths.values(), reverse=True)
    assert [hit.address for hit in plain[20:]] == [hit.address for hit in again[20:]]
    assert any("四十盏以上的花灯" in text for text in reranker.read)
    assert any("先备齐 40 盏灯" in text for text in reranker.read)


def test_no_more_than_asked_for_come_back_and_all_twenty_are_judged(lantern_home):
    reranker = Longest()
    search = searching(lantern_home, reranker)
    assert search.search(QUESTION, NOW, top=2) == search.search(QUESTION, NOW, top=20)[:2]
    assert search.addresses(QUESTION, NOW, top=2) == [(hit.address, hit.score) for hit in search.search(QUESTION, NOW, top=2)]
    assert len(reranker.read) > 2 * 2


def test_an_article_asked_for_by_its_address_stays_in_front(lantern_home):
    assert searching(lantern_home, Longest()).search("花灯办法第四条", NOW)[0].address.article == "第四条"


def test_without_a_reranker_nothing_changes(lantern_home, lantern_search):
    assert searching(lantern_home, None).search(QUESTION, NOW) == lantern_search.search(QUESTION, NOW)
    assert opened("") is None


def test_where_the_reranker_fails_the_order_stays_and_the_log_says_so(lantern_home, lantern_search, caplog):
    class Broken:
        def scores(self, question, texts):
            raise NoReranker("模型坏了")

    class Short:
        def scores(self, question, texts):
            return [1.0]

    for reranker, said in ((Broken(), "模型坏了"), (Short(), "IndexError")):
        with caplog.at_level(logging.WARNING, "shezu.log.rerank"):
            assert searching(lantern_home, reranker).search(QUESTION, NOW) == lantern_search.search(QUESTION, NOW)
        assert f"重排没有成功（{'NoReranker：模型坏了' if said == '模型坏了' else said}" in caplog.text
        caplog.clear()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer with random weights that gives one score to a pair."""
    pytest.importorskip("sentence_transformers", reason="the extra `sbert` (sentence-transformers, torch) is not installed")
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    made = tmp_path_factory.mktemp("cross")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys("花灯会登记要有几盏多少油钱小船天黑停航答复申请第条")]
    (made / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokenizer = BertTokenizer(str(made / "vocab.txt"))
    torch.manual_seed(4)
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, max_position_embeddings=96, num_labels=1
    )
    BertForSequenceClassification(config).save_pretrained(made / "bert")
    tokenizer.save_pretrained(made / "bert")
    CrossEncoder(str(made / "bert"), max_length=96).save_pretrained(str(made / "model"))
    return made / "model"


def test_a_cross_encoder_from_a_folder_orders_the_hits_by_its_own_scores(folder, lantern_home, lantern_search):
    reranker = opened(str(folder))
    assert reranker is not None
    search = searching(lantern_home, reranker)
    plain, again = lantern_search.search(QUESTION, NOW), search.search(QUESTION, NOW)
    judged = dict(zip([hit.address for hit in plain], reranker.scores(QUESTION, [search._text(hit) for hit in plain]), strict=True))
    assert len(set(judged.values())) > 1
    assert [judged[hit.address] for hit in again] == sorted(judged.values(), reverse=True)


def test_a_folder_that_is_no_model_is_named_in_the_log(folder, tmp_path, caplog):
    (tmp_path / "empty").mkdir()
    with caplog.at_level(logging.WARNING, "shezu.log.rerank"):
        assert opened(str(tmp_path / "empty")) is None
    assert "empty”打不开" in caplog.text
    assert "检索按原来的次序进行" in caplog.text


def test_without_the_extra_the_log_says_what_to_install(monkeypatch, caplog):
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", None)
    with caplog.at_level(logging.WARNING, "shezu.log.rerank"):
        assert opened("某模型") is None
    assert "pip install 'shezu[sbert]'" in caplog.text
