"""What must survive: a killed process, a full disk, a power cut in the middle of a migration, a clock that jumps, a model that hangs.

What was acknowledged is never lost and never doubled, answers go on from the last good state, and the log says what happened.
Those that take their time are marked slow: `make faults`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import live
import pytest
from conftest import REPOSITORY
from databases import everything
from fastapi.testclient import TestClient
from patience import PATIENCE, wait_until
from processes import Running, started
from scripted_model import serving
from test_migrations import BEFORE, filled

from api.app import create_app
from api.migrations import history
from api.repeats import Repeats
from api.store import Store, new_id

QUESTION = "设立基金会的原始基金最低多少？"


def messages(folder: Path) -> set[str]:
    database = sqlite3.connect(folder / "shezu.sqlite")
    try:
        return {row[0] for row in database.execute("SELECT id FROM messages")}
    finally:
        database.close()


class Reader(threading.Thread):
    """Somebody who asks on and on, and after a broken connection sends the same request again under the same key, to another process."""

    def __init__(self, addresses: list[str], stop: threading.Event, number: int) -> None:
        super().__init__(daemon=True)
        self.addresses, self.stopped, self.rng = addresses, stop, random.Random(number)
        self.given: dict[str, str] = {}
        self.broken = 0

    def run(self) -> None:
        while not self.stopped.is_set():
            key = f"key-{new_id()}"
            body = {"question": f"{QUESTION}（{key[-6:]}）"}
            while key not in self.given:
                try:
                    answer = httpx.post(f"{self.rng.choice(self.addresses)}/api/v1/chat", json=body, headers={"Idempotency-Key": key}, timeout=PATIENCE)
                except httpx.TransportError:
                    self.broken += 1
                    time.sleep(0.1)
                    continue
                assert answer.status_code in (200, 503), answer.text
                if answer.status_code == 200:
                    self.given[key] = answer.json()["message_id"]


@pytest.mark.slow
def test_a_process_killed_under_load_loses_and_doubles_nothing(shipped_home, tmp_path):
    stop = threading.Event()
    database = {"SHEZU_DATABASE": f"sqlite:///{tmp_path}/shezu.sqlite"}
    with started(shipped_home, tmp_path / "a", **database) as first, started(shipped_home, tmp_path / "b", **database) as second:
        readers = [Reader([first.address, second.address], stop, number) for number in range(6)]
        for reader in readers:
            reader.start()
        wait_until(lambda: sum(len(reader.given) for reader in readers) > 20, 120)
        first.process.send_signal(signal.SIGKILL)
        before = sum(len(reader.given) for reader in readers)
        wait_until(lambda: sum(len(reader.given) for reader in readers) > before + 20, 240)
        stop.set()
        for reader in readers:
            reader.join(PATIENCE)
            assert not reader.is_alive()
        given = {message for reader in readers for message in reader.given.values()}
        assert sum(reader.broken for reader in readers) > 0
        assert len(given) == sum(len(reader.given) for reader in readers)
        for message in sorted(given)[:: max(1, len(given) // 30)]:
            assert httpx.get(f"{second.address}/api/v1/messages/{message}", timeout=PATIENCE).json()["message_id"] == message
    kept = messages(tmp_path)
    assert given <= kept
    # What the killed process had stored but not yet sent was made once more under the same key only where nobody could find it.
    assert len(kept - given) <= len(readers)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small file system may not be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.slow
def test_a_full_disk_gives_503_keeps_what_was_given_and_passes_without_a_restart(shipped_home, tmp_path, small_disk):
    with started(shipped_home, tmp_path / "a", SHEZU_DATABASE=f"sqlite:///{small_disk}/shezu.sqlite") as running:
        given = [running.ask(QUESTION).json()["message_id"] for _ in range(3)]
        _fill(small_disk / "ballast")
        refused = None
        for number in range(200):
            answer = running.ask(f"{QUESTION}（{number}）")
            if answer.status_code != 200:
                refused = answer
                break
            given.append(answer.json()["message_id"])
        assert refused is not None
        assert refused.status_code == 503
        assert "存不下来" in refused.json()["detail"]
        assert running.log("not_kept")
        for message in given:
            assert httpx.get(f"{running.address}/api/v1/messages/{message}", timeout=PATIENCE).status_code == 200
        (small_disk / "ballast").unlink()
        after = running.ask(QUESTION)
        assert after.status_code == 200
        assert running.process.poll() is None
    assert {*given, after.json()["message_id"]} <= messages(small_disk)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 4096)
        except OSError:
            pass


MIGRATING = "import sys; from api.store import Store; Store(sys.argv[1]).close()"


@pytest.mark.slow
def test_a_power_cut_during_a_migration_loses_nothing(tmp_path):
    """The files as they lie on the disk at random moments, as after a power cut, open with everything in them and are migrated to the end."""
    rng, cuts, half = random.Random(20261123), 0, 0
    for number in range(12):
        office = tmp_path / f"office-{number}"
        office.mkdir()
        database = sqlite3.connect(office / "shezu.sqlite")
        database.executescript(BEFORE)
        for row in range(400):
            database.execute("INSERT INTO messages VALUES (?, 'c1', '2026-11-22 10:00:00.000000', ?, '{\"status\": \"answered\"}')", (f"x{row}", "问" * 200))
        database.commit()
        database.close()
        migrating = subprocess.Popen([sys.executable, "-c", MIGRATING, f"sqlite:///{office}/shezu.sqlite"], cwd=REPOSITORY)
        copies = 0
        while migrating.poll() is None and copies < 40:
            time.sleep(rng.random() * 0.15)
            copy = tmp_path / f"cut-{number}-{copies}"
            copy.mkdir()
            # The log before the database: of a page that is in neither copy yet, the log's end is what was not yet acknowledged.
            for name in ("shezu.sqlite-wal", "shezu.sqlite-journal", "shezu.sqlite"):
                if (office / name).exists():
                    shutil.copyfile(office / name, copy / name)
            copies += 1
        assert migrating.wait(PATIENCE) == 0
        for copy in sorted(tmp_path.glob(f"cut-{number}-*")):
            cuts += 1
            half += (copy / "shezu.sqlite-wal").exists() or (copy / "shezu.sqlite-journal").exists()
            store = Store(f"sqlite:///{copy}/shezu.sqlite")
            assert store.message("m1") == {"status": "answered"}
            store.close()
            assert len(messages(copy)) == 401
            shutil.rmtree(copy)
    assert cuts > 20
    assert half > 0


def test_a_killed_migration_is_taken_up_by_the_next_start(tmp_path):
    """The same with a process that is killed in the middle."""
    database = sqlite3.connect(tmp_path / "shezu.sqlite")
    database.executescript(BEFORE)
    database.commit()
    database.close()
    for seconds in (0.3, 0.8, 1.2):
        migrating = subprocess.Popen([sys.executable, "-c", MIGRATING, f"sqlite:///{tmp_path}/shezu.sqlite"], cwd=REPOSITORY)
        time.sleep(seconds)
        migrating.kill()
        migrating.wait(PATIENCE)
    store = Store(f"sqlite:///{tmp_path}/shezu.sqlite")
    assert store.message("m1") == {"status": "answered"}
    store.close()


def test_a_step_back_that_is_killed_has_been_taken_whole_or_not_at_all(tmp_path):
    """`shezu database downgrade` ended by kill -9 at several moments: the database opens as it was, or as the step leaves it."""
    url = f"sqlite:///{tmp_path}/shezu.sqlite"
    filled(url).dispose()
    held = everything(url)
    for seconds in (0.5, 1.0, 1.5):
        command = [sys.executable, "-m", "api.command", "database", "downgrade", history.BASE, "--lose"]
        going_back = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | {"SHEZU_DATABASE": url, "SHEZU_HOME": str(tmp_path)}, stdout=subprocess.DEVNULL)
        time.sleep(seconds)
        going_back.kill()
        going_back.wait(PATIENCE)
        now = everything(url)
        whole = now.keys() == held.keys()
        assert whole or not {"staff_ledger", "staff_approvals", "jobs", history.VERSIONS} & now.keys()
        assert now["messages"] == held["messages"]
        assert now["feedback"] == held["feedback"]
    Store(url).close()
    assert everything(url)["messages"] == held["messages"]


def test_a_clock_that_jumps_loses_no_message_and_doubles_none(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/shezu.sqlite")
    now = [2_000_000_000.0]
    repeats = Repeats(store, clock=lambda: now[0], patience=1)

    def make(number: str) -> dict:
        store.keep(number, new_id(), "x", {"message_id": number, "status": "answered"})
        return {"message_id": number, "status": "answered"}

    first = repeats.once("k" * 20, "body", make)["message_id"]
    for jump in (-3600.0, -365 * 86400.0, 3600.0, 23 * 3600.0):
        now[0] = 2_000_000_000.0 + jump
        assert repeats.once("k" * 20, "body", make)["message_id"] == first
    now[0] = 2_000_000_000.0 + 10 * 365 * 86400
    assert repeats.once("k" * 20, "body", make)["message_id"] != first
    assert store.message(first) is not None
    store.close()


@pytest.fixture
def fake_clock() -> dict[str, str]:
    """What a process must be told to have a clock of its own; only the wall clock, as where somebody sets it."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not here: apt-get install faketime")
    return {"LD_PRELOAD": str(found[0]), "DONT_FAKE_MONOTONIC": "1"}


