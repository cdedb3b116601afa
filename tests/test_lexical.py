from __future__ import annotations

import math

import numpy as np
import pytest

from index.lexical import FIELD_WEIGHTS, K1, Lexical

UNITS = [
    {"title": "花灯办法", "text": "灯会登记要有灯油"},
    {"title": "渡船规则", "text": "渡船天黑停航"},
    {"title": "舞龙条例", "text": "舞龙每年一次", "asks": "龙怎么舞"},
]


@pytest.fixture
def index() -> Lexical:
    return Lexical.build(UNITS)


def test_the_document_that_holds_the_word_scores_best(index):
    scores = index.scores({"渡船": 1.0})
    assert scores.argmax() == 1
    assert (scores > 0).tolist() == [False, True, False]


def test_score_is_the_bm25_of_its_formula():
    index = Lexical.build([{"text": "ab cd"}, {"text": "ab"}])
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    frequency = FIELD_WEIGHTS["text"] / (1 - 0.75 + 0.75 * 2 / 1.5)
    assert index.scores({"cd": 1.0})[0] == pytest.approx(idf * frequency / (K1 + frequency), rel=1e-6)


def test_weights_scale_and_add(index):
    both = index.scores({"渡船": 2.0, "停航": 1.0})
    assert both == pytest.approx(2 * index.scores({"渡船": 1.0}) + index.scores({"停航": 1.0}))


def test_a_word_in_a_heavier_field_counts_more():
    index = Lexical.build([{"topic": "灯油", "text": "棚"}, {"headings": "灯油", "text": "棚"}])
    light, heavy = index.scores({"灯油": 1.0})[[1, 0]]
    assert heavy > light > 0


def test_rare_words_count_more_than_common_ones():
    index = Lexical.build([{"text": "灯 油"}, {"text": "灯"}, {"text": "灯"}])
    assert index.scores({"油": 1.0})[0] > index.scores({"灯": 1.0})[0]
    assert index.rarity("油") > index.rarity("灯")
    assert index.rarity("无") == index.rarity("油")


def test_unknown_words_score_nothing(index):
    assert not index.scores({"无此": 1.0}).any()
    assert not index.knows("无此")
    assert index.knows("渡船")


def test_fields_without_a_weight_and_without_words_are_ignored():
    assert not Lexical.build([{"note": "灯"}, {"text": "油"}]).knows("灯")
    assert Lexical.build([{"text": "，。"}, {"text": "！"}]).scores({"灯": 1.0}).tolist() == [0, 0]


def test_common_words_score_as_rare_ones_do(monkeypatch):
    units = [{"text": "灯油 " + "渡船 " * (n % 3) + "龙" * (n % 7)} for n in range(60)]
    weights = {"灯": 0.7, "渡": 1.0, "船": 1.0, "龙": 0.5, "龙龙": 1.0}
    with_rows, without = Lexical.build(units), Lexical.build(units)
    monkeypatch.setattr("index.lexical.ROW_BYTES", 500)  # two rows at most
    scores = [with_rows.scores(weights) for _ in range(3)]
    assert 0 < len(with_rows._rows) <= 3
    monkeypatch.setattr("index.lexical.COMMON", 0)
    for found in scores:
        assert found == pytest.approx(without.scores(weights), rel=1e-6)
    assert not without._rows


def test_no_documents_give_no_scores():
    assert Lexical.build([]).scores({"灯": 1.0}).shape == (0,)


def test_saved_index_scores_the_same(index, tmp_path):
    index.save(tmp_path / "lexical")
    again = Lexical.load(tmp_path / "lexical")
    weights = {"灯会": 1.0, "龙": 0.6, "渡": 0.3}
    assert np.array_equal(again.scores(weights), index.scores(weights))
    assert again.size == 3
    assert isinstance(again._impacts.base, np.memmap)
