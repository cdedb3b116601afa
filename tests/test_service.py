from __future__ import annotations

import json
import shutil
from pathlib import Path

import lantern
import live
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from api import service
from api.app import create_app
from corpus.catalog import catalog_from
from corpus.intake import Texts, import_files
from index import archive
from index.errors import BadRelease
from index.release import Release, build, current
from index.signing import make_keys


@pytest.fixture
def home(tmp_path: Path) -> Path:
    newer(tmp_path / "home", tmp_path / "files", "四十盏")
    return tmp_path / "home"


def newer(home: Path, folder: Path, lanterns: str) -> Release:
    """A release without vectors, which the app opens whatever model is installed."""
    files, known = lantern.write_files(folder), lantern.knowledge()
    files[1].write_text(lantern.NEW_TEXT.replace("四十盏", lanterns), encoding="utf-8")
    assert not [report for report in import_files(files, Texts(home / "texts"), catalog_from(known["catalog"])) if report.failed]
    return build(home, None, knowledge=known)[0]


def log_of(file: Path, event: str) -> list[dict]:
    return [line for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()) if line["event"] == event]


def release_of(client: TestClient) -> str:
    return str(client.post("/api/v1/chat", json={"question": "花灯会登记要多少盏花灯？"}).json()["release"])


def test_a_damaged_new_release_is_not_served_and_the_log_says_so_once(home, tmp_path):
    first = current(home).id
    with TestClient(create_app(live.settings(home, tmp_path, log=str(tmp_path / "log.jsonl")))) as client:
        assert release_of(client) == first
        second = newer(home, tmp_path / "files", "五十盏")
        (second.folder / "units.jsonl").write_text("{}\n")
        assert [release_of(client) for _ in range(3)] == [first] * 3
        (said,) = log_of(tmp_path / "log.jsonl", "release_damaged")
        assert second.id in said["reason"]
        assert said["serving"] == first
        third = newer(home, tmp_path / "files", "六十盏")
        assert release_of(client) == third.id


def test_a_process_starts_over_the_last_good_release(home, tmp_path):
    first = current(home).id
    second = newer(home, tmp_path / "files", "五十盏")
    (second.folder / "manifest.json").write_text("{")
    with TestClient(create_app(live.settings(home, tmp_path, log=str(tmp_path / "log.jsonl")))) as client:
        assert client.get("/readyz").json() == {"ready": True, "release": first}
        assert release_of(client) == first
    assert len(log_of(tmp_path / "log.jsonl", "release_damaged")) == 1


def test_a_release_that_cannot_be_opened_leaves_the_one_that_answers(home, tmp_path):
    first = current(home).id
    with TestClient(create_app(live.settings(home, tmp_path, log=str(tmp_path / "log.jsonl")))) as client:
        (home / "current").unlink()
        assert release_of(client) == first
        (home / "current").symlink_to("releases/19990101T000000000-00000000")
        assert [release_of(client) for _ in range(2)] == [first] * 2
    assert len(log_of(tmp_path / "log.jsonl", "release_refused")) == 1


def test_an_imported_archive_is_served_without_a_restart(home, tmp_path):
    private, public = make_keys(tmp_path / "keys")
    elsewhere = Path(shutil.copytree(home, tmp_path / "elsewhere", symlinks=True))
    with TestClient(create_app(live.settings(home, tmp_path))) as client:
        before = release_of(client)
        newer(elsewhere, tmp_path / "files", "七十盏")
        archive.take_in(home, archive.export(current(elsewhere), tmp_path / "release.zip", private), [public])
        assert release_of(client) == current(elsewhere).id > before


def test_a_release_that_could_not_be_opened_is_tried_again(home, tmp_path, monkeypatch):
    """As where its vectors are still on their way to a server."""
    first = current(home).id
    with TestClient(create_app(live.settings(home, tmp_path))) as client:
        opened, now = service.rerank.Reranking, [100.0]

        def not_yet(*arguments, **options):
            raise BadRelease("集合还没有送到")

        monkeypatch.setattr(service, "monotonic", lambda: now[0])
        monkeypatch.setattr(service.rerank, "Reranking", not_yet)
        second = newer(home, tmp_path / "files", "八十盏")
        assert release_of(client) == first
        monkeypatch.setattr(service.rerank, "Reranking", opened)
        assert release_of(client) == first
        now[0] += service.PAUSE
        assert release_of(client) == second.id


def test_a_database_out_of_reach_is_said_so(home, tmp_path, monkeypatch):
    with TestClient(create_app(live.settings(home, tmp_path, log=str(tmp_path / "log.jsonl")))) as client:

        def gone(*arguments):
            raise OperationalError("SELECT", {}, OSError("connection refused"))

        monkeypatch.setattr(client.app.state.service.store, "message", gone)
        answer = client.get(f"/api/v1/messages/{'0' * 32}")
    assert answer.status_code == 503
    assert "数据库暂时不能用" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    (said,) = log_of(tmp_path / "log.jsonl", "database")
    assert said["error"] == "OperationalError"
    assert "SELECT" not in str(said)
