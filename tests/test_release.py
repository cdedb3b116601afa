from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import lantern
import numpy as np
import pytest
from patience import PATIENCE

from index import passages, store
from index.dense import Layout
from index.errors import BadRelease, BuildInProgress, NoRelease
from index.intent import Intents
from index.release import KEPT, Release, build, building, current, fingerprint, problems, read, releases, rollback, switch
from index.search import Search
from index.units import units

KILLS = 20
DAY = date(2024, 6, 1)


def write(folder: Path, lanterns: str) -> list[Path]:
    """The two editions, the newer one wanting this many lanterns."""
    files = lantern.write_files(folder)
    files[1].write_text(lantern.NEW_TEXT.replace("四十盏", lanterns), encoding="utf-8")
    return files


def wanted(release: Release) -> str:
    """What the served text of the article on conditions says."""
    search = Search(release, lantern.TokenHashes())
    hit = search.search("花灯办法第三条", DAY)[0]
    entry = search.library.entry(hit.address)
    assert entry is not None
    assert entry.article is not None
    return entry.article.part("第一项")


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def built(home, lantern_home) -> Release:
    shutil.copytree(lantern_home, home, symlinks=True)
    return current(home)


def test_manifest_says_what_went_in(built):
    manifest = built.manifest
    assert (manifest["texts"], manifest["digests"], manifest["guides"], manifest["embedder"]) == (2, 7, 1, "token-hashes")
    rows = (built.folder / "units.jsonl").read_text(encoding="utf-8").splitlines()
    assert manifest["units"] == len(rows) == 16 + 1
    assert manifest["passages"] == sum(len(json.loads(row)["passages"]) for row in rows)
    assert set(manifest["files"]) >= {"knowledge.json", "units.jsonl", "lexical/impacts.npy", "dense/matrix.npy", f"texts/{lantern.LAW}/{lantern.NEW}.json"}
    assert problems(built) == []


def test_release_is_served_through_the_link(home, built):
    assert (home / "current").is_symlink()
    assert current(home).id == built.id == built.folder.name
    assert not list((home / "releases").glob(".*"))


def stored(release: Release) -> int:
    ids = Layout.load(release.folder / "dense").ids.tolist()
    assert vectors(release.folder / "chroma").keys() == set(ids)
    return len(ids)


def vectors(folder: Path) -> dict[str, np.ndarray]:
    with store.embedded(folder) as collection:
        found = collection.get(include=["embeddings"])
    return dict(zip(found["ids"], found["embeddings"], strict=True))


def test_what_did_not_change_is_taken_over_from_the_release_before(home, tmp_path, built, monkeypatch):
    def train(*_):
        raise AssertionError("the same exemplars were trained on again")

    monkeypatch.setattr(Intents, "train", train)
    copied = []
    monkeypatch.setattr(passages, "KEEP_STORE", 0.0)
    whole = store.write
    monkeypatch.setattr(store, "write", lambda folder, rows, earlier, progress: (copied.append(earlier), whole(folder, rows, earlier, progress)))
    second = lantern.import_and_build(home, write(tmp_path / "files", "五十盏"))
    assert copied == [built.folder / "chroma"]
    assert (second.folder / "intents.npz").read_bytes() == (built.folder / "intents.npz").read_bytes()
    assert stored(second) == second.manifest["passages"]
    assert "五十盏" in wanted(second)


def test_a_damaged_vector_store_is_not_taken_over(home, tmp_path, built, monkeypatch):
    monkeypatch.setattr(passages, "KEEP_STORE", 0.0)
    (built.folder / "chroma" / "chroma.sqlite3").write_bytes(b"no database")
    second = lantern.import_and_build(home, write(tmp_path / "files", "五十盏"))
    assert stored(second) == second.manifest["passages"]


def test_vector_store_holds_every_passage_with_its_filters(built):
    search = Search(built, lantern.TokenHashes())
    said = [passage for unit in units(search.library) for passage in unit.passages]
    layout = Layout.load(built.folder / "dense")
    row = {str(name): number for number, name in enumerate(layout.ids)}
    known = vectors(built.folder / "chroma")
    matrix = np.array([known[name] for name in layout.ids.tolist()])
    assert matrix.shape == (len(said), lantern.TokenHashes.dimension)
    assert np.allclose(matrix, np.load(built.folder / "dense" / "matrix.npy"), atol=1e-3)
    (question,) = lantern.TokenHashes().questions(["花灯局 30 日内答复登记申请。"])
    with store.embedded(built.folder / "chroma") as collection:
        (best, cosine), *_ = store.Collection(collection).nearest(question, (20120101, ()), 3)
        assert said[row[best]].text == "花灯局 30 日内答复登记申请。"
        assert cosine == pytest.approx(1, abs=1e-3)
        assert best not in [name for name, _ in store.Collection(collection).nearest(question, (20240601, ()), 3)]


def test_nothing_is_built_when_nothing_changed(home, built):
    again, made = build(home, lantern.TokenHashes(), knowledge=lantern.knowledge())
    assert (again.id, made) == (built.id, False)
    assert len(releases(home)) == 1


