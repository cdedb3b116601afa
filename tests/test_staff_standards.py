from datetime import date, timedelta

import live
import pytest
from fastapi.testclient import TestClient
from office_staff import at_work

from api.app import create_app
from api.staff.roles import Role

STAFF = "/api/v1/staff"
QUESTION = "设立全国性公募基金会原始基金最低多少"
ANSWER = {"question": QUESTION, "text": "公募且全国性的，起步资金最少800万元。[1]", "cites": ["基金会管理条例 第八条"]}


@pytest.fixture
def app(shipped_home, tmp_path, database):
    made = create_app(live.settings(shipped_home, tmp_path, database=database))
    with TestClient(made):
        yield made


@pytest.fixture
def boss(app):
    return at_work(app, "wang", Role.SUPERVISOR, display="王")


def asked(client):
    return client.post(f"{STAFF}/ask", json={"question": QUESTION}).json()["approved"]


def days_on(app, monkeypatch, days):
    monkeypatch.setattr(app.state.service, "today", lambda: live.TODAY + timedelta(days=days))


def test_a_standard_answer_is_offered_until_its_last_day(app, boss, monkeypatch):
    last = live.TODAY + timedelta(days=30)
    made = boss.post(f"{STAFF}/standards", json=ANSWER | {"until": last.isoformat()})
    assert made.status_code == 201
    assert (made.json()["until"], made.json()["state"]) == (last.isoformat(), "active")
    assert asked(boss)["id"] == made.json()["id"]
    days_on(app, monkeypatch, 30)
    assert asked(boss)["id"] == made.json()["id"]
    days_on(app, monkeypatch, 31)
    assert asked(boss) is None
    (stale,) = boss.get(f"{STAFF}/approvals", params={"state": "stale"}).json()["approvals"]
    assert stale["because"] == [f"有效期到 {last}，已过"]
    assert boss.post(f"{STAFF}/approvals/{stale['id']}/confirmation").json()["until"] == ""
    assert asked(boss)["id"] == stale["id"]


def test_a_standard_answer_is_no_item_of_the_worklist(app, boss):
    boss.post(f"{STAFF}/standards", json=ANSWER)
    assert boss.get(f"{STAFF}/queues").json()["items"] == []


def test_the_last_day_is_set_and_lifted(app, boss):
    number = boss.post(f"{STAFF}/standards", json=ANSWER).json()["id"]
    assert boss.put(f"{STAFF}/approvals/{number}/term", json={"until": "2027-06-30"}).json()["until"] == "2027-06-30"
    assert boss.put(f"{STAFF}/approvals/{number}/term", json={"until": None}).json()["until"] == ""
    over = boss.put(f"{STAFF}/approvals/{number}/term", json={"until": date(2020, 1, 1).isoformat()})
    assert (over.status_code, over.json()["field"]) == (422, "until")
    boss.delete(f"{STAFF}/approvals/{number}")
    assert boss.put(f"{STAFF}/approvals/{number}/term", json={"until": "2027-06-30"}).status_code == 409
    assert boss.put(f"{STAFF}/approvals/{'0' * 32}/term", json={"until": None}).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "why"),
    [
        ({"text": "原始基金不低于900万元。[1]"}, 409, "900万元"),
        ({"text": "原始基金不低于800万元。"}, 422, "没有标依据"),
        ({"text": "原始基金不低于800万元。[2]"}, 422, "没有依据 [2]"),
        ({"cites": ["不存在的条例 第八条"]}, 422, "不存在的条例"),
        ({"cites": []}, 422, "cites"),
    ],
)
def test_an_answer_must_rest_on_what_it_cites(app, boss, change, status, why):
    refused = boss.post(f"{STAFF}/standards", json=ANSWER | change)
    assert refused.status_code == status
    assert why in refused.json()["detail"]


def test_a_figure_of_its_own_is_kept_where_somebody_insists(app, boss):
    assert boss.post(f"{STAFF}/standards", json=ANSWER | {"text": "窗口 3 个工作日答复。[1]", "despite": True}).status_code == 201
