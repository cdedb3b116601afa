from __future__ import annotations

import base64
import json
import threading
import time
from pathlib import Path

import pytest
from fake_wechat import APPID, SECRET, FakeWechat
from fastapi.testclient import TestClient
from patience import PATIENCE
from wechat_app import app

from api import chat
from api.wechat import callbacks, robot
from api.wechat.customer import LABEL, LARGEST, pieces
from api.wechat.envelope import Envelope, signature
from api.wechat.notes import read, write

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
ENVIRONMENT = {
    "SHEZU_WECHAT_APPID": APPID,
    "SHEZU_WECHAT_SECRET": SECRET,
    "SHEZU_WECHAT_TOKEN": "mini-token",
    "SHEZU_WECHAT_AES_KEY": KEY,
    "SHEZU_OFFICIAL_APPID": APPID,
    "SHEZU_OFFICIAL_SECRET": SECRET,
    "SHEZU_OFFICIAL_TOKEN": "official-token",
    "SHEZU_OFFICIAL_AES_KEY": KEY,
    "SHEZU_WECOM_TOKEN": "robot-token",
    "SHEZU_WECOM_AES_KEY": KEY,
    "SHEZU_WECOM_STAFF": "li",
    "SHEZU_WECHAT_TIMEOUT": "10",
}
TOKENS = {"mini": "mini-token", "official": "official-token"}
ASKED = "成立社会团体要多少会员？"


@pytest.fixture
def wechat():
    fake = FakeWechat()
    yield fake
    fake.close()


