"""The 企业微信 robot for window staff: questions answered as for clerks, open inquiries listed, and replied to by the members who may."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from concurrent.futures import TimeoutError as TooLate
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy import String, Text, delete
from sqlalchemy.orm import Mapped, mapped_column

from api import chat
from api.problems import Problem
from api.store import Base, new_id
from api.wechat.callbacks import opened
from api.wechat.customer import answer_text, fitting
from api.wechat.desk import CHINA, Desk
from api.wechat.envelope import BadEnvelope, Envelope
from api.wechat.platform import Refused, Unreachable
from api.wechat.shared import body, desk

log = logging.getLogger(__name__)

router = APIRouter()
# https://developer.work.weixin.qq.com/document/path/101031: the robot is asked again for up to six minutes; 20,480 bytes of text.
BUDGET = 3.0
LONGEST_WAIT = 330
LARGEST = 20480
WAITING = "正在查找依据…"
HELP = "可以直接问规定；发“留言”看还没答复的留言；发“答复 12 内容”答复第 12 号留言。"
REPLY = re.compile(r"^答复\s*第?\s*(\d{1,9})\s*号?[\s:：,，]*(.*)$", re.DOTALL)
SHORT = Annotated[str, Query(max_length=4000)]


class WecomStream(Base):
    """An answer that the robot is asked for again and again until it is finished."""

    __tablename__ = "wecom_streams"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[float] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Text)


@router.get("/robot", response_class=PlainTextResponse)
def verify(request: Request, msg_signature: SHORT = "", timestamp: SHORT = "", nonce: SHORT = "", echostr: SHORT = "") -> str:
    """企业微信's check of the address: the echo string, opened."""
    envelope = envelope_of(desk(request))
    try:
        envelope.check(msg_signature, timestamp, nonce, echostr)
        return envelope.open(echostr)
    except BadEnvelope as error:
        raise Problem(403, f"企业微信校验没有通过：{error}") from None


@router.post("/robot")
async def receive(request: Request) -> Response:
    """One message. Raises Problem 403 for a forged or replayed one, 400 for what is no message."""
    office = desk(request)
    envelope = envelope_of(office)
    raw = await body(request)
    return await run_in_threadpool(take, office, envelope, dict(request.query_params), raw)


def envelope_of(office: Desk) -> Envelope:
    """The robot's envelope; its receiver is the empty string. Raises Problem 503 where the robot is not set up."""
    robot = office.settings.robot
    if robot is None:
        raise Problem(503, "企业微信机器人未配置：请管理员设置 SHEZU_WECOM_TOKEN 和 SHEZU_WECOM_AES_KEY，见 docs/wechat.md")
    return Envelope(robot.token, robot.aes_key, "")


def take(office: Desk, envelope: Envelope, query: Mapping[str, str], raw: bytes) -> Response:
    """Opens the envelope and answers what is in it."""
    try:
        message = _object(opened(office, envelope, query, str(_object(raw).get("encrypt", ""))))
    except BadEnvelope as error:
        log.warning("企业微信消息被拒收：%s", error)
        raise Problem(403, f"消息被拒收：{error}") from None
    reply = answer(office, message)
    if reply is None:
        return PlainTextResponse("")
    timestamp, nonce = str(int(time.time())), new_id()[:16]
    sealed, signed = envelope.seal(json.dumps(reply, ensure_ascii=False), timestamp, nonce)
    return JSONResponse({"encrypt": sealed, "msgsignature": signed, "timestamp": int(timestamp), "nonce": nonce})


def answer(office: Desk, message: Mapping[str, Any]) -> dict[str, Any] | None:
    """The reply to a decrypted message; None where there is nothing to say."""
    kind = message.get("msgtype")
    if kind == "stream":
        return continued(office, str((message.get("stream") or {}).get("id", "")))
    if kind == "event":
        event = (message.get("event") or {}).get("eventtype")
        return {"msgtype": "text", "text": {"content": HELP}} if event == "enter_chat" else None
    if kind != "text" or not office.replays.first(f"robot:{message.get('msgid') or new_id()}"):
        return None
    return started(office, str((message.get("from") or {}).get("userid", "")), str((message.get("text") or {}).get("content", "")))


