from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import live
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.settings import Settings


@pytest.fixture
def chosen(shipped_home: Path, tmp_path: Path) -> Settings:
    return live.settings(shipped_home, tmp_path)


@pytest.fixture
def client(chosen: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(chosen), client=("127.0.0.1", 50000)) as found:
        yield found


def samples(text: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_health_names_the_release(client: TestClient):
    found = client.get("/api/v1/health").json()
    assert found["status"] == "ok"
    assert found["release"] == client.app.state.service.assistant.search.release.id
    assert client.get("/healthz").json() == found


def test_ready_while_database_and_release_are_within_reach(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    assert client.get("/readyz").json()["ready"] is True

    def unreachable() -> None:
        raise OSError("no disk")

    monkeypatch.setattr(client.app.state.service.store, "ping", unreachable)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/healthz").status_code == 200


def test_metrics_count_requests_by_pattern_and_answers_by_status(client: TestClient):
    message = client.post("/api/v1/chat", json={"question": "设立基金会的原始基金最低多少？"}).json()
    client.post("/api/v1/chat", json={})
    client.get(f"/api/v1/messages/{message['message_id']}")
    client.get("/张三的网页")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(answer.text)
    assert found["shezu_requests_total{method=POST,route=/api/v1/chat,status=200}"] == 1
    assert found["shezu_requests_total{method=POST,route=/api/v1/chat,status=422}"] == 1
    assert found["shezu_requests_total{method=GET,route=/api/v1/messages/{message},status=200}"] == 1
    assert found["shezu_requests_total{method=GET,route=-,status=404}"] == 1
    assert found["shezu_answers_total{maker=template,status=answered}"] == 1
    assert found["shezu_answer_seconds_count{}"] == 1
    assert found["shezu_requests_in_flight{}"] == 1
    assert found[f"shezu_release{{release={message['release']}}}"] == 1
    assert "张三" not in answer.text


def test_a_method_that_nobody_knows_makes_no_new_label(client: TestClient):
    client.request("BREW", "/api/v1/laws")
    found = samples(client.get("/metrics").text)
    assert found["shezu_requests_total{method=other,route=/api/v1/laws,status=405}"] == 1


def test_metrics_from_elsewhere_need_a_key(client: TestClient, chosen: Settings):
    away = TestClient(client.app, client=("203.0.113.9", 50000))
    assert away.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401
    assert away.get("/metrics", headers={"Authorization": f"Bearer {live.token(chosen, 'metrics')}"}).status_code == 200
    assert away.get("/metrics", headers={"Authorization": f"Bearer {live.token(chosen, 'chat')}"}).status_code == 403