@pytest.fixture
def client(wechat: FakeWechat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in (ENVIRONMENT | {"SHEZU_WECHAT_PLATFORM": wechat.url, "SHEZU_WECOM_WEBHOOK": wechat.url + "/webhook"}).items():
        monkeypatch.setenv(name, value)
    # The platform waits a few seconds; here an answer may take what it takes, and the tests of late ones set their own.
    for module in (callbacks, robot):
        monkeypatch.setattr(module, "BUDGET", PATIENCE)
    with TestClient(app(tmp_path)) as found:
        yield found


def note(content: str = ASKED, number: int = 1, **changes: object) -> dict:
    return {"ToUserName": "gh_1", "FromUserName": "openid-of-ann", "CreateTime": 1, "MsgType": "text", "Content": content, "MsgId": number} | changes


def sealed(channel: str, text: str, *, appid: str = APPID, at: float | None = None, nonce: str = "n-1") -> tuple[dict[str, str], str]:
    timestamp = str(int(at or time.time()))
    encrypted, signed = Envelope(TOKENS[channel], KEY, appid).seal(text, timestamp, nonce)
    query = {"timestamp": timestamp, "nonce": nonce, "msg_signature": signed, "encrypt_type": "aes", "openid": "openid-of-ann"}
    return query, write({"ToUserName": "gh_1", "Encrypt": encrypted})


def send(client: TestClient, channel: str, query: dict[str, str], body: str):
    return client.post(f"/api/v1/wechat/{channel}/messages", params=query, content=body.encode())


def until(what, seconds: float = PATIENCE):
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def test_the_address_is_verified(client: TestClient):
    query = {"timestamp": "1", "nonce": "2", "echostr": "echo", "signature": signature("mini-token", "1", "2")}
    assert client.get("/api/v1/wechat/mini/messages", params=query).text == "echo"
    assert client.get("/api/v1/wechat/official/messages", params=query).status_code == 403
    assert client.get("/api/v1/wechat/mini/messages", params=query | {"signature": "不对"}).status_code == 403
    assert client.get("/api/v1/wechat/other/messages", params=query).status_code == 404


def test_the_mini_program_is_answered_through_customer_service(client: TestClient, wechat: FakeWechat):
    answer = send(client, "mini", *sealed("mini", write(note())))
    assert (answer.status_code, answer.text) == (200, "success")
    assert until(lambda: wechat.bodies["text"])
    body = wechat.bodies["text"][0]
    assert body["touser"] == "openid-of-ann"
    assert body["text"]["content"].startswith(LABEL)
    assert "50" in "".join(each["text"]["content"] for each in wechat.bodies["text"])
    assert wechat.calls["check"] >= 2


def test_the_official_account_is_answered_in_the_response(client: TestClient):
    answer = send(client, "official", *sealed("official", write(note())))
    reply = read(answer.content)
    envelope = Envelope("official-token", KEY, APPID)
    envelope.check(reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"], reply["Encrypt"])
    inner = read(envelope.open(reply["Encrypt"]).encode())
    assert (inner["ToUserName"], inner["FromUserName"], inner["MsgType"]) == ("openid-of-ann", "gh_1", "text")
    assert LABEL in inner["Content"]
    assert len(inner["Content"].encode()) <= LARGEST


def test_a_slow_answer_goes_out_later(client: TestClient, wechat: FakeWechat, monkeypatch: pytest.MonkeyPatch):
    gate = threading.Event()
    real = chat.answer
    monkeypatch.setattr(callbacks, "BUDGET", 0.1)
    monkeypatch.setattr(chat, "answer", lambda *args: gate.wait(PATIENCE) and real(*args))
    answer = send(client, "official", *sealed("official", write(note())))
    assert answer.text == "success"
    assert not wechat.calls["text"]
    gate.set()
    assert until(lambda: wechat.bodies["text"])
    assert LABEL in wechat.bodies["text"][0]["text"]["content"]


def test_forged_replayed_misdirected_and_late_messages_are_refused(client: TestClient, wechat: FakeWechat):
    query, body = sealed("mini", write(note()))
    assert send(client, "mini", query | {"msg_signature": "0" * 40}, body).status_code == 403
    assert send(client, "mini", query | {"timestamp": str(int(time.time()) + 1)}, body).status_code == 403
    assert send(client, "official", query, body).status_code == 403
    assert send(client, "mini", *sealed("mini", write(note()), appid="wx-other", nonce="n-2")).status_code == 403
    for at in (time.time() - 400, time.time() + 400):
        assert send(client, "mini", *sealed("mini", write(note()), at=at, nonce="n-3")).status_code == 403
    assert send(client, "mini", {}, write(note())).status_code == 403
    assert not wechat.calls["text"]
    assert send(client, "mini", query, body).status_code == 200
    replay = send(client, "mini", query, body)
    assert replay.status_code == 403
    assert "重放" in replay.json()["detail"]
    assert until(lambda: wechat.calls["text"])


def test_a_message_sent_again_by_the_platform_is_answered_once(client: TestClient, wechat: FakeWechat):
    for nonce in ("a", "b", "c"):
        assert send(client, "mini", *sealed("mini", write(note("几点")), nonce=nonce)).text == "success"
    until(lambda: wechat.calls["text"])
    time.sleep(0.2)
    assert wechat.calls["text"] == 1


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'


@pytest.mark.parametrize("body", [BOMB, "<xml>", "", "{}", "<xml><Encrypt>不是密文</Encrypt></xml>"], ids=["bomb", "cut", "empty", "json", "no cipher"])
def test_malformed_bodies_are_refused(client: TestClient, body: str):
    query, _ = sealed("mini", "x")
    assert send(client, "mini", query, body).status_code in (400, 403)


def test_a_bomb_inside_the_envelope_is_refused(client: TestClient):
    assert send(client, "mini", *sealed("mini", BOMB)).status_code == 400


def test_a_large_body_is_refused(client: TestClient):
    assert send(client, "mini", {}, "x" * 70_000).status_code == 413
    assert client.post("/api/v1/wechat/robot", content=b"x" * 70_000).status_code == 413


def test_events_pictures_and_deletion(client: TestClient, wechat: FakeWechat):
    assert send(client, "mini", *sealed("mini", write(note(MsgType="event")), nonce="1")).text == "success"
    send(client, "mini", *sealed("mini", write(note(number=2, MsgType="image")), nonce="2"))
    assert until(lambda: wechat.calls["text"] == 1)
    assert "文字" in wechat.bodies["text"][0]["text"]["content"]
    send(client, "official", *sealed("official", write(note(number=3)), nonce="3"))
    desk = client.app.state.wechat
    conversation = desk.conversation("official", "openid-of-ann")
    assert desk.service.store.questions(conversation)
    send(client, "official", *sealed("official", write(note("删除记录", number=4)), nonce="4"))
    assert not desk.service.store.questions(conversation)


def test_five_messages_and_forty_eight_hours(client: TestClient, wechat: FakeWechat):
    desk = client.app.state.wechat
    customer, now = desk.mini.customer, [time.time()]
    customer._clock = lambda: now[0]
    assert customer.send("openid-of-ann", "没有来过消息") == 0
    customer.heard("openid-of-ann")
    assert sum(customer.send("openid-of-ann", f"第 {n} 条") for n in range(8)) == 5
    customer.heard("openid-of-ann")
    assert customer.send("openid-of-ann", "又来了") == 1
    now[0] += 48 * 3600 + 1
    assert customer.send("openid-of-ann", "太晚了") == 0
    assert wechat.calls["text"] == 6


def test_a_risky_question_gets_the_reason(client: TestClient, wechat: FakeWechat):
    send(client, "mini", *sealed("mini", write(note("违规内容"))))
    assert until(lambda: wechat.bodies["text"])
    assert "内容安全" in wechat.bodies["text"][0]["text"]["content"]


def test_pieces_fit():
    for text in ("", "短", "一行字\n" * 900, "字" * 5000, "a" * 2048, "𠮷" * 3000):
        found = pieces(text)
        assert 1 <= len(found) <= 3
        assert all(len(piece.encode()) <= LARGEST for piece in found)
        if len(text.encode()) <= 3 * LARGEST - 200:
            assert "".join(found).replace("\n", "") == text.replace("\n", "")


# The 企业微信 robot

ROBOT = Envelope("robot-token", KEY, "")


def tell(client: TestClient, message: dict, nonce: str = "", member: str = "li"):
    nonce = nonce or str(time.monotonic_ns())
    timestamp = str(int(time.time()))
    full = {"msgid": nonce, "aibotid": "bot", "chattype": "single", "from": {"userid": member}} | message
    encrypted, signed = ROBOT.seal(json.dumps(full), timestamp, nonce)
    query = {"msg_signature": signed, "timestamp": timestamp, "nonce": nonce}
    return client.post("/api/v1/wechat/robot", params=query, json={"encrypt": encrypted})


def told(answer) -> dict:
    reply = answer.json()
    ROBOT.check(reply["msgsignature"], str(reply["timestamp"]), reply["nonce"], reply["encrypt"])
    return json.loads(ROBOT.open(reply["encrypt"]))


def ask(client: TestClient, text: str, member: str = "li") -> str:
    found = told(tell(client, {"msgtype": "text", "text": {"content": text}}, member=member))
    assert found["msgtype"] == "stream"
    assert found["stream"]["finish"] is True
    return found["stream"]["content"]


def test_the_robot_verifies_its_address(client: TestClient):
    encrypted, signed = ROBOT.seal("echo-1", "1", "2")
    query = {"msg_signature": signed, "timestamp": "1", "nonce": "2", "echostr": encrypted}
    assert client.get("/api/v1/wechat/robot", params=query).text == "echo-1"
    assert client.get("/api/v1/wechat/robot", params=query | {"msg_signature": "0"}).status_code == 403


def test_the_robot_answers_with_sources(client: TestClient):
    text = ask(client, "@社组助手 成立社会团体要多少会员？")
    assert "50" in text
    assert "依据：" in text
    assert "帮助" not in text


def test_the_robot_refuses_forged_and_replayed(client: TestClient):
    assert told(tell(client, {"msgtype": "text", "text": {"content": "帮助"}}, nonce="same"))["msgtype"] == "stream"
    assert tell(client, {"msgtype": "text", "text": {"content": "帮助"}}, nonce="same").text == ""
    encrypted, signed = ROBOT.seal("{}", str(int(time.time())), "once")
    query = {"msg_signature": signed, "timestamp": str(int(time.time())), "nonce": "once"}
    assert client.post("/api/v1/wechat/robot", params=query | {"msg_signature": "1" * 40}, json={"encrypt": encrypted}).status_code == 403
    assert client.post("/api/v1/wechat/robot", params=query, json={"encrypt": encrypted}).status_code == 200
    assert client.post("/api/v1/wechat/robot", params=query, json={"encrypt": encrypted}).status_code == 403
    assert client.post("/api/v1/wechat/robot", params=query, content=b"nonsense").status_code == 400


def test_a_slow_answer_is_fetched_by_the_robot(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    gate = threading.Event()
    real = chat.answer
    monkeypatch.setattr(robot, "BUDGET", 0.05)
    monkeypatch.setattr(chat, "answer", lambda *args: gate.wait(PATIENCE) and real(*args))
    first = told(tell(client, {"msgtype": "text", "text": {"content": ASKED}}))["stream"]
    assert first["finish"] is False
    again = {"msgtype": "stream", "stream": {"id": first["id"]}}
    assert told(tell(client, again))["stream"]["finish"] is False
    gate.set()
    last = until(lambda: (found := told(tell(client, again))["stream"])["finish"] and found)
    assert last["id"] == first["id"]
    assert "50" in last["content"]
    assert told(tell(client, {"msgtype": "stream", "stream": {"id": "unknown"}}))["stream"]["finish"] is True


def test_staff_list_and_reply_to_inquiries(client: TestClient, wechat: FakeWechat):
    token = client.post("/api/v1/wechat/login", json={"code": "good-ann-1"}).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert ask(client, "留言") == "没有待答复的留言。"
    number = client.post("/api/v1/wechat/inquiries", json={"text": "窗口几点开门？"}, headers=headers).json()["number"]
    assert until(lambda: wechat.bodies["webhook"])
    alert = json.dumps(wechat.bodies["webhook"][0], ensure_ascii=False)
    assert f"第 {number} 号" in alert
    assert "几点开门" not in alert
    assert "窗口几点开门？" in ask(client, "留言")
    assert "没有答复留言的权限" in ask(client, f"答复 {number} 九点", member="zhao")
    assert "是空的" in ask(client, f"答复 {number}")
    assert ask(client, "答复 999 九点").startswith("没有第 999 号")
    assert ask(client, f"答复{number}号：早上九点。\n带身份证。") == f"第 {number} 号已答复。"
    mine = client.get("/api/v1/wechat/inquiries", headers=headers).json()["inquiries"]
    assert mine[0]["reply"] == "早上九点。\n带身份证。"
    assert ask(client, "留言") == "没有待答复的留言。"


def test_other_kinds_of_robot_messages(client: TestClient):
    assert "答复" in told(tell(client, {"msgtype": "event", "event": {"eventtype": "enter_chat"}}))["text"]["content"]
    assert tell(client, {"msgtype": "event", "event": {"eventtype": "feedback_event"}}).text == ""
    assert tell(client, {"msgtype": "image", "image": {"url": "x"}}).text == ""
    assert "可以直接问" in ask(client, "帮助")
