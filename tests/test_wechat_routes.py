from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path

import pytest
from fake_wechat import APPID, SECRET, FakeWechat
from fastapi.testclient import TestClient
from wechat_app import app

from api.wechat.checks import LONGEST, pieces_of

QUESTION = {"question": "成立社会团体要多少会员？"}
ENVIRONMENT = {
    "SHEZU_WECHAT_APPID": APPID,
    "SHEZU_WECHAT_SECRET": SECRET,
    "SHEZU_WECHAT_TIMEOUT": "10",
    "SHEZU_WECHAT_TEMPLATE": "template-1",
    "SHEZU_WECHAT_TEMPLATE_FIELDS": "thing1=question,time2=time,thing3=note",
}


@pytest.fixture
def wechat():
    fake = FakeWechat()
    yield fake
    fake.close()


@pytest.fixture
def client(wechat: FakeWechat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in (ENVIRONMENT | {"SHEZU_WECHAT_PLATFORM": wechat.url}).items():
        monkeypatch.setenv(name, value)
    with TestClient(app(tmp_path)) as found:
        yield found


def given_up_soon(client: TestClient) -> None:
    """A platform that says nothing is waited for half a second, not the ten that a slow machine's answers may take."""
    client.app.state.wechat.platform._client.timeout = 0.5


def login(client: TestClient, code: str = "good-ann-1") -> dict[str, str]:
    answer = client.post("/api/v1/wechat/login", json={"code": code})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_login_gives_a_token_of_ours_and_nothing_of_the_platform(client: TestClient, wechat: FakeWechat, tmp_path: Path):
    answer = client.post("/api/v1/wechat/login", json={"code": "good-ann-1"})
    assert set(answer.json()) == {"token", "expires_in"}
    assert answer.json()["expires_in"] <= 7200
    asked = client.post("/api/v1/wechat/chat", json=QUESTION, headers={"Authorization": f"Bearer {answer.json()['token']}"})
    assert asked.status_code == 200
    everything = answer.text + asked.text + str(asked.headers)
    for hidden in ("openid-of-ann", "c2Vzc2lvbi1rZXktMTIzNA", SECRET, *wechat.tokens):
        assert hidden not in everything
    with sqlite3.connect(tmp_path / "shezu.sqlite") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    # The session key is used for nothing and kept nowhere; of our own token only a hash is kept.
    assert "c2Vzc2lvbi1rZXktMTIzNA" not in dump
    assert answer.json()["token"] not in dump
    assert "openid-of-ann" in dump


@pytest.mark.parametrize(
    ("code", "status", "word"), [(40029, 400, "重新打开"), (40163, 400, "已用过"), (45011, 429, "60 秒"), (40226, 403, "风险"), (40125, 503, "稍后再试")]
)
def test_login_error_codes(client: TestClient, wechat: FakeWechat, code: int, status: int, word: str):
    wechat.script["login"] = [code]
    answer = client.post("/api/v1/wechat/login", json={"code": "good-ann-1"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert word in answer.json()["detail"]
    assert (answer.headers.get("retry-after") == "60") == (status == 429)


def test_a_code_holds_once_and_an_unknown_one_never(client: TestClient):
    login(client, "good-ann-7")
    assert client.post("/api/v1/wechat/login", json={"code": "good-ann-7"}).status_code == 400
    assert client.post("/api/v1/wechat/login", json={"code": "bad"}).status_code == 400
    assert client.post("/api/v1/wechat/login", json={"code": ""}).status_code == 422


@pytest.mark.parametrize("answer", ["hang", "500", "html"])
def test_login_when_the_platform_is_down(client: TestClient, wechat: FakeWechat, answer: str):
    wechat.script["login"] = [answer]
    if answer == "hang":
        given_up_soon(client)
    found = client.post("/api/v1/wechat/login", json={"code": "good-ann-1"})
    assert found.status_code == 503
    assert "12345" in found.json()["detail"]


def test_without_login_or_with_a_spent_one(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    assert client.post("/api/v1/wechat/chat", json=QUESTION).status_code == 401
    assert client.get("/api/v1/wechat/inquiries", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    headers = login(client)
    accounts = client.app.state.wechat.accounts
    now = accounts._clock()
    monkeypatch.setattr(accounts, "_clock", lambda: now + 7199)
    assert client.get("/api/v1/wechat/inquiries", headers=headers).status_code == 200
    monkeypatch.setattr(accounts, "_clock", lambda: now + 7201)
    assert client.get("/api/v1/wechat/inquiries", headers=headers).status_code == 401


def test_logout_ends_the_login(client: TestClient):
    headers = login(client)
    assert client.delete("/api/v1/wechat/login", headers=headers).status_code == 204
    assert client.get("/api/v1/wechat/inquiries", headers=headers).status_code == 401


def test_at_most_five_logins_hold(client: TestClient):
    tokens = [login(client, f"good-ann-{n}") for n in range(7)]
    held = [client.get("/api/v1/wechat/inquiries", headers=token).status_code for token in tokens]
    assert held.count(200) == 5
    assert held[-1] == 200


def test_a_question_and_its_answer_are_checked_then_streamed(client: TestClient, wechat: FakeWechat):
    headers = login(client) | {"Accept": "text/event-stream"}
    answer = client.post("/api/v1/wechat/chat", json={"question": "我的手机 13812345678，成立社会团体要多少会员？"}, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("id: 1\nevent: meta\n")
    assert "event: done" in answer.text
    bodies = wechat.bodies["check"]
    assert len(bodies) >= 2
    assert "13812345678" not in json.dumps(bodies, ensure_ascii=False)
    assert all(body["openid"] == "openid-of-ann" and body["version"] == 2 and 0 < len(body["content"]) <= LONGEST for body in bodies)
    shown = "".join(body["content"] for body in bodies[1:])
    for line in answer.text.splitlines():
        if line.startswith('data: {"index"'):
            for item in json.loads(line[6:])["block"]["items"]:
                assert all(sentence["text"] in shown for sentence in item)


def kept(client: TestClient) -> int:
    with client.app.state.service.store.begin() as session:
        return session.connection().exec_driver_sql("select count(*) from messages").scalar()


def test_risky_question(client: TestClient, wechat: FakeWechat):
    answer = client.post("/api/v1/wechat/chat", json={"question": "违规内容"}, headers=login(client))
    assert answer.status_code == 403
    assert "内容安全" in answer.json()["detail"]
    assert kept(client) == 0
    wechat.script["check"] = [87014]
    assert client.post("/api/v1/wechat/chat", json=QUESTION, headers=login(client, "good-ann-2")).status_code == 403


def test_risky_answer_is_not_kept(client: TestClient, wechat: FakeWechat):
    wechat.script["check"] = [{"errcode": 0, "result": {"suggest": "pass", "label": 100}}, {"errcode": 0, "result": {"suggest": "risky", "label": 20001}}]
    assert client.post("/api/v1/wechat/chat", json=QUESTION, headers=login(client)).status_code == 403
    assert kept(client) == 0


def test_review_is_answered_and_marked(client: TestClient):
    answer = client.post("/api/v1/wechat/chat", json={"question": "存疑内容：成立社会团体要多少会员？"}, headers=login(client))
    assert answer.status_code == 200
    waiting = client.app.state.wechat.mini.checks.waiting()
    assert ("", "question", "review") in waiting


@pytest.mark.parametrize("fault", [45009, 61010, "hang", "500", "html"])
def test_a_check_that_is_down_refuses_by_default(client: TestClient, wechat: FakeWechat, fault: object):
    wechat.script["check"] = [fault]
    headers = login(client)
    if fault == "hang":
        given_up_soon(client)
    answer = client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers)
    assert answer.status_code == 503
    assert "12345" in answer.json()["detail"]
    assert kept(client) == 0


def test_a_check_that_is_down_lets_pass_where_so_set(wechat: FakeWechat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in (ENVIRONMENT | {"SHEZU_WECHAT_PLATFORM": wechat.url, "SHEZU_WECHAT_CHECK_DOWN": "pass"}).items():
        monkeypatch.setenv(name, value)
    with TestClient(app(tmp_path)) as client:
        headers = login(client)
        wechat.script["check"] = ["500"] * 20
        answer = client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers)
        assert answer.status_code == 200
        assert {outcome for _, _, outcome in client.app.state.wechat.mini.checks.waiting()} == {"unchecked"}


def test_an_expired_access_token_is_renewed_in_the_middle(client: TestClient, wechat: FakeWechat):
    headers = login(client)
    assert client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers).status_code == 200
    wechat.expire(42001)
    assert client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers).status_code == 200
    assert wechat.calls["token"] == 2


def test_a_question_sent_twice_under_one_key_is_answered_once(client: TestClient, wechat: FakeWechat):
    headers = login(client) | {"Idempotency-Key": "mini-0123456789abcdef"}
    first = client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers)
    again = client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers)
    assert first.json()["message_id"] == again.json()["message_id"]
    assert kept(client) == 1
    assert client.post("/api/v1/wechat/chat", json={"question": "年检什么时候交"}, headers=headers).status_code == 409
    # Another user's same key is another question.
    other = client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers | login(client, "good-bob-1"))
    assert other.json()["message_id"] != first.json()["message_id"]
    wechat.script["check"] = [{"errcode": 0, "result": {"suggest": "risky", "label": 1}}]
    assert client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers).status_code == 403


