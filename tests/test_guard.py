from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import live
import pytest
from fastapi.testclient import TestClient
from patience import PATIENCE
from sqlalchemy.exc import OperationalError

from api.app import create_app
from api.guard import LARGEST

SECRET = "我叫张三，想问设立基金会的原始基金"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


@pytest.fixture
def client(shipped_home: Path, tmp_path: Path, log: Path) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(shipped_home, tmp_path, log=str(log)))) as found:
        yield found


def lines(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/api/v1/laws"), ("POST", "/api/v1/chat"), ("GET", "/nothing"), ("DELETE", "/api/v1/laws")])
def test_every_response_has_a_number_and_the_security_headers(client: TestClient, method: str, path: str):
    headers = client.request(method, path).headers
    assert len(headers["x-request-id"]) == 16
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in headers["content-security-policy"]


def test_a_number_given_by_a_proxy_is_kept_and_a_strange_one_is_not(client: TestClient):
    assert client.get("/healthz", headers={"X-Request-Id": "proxy-12345678"}).headers["x-request-id"] == "proxy-12345678"
    assert client.get("/healthz", headers={"X-Request-Id": 'x"\\n, evil'}).headers["x-request-id"] != 'x"\\n, evil'


def test_a_line_tells_who_asked_which_route_and_nothing_of_the_content(client: TestClient, log: Path):
    message = client.post("/api/v1/chat", json={"question": SECRET}).json()
    client.get("/api/v1/search", params={"q": SECRET})
    client.get(f"/{SECRET}")
    client.get("/api/v1/guides/张三")
    client.get(f"/api/v1/messages/{message['message_id']}")
    written = lines(log)
    assert [line["route"] for line in written] == ["/api/v1/chat", "/api/v1/search", "-", "/api/v1/guides/{slug}", "/api/v1/messages/{message}"]
    assert [line["status"] for line in written] == [200, 200, 404, 404, 200]
    assert written[0]["message"] == message["message_id"]
    assert {"time", "level", "event", "request", "method", "ms", "bytes", "client"} <= set(written[0])
    assert "张三" not in log.read_text(encoding="utf-8")
    assert "基金" not in log.read_text(encoding="utf-8")


def test_an_unforeseen_error_leaves_its_places_and_not_its_words(client: TestClient, log: Path):
    def broken(*_, **__):
        raise ValueError(SECRET)

    client.app.state.service._assistant.ask = broken
    answer = client.post("/api/v1/chat", json={"question": SECRET})
    (line,) = lines(log)
    assert (line["level"], line["status"], line["error"], line["request"]) == ("error", 500, "ValueError", answer.headers["x-request-id"])
    assert any("broken" in place for place in line["at"])
    assert "张三" not in log.read_text(encoding="utf-8")


def test_every_line_of_a_request_has_its_number_whichever_thread_wrote_it(client: TestClient, log: Path):
    def full(*_, **__):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    client.app.state.service.store.keep = full
    answers = [client.post("/api/v1/chat", json={"question": SECRET}, headers={"Accept": kind}) for kind in ("application/json", "text/event-stream")]
    written = lines(log)
    for answer in answers:
        mine = [line["event"] for line in written if line["request"] == answer.headers["x-request-id"]]
        assert {"not_kept", "request"} <= set(mine)
    assert all(line.get("request") for line in written)


def test_a_body_that_says_it_is_too_large_is_refused_unread(client: TestClient):
    answer = client.post("/api/v1/chat", content=b"x" * (LARGEST + 1), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "1024 KB" in answer.json()["detail"]


def test_a_body_that_grows_too_large_is_refused_in_the_middle(shipped_home: Path, tmp_path: Path):
    with live.serving(live.settings(shipped_home, tmp_path)) as address:
        host, port = urlsplit(address).netloc.split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
            connection.sendall(f"POST /api/v1/chat HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            piece = b"x" * (LARGEST // 8)
            for _ in range(9):
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            # The body has no end yet: what answers did not wait for it.
            assert connection.recv(20).startswith(b"HTTP/1.1 413")


def test_a_body_below_the_limit_is_read(client: TestClient):
    history = ["很长的问题" * 300] * 20
    assert client.post("/api/v1/chat", json={"question": "你好", "history": history}).status_code == 200


def test_other_origins_are_let_in_only_where_the_setting_names_them(shipped_home: Path, tmp_path: Path, client: TestClient):
    origin = "https://www.example.gov.cn"
    ask = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,idempotency-key"}
    assert "access-control-allow-origin" not in client.get("/api/v1/guides", headers={"Origin": origin}).headers
    assert "access-control-allow-origin" not in client.options("/api/v1/chat", headers=ask).headers
    with TestClient(create_app(live.settings(shipped_home, tmp_path, cors=(origin,)))) as open_client:
        before = open_client.options("/api/v1/chat", headers=ask)
        assert before.status_code == 200
        assert before.headers["access-control-allow-origin"] == origin
        shown = open_client.get("/api/v1/guides", headers={"Origin": origin}).headers
        assert shown["access-control-allow-origin"] == origin
        assert "X-Request-Id" in shown["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in shown
        assert "access-control-allow-origin" not in open_client.get("/api/v1/guides", headers={"Origin": "https://evil.example"}).headers


def test_a_wrong_method_on_a_route_is_405_and_not_a_page(client: TestClient):
    answer = client.get("/api/v1/chat")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