def test_changed_text_digest_or_embedder_is_a_new_release(home, tmp_path, built):
    second = lantern.import_and_build(home, write(tmp_path / "files", "五十盏"))
    knowledge = lantern.knowledge()
    knowledge["digests"]["ferry.yaml"]["articles"][0]["points"][0]["say"] = "渡船天黑以后停航。"
    third, made = build(home, lantern.TokenHashes(), knowledge=knowledge)
    assert made
    fourth, made = build(home, None, knowledge=knowledge)
    assert made
    assert len({built.id, second.id, third.id, fourth.id}) == 4
    assert current(home).id == fourth.id


def test_fingerprint_depends_on_content_alone(home, tmp_path, built):
    marks = {fingerprint(lantern.knowledge(), folder / "texts", "a") for folder in (home, shutil.copytree(home, tmp_path / "copy"))}
    assert len(marks) == 1
    assert marks != {fingerprint(lantern.knowledge(), home / "texts", "b")}
    assert marks != {fingerprint(lantern.knowledge(), tmp_path / "none", "a")}


def test_several_releases_are_built_in_one_process(home, tmp_path):
    for lanterns in ("一盏", "二盏", "三盏"):
        release = lantern.import_and_build(home, write(tmp_path / "files", lanterns))
        assert lanterns in wanted(release)
        assert stored(release) == release.manifest["passages"]


def test_three_releases_are_kept_in_order_of_building(home, tmp_path):
    made = [lantern.import_and_build(home, write(tmp_path / "files", f"{n}盏")).id for n in range(5)]
    assert made == sorted(made)
    assert [release.id for release in releases(home)] == made[-KEPT:]


def test_rollback_goes_to_the_release_before_and_no_further_than_there_is(home, tmp_path):
    made = [lantern.import_and_build(home, write(tmp_path / "files", f"{n}盏")).id for n in "一二三"]
    assert "三盏" in wanted(current(home))
    assert rollback(home).id == made[1] == current(home).id
    assert "二盏" in wanted(current(home))
    assert rollback(home).id == made[0]
    with pytest.raises(NoRelease, match="没有更早的发布"):
        rollback(home)
    assert current(home).id == made[0]


def test_after_a_rollback_the_release_served_outlives_newer_ones(home, tmp_path):
    for n in "一二三":
        lantern.import_and_build(home, write(tmp_path / "files", f"{n}盏"))
    rollback(home)
    first = rollback(home)
    switch(home, first)
    lantern.import_and_build(home, write(tmp_path / "files", "四盏"))
    assert len(releases(home)) == KEPT
    assert "四盏" in wanted(current(home))


def test_building_what_an_older_release_holds_switches_back_to_it(home, tmp_path):
    first = lantern.import_and_build(home, write(tmp_path / "files", "一盏"))
    lantern.import_and_build(home, write(tmp_path / "files", "二盏"))
    again = lantern.import_and_build(home, write(tmp_path / "files", "一盏"))
    assert again.id == first.id == current(home).id


