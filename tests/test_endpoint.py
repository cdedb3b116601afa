"""An embeddings service on this machine's loopback, as an office's gateway would look, in good and bad moods."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from index.embed import Choice, load
from index.endpoint import BATCH, TRIES, Endpoint
from index.errors import EmbedderSilent


class Gateway:
    """A loopback server that answers POST /v1/embeddings; what it does next is told by `moods` (a status, or a ready-made body)."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.moods: list[Any] = []
        self.headers: dict[str, str] = {}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                gateway.asked.append({"path": self.path, **body})
                gateway.keys.append(self.headers.get("authorization", ""))
                mood = gateway.moods.pop(0) if gateway.moods else None
                status = mood if isinstance(mood, int) else 200
                reply = mood if mood is not None and not isinstance(mood, int) else gateway.vectors(body["input"])
                data = json.dumps(reply if status == 200 else {"error": {"message": "no"}}).encode()
                self.send_response(status)
                for name, value in gateway.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def vectors(texts: list[str]) -> dict[str, Any]:
        """(length, 3) for each text, last text first: the index tells which is which."""
        return {"data": [{"index": i, "embedding": [float(len(text)), 3.0]} for i, text in reversed(list(enumerate(texts)))]}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    one = Gateway()
    yield one
    one.close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def endpoint(gateway: Gateway, pauses: list[float]) -> Endpoint:
    return Endpoint(gateway.url + "/", "bge-m3", "secret", pause=pauses.append)


def test_vectors_come_back_in_order_with_length_one(endpoint, gateway):
    rows = endpoint.passages(["四字文本", "字"])
    assert rows == pytest.approx(np.array([[0.8, 0.6], [1 / 10**0.5, 3 / 10**0.5]]), abs=1e-6)
    assert rows.dtype == np.float32
    assert gateway.asked[0] == {"path": "/v1/embeddings", "model": "bge-m3", "input": ["四字文本", "字"], "encoding_format": "float"}
    assert gateway.keys == ["Bearer secret"]


def test_passages_go_in_batches(endpoint, gateway):
    assert endpoint.passages(["字"] * (BATCH + 1)).shape == (BATCH + 1, 2)
    assert [len(asked["input"]) for asked in gateway.asked] == [BATCH, 1]
    assert endpoint.passages([]).shape == (0, 2)


def test_a_busy_service_is_asked_again_with_longer_pauses(endpoint, gateway, pauses):
    gateway.moods = [503, 429]
    assert endpoint.passages(["字"]).shape == (1, 2)
    assert pauses == [1.0, 2.0]


def test_a_service_says_how_long_to_wait(endpoint, gateway, pauses):
    gateway.moods, gateway.headers = [429], {"retry-after": "7"}
    endpoint.passages(["字"])
    gateway.moods, gateway.headers = [429], {"retry-after": "3600"}
    endpoint.passages(["字"])
    assert pauses == [7.0, 20.0]


def test_after_the_last_try_the_message_says_what_to_check(endpoint, gateway, pauses):
    gateway.moods = [500] * TRIES
    with pytest.raises(EmbedderSilent, match="试了 4 次都没有成功（HTTP 500），请检查 SHEZU_EMBEDDER_URL"):
        endpoint.passages(["字"])
    assert len(gateway.asked) == TRIES


def test_a_refusal_is_not_asked_again(endpoint, gateway, pauses):
    gateway.moods = [401]
    with pytest.raises(EmbedderSilent, match=r"拒绝了请求（HTTP 401.*请核对 SHEZU_EMBEDDER_URL、NAME 和 KEY"):
        endpoint.passages(["字"])
    assert (len(gateway.asked), pauses) == (1, [])


def test_a_question_is_asked_once(endpoint, gateway, pauses):
    gateway.moods = [503]
    with pytest.raises(EmbedderSilent, match="试了 1 次"):
        endpoint.questions(["字"])
    assert (len(gateway.asked), pauses) == (1, [])


def test_nobody_at_the_address(gateway, endpoint):
    gateway.close()
    with pytest.raises(EmbedderSilent, match="ConnectError：连不上或没有按时应答"):
        endpoint.questions(["字"])


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ({"data": [{"embedding": [1.0, 2.0]}]}, "不是 OpenAI 兼容的格式"),
        ({"vectors": []}, "不是 OpenAI 兼容的格式"),
        ([1, 2], "不是 OpenAI 兼容的格式"),
        ({"data": []}, "对 1 条文本返回了 0 个向量"),
        ({"data": [{"index": 0, "embedding": [0.0, 0.0]}]}, "返回了空向量或非数值"),
        ({"data": [{"index": 0, "embedding": [float("nan"), 1.0]}]}, "返回了空向量或非数值"),
        ({"data": [{"index": 0, "embedding": []}]}, "返回了空向量或非数值"),
    ],
)
def test_unusable_replies_are_named(endpoint, gateway, reply, says):
    gateway.moods = [reply]
    with pytest.raises(EmbedderSilent, match=says):
        endpoint.passages(["字"])


def test_a_change_of_width_is_noticed(endpoint, gateway):
    endpoint.passages(["字"])
    gateway.moods = [{"data": [{"index": 0, "embedding": [1.0, 2.0, 3.0]}]}]
    with pytest.raises(EmbedderSilent, match="维数从 2 变成了 3"):
        endpoint.passages(["字"])


def test_prefixes_are_put_in_front_and_belong_to_the_name(gateway):
    plain = load(Choice("openai", gateway.url, "e5"))
    prefixed = load(Choice("openai", gateway.url, "e5", "", "query: ", "passage: "))
    prefixed.questions(["问"])
    prefixed.passages(["答"])
    assert [asked["input"] for asked in gateway.asked] == [["query: 问"], ["passage: 答"]]
    assert gateway.keys == ["", ""]
    assert plain.name == "openai-e5"
    assert prefixed.name.startswith("openai-e5-")


def test_width_is_asked_for_once(endpoint, gateway):
    assert (endpoint.dimension, endpoint.dimension) == (2, 2)
    assert len(gateway.asked) == 1
