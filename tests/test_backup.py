from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import lantern
import live
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import JSON, Column, create_engine, inspect, text

from api import backup, command_backup, dump
from api.app import create_app
from api.dump import DumpProblem
from api.keys import Keys
from api.migrations import history
from api.settings import Settings
from api.staff.ledger import Ledger
from api.store import Message, Store, new_id
from index import parcel
from index.errors import BadParcel
from index.parcel import STATEMENT
from index.release import build, current, problems
from index.signing import make_keys


@pytest.fixture
def office(lantern_home: Path, tmp_path: Path) -> Settings:
    """A home with texts, a release, a card, a trusted key, and a database with something of every sort."""
    home = Path(shutil.copytree(lantern_home, tmp_path / "home", symlinks=True))
    card = tmp_path / "card.yaml"
    card.write_text("name: 灯笼镇花灯局\n", encoding="utf-8")
    settings = Settings(home=home, office=card, release_trust=make_keys(tmp_path / "keys")[1])
    store = Store(settings.database_url)
    with store.begin() as session, session.begin():
        for number in range(1200):
            answer = {"n": number, "none": None, "list": ["甲", 1.5, True]}
            session.add(Message(id=new_id(), conversation=new_id(), created=datetime.now(UTC), question=f"第 {number} 个：「灯」？\u2028😀", answer=answer))
    message = new_id()
    store.keep(message, new_id(), "x", {})
    store.rate(message, 1, ["没答到"], "太慢")
    Keys(store).add("某区", ["chat"])
    for number in range(3):
        Ledger(store).record(None, "127.0.0.1", "测试", f"对象 {number}", "成")
    store.close()
    return settings


def rows_of(url: str) -> dict[str, list[tuple]]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
            return {name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr) for name in names}
    finally:
        engine.dispose()


def elsewhere(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "restored")


def rewritten(file: Path, to: Path, **changed: bytes | None) -> Path:
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        content = {name: old.read(name) for name in old.namelist()} | changed
        for name, data in content.items():
            if data is not None:
                new.writestr(name, data)
    return to


def test_what_was_backed_up_comes_back_row_by_row_and_file_by_file(office, tmp_path):
    kept = backup.save(office, tmp_path / "b.zip")
    assert kept.rows["messages"] == 1201
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    there = elsewhere(tmp_path)
    back = backup.restore(there, tmp_path / "b.zip")
    assert (back.rows, back.files, back.release) == (kept.rows, 2, current(office.home).id)
    assert back.chain.entries == 3
    assert back.chain.broken is None
    assert rows_of(there.database_url) == rows_of(office.database_url)
    for name in (f"texts/{lantern.LAW}/{lantern.NEW}.json", f"texts/{lantern.LAW}/{lantern.OLD}.json"):
        assert (there.home / name).read_bytes() == (office.home / name).read_bytes()
    assert (there.home / "office.yaml").read_text(encoding="utf-8") == office.office.read_text(encoding="utf-8")
    assert (there.home / "trust" / "release-key.pub.pem").exists()
    assert current(there.home).id == current(office.home).id
    assert problems(current(there.home)) == []
    assert not list(there.home.glob(".*"))
    assert not list(office.home.glob(".backup*"))


def test_a_key_and_a_conversation_work_on_after_the_restore(office, tmp_path):
    store = Store(office.database_url)
    conversation = new_id()
    store.keep(new_id(), conversation, "前面问过的", {"a": 1})
    _, token = Keys(store).add("街道", ["mcp"])
    store.close()
    backup.save(office, tmp_path / "b.zip")
    backup.restore(elsewhere(tmp_path), tmp_path / "b.zip")
    store = Store(elsewhere(tmp_path).database_url)
    try:
        assert store.questions(conversation) == ("前面问过的",)
        assert Keys(store).admit(f"Bearer {token}", "mcp")[0].name == "街道"
        assert Ledger(store).record(None, "::1", "恢复", "", "成") == 4
    finally:
        store.close()


