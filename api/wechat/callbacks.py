"""Messages that users send to the mini-program's customer service and to the 公众号, in secure mode, answered within the platform's five seconds."""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from api import chat
from api.problems import Problem
from api.store import new_id
from api.wechat import notes
from api.wechat.customer import answer_text, shortened
from api.wechat.desk import Desk
from api.wechat.envelope import BadEnvelope, Envelope, signature
from api.wechat.settings import App
from api.wechat.shared import body, desk

log = logging.getLogger(__name__)

router = APIRouter()
# The platform waits five seconds and then sends the message again.
BUDGET = 4.0
ONLY_TEXT = "目前只能看懂文字，请把问题打成字发来。"
FORGOTTEN = "已删除您在这个对话里的问答记录。"
FORGET = ("删除记录", "删除我的记录")
SHORT = Annotated[str, Query(max_length=200)]


@router.get("/{channel}/messages", response_class=PlainTextResponse)
def verify(channel: str, request: Request, timestamp: SHORT = "", nonce: SHORT = "", echostr: SHORT = "", signature: SHORT = "") -> str:
    """The platform's check of the address: our signature gives the echo string back."""
    app = app_of(desk(request), channel)
    if not hmac.compare_digest(expected(app, timestamp, nonce).encode(), signature.encode()):
        raise Problem(403, "签名不对：请核对后台填的令牌（Token）")
    return echostr


@router.post("/{channel}/messages")
async def receive(channel: str, request: Request) -> Response:
    """One message or event. Raises Problem 403 for a forged, replayed or misdirected one, 400 for what is no message."""
    office = desk(request)
    app = app_of(office, channel)
    raw = await body(request)
    return await run_in_threadpool(take, office, app, channel, dict(request.query_params), raw)


def app_of(office: Desk, channel: str) -> App:
    """The app of a channel. Raises Problem 404 for an unknown one, 503 where it is not set up."""
    if channel not in ("mini", "official"):
        raise Problem(404, f"没有“{channel}”这个消息通道，只有 mini 和 official", field="channel", value=channel)
    app = office.settings.mini if channel == "mini" else office.settings.official
    if app is None or not app.token:
        name = "SHEZU_WECHAT" if channel == "mini" else "SHEZU_OFFICIAL"
        raise Problem(503, f"微信消息推送未配置：请管理员设置 {name}_TOKEN 和 {name}_AES_KEY，见 docs/wechat.md")
    return app


def expected(app: App, timestamp: str, nonce: str) -> str:
    """The signature that the platform puts on a request without a sealed body."""
    return signature(app.token, timestamp, nonce)


def take(office: Desk, app: App, channel: str, query: Mapping[str, str], raw: bytes) -> Response:
    """Opens the envelope and answers what is in it."""
    envelope = Envelope(app.token, app.aes_key, app.appid)
    try:
        note = notes.read(opened(office, envelope, query, notes.read(raw).get("Encrypt", "")).encode())
    except BadEnvelope as error:
        log.warning("微信消息被拒收：%s", error)
        raise Problem(403, f"消息被拒收：{error}") from None
    except notes.BadNote as error:
        log.warning("微信消息被拒收：%s", error)
        raise Problem(400, f"消息格式不对：{error}") from None
    user = note.get("FromUserName", "")
    if not user or note.get("MsgType") == "event" or not office.replays.first(f"{channel}:{user}:{note.get('MsgId') or note.get('CreateTime')}"):
        return PlainTextResponse("success")
    return official_reply(office, envelope, note) if channel == "official" else mini_reply(office, note)


def opened(office: Desk, envelope: Envelope, query: Mapping[str, str], encrypted: str) -> str:
    """The text inside a callback's envelope, let in once. Raises BadEnvelope."""
    timestamp, nonce, signed = (query.get(name, "") for name in ("timestamp", "nonce", "msg_signature"))
    if not encrypted or not signed:
        raise BadEnvelope("没有加密：消息推送只支持安全模式")
    envelope.check(signed, timestamp, nonce, encrypted)
    text = envelope.open(encrypted)
    office.replays.admit(timestamp, nonce, signed)
    return text


def mini_reply(office: Desk, note: Mapping[str, str]) -> Response:
    """The mini-program takes no answer in the response: it goes out through customer service."""
    mini = office.needed_mini()
    user = note["FromUserName"]
    mini.customer.heard(user)
    office.pool.submit(_guarded, lambda: mini.customer.send(user, words(office, "mini", note)))
    return PlainTextResponse("success")


def official_reply(office: Desk, envelope: Envelope, note: Mapping[str, str]) -> Response:
    """The answer in the response where it is ready in time, and through customer service where it is not."""
    assert office.official is not None
    customer, user = office.official.customer, note["FromUserName"]
    customer.heard(user)
    work: Future[str] = office.pool.submit(words, office, "official", note)
    try:
        text = work.result(timeout=BUDGET)
    except TooLate:
        work.add_done_callback(lambda done: _guarded(lambda: customer.send(user, done.result())))
        return PlainTextResponse("success")
    reply = notes.write(
        {"ToUserName": user, "FromUserName": note.get("ToUserName", ""), "CreateTime": int(time.time()), "MsgType": "text", "Content": shortened(text)}
    )
    timestamp, nonce = str(int(time.time())), new_id()[:16]
    sealed, signed = envelope.seal(reply, timestamp, nonce)
    return Response(notes.write({"Encrypt": sealed, "MsgSignature": signed, "TimeStamp": int(timestamp), "Nonce": nonce}), media_type="application/xml")


def words(office: Desk, channel: str, note: Mapping[str, str]) -> str:
    """What to say to a message; a question of the mini-program's user is checked by the platform as in the mini-program itself."""
    if note.get("MsgType") != "text":
        return ONLY_TEXT
    user, asked = note["FromUserName"], note.get("Content", "").strip()
    conversation = office.conversation(channel, user)
    if asked in FORGET:
        office.service.store.forget(conversation)
        return FORGOTTEN
    try:
        question = chat.Question(question=asked[:2000], conversation_id=conversation)
        if channel == "mini":
            return answer_text(office.checked(user, question))
        # msgSecCheck 2.0 knows only openids of the mini-program: here the pipeline's own screen stands alone.
        return answer_text(chat.answer(office.service, question))
    except Problem as problem:
        return problem.detail
    except Exception:
        log.exception("回答微信消息时出错")
        return f"系统暂时出了问题，请稍后再试；{office.way_out()}"


def _guarded(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("发送客服消息时出错")
