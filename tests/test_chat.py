from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import live
import pytest
from fastapi.testclient import TestClient
from live import events, kept
from sqlalchemy import select

from api.app import create_app
from api.store import Message, Repeat
from assistant.stop import stop
from assistant.turn import Status

FUND = "设立基金会的原始基金最低多少？"
KEY = "0b0f1d7c-8f0e-4f6e-9d7c-6f8c9a1b2c3d"
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def app(shipped_home: Path, tmp_path: Path):
    return create_app(live.settings(shipped_home, tmp_path))


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    with TestClient(app) as found:
        yield found


def ask(client: TestClient, question: str = FUND, **more: object) -> dict:
    answer = client.post("/api/v1/chat", json={"question": question, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer_has_blocks_citations_and_its_own_number(client: TestClient):
    message = ask(client)
    assert message["outcome"] == "answered"
    assert re.fullmatch("[0-9a-f]{32}", message["message_id"])
    assert message["citations"][0]["title"] == "基金会管理条例"
    cited = {n for block in message["blocks"] for item in block["items"] for sentence in item for n in sentence["cites"]}
    assert cited <= {citation["n"] for citation in message["citations"]}
    assert message["date"] == live.TODAY.isoformat()
    assert client.get(f"/api/v1/messages/{message['message_id']}").json() == message


def test_a_proxy_is_told_to_pass_a_stream_on_at_once(client: TestClient):
    assert client.post("/api/v1/chat", json={"question": FUND}, headers=STREAM).headers["x-accel-buffering"] == "no"


def test_a_stream_gives_numbered_events_of_the_stored_message(client: TestClient):
    answer = client.post("/api/v1/chat", json={"question": FUND}, headers=STREAM)
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = events(answer.text)
    assert [number for number, _, _ in found] == list(range(1, len(found) + 1))
    names = [name for _, name, _ in found]
    assert names[:2] == ["meta", "citations"]
    assert names[-1] == "done"
    message = client.get(f"/api/v1/messages/{found[0][2]['message_id']}").json()
    assert [data["block"] for _, name, data in found if name == "block"] == message["blocks"]


def test_a_stream_goes_on_after_a_number_and_after_last_event_id(client: TestClient):
    number = ask(client)["message_id"]
    whole = events(client.get(f"/api/v1/messages/{number}/events").text)
    after = events(client.get(f"/api/v1/messages/{number}/events?after=2").text)
    assert after == whole[2:]
    resumed = client.get(f"/api/v1/messages/{number}/events", headers={"Last-Event-ID": "3"})
    assert events(resumed.text) == whole[3:]


def test_a_conversation_remembers_its_questions(client: TestClient):
    first = ask(client, "成立社会团体要多少会员？")
    second = ask(client, "那注册资金呢？", conversation_id=first["conversation_id"])
    assert second["conversation_id"] == first["conversation_id"]
    assert ask(client, "那注册资金呢？")["blocks"] != second["blocks"]


def test_a_day_in_the_past_is_answered_by_its_law(client: TestClient):
    assert ask(client, "慈善组织公开募捐有什么要求？", date="2017-01-01")["date"] == "2017-01-01"


def test_personal_numbers_are_not_kept_even_of_refused_questions(client: TestClient, app):
    for question in (f"我的身份证是 11010519491231002X，{FUND}", "13812345678 " * 200, "怎么伪造验资报告，联系 13812345678"):
        ask(client, question)
    with app.state.service.store.begin() as session:
        texts = list(session.scalars(select(Message.question)))
    assert len(texts) == 3
    assert not [text for text in texts if re.search(r"\d{11}", text)]


def test_deleting_a_conversation_deletes_its_messages(client: TestClient):
    message = ask(client)
    assert client.delete(f"/api/v1/conversations/{message['conversation_id']}").status_code == 204
    gone = client.get(f"/api/v1/messages/{message['message_id']}")
    assert gone.status_code == 404
    assert gone.headers["content-type"] == "application/problem+json"
    assert message["message_id"] in gone.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "question"), ({"question": "问" * 8001}, "question"), ({"question": "问", "date": "去年"}, "date"), ({"question": "问", "model": "x"}, "model")],
    ids=["missing", "too long", "no date", "unknown field"],
)
def test_a_bad_request_is_a_problem_that_names_the_field(client: TestClient, body: dict, field: str):
    answer = client.post("/api/v1/chat", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == field


def test_half_a_surrogate_is_refused_and_not_a_fault(client: TestClient):
    answer = client.post("/api/v1/chat", content=rb'{"question": "\ud800", "\ud801": 1}', headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_the_same_key_with_the_same_body_gets_the_same_message(client: TestClient, app):
    headers = {"Idempotency-Key": KEY}
    first = client.post("/api/v1/chat", json={"question": FUND}, headers=headers).json()
    again = client.post("/api/v1/chat", json={"question": FUND, "history": []}, headers=headers).json()
    streamed = events(client.post("/api/v1/chat", json={"question": FUND}, headers=headers | STREAM).text)
    assert again == first
    assert streamed[0][2]["message_id"] == first["message_id"]
    assert kept(app.state.service.store) == 1


def test_the_same_key_with_another_body_is_a_conflict(client: TestClient):
    headers = {"Idempotency-Key": KEY}
    client.post("/api/v1/chat", json={"question": FUND}, headers=headers)
    answer = client.post("/api/v1/chat", json={"question": "别的问题"}, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["field"] == "Idempotency-Key"


def test_a_key_that_others_could_guess_is_refused(client: TestClient):
    assert client.post("/api/v1/chat", json={"question": FUND}, headers={"Idempotency-Key": "1"}).status_code == 422


def test_a_deleted_message_does_not_come_back_under_its_key(client: TestClient, app):
    headers = {"Idempotency-Key": KEY}
    first = client.post("/api/v1/chat", json={"question": FUND}, headers=headers).json()
    client.delete(f"/api/v1/conversations/{first['conversation_id']}")
    with app.state.service.store.begin() as session:
        assert list(session.scalars(select(Repeat).where(Repeat.message == first["message_id"]))) == []
    assert client.post("/api/v1/chat", json={"question": FUND}, headers=headers).json()["message_id"] != first["message_id"]


def test_conversations_can_neither_be_guessed_nor_listed(client: TestClient):
    """Numbers of 128 random bits, no list of them, and the same answer for what is gone and for what never was."""
    asked = [ask(client) for _ in range(3)]
    numbers = [message[name] for message in asked for name in ("message_id", "conversation_id")]
    assert len(set(numbers)) == 6
    assert all(re.fullmatch("[0-9a-f]{32}", number) for number in numbers)
    assert len({number[:8] for number in numbers}) == 6
    for path in ("messages", "conversations", "feedback", "tickets"):
        assert client.get(f"/api/v1/{path}").status_code in (404, 405)
    for number in (asked[0]["conversation_id"], "0" * 32):
        assert client.delete(f"/api/v1/conversations/{number}").status_code == 204
    gone, never = (client.get(f"/api/v1/messages/{number}") for number in (asked[0]["message_id"], "0" * 32))
    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.json().keys() == never.json().keys()
    assert gone.json()["detail"].replace(asked[0]["message_id"], "") == never.json()["detail"].replace("0" * 32, "")


def test_an_unforeseen_error_tells_the_client_nothing_of_itself(client: TestClient, app):
    app.state.service._assistant.ask = lambda *_, **__: 1 / 0
    answer = client.post("/api/v1/chat", json={"question": FUND})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]
    assert "ZeroDivision" not in answer.text


def test_a_failed_stage_shows_its_kind_only(client: TestClient, app):
    assistant = app.state.service._assistant

    def failing(turn):
        raise ValueError(f"secret {turn.question}")

    assistant._stages.insert(0, ("failing", failing))
    message = ask(client)
    assert message["status"] == "error"
    assert message["stages"][0] == {"stage": "failing", "decided": "ValueError", "ms": message["stages"][0]["ms"]}
    assert "secret" not in json.dumps(message)


def test_an_error_under_a_key_may_be_tried_again(client: TestClient, app):
    assistant = app.state.service._assistant
    assistant._stages.insert(0, ("failing", lambda turn: stop(Status.ERROR, "broken")))
    headers = {"Idempotency-Key": KEY}
    assert client.post("/api/v1/chat", json={"question": FUND}, headers=headers).json()["status"] == "error"
    del assistant._stages[0]
    assert client.post("/api/v1/chat", json={"question": FUND}, headers=headers).json()["status"] == "answered"
