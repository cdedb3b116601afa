"""Milvus behind the same searches: a real milvus-lite, the client of a cluster. Without the extra these tests say so and are skipped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import lantern
import numpy as np
import pytest

from api.settings import BadSetting, from_environment
from evals.measures import rank_biased_overlap
from index import milvus
from index.errors import NoCollection, StoreSilent
from index.release import Release, current
from index.search import Search
from index.served import MILVUS, send
from index.tokens import query_weights

DAY = date(2024, 1, 1)
QUESTIONS = ("花灯会登记要有几盏灯", "小船要几条", "渡船天黑停航", "灯油钱要多少", "几日内答复")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("pymilvus", reason="the extra is not here: pip install 'shezu[milvus]'")
    pytest.importorskip("milvus_lite", reason="milvus-lite is not here: pip install 'shezu[milvus]'")
    return f"{tmp_path_factory.mktemp('milvus')}/vectors.db"


@pytest.fixture(scope="module")
def release(lantern_home: Path) -> Release:
    return current(lantern_home)


@pytest.fixture(scope="module")
def served(place: str, release: Release) -> Iterator[Search]:
    with pytest.raises(NoCollection, match=f"没有发布 {release.id} 的向量，请先在能写它的机器上运行 shezu index build"):
        milvus.opened(place, release.id, 1)
    assert send(MILVUS + place, release.id, release.folder) == release.manifest["passages"]
    assert send(MILVUS + place, release.id, release.folder) == 0
    search = Search(release, lantern.TokenHashes(), MILVUS + place)
    yield search
    search._words.close()


def test_meaning_ranks_as_the_matrix_does(served, lantern_search):
    for question in QUESTIONS:
        (vector,) = lantern.TokenHashes().questions([question])
        allowed = lantern_search._allowed(DAY, "甲水省")
        mine, theirs = lantern_search._dense.unit_scores(vector, allowed), served._dense.unit_scores(vector, allowed)
        assert not np.isfinite(theirs[~allowed.mask]).any()
        assert theirs[np.isfinite(theirs)] == pytest.approx(mine[np.isfinite(theirs)], abs=2e-3)
        assert rank_biased_overlap(np.argsort(-mine)[:10].tolist(), np.argsort(-theirs)[:10].tolist()) >= 0.99
        ((first, offsets),), ((second, others),) = lantern_search._dense.passages([2]), served._dense.passages([2])
        assert second @ vector + others == pytest.approx(first @ vector + offsets, abs=2e-3)


def test_words_score_as_in_the_release_for_what_is_in_force_where_it_is_asked(served):
    weights = query_weights("花灯会登记舞龙队")

    def found(day: int, regions: tuple[str, ...]) -> set[tuple[str, str]]:
        scores = served._words.words(served._lexical.numbers(weights), day, regions)
        assert scores[scores > 0] == pytest.approx(served._lexical.scores(weights)[scores > 0], rel=1e-4)
        return {(served._rows[n].law, served._rows[n].edition) for n in np.flatnonzero(scores)}

    assert (lantern.LAW, lantern.NEW) in found(20240101, ())
    assert (lantern.LAW, lantern.OLD) not in found(20240101, ())
    assert (lantern.LAW, lantern.OLD) in found(20120101, ())
    assert lantern.LOCAL not in {law for law, _ in found(20240101, ())}
    assert lantern.LOCAL in {law for law, _ in found(20240101, ("甲水省",))}


def test_a_search_finds_first_what_it_finds_without(served, lantern_search):
    for question in QUESTIONS:
        mine, theirs = lantern_search.search(question, DAY, top=5), served.search(question, DAY, top=5)
        assert theirs[0].address == mine[0].address
        assert theirs[0].cosine == pytest.approx(mine[0].cosine, abs=2e-3)


def test_words_and_meaning_of_the_release_itself_answer_where_milvus_does_not(place, served, release, monkeypatch):
    def silent(*_, **__):
        raise StoreSilent("没有应答")

    search = Search(release, lantern.TokenHashes(), "")
    search._words = served._words
    monkeypatch.setattr(milvus.Collections, "words", silent)
    assert search.search("渡船天黑停航", DAY)[0].address.law == lantern.FERRY
    assert not search.has_vectors


def test_a_server_that_is_not_there_is_said(place):
    with pytest.raises(StoreSilent, match=r"Milvus 没有应答.*SHEZU_MILVUS_URL"):
        milvus.opened("http://user:geheim@127.0.0.1:9", "any", 1)


def test_the_address_is_shown_without_its_password():
    assert milvus.shown("http://user:geheim@milvus:19530") == "http://milvus:19530"


def test_settings_take_one_server_and_no_other_scheme():
    told = from_environment({"SHEZU_MILVUS_URL": "http://a:b@milvus:19530"})
    assert told.vector_server == "milvus:http://a:b@milvus:19530"
    assert "a:b" not in repr(told)
    assert from_environment({"SHEZU_MILVUS_URL": "/data/v.db"}).vector_server == "milvus:/data/v.db"
    assert from_environment({"SHEZU_CHROMA_URL": "http://chroma:8000"}).vector_server == "http://chroma:8000"
    with pytest.raises(BadSetting, match="只能设一个"):
        from_environment({"SHEZU_MILVUS_URL": "http://m:1", "SHEZU_CHROMA_URL": "http://c:1"})
    with pytest.raises(BadSetting, match="不是可用的地址"):
        from_environment({"SHEZU_MILVUS_URL": "ftp://m"})


def test_without_the_extra_the_way_out_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreSilent, match=r"pip install 'shezu\[milvus\]'"):
        milvus.opened("http://milvus:19530", "any", 1)
