from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import BadKnowledge
from index import tokens as module
from index.tokens import SYNONYM_WEIGHT, fold, legal_words, query_weights, synonyms, tokens


def test_runs_are_cut_into_characters_and_pairs():
    assert tokens("花灯会") == ["花", "灯", "会", "花灯", "灯会"]


def test_pairs_do_not_reach_over_punctuation():
    assert "灯油" not in tokens("花灯，油钱")
    assert tokens("灯") == ["灯"]


def test_latin_words_and_numbers_stay_whole():
    assert tokens("NGO 在2021年交 7.11万") == ["ngo", "在", "2021", "年", "交", "年交", "7.11", "万"]


@pytest.mark.parametrize(("one", "other"), [("花燈會", "花灯会"), ("ＡＢＣ１２", "abc12"), ("《灯会》（试行）", "《灯会》(试行)"), ("㈠", "(一)")])
def test_forms_of_one_text_fold_together(one, other):
    assert fold(one) == fold(other)
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize("text", ["", "，。！", " \n"])
def test_text_without_words_has_no_tokens(text):
    assert tokens(text) == []
    assert query_weights(text) == {}


def test_asked_words_weigh_one_and_synonyms_less():
    weights = query_weights("民非怎么注册")
    assert weights["民非"] == 1.0
    assert weights["登记"] == SYNONYM_WEIGHT
    assert set(weights.values()) == {1.0, SYNONYM_WEIGHT}


def test_a_word_already_asked_is_not_weighed_down_by_a_synonym():
    assert query_weights("注册登记")["登记"] == 1.0


def test_legal_words_are_those_the_question_lacks_each_once():
    assert "民办非企业单位" in legal_words("民非")
    assert legal_words("民非和民办非企业单位") == [word for word in legal_words("民非和民办非企业单位") if word != "民办非企业单位"]
    found = legal_words("社团协会学会")
    assert len(found) == len(set(found))


def test_shipped_synonyms_lead_somewhere_else():
    assert len(synonyms()) > 50
    for word, targets in synonyms().items():
        assert word
        assert targets
        assert word not in targets
        assert all(target.strip() for target in targets), word


def test_synonym_without_a_target_is_refused(tmp_path, monkeypatch):
    (tmp_path / "synonyms.yaml").write_text("灯笼: []\n", encoding="utf-8")
    monkeypatch.setattr(module, "DATA", tmp_path)
    synonyms.cache_clear()
    try:
        with pytest.raises(BadKnowledge, match="“灯笼”没有对应的法律用语"):
            synonyms()
    finally:
        synonyms.cache_clear()


@given(st.text(max_size=40))
def test_tokens_come_from_the_folded_text(text):
    folded = fold(text)
    assert all(token in folded for token in tokens(text))
