"""The mini-program's routes: configuration, login, checked questions, inquiries, and deleting everything of one user."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api import chat
from api.answering import finished
from api.limits import Buckets, client_of
from api.problems import Problem
from api.wechat import callbacks, robot
from api.wechat.accounts import LASTS, User
from api.wechat.desk import Desk
from api.wechat.platform import Refused, Unreachable
from api.wechat.settings import from_environment
from api.wechat.shared import desk
from assistant.stages.screen import mask

log = logging.getLogger(__name__)


@asynccontextmanager
async def life(app: FastAPI) -> AsyncIterator[None]:
    """Opens the desk after the service and closes it before."""
    app.state.wechat = Desk(from_environment(), app.state.service)
    yield
    app.state.wechat.close()


# The mini-program's own interface and the platforms' callbacks: no part of the public one.
router = APIRouter(prefix="/wechat", tags=["wechat"], lifespan=life, include_in_schema=False)
router.include_router(callbacks.router)
router.include_router(robot.router)

# Codes of jscode2session that are about this login and not about us: what the user should do.
LOGIN_PROBLEMS = {
    40029: (400, "微信登录凭证无效，请关闭小程序重新打开再试"),
    40163: (400, "微信登录凭证已用过，请再试一次"),
    40226: (403, "微信平台判断这个账号有风险，暂不能登录；不登录也可以在网页上提问"),
    45011: (429, "登录太频繁了，请 60 秒后再试"),
}


class Code(BaseModel):
    """What wx.login gives."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(min_length=1, max_length=200)]


class Note(BaseModel):
    """An inquiry for the window."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    message_id: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    notify: bool = False


def bearer(authorization: Annotated[str, Header()] = "") -> str:
    """The token of the Authorization header, or an empty string."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


Token = Annotated[str, Depends(bearer)]


def user(request: Request, token: Token) -> User:
    """Who is logged in. Raises Problem 503 where the mini-program is not set up, 401 where nobody is logged in."""
    office = desk(request)
    office.needed_mini()
    found = office.accounts.user(token) if token else None
    if found is None:
        raise Problem(401, "登录已过期，请重新登录", headers={"WWW-Authenticate": "Bearer"})
    return found


LoggedIn = Annotated[User, Depends(user)]


@router.get("/config")
def config(request: Request) -> dict[str, Any]:
    """Whether WeChat is set up here, and the template of the notice that a reply has come."""
    office = desk(request)
    ready = office.mini is not None
    return {"configured": ready, "detail": "" if ready else "微信小程序未配置", "template": office.settings.template if ready else ""}


@router.post("/login")
def login(code: Code, request: Request) -> dict[str, Any]:
    """A token of ours for a one-time code; neither openid nor session key leaves the server."""
    office = desk(request)
    app = office.needed_mini().app
    limit(office.logins, client_of(request.scope), "登录")
    try:
        openid = office.platform.openid(app.appid, app.secret, code.code)
    except Refused as refusal:
        status, words = LOGIN_PROBLEMS.get(refusal.code, (503, "微信登录暂时用不了，请稍后再试"))
        log.warning("登录没有成功：%s", refusal)
        raise Problem(status, words, headers={"Retry-After": "60"} if status == 429 else None) from None
    except Unreachable as failure:
        log.warning("登录没有成功：%s", failure)
        raise Problem(503, f"连不上微信平台，请稍后再试；{office.way_out()}") from None
    return {"token": office.accounts.login(app.appid, openid), "expires_in": LASTS}


@router.delete("/login", status_code=204)
def logout(request: Request, token: Token) -> Response:
    """End this login."""
    desk(request).accounts.logout(token)
    return Response(status_code=204)


@router.delete("/me", status_code=204)
def forget(request: Request, who: LoggedIn) -> Response:
    """Delete the user: logins, inquiries with their replies, and what was said in the customer-service window."""
    office = desk(request)
    office.service.store.forget(office.conversation("mini", who.openid))
    office.needed_mini().customer.forget(who.openid)
    office.accounts.delete(who.id)
    return Response(status_code=204)


@router.post("/chat", response_model=None)
async def ask(question: chat.Question, request: Request, who: LoggedIn, idempotency_key: chat.Key = None) -> Response:
    """Like POST /chat, with the question checked before and the answer after by the platform."""
    office = desk(request)
    limit(office.questions, who.id, "提问")
    making = office.service.answering.begin(lambda: office.checked(who.openid, question, idempotency_key))
    if chat.EVENTS in request.headers.get("accept", ""):
        return await chat.stream(making)
    return JSONResponse(await finished(making), headers=chat.NOT_STORED)


@router.post("/inquiries", status_code=201)
def leave(note: Note, request: Request, who: LoggedIn) -> dict[str, int]:
    """Leave an inquiry for the window; personal numbers in it are masked first."""
    office = desk(request)
    limit(office.messages, who.id, "留言")
    text = mask(note.text).strip()
    if not text:
        raise Problem(422, "留言是空的，请写下要问的事", field="text", value=note.text)
    office.admit(office.needed_mini().checks.judge(who.openid, text, "inquiry"))
    number = office.inquiries.leave(who.id, text, note.message_id, notice=note.notify and bool(office.settings.template))
    office.pool.submit(robot.tell_staff, office, number)
    return {"number": number}


@router.get("/inquiries")
def inquiries(request: Request, who: LoggedIn) -> dict[str, Any]:
    """The user's own inquiries with the replies."""
    return {
        "inquiries": [
            {
                "number": each.number,
                "created": robot.in_china(each.created),
                "text": each.text,
                "message_id": each.message,
                "reply": each.reply,
                "replied": robot.in_china(each.replied) if each.replied else None,
            }
            for each in desk(request).inquiries.of(who.id)
        ]
    }


def limit(buckets: Buckets, client: str, what: str) -> None:
    """Takes one of the client's tokens. Raises Problem 429."""
    take = buckets.take(client)
    if take.wait:
        raise Problem(429, f"{what}太频繁了，请 {math.ceil(take.wait)} 秒后再试", headers=take.headers())