def test_a_backup_made_while_the_office_writes_is_of_one_moment(office, tmp_path):
    store, stop = Store(office.database_url), threading.Event()

    def write() -> None:
        while not stop.is_set():
            message = new_id()
            store.keep(message, new_id(), "同时", {})
            store.rate(message, 5, [], "同时")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup.save(office, tmp_path / "b.zip")
    finally:
        stop.set()
        writer.join()
        store.close()
    there = elsewhere(tmp_path)
    backup.restore(there, tmp_path / "b.zip")  # every rating has its message, or the foreign key would refuse it
    with sqlite3.connect(there.home / "shezu.sqlite") as database:
        together = database.execute("SELECT count(*) FROM feedback WHERE message NOT IN (SELECT id FROM messages)").fetchone()
    database.close()
    assert together == (0,)


def test_nothing_is_restored_over_what_is_there(office, tmp_path):
    backup.save(office, tmp_path / "b.zip")
    before = rows_of(office.database_url)
    with pytest.raises(BadParcel, match="已有 texts，没有动它"):
        backup.restore(office, tmp_path / "b.zip")
    with pytest.raises(DumpProblem, match=r"已有数据（\w+ 等 \d 个表），没有动它"):
        backup.restore(replace(elsewhere(tmp_path), database=office.database_url), tmp_path / "b.zip")
    assert rows_of(office.database_url) == before
    assert list((tmp_path / "restored").iterdir()) == []


def test_a_damaged_backup_is_refused_and_leaves_nothing(office, tmp_path):
    file = tmp_path / "b.zip"
    backup.save(office, file)
    with zipfile.ZipFile(file) as held:
        rows, said = held.read("database/messages.jsonl"), json.loads(held.read(STATEMENT))
    attacks = {
        "cut": file.read_bytes()[:-500],
        "row": {"database/messages.jsonl": rows.replace(b"1.5", b"9.5")},
        "missing": {"database/messages.jsonl": None},
        "outside": {STATEMENT: json.dumps(said | {"files": said["files"] | {"../out": {"size": 1, "sha256": ""}}}).encode(), "../out": b"x"},
        "format": {STATEMENT: json.dumps(said | {"format": 9}).encode()},
        "newer": {STATEMENT: json.dumps(said | {"step": "r9999"}).encode()},
        "rows": {STATEMENT: json.dumps(said | {"rows": said["rows"] | {"messages": 7}}).encode()},
    }
    for name, change in attacks.items():
        bad = tmp_path / f"{name}.zip"
        if isinstance(change, bytes):
            bad.write_bytes(change)
        else:
            rewritten(file, bad, **change)
        there = Settings(home=tmp_path / name)
        with pytest.raises((BadParcel, DumpProblem)):
            backup.restore(there, bad)
        assert not (there.home / "texts").exists(), name
        assert not (there.home / "current").exists(), name
    assert not (tmp_path / "out").exists()


def test_a_damaged_release_is_not_restored(office, tmp_path):
    (current(office.home).folder / "units.jsonl").write_text("{}\n")
    backup.save(office, tmp_path / "b.zip")
    with pytest.raises(BadParcel, match=r"已损坏（units.jsonl"):
        backup.check(tmp_path / "b.zip")
    backup.save(office, tmp_path / "c.zip", release=False)
    assert backup.check(tmp_path / "c.zip").release == ""


def test_an_audit_chain_that_was_broken_or_cut_is_told(office, tmp_path, capsys):
    with sqlite3.connect(office.home / "shezu.sqlite") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE staff_ledger SET target = '改过' WHERE number = 2")
    database.close()
    assert command_backup.run_backup(SimpleNamespace(file=tmp_path / "b.zip", without_release=True), office) == 1
    assert "审计日志第 2 条内容和校验码不符" in capsys.readouterr().err
    assert backup.check(tmp_path / "b.zip").chain.broken == 2


def test_commands_say_what_was_done(office, tmp_path, capsys):
    assert command_backup.run_backup(SimpleNamespace(file=tmp_path / "b.zip", without_release=False), office) == 0
    assert command_backup.run_restore(SimpleNamespace(file=tmp_path / "b.zip", check=True), office) == 0
    said = capsys.readouterr().out
    assert "messages 1201" in said
    assert "审计日志 3 条，校验链完整" in said
    assert "完好，可以恢复" in said
    assert (
        command_backup.run_restore(SimpleNamespace(file=tmp_path / "b.zip", check=False), replace(office, home=tmp_path / "new", database="postgresql://no/x"))
        == 1
    )
    assert "数据库用不了" in capsys.readouterr().err


