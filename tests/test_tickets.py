from datetime import date
from pathlib import Path

import pytest
from databases import everything
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import feedback, problems, tickets
from api.settings import Settings
from api.store import Store

MESSAGE = "0123456789abcdef0123456789abcdef"


class Desk:
    """As much of a service as the tickets need."""

    def __init__(self, home: Path, database: str) -> None:
        self.settings = Settings(home=home, database=database)
        self.store = Store(self.settings.database_url)

    def today(self) -> date:
        return date(2026, 11, 23)


@pytest.fixture
def desk(tmp_path, database):
    made = Desk(tmp_path, database)
    yield made
    made.store.close()


@pytest.fixture
def client(desk):
    app = FastAPI()
    problems.install(app)
    for part in (tickets, feedback):
        app.include_router(part.router, prefix="/api/v1")
    app.state.service = desk
    with TestClient(app) as made:
        yield made


def leave(client, **fields):
    return client.post("/api/v1/tickets", json={"contact": "010-65123456", "text": "材料交齐了，一直没有答复", **fields})


def stored(desk):
    with desk.store.begin() as session:
        return session.query(tickets.Ticket).all()


def test_a_note_is_kept_with_number_contact_and_answer(client, desk):
    desk.store.keep(MESSAGE, "c" * 32, "怎么注销", {"blocks": []})
    answer = leave(client, name="王女士", message_id=MESSAGE)
    assert answer.status_code == 201
    assert answer.json()["number"].startswith("20261123-")
    [row] = stored(desk)
    assert (row.id, row.number, row.name, row.contact, row.message, row.status) == (*answer.json().values(), "王女士", "010-65123456", MESSAGE, "open")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("１３８ ００１３ ８０００", "13800138000"),
        ("+86 138-0013-8000", "+86138-0013-8000"),
        ("(0571)8765 4321转 802", "(0571)87654321转802"),
        ("400-810-1234", "400-810-1234"),
        ("65123456", "65123456"),
        ("Wang.L@example.org.cn", "Wang.L@example.org.cn"),
    ],
)
def test_telephone_numbers_and_mail_addresses_are_ways_to_reach_someone(written, kept):
    assert tickets.reachable(written) == kept


@pytest.mark.parametrize("written", ["微信同号", "11010519491231002X", "6222021234567890123", "12", "@", "13800138000@", "张三 13800138000"])
def test_other_contacts_are_refused_and_not_echoed(client, desk, written):
    answer = leave(client, contact=written)
    assert answer.status_code == 422
    assert answer.json()["field"] == "contact"
    assert "11010519491231002X" not in answer.text
    assert "13800138000" not in answer.text
    assert stored(desk) == []


def test_personal_numbers_in_name_and_text_never_reach_the_database(client, desk, database):
    secret = ("11010519491231002X", "13912345678", "6222021234567890123", "li@example.com")
    assert leave(client, name=secret[0], text=f"我的号是{secret[1]}，卡{secret[2]}，邮箱{secret[3]}\x00\u200b").status_code == 201
    dump = str(everything(database))
    assert "〔身份证号〕" in dump
    assert not [each for each in secret if each in dump]


def test_a_note_outlives_the_answer_that_it_is_about(client, desk):
    desk.store.keep(MESSAGE, "c" * 32, "怎么注销", {"blocks": []})
    leave(client, message_id=MESSAGE)
    desk.store.forget("c" * 32)
    [row] = stored(desk)
    assert row.message is None
    assert leave(client, message_id=MESSAGE).status_code == 201


def test_a_note_can_be_taken_back(client, desk):
    number = leave(client).json()["id"]
    assert client.delete(f"/api/v1/tickets/{number}").status_code == 204
    assert stored(desk) == []
    assert client.delete(f"/api/v1/tickets/{number}").status_code == 204


@pytest.mark.parametrize(
    "fields", [{"text": " \u200b\n"}, {"text": ""}, {"text": "长" * 1001}, {"contact": ""}, {"name": "长" * 41}, {"message_id": "x"}, {"more": 1}]
)
def test_what_says_nothing_or_too_much_is_refused(client, desk, fields):
    answer = leave(client, **fields)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert stored(desk) == []


def test_half_a_surrogate_is_refused(client, desk):
    body = b'{"contact": "65123456", "text": "\\ud800"}'
    assert client.post("/api/v1/tickets", content=body, headers={"Content-Type": "application/json"}).status_code == 422


def test_two_notes_of_a_day_never_share_a_number(client, desk, monkeypatch):
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(tickets.secrets, "randbelow", lambda most: next(drawn))
    assert [leave(client).json()["number"] for _ in range(2)] == ["20261123-000007", "20261123-000008"]
