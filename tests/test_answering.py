from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import live
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from live import events, kept
from patience import PATIENCE, wait_until

from api import chat
from api.app import create_app
from api.store import Store
from assistant.turn import Turn

FUND = "设立基金会的原始基金最低多少？"
KEY = "0b0f1d7c-8f0e-4f6e-9d7c-6f8c9a1b2c3d"
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def late(shipped_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The stream of an answer that goes on once its reader has seen three comments; it opens at once, with a comment every twentieth of a second."""
    monkeypatch.setattr(chat, "PROMPT", 0.05)
    monkeypatch.setattr(chat.awaited, "__defaults__", (0.05,))

    def read(then: Callable[..., Turn] | None = None) -> str:
        chosen, text = live.settings(shipped_home, tmp_path), ""
        app = create_app(chosen)
        with live.serving(chosen, app) as address:
            _, go = held(app, then)
            with httpx.stream("POST", f"{address}/api/v1/chat", json={"question": FUND}, headers=STREAM, timeout=PATIENCE) as answer:
                for part in answer.iter_text():
                    text += part
                    if text.count(": 仍在整理") >= 3:
                        go.set()
        return text

    return read


def test_a_slow_answer_keeps_the_stream_alive_with_comments(late):
    text = late()
    assert text.startswith(": ")
    assert [name for _, name, _ in events(text)][-1] == "done"


def test_a_failure_after_the_stream_began_is_an_event(late):
    def failing(*_, **__):
        raise OSError("disk")

    found = events(late(failing))
    assert [name for _, name, _ in found] == ["error"]
    assert found[0][2]["status"] == 500
    assert "disk" not in json.dumps(found)


def test_late_frames_end_without_a_reader():
    making: Future[dict] = Future()

    async def leave() -> None:
        frames = chat.late_frames(making)
        waiting = asyncio.ensure_future(anext(frames))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(leave())
    assert not making.cancelled()


def raw(address: str, body: dict, **headers: str) -> socket.socket:
    """A client below HTTP libraries, which leaves when it likes."""
    host, port = urlsplit(address).netloc.split(":")
    content = json.dumps(body).encode()
    told = {"Host": host, "Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
    connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
    connection.sendall(("POST /api/v1/chat HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in told.items()) + "\r\n").encode() + content)
    return connection


def test_who_leaves_in_the_stream_and_comes_back_gets_the_whole_once(shipped_home: Path, tmp_path: Path):
    with live.serving(live.settings(shipped_home, tmp_path)) as address:
        connection = raw(address, {"question": FUND}, Accept="text/event-stream")
        received = b""
        while b"\nevent: meta" not in received or not received.split(b"event: meta")[1].count(b"\n\n"):
            received += connection.recv(64)
        connection.close()
        number = re.search(rb'"message_id": "([0-9a-f]{32})"', received)[1].decode()
        rest = events(httpx.get(f"{address}/api/v1/messages/{number}/events?after=1", timeout=PATIENCE).text)
        message = httpx.get(f"{address}/api/v1/messages/{number}", timeout=PATIENCE).json()
    assert [n for n, _, _ in rest] == list(range(2, len(rest) + 2))
    assert [data["block"] for _, name, data in rest if name == "block"] == message["blocks"]
    assert rest[-1][1] == "done"


def test_who_leaves_before_the_first_byte_finds_one_answer_under_the_key(shipped_home: Path, tmp_path: Path):
    chosen = live.settings(shipped_home, tmp_path)
    with live.serving(chosen) as address:
        for _ in range(3):
            connection = raw(address, {"question": FUND}, Accept="text/event-stream", **{"Idempotency-Key": KEY})
            connection.close()
        message = httpx.post(f"{address}/api/v1/chat", json={"question": FUND}, headers={"Idempotency-Key": KEY}, timeout=PATIENCE).json()
    store = Store(chosen.database_url)
    assert kept(store) == 1
    assert store.message(message["message_id"]) == message
    store.close()


def held(app: FastAPI, then: Callable[..., Turn] | None = None) -> tuple[threading.Event, threading.Event]:
    """Make the running app's answers wait: one event tells that an answer was begun, the other lets it go on, or do something else."""
    began, go = threading.Event(), threading.Event()
    assistant = app.state.service._assistant
    ask_now = then or assistant.ask

    def later(*args, **options):
        began.set()
        assert go.wait(PATIENCE)
        return ask_now(*args, **options)

    assistant.ask = later
    return began, go


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_answer_begun_is_finished_and_kept_although_its_client_left(shipped_home: Path, tmp_path: Path, accept: str):
    chosen = live.settings(shipped_home, tmp_path)
    app = create_app(chosen)
    with live.serving(chosen, app) as address:
        began, go = held(app)
        connection = raw(address, {"question": FUND}, Accept=accept)
        assert began.wait(PATIENCE)
        connection.close()
        store = app.state.service.store
        assert kept(store) == 0
        go.set()
        wait_until(lambda: kept(store) == 1)


def test_an_answer_begun_is_kept_although_the_server_is_told_to_stop(shipped_home: Path, tmp_path: Path):
    chosen = live.settings(shipped_home, tmp_path)
    app = create_app(chosen)
    with TestClient(app):
        began, go = held(app)
        chat.begin(app.state.service, chat.Question(question=FUND))
        assert began.wait(PATIENCE)
        threading.Timer(0.3, go.set).start()  # by then the server is stopping; where it is not yet, nothing is lost
    store = Store(chosen.database_url)
    assert kept(store) == 1
    store.close()


def test_two_hundred_streams_at_once_lose_nothing(shipped_home: Path, tmp_path: Path):
    count = 200

    async def stream(client: httpx.AsyncClient, number: int) -> list[tuple[int, str, dict]]:
        question = f"{FUND}（第{number}次问）"
        async with client.stream("POST", "/api/v1/chat", json={"question": question}, headers=STREAM) as answer:
            assert answer.status_code == 200
            return events("".join([part async for part in answer.aiter_text()]))

    async def all_at_once(address: str) -> list[list[tuple[int, str, dict]]]:
        limits = httpx.Limits(max_connections=count, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits) as client:
            return await asyncio.gather(*(stream(client, number) for number in range(count)))

    with live.process(shipped_home, tmp_path) as address:
        found = asyncio.run(all_at_once(address))
        numbers = {each[0][2]["message_id"] for each in found}
        again = [events(httpx.get(f"{address}/api/v1/messages/{number}/events", timeout=PATIENCE).text) for number in sorted(numbers)[:20]]
    assert len(numbers) == count
    assert all([n for n, _, _ in each] == list(range(1, len(each) + 1)) and each[-1][1] == "done" for each in found)
    whole = {each[0][2]["message_id"]: each for each in found}
    assert all(each == whole[each[0][2]["message_id"]] for each in again)
    store = Store(f"sqlite:///{tmp_path}/shezu.sqlite")
    assert kept(store) == count
    store.close()