def test_a_backup_of_an_older_program_comes_up_to_date(tmp_path, office):
    first = [step.revision for step in history.steps().walk_revisions()][-1]
    url = f"sqlite:///{tmp_path}/old.sqlite"
    engine = create_engine(url)
    assert history.upgrade(engine, first) == [first]
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO messages VALUES ('m1', 'c1', '2026-11-22 10:00:00.000000', '要几个会员', '{\"a\": 1}')"))
    engine.dispose()
    (tmp_path / "rows").mkdir()
    step, counts = dump.unload(url, tmp_path / "rows")
    assert (step, counts["messages"]) == (first, 1)
    assert dump.load(f"sqlite:///{tmp_path}/new.sqlite", step, tmp_path / "rows")["messages"] == 1
    store = Store(f"sqlite:///{tmp_path}/new.sqlite")
    assert store.message("m1") == {"a": 1}
    store.close()


def value_for(column: Column) -> object:
    if isinstance(column.type, JSON):
        return {"a": [None, "文"]}
    values = {"int": 7, "str": "文\n字", "bool": True, "datetime": datetime(2026, 11, 23, 1, 2, 3, 4, UTC), "float": 0.1, "bytes": b"\0\xff"}
    return values[column.type.python_type.__name__]


def test_every_column_of_every_table_survives(tmp_path):
    Store(f"sqlite:///{tmp_path}/a.sqlite").close()
    engine = create_engine(f"sqlite:///{tmp_path}/a.sqlite")
    with engine.begin() as connection:
        for table in dump._tables(connection):
            connection.execute(table.insert(), [{column.name: value_for(column) for column in table.columns}])
    engine.dispose()
    (tmp_path / "rows").mkdir()
    step, counts = dump.unload(f"sqlite:///{tmp_path}/a.sqlite", tmp_path / "rows")
    assert set(counts.values()) == {1}
    dump.load(f"sqlite:///{tmp_path}/b.sqlite", step, tmp_path / "rows")
    assert rows_of(f"sqlite:///{tmp_path}/b.sqlite") == rows_of(f"sqlite:///{tmp_path}/a.sqlite")


def test_parcel_is_whole_or_not_there(tmp_path):
    with pytest.raises(BadParcel, match="写不进去"):
        parcel.write(tmp_path / "p.zip", [("a", tmp_path / "missing")], lambda listing: {})
    assert list(tmp_path.iterdir()) == []


def test_a_served_office_is_backed_up_without_stopping(tmp_path):
    build(tmp_path / "home", None, knowledge=lantern.knowledge())
    chosen = live.settings(tmp_path / "home", tmp_path)
    with TestClient(create_app(chosen)) as client:
        message = client.post("/api/v1/chat", json={"question": "花灯会登记要几盏灯？"}).json()
        backup.save(chosen, tmp_path / "b.zip")
        assert client.get("/readyz").status_code == 200
    there = elsewhere(tmp_path)
    backup.restore(there, tmp_path / "b.zip")
    with TestClient(create_app(there)) as client:
        assert client.get(f"/api/v1/messages/{message['message_id']}").json() == message
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(backup.check(tmp_path / "b.zip").made)


def test_rows_go_from_sqlite_into_either_database_and_back(office, database, tmp_path):
    """How an office that outgrows one machine moves, and how it would move back."""
    folders = [tmp_path / "out", tmp_path / "there", tmp_path / "back"]
    for folder in folders:
        folder.mkdir()
    step, counts = dump.unload(office.database_url, folders[0])
    assert dump.load(database.replace("/shezu.sqlite", "/there.sqlite"), step, folders[0]) == counts
    assert dump.unload(database.replace("/shezu.sqlite", "/there.sqlite"), folders[1]) == (step, counts)
    assert dump.load(f"sqlite:///{tmp_path}/back.sqlite", step, folders[1]) == counts
    assert rows_of(f"sqlite:///{tmp_path}/back.sqlite") == rows_of(office.database_url)
    store = Store(database.replace("/shezu.sqlite", "/there.sqlite"))
    try:
        assert Ledger(store).verify().broken is None
        assert Ledger(store).record(None, "::1", "搬家", "", "成") == 4
    finally:
        store.close()
