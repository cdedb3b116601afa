from __future__ import annotations

import pytest

from corpus.likeness import Likeness, alike, cosine, pairs

SAID = ["会员要有五十个", "会员大会每年开一次", "会费每年交一次", "灯笼要挂在屋檐下", "会员要交会费"]


@pytest.fixture
def likeness() -> Likeness:
    return Likeness(SAID)


def test_pairs_are_of_chinese_characters_and_capitals():
    assert list(pairs("A级，3 个社团。b")) == ["A级", "级个", "个社", "社团"]


def test_rare_pairs_weigh_more(likeness):
    assert likeness.weight("灯笼") > likeness.weight("会员") > 0
    assert likeness.weight("从未") >= likeness.weight("灯笼")


def test_vectors_have_length_one_and_liken_what_shares_words(likeness):
    one, other, far = (likeness.vector(text) for text in ("会员要有五十个", "会员要有三十个", "灯笼挂屋檐"))
    assert cosine(one, one) == pytest.approx(1.0)
    assert cosine(one, other) > cosine(one, far) == 0.0
    assert cosine(likeness.vector(""), one) == 0.0


def test_cover_is_the_share_of_weight(likeness):
    wanted = frozenset(pairs("会员要有"))
    assert likeness.covered(wanted, wanted) == 1.0
    assert 0 < likeness.covered(wanted, frozenset(["会员"])) < 0.5
    assert likeness.covered(frozenset(), wanted) == 0.0


def test_a_claim_is_a_figure_with_its_clause(likeness):
    first, second = likeness.claims("个人会员 50 个，单位会员 30 个。")
    assert (first.written, second.written) == ("50 个", "30 个")
    assert "个人" in first.clause_pairs and "单位" not in first.clause_pairs
    assert "单位" in second.clause_pairs and "个人" not in second.clause_pairs
    assert first.names(second.quantity) and second.names(first.quantity)


def test_years_and_bare_numbers_are_no_claims(likeness):
    assert [claim.written for claim in likeness.claims("2019 年起，编号 7 的会员 9 人")] == ["9 人"]


def test_the_other_figures_keep_tiers_apart(likeness):
    (low, low_cap) = likeness.claims("灯油满 100 元的，灯笼挂 8 个")
    (high, high_cap) = likeness.claims("灯油满 500 元的，灯笼挂 9 个")
    (same, same_cap) = likeness.claims("灯油满 100 元的，灯笼挂 9 个")
    assert alike(low_cap, same_cap) > alike(low_cap, high_cap)
    assert alike(low, high) > 0 and alike(low, same) > 0