def started(office: Desk, member: str, text: str) -> dict[str, Any]:
    """The answer at once where it is ready in three seconds, else a first word and the answer later."""
    stream = new_id()
    work = office.pool.submit(words, office, member, re.sub(r"^@\S+\s*", "", text.strip()))
    try:
        return _stream(stream, work.result(timeout=BUDGET), finish=True)
    except TooLate:
        pass
    _keep(office, stream, "")
    work.add_done_callback(lambda done: _keep(office, stream, done.result()))
    return _stream(stream, WAITING, finish=False)


def continued(office: Desk, stream: str) -> dict[str, Any]:
    """What has become of an answer."""
    with office.service.store.begin() as session:
        row = session.get(WecomStream, stream)
        text, begun = (row.text, row.created) if row else ("", 0.0)
    if text:
        return _stream(stream, text, finish=True)
    if time.time() - begun > LONGEST_WAIT:
        return _stream(stream, "这个问题没有答完，请再问一次。", finish=True)
    return _stream(stream, WAITING, finish=False)


def words(office: Desk, member: str, text: str) -> str:
    """What to say to a member."""
    try:
        if not text or text in ("帮助", "?", "？"):
            return HELP
        if text == "留言":
            return _listed(office)
        found = REPLY.match(text)
        if found:
            return _replied(office, member, int(found[1]), found[2].strip())
        question = chat.Question(question=text[:2000], conversation_id=office.conversation("robot", member), audience="clerk")
        return answer_text(chat.answer(office.service, question))
    except Exception:
        log.exception("回答企业微信消息时出错")
        return "系统暂时出了问题，请稍后再试。"


def tell_staff(office: Desk, number: int) -> None:
    """Tells the staff's group that an inquiry came; its words stay on the server."""
    if not office.settings.robot_webhook:
        return
    try:
        office.platform.post_webhook(office.settings.robot_webhook, f"窗口有新留言（第 {number} 号）。请在机器人里发“留言”查看。")
    except (Refused, Unreachable) as failure:
        log.warning("没能通知窗口有新留言：%s", failure)


def in_china(moment: datetime) -> str:
    """A stored moment (UTC) in China's time, ISO 8601 to the minute."""
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(CHINA).isoformat(timespec="minutes")


def _listed(office: Desk) -> str:
    waiting = office.inquiries.open()
    if not waiting:
        return "没有待答复的留言。"
    return "\n\n".join(
        [f"待答复 {len(waiting)} 条，先来的在前：", *(f"第 {i.number} 号（{in_china(i.created)[:16].replace('T', ' ')}）\n{i.text}" for i in waiting)]
    )


def _replied(office: Desk, member: str, number: int, text: str) -> str:
    assert office.settings.robot is not None
    if member not in office.settings.robot.staff:
        return "您没有答复留言的权限：请管理员把您的企业微信账号加进 SHEZU_WECOM_STAFF。"
    if not text:
        return f"第 {number} 号的答复是空的，请写成“答复 {number} 内容”。"
    return f"第 {number} 号已答复。" if office.inquiries.answer(number, text[:2000], member) else f"没有第 {number} 号留言，发“留言”看待答复的。"


def _stream(stream: str, text: str, *, finish: bool) -> dict[str, Any]:
    return {"msgtype": "stream", "stream": {"id": stream, "finish": finish, "content": fitting(text, LARGEST)}}


def _keep(office: Desk, stream: str, text: str) -> None:
    with office.service.store.begin() as session, session.begin():
        session.execute(delete(WecomStream).where(WecomStream.created < time.time() - 2 * LONGEST_WAIT))
        row = session.get(WecomStream, stream)
        if row is None:
            session.add(WecomStream(id=stream, created=time.time(), text=text))
        else:
            row.text = text


def _object(raw: bytes | str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Problem(400, "消息格式不对：不是 JSON 对象")
    return found