def test_pieces_join_to_the_text():
    for text in ("", "短", "句子。" * 3000, "无标点" * 2000, "一\n" * 5000, "a" * LONGEST, "a" * (LONGEST + 1)):
        found = pieces_of(text)
        assert "".join(found) == text
        assert all(len(piece) <= LONGEST for piece in found)


def test_an_inquiry_its_reply_and_the_one_notice(client: TestClient, wechat: FakeWechat):
    headers = login(client)
    left = client.post("/api/v1/wechat/inquiries", json={"text": "材料齐了没人接，电话13812345678，请问怎么办？" * 2, "notify": True}, headers=headers)
    number = left.json()["number"]
    desk = client.app.state.wechat
    assert desk.inquiries.open()[0].number == number
    assert not wechat.calls["notice"]
    assert desk.inquiries.answer(number, "请带齐材料到三号窗口。", "li")
    notice = wechat.bodies["notice"][0]
    assert notice["touser"] == "openid-of-ann"
    assert notice["template_id"] == "template-1"
    assert set(notice["data"]) == {"thing1", "time2", "thing3"}
    assert "13812345678" not in json.dumps(notice, ensure_ascii=False)
    mine = client.get("/api/v1/wechat/inquiries", headers=headers).json()["inquiries"]
    assert mine[0]["reply"] == "请带齐材料到三号窗口。"
    assert mine[0]["replied"].endswith("+08:00")
    assert "13812345678" not in mine[0]["text"]
    assert client.get("/api/v1/wechat/inquiries", headers=login(client, "good-bob-1")).json() == {"inquiries": []}
    assert desk.inquiries.answer(number, "更正：二号窗口。", "li")
    assert wechat.calls["notice"] == 1
    assert not desk.inquiries.answer(number + 1, "没有这条", "li")


