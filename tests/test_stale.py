from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from corpus.errors import BadKnowledge
from corpus.library import Library
from corpus.stale import PAST, Stale, amount, load_stale
from corpus.support import unsupported

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def stale() -> Stale:
    return load_stale()


def test_what_holds_now_rests_on_articles_that_hold_its_figures(stale):
    library = Library()
    for entry in (*stale.instruments, *stale.sayings, *stale.limits):
        addresses = [library.resolve(cite, TODAY) for cite in entry.cites]
        entries = [library.entry(address) if address else None for address in addresses]
        assert entries and all(entries), entry.cites
        assert unsupported(entry.now, entries) == [], entry.now


def test_what_holds_now_rests_on_the_texts_too(stale, official):
    for entry in (*stale.instruments, *stale.sayings, *stale.limits):
        entries = [official.entry(official.resolve(cite, TODAY)) for cite in entry.cites]
        assert unsupported(entry.now, entries) == [], entry.now


def test_names_and_ids_are_used_once(stale):
    ids = [entry.id for entry in (*stale.sayings, *stale.limits)]
    names = [name for one in stale.instruments for name in one.names]
    assert len(ids) == len(set(ids)) and len(names) == len(set(names))


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("依照民政部令第59号备案", 1),
        ("依照第 59 号令备案", 1),
        ("依照59号令备案", 1),
        ("依照159号令备案", 0),
        ("依照国务院令第59号办理", 0),
        ("见民发[2016]189号", 1),
        ("见民发（2016）189号", 1),
        ("见民发〔2016〕18号", 0),
        ("按《取缔非法民间组织暂行办法》查处", 1),
        ("按取缔非法民间组织暂行办法查处", 1),
        ("行业协会商会法定代表人不得兼任", 0),
        ("依据《行业协会商会法》办理", 1),
        ("社会组织登记管理条例实施细则", 0),
    ],
)
def test_repealed_instruments_are_known_by_title_and_number(stale, sentence, named):
    assert len(list(stale.named("".join(sentence.split())))) == named


def test_an_instrument_binds_until_its_last_day(stale):
    (order,) = stale.named("59号令")
    assert not order.gone(date(2024, 9, 4)) and order.gone(date(2024, 9, 5))
    (draft,) = stale.named("《社会组织登记管理条例》")
    assert draft.until is None and draft.gone(date(2000, 1, 1))


@pytest.mark.parametrize("sentence", ["该办法已废止", "现已取消筹备审批", "原规定为二年", "不再收取登记费", "此前须申请筹备", "误区：申请筹备"])
def test_a_sentence_about_the_past_is_told_by_its_words(sentence):
    assert PAST.search(sentence)


@pytest.mark.parametrize(("written", "value"), [("200", 200), ("五十", 50), ("5万", 50_000), ("三十万", 300_000), ("2.5", Fraction(5, 2)), ("两百", 200)])
def test_amounts_are_read_in_either_script(written, value):
    assert amount(written) == value


@pytest.mark.parametrize(
    ("sentence", "broken"),
    [
        ("成立登记的法定时限为30日", True),
        ("成立登记的办理时限为30日", False),
        ("成立登记的法定时限为60日", False),
        ("成立登记自受理起90日内办结", True),
    ],
)
def test_a_shorter_time_for_the_authority_is_a_promise_unless_called_statutory(stale, sentence, broken):
    limit = next(one for one in stale.limits if one.id == "registration-sixty-days")
    assert limit.broken_by(sentence, "社会团体成立登记") is broken
    assert limit.broken_by(sentence, "企业开办") is False


def test_a_broken_entry_is_named(tmp_path):
    path = tmp_path / "stale.yaml"
    path.write_text("instruments: []\nsayings:\n- {id: x, says: '(', now: 新, cite: [法 第一条]}\nlimits: []\n", encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"stale\.yaml：“x”有误"):
        load_stale(path)
