"""The contract of the vector store: a matrix in memory, Chroma in a folder and a Chroma server give the same results."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import httpx
import lantern
import numpy as np
import pytest
from patience import PATIENCE, free_port, wait_until

from evals.measures import rank_biased_overlap
from index import store
from index.dense import DEPTH, Allowed, Dense, Layout, Stored
from index.errors import NoCollection, StoreSilent
from index.release import Release, current
from index.search import Search

DAY = date(2024, 1, 1)
UNITS, WIDTH = 3000, 24


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real `chroma run` in a process of its own."""
    port = free_port()
    folder = tmp_path_factory.mktemp("chroma-server")
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "output.txt").open("w") as output:
        running = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _await(f"http://127.0.0.1:{port}/api/v2/heartbeat", running, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(PATIENCE)


def _await(url: str, running: subprocess.Popen[bytes], folder: Path) -> None:
    def ready() -> bool:
        assert running.poll() is None, (folder / "output.txt").read_text()
        try:
            return httpx.get(url, timeout=PATIENCE).status_code == 200
        except httpx.HTTPError:
            return False

    wait_until(ready)


def test_overlap_of_rankings():
    assert rank_biased_overlap("abcd", "abcd") == pytest.approx(1)
    assert rank_biased_overlap("abcd", "efgh") == 0
    assert rank_biased_overlap("abcd", "abdc") > rank_biased_overlap("abcd", "bacd")


@pytest.fixture(scope="module")
def cloud() -> store.Rows:
    """Passages in clusters, as those of laws are: three a unit, of two regions, half of them no longer in force."""
    chance = np.random.default_rng(7)
    centres = chance.standard_normal((60, WIDTH))
    vectors = centres[chance.integers(0, 60, UNITS * 3)] + 0.8 * chance.standard_normal((UNITS * 3, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [{"start": 20000101, "end": 20191231 if unit % 2 else 99991231, "region": "" if unit % 3 else "甲水省"} for unit in range(UNITS) for _ in range(3)]
    return store.Rows([f"row-{n}" for n in range(len(vectors))], vectors.astype(np.float32), ["…"] * len(vectors), rows)


@pytest.fixture(scope="module")
def folder(cloud: store.Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("collection") / "chroma"
    store.write(place, cloud, None, lambda done: None)
    return place


def test_memory_folder_and_server_rank_the_same(cloud, folder, address):
    offsets = np.where(np.arange(len(cloud)) % 3, np.float32(-0.02), np.float32(0))
    matrix = Dense.build(cloud.vectors, [3] * UNITS, offsets, cloud.ids)
    layout = Layout(np.arange(UNITS + 1) * 3, offsets, np.array(cloud.ids))
    few = Allowed(np.array([not unit % 2 and bool(unit % 3) for unit in range(UNITS)]), 20240101, ())
    most = Allowed(np.array([bool(unit % 3) for unit in range(UNITS)]), 20150101, ())
    assert store.publish(address, "cloud", folder) == len(cloud)
    assert store.publish(address, "cloud", folder) == 0
    chance = np.random.default_rng(8)
    questions = cloud.vectors[chance.integers(0, len(cloud), 40)] + 0.3 * chance.standard_normal((40, WIDTH)).astype(np.float32)
    questions /= np.linalg.norm(questions, axis=1, keepdims=True)
    with store.embedded(folder) as collection, closing(store.server(address, "cloud", len(cloud))) as served:
        stored = [Stored(store.Collection(collection), layout, cloud.vectors), Stored(served, layout, cloud.vectors)]
        for other, allowed in itertools.product(stored, (few, most)):
            overlaps = []
            for question in questions:
                mine, theirs = matrix.unit_scores(question, allowed), other.unit_scores(question, allowed)
                overlaps.append(rank_biased_overlap(np.argsort(-mine)[:100].tolist(), np.argsort(-theirs)[:100].tolist()))
                assert not np.isfinite(theirs[~allowed.mask]).any()
            assert np.mean(overlaps) >= 0.985  # what differs is the rounding of the matrix to int8
            ((first, offsets),), ((second, others),) = matrix.passages([5]), other.passages([5])
            assert second @ questions[0] + others == pytest.approx(first @ questions[0] + offsets, abs=1e-3)
            assert other.passages([]) == []


@pytest.fixture
def opened(address: str, monkeypatch) -> Iterator[Callable[[Release], Search]]:
    """Releases opened over the server; their connections are closed afterwards."""
    collections = []
    whole = store.server

    def server(url: str, release: str, size: int) -> store.Collection:
        collections.append(whole(url, release, size))
        return collections[-1]

    monkeypatch.setattr(store, "server", server)
    yield lambda release: Search(release, lantern.TokenHashes(), address)
    for collection in collections:
        collection.close()


def test_a_release_is_searched_through_a_server_as_through_its_matrix(lantern_home, lantern_search, address, opened, tmp_path):
    release = current(lantern_home)
    chroma = Path(shutil.copytree(release.folder / "chroma", tmp_path / "chroma"))  # Chroma touches its files when it opens them
    with pytest.raises(NoCollection, match=f"没有发布 {release.id} 的全部向量.*请先在能写它的机器上运行 shezu index build"):
        opened(release)
    assert store.publish(address, release.id, chroma) == release.manifest["passages"]
    served = opened(release)
    for question in ("花灯会登记要有几盏灯", "小船要几条", "渡船天黑停航"):
        mine, theirs = lantern_search.search(question, DAY, top=10), served.search(question, DAY, top=10)
        assert [hit.address for hit in theirs] == [hit.address for hit in mine]
        assert [hit.cosine for hit in theirs] == pytest.approx([hit.cosine for hit in mine], abs=2e-3)
        assert [[point for point, _ in hit.points] for hit in theirs] == [[point for point, _ in hit.points] for hit in mine]


def test_a_server_that_went_away_leaves_words_to_answer(lantern_home, address, opened, tmp_path, monkeypatch):
    release = current(lantern_home)
    store.publish(address, release.id, Path(shutil.copytree(release.folder / "chroma", tmp_path / "chroma")))
    search = opened(release)

    def silent(*_, **__):
        raise StoreSilent("没有应答")

    monkeypatch.setattr(store.Collection, "nearest", silent)
    assert search.search("渡船天黑停航", DAY)[0].address.law == lantern.FERRY
    assert not search.has_vectors


def test_a_release_opens_while_its_server_is_away_and_asks_it_once_it_is_there(lantern_home, lantern_search, address, tmp_path, monkeypatch):
    release, there = current(lantern_home), store.server
    store.publish(address, release.id, Path(shutil.copytree(release.folder / "chroma", tmp_path / "chroma")))
    search = Search(release, lantern.TokenHashes(), "http://127.0.0.1:9")
    assert search.search("渡船天黑停航", DAY)[0].address.law == lantern.FERRY
    assert (search.has_vectors, search.rests) == (False, 1)
    collections = []
    monkeypatch.setattr(store, "server", lambda url, *more: collections.append(there(address, *more)) or collections[-1])
    search._questions._rest_until = -1.0  # half a minute later
    mine, theirs = lantern_search.search("渡船天黑停航", DAY), search.search("渡船天黑停航", DAY)
    assert [hit.address for hit in theirs] == [hit.address for hit in mine]
    assert (search.has_vectors, search.rests) == (True, 1)
    assert len(collections) == 1
    search._dense._passages.close()


def test_no_server_at_the_address_is_said():
    with pytest.raises(StoreSilent, match=r"Chroma 没有应答.*SHEZU_CHROMA_URL"):
        store.server("http://127.0.0.1:9", "any", 1)


def test_limits_that_cost_much_are_left_to_the_store_only_where_little_would_be_left(cloud):
    layout = Layout(np.arange(UNITS + 1) * 3, np.zeros(len(cloud), np.float32), np.array(cloud.ids))
    asked: list[object] = []

    class Slow:
        slow_limits = True

        def nearest(self, question, limits):
            asked.append(limits)
            return [(f"row-{row}", 1 - row / DEPTH) for row in range(DEPTH)] if limits is None else [("row-3", 0.5)]

    def found(allowed: list[bool]) -> list[int]:
        asked.clear()
        scores = Stored(Slow(), layout, cloud.vectors).unit_scores(cloud.vectors[0], Allowed(np.array(allowed), 20240101, ("甲水省",)))
        return np.flatnonzero(np.isfinite(scores)).tolist()

    near = -(-DEPTH // 3)
    assert found([True] * UNITS) == list(range(near))
    assert found([unit != 2 for unit in range(UNITS)]) == [unit for unit in range(near) if unit != 2]
    assert asked == [None]
    assert found([unit == 1 for unit in range(UNITS)]) == [1]
    assert asked == [None, (20240101, ("甲水省",))]


def test_a_collection_that_is_still_being_filled_is_not_served(cloud, folder, address):
    store.publish(address, "half", folder)
    with pytest.raises(NoCollection, match=f"没有发布 half 的全部向量（{len(cloud) + 1} 条）"):
        store.server(address, "half", len(cloud) + 1)
