from __future__ import annotations

import sqlite3
from contextlib import closing

import lantern
import numpy as np
import pytest

from index.cache import BATCH, VectorCache, key, pack, unpack


class Counting(lantern.TokenHashes):
    def __init__(self, fail_after: int = 10**9) -> None:
        self.asked: list[tuple[str, str]] = []
        self.fail_after = fail_after

    def questions(self, texts):
        return self._seen("ask", texts)

    def passages(self, texts):
        return self._seen("text", texts)

    def _seen(self, kind, texts):
        if len(self.asked) + len(texts) > self.fail_after:
            raise RuntimeError("killed")
        self.asked += [(kind, text) for text in texts]
        return lantern.TokenHashes.questions(self, texts)


TEXTS = [("text", "花灯会登记要有四十盏灯"), ("ask", "要几盏灯"), ("point", "渡船天黑停航"), ("ask", "花灯会登记要有四十盏灯")]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "vectors.sqlite"


def opened(path, seed=None):
    return closing(VectorCache(path, seed or path.with_name("no-seed.npz")))


def test_vectors_come_in_the_order_of_the_texts(path):
    with opened(path) as cache:
        vectors = cache.vectors(TEXTS, Counting())
    wanted = lantern.TokenHashes().questions([text for _, text in TEXTS])
    assert vectors.shape == (4, lantern.TokenHashes.dimension)
    assert (np.sum(vectors * wanted, axis=1) > 0.999).all()


def test_questions_and_passages_are_embedded_each_their_way(path):
    embedder = Counting()
    with opened(path) as cache:
        cache.vectors(TEXTS, embedder)
    assert sorted(embedder.asked) == sorted((("ask" if kind == "ask" else "text"), text) for kind, text in TEXTS)


def test_what_was_embedded_once_is_not_embedded_again(path):
    with opened(path) as cache:
        first = cache.vectors(TEXTS, Counting())
    again = Counting()
    with opened(path) as cache:
        assert np.array_equal(cache.vectors([*TEXTS, *TEXTS], again), np.concatenate([first, first]))
    assert again.asked == []


def test_another_embedder_has_its_own_vectors(path):
    other = Counting()
    other.name = "other"
    with opened(path) as cache:
        cache.vectors(TEXTS, Counting())
        cache.vectors(TEXTS, other)
    assert len(other.asked) == 4


def test_a_killed_run_goes_on_where_it_stopped(path):
    texts = [("text", f"第{n}盏灯") for n in range(3 * BATCH)]
    with opened(path) as cache, pytest.raises(RuntimeError, match="killed"):
        cache.vectors(texts, Counting(fail_after=2 * BATCH))
    rest = Counting()
    with opened(path) as cache:
        assert cache.vectors(texts, rest).shape[0] == 3 * BATCH
    assert len(rest.asked) == BATCH


def test_progress_adds_up_to_all_texts(path):
    told: list[int] = []
    texts = [("text", f"第{n}盏灯") for n in range(BATCH + 5)]
    with opened(path) as cache:
        cache.vectors(texts[:3], Counting())
        cache.vectors(texts, Counting(), told.append)
    assert (told[0], sum(told)) == (3, BATCH + 5)


def test_no_texts_give_no_rows(path):
    with opened(path) as cache:
        assert cache.vectors([], Counting()).shape == (0, lantern.TokenHashes.dimension)


def test_packed_vectors_keep_their_direction():
    for vector in lantern.TokenHashes().questions(["花灯", "渡船天黑停航", "a", ""]):
        assert float(vector @ unpack([pack(vector)])[0]) > 0.999
        assert np.linalg.norm(unpack([pack(vector)])[0]) == pytest.approx(1, abs=1e-5)
    assert unpack([pack(np.zeros(4, np.float32))])[0].tolist() == [0, 0, 0, 0]


def test_keys_differ_by_embedder_kind_and_text():
    keys = {key(*parts) for parts in [("a", "text", "灯"), ("b", "text", "灯"), ("a", "ask", "灯"), ("a", "text", "油")]}
    assert len(keys) == 4
    assert {len(name) for name in keys} == {12}


def test_exported_seed_spares_a_new_home_the_work(path, tmp_path):
    seed = tmp_path / "seed.npz"
    names = [key(Counting.name, kind, text) for kind, text in TEXTS]
    with opened(path) as cache:
        first = cache.vectors(TEXTS, Counting())
        assert cache.export_seed([*names, b"unknown-key0"], seed) == 4
    fresh = Counting()
    with opened(tmp_path / "other" / "vectors.sqlite", seed) as cache:
        assert np.array_equal(cache.vectors(TEXTS, fresh), first)
    assert fresh.asked == []


def test_damaged_cache_is_made_anew(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database, but long enough to look like one" * 40)
    with opened(path) as cache:
        assert cache.vectors(TEXTS, Counting()).shape[0] == 4
    with opened(path) as cache:
        cache.vectors(TEXTS, Counting(fail_after=0))


def test_cache_in_use_is_not_thrown_away(path, monkeypatch):
    with opened(path) as cache:
        cache.vectors(TEXTS, Counting())

    def locked(path):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("index.cache._opened", locked)
    with pytest.raises(sqlite3.OperationalError):
        VectorCache(path)
    monkeypatch.undo()
    with opened(path) as cache:
        cache.vectors(TEXTS, Counting(fail_after=0))