JUMPS = ("+10y", "-3d", "+2h", "-20y", "+0")


@pytest.mark.slow
def test_a_running_process_whose_clock_jumps_answers_on_and_keeps_everything(shipped_home, tmp_path, fake_clock):
    """`shezu serve` under libfaketime: ten years ahead and twenty back while people ask, among them the same request again."""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    told = fake_clock | {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    given: dict[str, str] = {}
    with started(shipped_home, tmp_path / "a", **told) as running:

        def ask(number: int) -> str:
            headers = {"Idempotency-Key": f"the-same-key-of-{number}"}
            body = {"question": f"{QUESTION}（{number}）"}
            answer = httpx.post(f"{running.address}/api/v1/chat", json=body, headers=headers, timeout=PATIENCE)
            assert answer.status_code == 200, answer.text
            return answer.json()["message_id"]

        for number, jump in enumerate(JUMPS):
            clock.write_text(jump)
            given[jump] = ask(number)
            assert ask(number) == given[jump]
        years = {line["time"][:4] for line in running.log("request")}
        assert len(years) >= 3
        for message in given.values():
            assert httpx.get(f"{running.address}/api/v1/messages/{message}", timeout=PATIENCE).json()["message_id"] == message
        assert running.process.poll() is None
    assert messages(tmp_path / "a") == set(given.values())
    assert len(set(given.values())) == len(JUMPS)


@pytest.mark.slow
def test_a_start_by_a_clock_ten_years_ahead_deletes_nothing(shipped_home, tmp_path, fake_clock):
    with started(shipped_home, tmp_path / "a") as running:
        message = running.ask(QUESTION).json()["message_id"]
        wait_until(lambda: _looked(tmp_path / "a"))
    with started(shipped_home, tmp_path / "a", FAKETIME="+10y", **fake_clock) as running:
        wait_until(lambda: running.log("clock_gap"))
        assert running.ask(QUESTION).status_code == 200
        assert httpx.get(f"{running.address}/api/v1/messages/{message}", timeout=PATIENCE).status_code == 200


def _looked(folder: Path) -> bool:
    database = sqlite3.connect(folder / "shezu.sqlite")
    try:
        return bool(database.execute("SELECT 1 FROM jobs WHERE name = 'expiry'").fetchall())
    finally:
        database.close()


def test_a_model_that_hangs_costs_its_time_out_and_no_answer(shipped_home, tmp_path):
    with serving(lambda asked, reply: (reply.open(), reply.hold())) as model:
        settings = live.settings(shipped_home, tmp_path, model_url=model.url, model_name="m", model_timeout=1)
        with TestClient(create_app(settings)) as client:
            message = client.post("/api/v1/chat", json={"question": QUESTION}).json()
    assert model.asked
    assert (message["outcome"], message["maker"]) == ("answered", "template")
    assert message["citations"]


@pytest.mark.slow
def test_a_log_that_cannot_be_written_does_not_end_the_answers(shipped_home, tmp_path, small_disk):
    running: Running
    with started(shipped_home, tmp_path / "a", SHEZU_LOG=f"{small_disk}/log.jsonl") as running:
        _fill(small_disk / "ballast")
        assert [running.ask(f"{QUESTION}（{number}）").status_code for number in range(5)] == [200] * 5
        assert running.process.poll() is None
        assert (small_disk / "ballast").exists()