@pytest.mark.parametrize(("faults", "sent", "asked"), [(["500"], 1, 2), ([43101], 0, 1), (["500"] * 9, 0, 3)], ids=["late", "taken back", "given up"])
def test_a_notice_that_fails(client: TestClient, wechat: FakeWechat, faults: list[object], sent: int, asked: int):
    headers = login(client)
    number = client.post("/api/v1/wechat/inquiries", json={"text": "请问窗口几点开门", "notify": True}, headers=headers).json()["number"]
    wechat.script["notice"] = list(faults)
    desk = client.app.state.wechat
    desk.inquiries.answer(number, "九点。", "li")
    assert sum(desk.inquiries.send_notices() for _ in range(5)) == sent
    assert wechat.calls["notice"] == asked


def test_without_consent_no_notice(client: TestClient, wechat: FakeWechat):
    number = client.post("/api/v1/wechat/inquiries", json={"text": "请问窗口几点开门"}, headers=login(client)).json()["number"]
    client.app.state.wechat.inquiries.answer(number, "九点。", "li")
    assert not wechat.calls["notice"]


def test_risky_or_empty_inquiry(client: TestClient):
    headers = login(client)
    assert client.post("/api/v1/wechat/inquiries", json={"text": "违规内容"}, headers=headers).status_code == 403
    assert client.post("/api/v1/wechat/inquiries", json={"text": "  "}, headers=headers).status_code == 422
    assert client.get("/api/v1/wechat/inquiries", headers=headers).json() == {"inquiries": []}


