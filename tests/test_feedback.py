from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import live
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from api.store import Feedback


@pytest.fixture
def client(shipped_home: Path, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(shipped_home, tmp_path))) as found:
        yield found


@pytest.fixture
def message(client: TestClient) -> dict:
    return client.post("/api/v1/chat", json={"question": "设立基金会的原始基金最低多少？"}).json()


def rows(client: TestClient) -> list[Feedback]:
    with client.app.state.service.store.begin() as session:
        return list(session.scalars(select(Feedback)))


def test_a_rating_is_kept_with_reasons_and_words(client: TestClient, message: dict):
    answer = client.post("/api/v1/feedback", json={"message_id": message["message_id"], "rating": 2, "reasons": ["过时", "看不懂"], "text": "请写清楚些"})
    assert answer.status_code == 201
    (row,) = rows(client)
    assert (row.id, row.message, row.rating, row.reasons, row.text) == (answer.json()["id"], message["message_id"], 2, ["过时", "看不懂"], "请写清楚些")


def test_personal_numbers_and_control_characters_in_the_words_are_not_kept(client: TestClient, message: dict):
    client.post("/api/v1/feedback", json={"message_id": message["message_id"], "rating": 5, "text": "电话 13812345678\u0000"})
    assert rows(client)[0].text == "电话 〔手机号〕"


@pytest.mark.parametrize(
    "wrong",
    [{"rating": 0}, {"rating": 6}, {"rating": True}, {"reasons": ["不知道"]}, {"text": "字" * 1001}, {"message_id": "1"}, {"extra": 1}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_bad_rating_is_refused_and_names_the_field(client: TestClient, message: dict, wrong: dict):
    answer = client.post("/api/v1/feedback", json={"message_id": message["message_id"], "rating": 3} | wrong)
    assert answer.status_code == 422
    assert answer.json()["field"].startswith(next(iter(wrong)))
    assert rows(client) == []


def test_an_answer_that_is_gone_cannot_be_rated(client: TestClient, message: dict):
    client.delete(f"/api/v1/conversations/{message['conversation_id']}")
    assert client.post("/api/v1/feedback", json={"message_id": message["message_id"], "rating": 3}).status_code == 404


def test_deleting_a_conversation_deletes_its_ratings(client: TestClient, message: dict):
    client.post("/api/v1/feedback", json={"message_id": message["message_id"], "rating": 3})
    client.delete(f"/api/v1/conversations/{message['conversation_id']}")
    assert rows(client) == []
