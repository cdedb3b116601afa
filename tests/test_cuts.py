from __future__ import annotations

import numpy as np
import pytest

from index import tokens
from index.cuts import Cuts
from index.lexical import Lexical

UNITS = [{"text": "花灯会登记", "digest": "四十盏灯"}, {"text": "渡船天黑停航", "digest": "四十盏灯"}, {"text": ""}]


def read(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_what_was_cut_is_not_cut_again(tmp_path, monkeypatch):
    first = Cuts()
    Lexical.build(UNITS, first).save(tmp_path / "first")
    first.save(tmp_path / "cache" / "tokens.npz")
    cut = []
    monkeypatch.setattr(tokens, "tokens", lambda text, plain=tokens.tokens: cut.append(text) or plain(text))
    second = Cuts.load(tmp_path / "cache" / "tokens.npz")
    Lexical.build([*UNITS[:2], {"text": "新船"}], second).save(tmp_path / "second")
    assert cut == ["新船"]
    Lexical.build([*UNITS[:2], {"text": "新船"}]).save(tmp_path / "anew")
    assert read(tmp_path / "second") == read(tmp_path / "anew")


def test_words_of_texts_that_are_gone_are_forgotten(tmp_path):
    cuts = Cuts()
    Lexical.build(UNITS, cuts)
    cuts.save(tmp_path / "tokens.npz")
    left = Cuts.load(tmp_path / "tokens.npz")
    index = Lexical.build(UNITS[:1], left)
    assert index.knows("灯会")
    assert not index.knows("停航")
    left.save(tmp_path / "tokens.npz")
    with np.load(tmp_path / "tokens.npz") as data:
        assert len(data["lengths"]) == 2


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"PK cut"), lambda path: path.write_bytes(path.read_bytes()[:-300])]
)
def test_a_cache_that_is_gone_or_damaged_costs_time_alone(tmp_path, damage):
    cuts = Cuts()
    Lexical.build(UNITS, cuts)
    cuts.save(tmp_path / "tokens.npz")
    damage(tmp_path / "tokens.npz")
    assert Lexical.build(UNITS, Cuts.load(tmp_path / "tokens.npz")).knows("停航")


def test_a_cache_from_when_texts_were_cut_otherwise_is_not_used(tmp_path, monkeypatch):
    cuts = Cuts()
    Lexical.build(UNITS, cuts)
    cuts.save(tmp_path / "tokens.npz")
    assert Cuts.load(tmp_path / "tokens.npz").numbers
    monkeypatch.setattr("index.cuts._mark", lambda: "another")
    assert not Cuts.load(tmp_path / "tokens.npz").numbers