def test_deleting_me_leaves_nothing(client: TestClient, tmp_path: Path):
    headers = login(client)
    client.post("/api/v1/wechat/inquiries", json={"text": "请问窗口几点开门"}, headers=headers)
    assert client.delete("/api/v1/wechat/me", headers=headers).status_code == 204
    assert client.get("/api/v1/wechat/inquiries", headers=headers).status_code == 401
    with sqlite3.connect(tmp_path / "shezu.sqlite") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert "openid-of-ann" not in dump
    assert "窗口几点开门" not in dump


def test_limits_answer_429(wechat: FakeWechat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in (ENVIRONMENT | {"SHEZU_WECHAT_PLATFORM": wechat.url}).items():
        monkeypatch.setenv(name, value)
    found = app(tmp_path)
    with TestClient(found) as client:
        from api.limits import Buckets

        desk = found.state.wechat
        desk.logins, desk.questions = Buckets(2), Buckets(1)
        headers = login(client)
        login(client, "good-ann-2")
        refused = client.post("/api/v1/wechat/login", json={"code": "good-ann-3"})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert wechat.calls["login"] == 2
        assert client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers).status_code == 200
        assert client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers).status_code == 429


ROUTES = [
    ("POST", "/login", {"code": "x"}),
    ("POST", "/chat", QUESTION),
    ("POST", "/inquiries", {"text": "x"}),
    ("GET", "/inquiries", None),
    ("DELETE", "/me", None),
    ("GET", "/mini/messages", None),
    ("POST", "/mini/messages", None),
    ("POST", "/official/messages", None),
    ("GET", "/robot", None),
    ("POST", "/robot", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_routes_say_so_where_nothing_is_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object):
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    with TestClient(app(tmp_path)) as client:
        answer = client.request(method, f"/api/v1/wechat{path}", json=body)
        assert answer.status_code == 503
        assert "未配置" in answer.json()["detail"]
        assert client.get("/api/v1/wechat/config").json()["configured"] is False
        assert client.post("/api/v1/chat", json=QUESTION).status_code == 200


def test_the_private_interface_is_not_in_the_public_description(client: TestClient):
    assert not [path for path in client.get("/api/v1/openapi.json").json()["paths"] if "wechat" in path]


def test_logs_of_a_whole_visit_name_no_secret(client: TestClient, wechat: FakeWechat, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    headers = login(client)
    wechat.script["check"] = ["500"]
    client.post("/api/v1/wechat/chat", json=QUESTION, headers=headers)
    client.post("/api/v1/wechat/inquiries", json={"text": "请问窗口几点开门"}, headers=headers)
    for hidden in (SECRET, "openid-of-ann", headers["Authorization"][7:], *wechat.tokens, "几点开门"):
        assert hidden not in caplog.text