def test_names_sort_by_building_even_when_the_clock_was_set_back(home, tmp_path, built):
    ahead = home / "releases" / f"29991231T000000000-{built.id[-8:]}"
    shutil.copytree(built.folder, ahead)
    manifest = {**built.manifest, "id": ahead.name}
    (ahead / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    made = lantern.import_and_build(home, write(tmp_path / "files", "二盏"))
    assert [release.id for release in releases(home)] == [built.id, ahead.name, made.id]
    assert rollback(home).id == ahead.name


DAMAGES = {
    "byte changed": lambda folder: flip(folder / "dense" / "matrix.npy"),
    "file cut": lambda folder: os.truncate(folder / "units.jsonl", 100),
    "file gone": lambda folder: (folder / "lexical" / "starts.npy").unlink(),
    "text changed": lambda folder: flip(folder / "texts" / lantern.LAW / f"{lantern.NEW}.json"),
}


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_release_is_found_named_and_not_served(home, built, damage):
    DAMAGES[damage](built.folder)
    assert len(problems(built)) == 1
    with pytest.raises(BadRelease, match=rf"发布 {built.id} 已损坏（.*shezu index rollback.*shezu index build"):
        Search.open(home)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_release_is_built_again(home, built, damage):
    DAMAGES[damage](built.folder)
    again, made = build(home, lantern.TokenHashes(), knowledge=lantern.knowledge())
    assert made
    assert again.id != built.id
    assert problems(current(home)) == []


def test_damaged_release_is_not_rolled_back_to(home, tmp_path, built):
    newer = lantern.import_and_build(home, write(tmp_path / "files", "二盏"))
    flip(built.folder / "units.jsonl")
    with pytest.raises(BadRelease, match=f"发布 {built.id} 已损坏.*没有切换"):
        rollback(home)
    assert current(home).id == newer.id


def test_manifest_that_cannot_be_read_or_is_of_another_format_is_refused(home, built):
    (built.folder / "manifest.json").write_text(json.dumps({**built.manifest, "format": 0}), encoding="utf-8")
    with pytest.raises(BadRelease, match=r"旧格式.*shezu index build"):
        current(home)
    (built.folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadRelease, match="清单读不出来"):
        read(built.folder)
    assert releases(home) == []
    assert lantern.import_and_build(home, []).id != built.id


def test_home_without_a_release_says_what_to_do(home):
    with pytest.raises(NoRelease, match="还没有发布，请先运行 shezu index build"):
        current(home)
    with pytest.raises(NoRelease, match="没有更早的发布"):
        rollback(home)


def test_failed_build_leaves_the_served_release_and_no_remains(home, built):
    class Failing(lantern.TokenHashes):
        name = "failing"

        def passages(self, texts):
            raise RuntimeError("engine lost")

    with pytest.raises(RuntimeError, match="engine lost"):
        build(home, Failing(), knowledge=lantern.knowledge())
    assert current(home).id == built.id
    assert [path.name for path in (home / "releases").iterdir()] == [built.id]


def test_remains_of_a_killed_build_are_cleared(home, built):
    (home / "releases" / ".building-abc" / "dense").mkdir(parents=True)
    (home / ".current-77").symlink_to("releases/none")
    build(home, lantern.TokenHashes(), knowledge=lantern.knowledge())
    assert not list((home / "releases").glob(".*"))
    assert not list(home.glob(".current*"))


def test_release_built_while_texts_change_is_marked_by_what_it_holds(home, built, monkeypatch):
    texts = home / "texts" / lantern.LAW / f"{lantern.OLD}.json"

    def copy_after_an_import(source, target, **options):
        monkeypatch.undo()
        texts.unlink()
        return shutil.copytree(source, target, **options)

    texts.write_text(texts.read_text(encoding="utf-8").replace("三十盏", "六十盏"), encoding="utf-8")
    monkeypatch.setattr("index.release.shutil.copytree", copy_after_an_import)
    release, made = build(home, lantern.TokenHashes(), knowledge=lantern.knowledge())
    assert made
    assert release.manifest["texts"] == 1
    assert release.manifest["fingerprint"] == fingerprint(json.loads(json.dumps(lantern.knowledge())), release.folder / "texts", "token-hashes")


def test_progress_is_told_for_every_part(home):
    told: dict[str, tuple[int, int]] = {}

    def note(what: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        told[what] = (done, total)

    release, _ = build(home, lantern.TokenHashes(), note, lantern.knowledge())
    passages = release.manifest["passages"]
    assert told == {"关键词索引": (release.manifest["units"],) * 2, "计算向量": (passages, passages), "写入向量库": (passages, passages)}


def hold_the_lock(home: Path, ready, done) -> None:
    with building(home):
        ready.set()
        done.wait(PATIENCE)


@pytest.fixture(scope="module")
def processes() -> Iterator[multiprocessing.context.BaseContext]:
    """New processes that need not import everything first, so that a kill falls into the work."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["lantern", "index.store", "chromadb", "langchain_chroma"])
    yield context


def test_two_builds_at_once_are_refused(home, built, tmp_path, processes):
    lantern.import_and_build(home, write(tmp_path / "files", "五十盏"))  # there is one to go back to
    ready, done = processes.Event(), processes.Event()
    other = processes.Process(target=hold_the_lock, args=(home, ready, done))
    other.start()
    try:
        assert ready.wait(PATIENCE)
        for attempt in (lambda: build(home, None, knowledge=lantern.knowledge()), lambda: rollback(home)):
            with pytest.raises(BuildInProgress, match="另一个进程正在建索引"):
                attempt()
    finally:
        done.set()
        other.join(PATIENCE)
    assert build(home, None, knowledge=lantern.knowledge())[1]


def timed(home: Path, files: list[Path]) -> float:
    """Seconds that importing and building took."""
    begun = time.perf_counter()
    lantern.import_and_build(home, files)
    return time.perf_counter() - begun


def work(home: Path, files: list[Path], started) -> None:
    started.set()
    lantern.import_and_build(home, files)


def test_killed_at_any_moment_the_last_release_serves_and_the_next_run_completes(home, tmp_path, processes):
    chance = random.Random(20261123)
    lantern.import_and_build(home, write(tmp_path / "files", "零盏"))
    usual, served, cut_short = timed(home, write(tmp_path / "files", "甲盏")), "甲盏", 0
    for number in range(KILLS):
        files, next_one = write(tmp_path / "files", f"{number}盏"), f"{number}盏"
        started = processes.Event()
        process = processes.Process(target=work, args=(home, files, started))
        process.start()
        assert started.wait(PATIENCE)
        process.join(usual * chance.random() ** 2)
        process.kill()
        process.join(PATIENCE)
        cut_short += process.exitcode == -9
        release = current(home)
        assert problems(release) == []
        assert any(lanterns in wanted(release) for lanterns in (served, next_one)), f"kill {number}"
        # How long it takes this time, so that the kills fall into the work also where the machine is now busy and now not.
        usual, release = timed(home, files), current(home)
        assert next_one in wanted(release)
        assert stored(release) == release.manifest["passages"]
        served = next_one
        assert not [path for pattern in ("releases/.*", ".current*", "texts/*/.*") for path in home.glob(pattern)]
    assert cut_short >= KILLS // 2
