from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import live
import pytest
from fastapi.testclient import TestClient
from patience import PATIENCE

from api.answering import Answering
from api.app import create_app
from api.problems import Problem
from api.recent import Recent
from assistant.turn import Answer, Status, Turn

QUESTION = "设立基金会的原始基金最低多少？"


@pytest.fixture
def client(shipped_home: Path, tmp_path: Path):
    with TestClient(create_app(live.settings(shipped_home, tmp_path))) as found:
        found.asked = []
        assistant = found.app.state.service.assistant
        ask = assistant.ask
        assistant.ask = lambda question, **more: found.asked.append(question) or ask(question, **more)
        yield found


def body(message: dict) -> dict:
    return {key: value for key, value in message.items() if key not in ("message_id", "conversation_id", "ms")}


def test_the_same_question_is_worked_out_once_and_each_asker_gets_a_message_of_his_own(client):
    first, second = (client.post("/api/v1/chat", json={"question": QUESTION}).json() for _ in range(2))
    assert client.asked == [QUESTION]
    assert body(first) == body(second)
    assert first["message_id"] != second["message_id"]
    assert first["conversation_id"] != second["conversation_id"]
    for message in (first, second):
        assert client.get(f"/api/v1/messages/{message['message_id']}").json() == message
    client.delete(f"/api/v1/conversations/{first['conversation_id']}")
    assert client.get(f"/api/v1/messages/{second['message_id']}").status_code == 200


@pytest.mark.parametrize(
    "change", [{"date": "2015-01-01"}, {"region": "浙江省"}, {"audience": "clerk"}, {"history": ["民非怎么登记"]}, {"question": QUESTION + "？"}]
)
def test_whatever_an_answer_depends_on_makes_it_another_question(client, change):
    client.post("/api/v1/chat", json={"question": QUESTION})
    client.post("/api/v1/chat", json={"question": QUESTION} | change)
    assert len(client.asked) == 2


def test_a_conversation_is_part_of_the_question(client):
    talk = client.post("/api/v1/chat", json={"question": QUESTION}).json()["conversation_id"]
    client.post("/api/v1/chat", json={"question": "那社会团体呢", "conversation_id": talk})
    client.post("/api/v1/chat", json={"question": "那社会团体呢"})
    assert len(client.asked) == 3


def test_another_day_or_release_is_another_question(client):
    office = client.app.state.service
    client.post("/api/v1/chat", json={"question": QUESTION})
    office.settings = replace(office.settings, today=date(2026, 11, 24))
    assert client.post("/api/v1/chat", json={"question": QUESTION}).json()["date"] == "2026-11-24"
    assert len(client.asked) == 2


def test_questions_with_personal_data_are_not_remembered(client):
    for _ in range(2):
        client.post("/api/v1/chat", json={"question": f"我的手机是13912345678，{QUESTION}"})
    assert len(client.asked) == 2


def turn(status: Status) -> Turn:
    return Turn(question="x", today=date(2026, 1, 1), answer=Answer(status=status))


def test_errors_are_not_remembered_and_the_memory_is_bounded():
    recent = Recent(most=2)
    made: list[int] = []

    def make(number: int, status: Status = Status.ANSWERED) -> Turn:
        return recent.turn(number, lambda: made.append(number) or turn(status))

    make(0, Status.ERROR)
    make(0, Status.ERROR)
    assert made == [0, 0]
    for number in (1, 2, 1, 3, 1, 2):
        make(number)
    assert made == [0, 0, 1, 2, 3, 2]
    recent.forget()
    make(1)
    assert made[-1] == 1


def test_where_too_many_wait_the_next_is_turned_away_and_let_in_again_later():
    go, turned_away = threading.Event(), []
    answering = Answering(width=1, most=3, shed=lambda: turned_away.append(1))
    makings = [answering.begin(lambda: go.wait(PATIENCE)) for _ in range(3)]
    with pytest.raises(Problem, match="现在问的人太多，请 2 秒后再试") as refused:
        answering.begin(lambda: None)
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "2"})
    assert turned_away == [1]
    go.set()
    assert [making.result(PATIENCE) for making in makings] == [True] * 3
    assert answering.begin(lambda: 7).result(PATIENCE) == 7
    answering.close()


def test_what_failed_gives_its_place_back():
    answering = Answering(width=1, most=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            answering.begin(lambda: 1 / 0).result(PATIENCE)
    answering.close()


def test_an_answer_that_cannot_be_kept_is_not_given(client, tmp_path, monkeypatch):
    """As on a full disk: what a reader was shown is what the office can find again."""
    from sqlalchemy.exc import OperationalError

    def full(*arguments) -> None:
        raise OperationalError("INSERT", {}, OSError("disk full"))

    monkeypatch.setattr(client.app.state.service.store, "keep", full)
    answer = client.post("/api/v1/chat", json={"question": QUESTION})
    assert answer.status_code == 503
    assert "存不下来" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "5"
