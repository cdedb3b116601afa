"""Routes of the console: signing in and out, one's own password."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.chat import service
from api.limits import client_of
from api.problems import Problem
from api.staff import access, administration, casework, dashboard, outside, standards, supervision
from api.staff.passwords import MOST, WeakPassword
from api.staff.roles import person
from api.staff.sessions import csrf

# The console's own interface: no part of the public one.
router = APIRouter(prefix="/staff", tags=["staff"], include_in_schema=False)
for part in (administration, outside, supervision, standards, casework, dashboard):
    router.include_router(part.router)
Signed = Annotated[access.Signed, Depends(access.signed)]
NOT_STORED = {"Cache-Control": "no-store"}
WRONG = "登录名或密码不对，或账号已停用；忘了密码请找管理员重置"
TOO_OFTEN = "登录失败次数太多，请 15 分钟后再试，或请管理员重置密码"


class SignIn(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=MOST)]


class NewPassword(BaseModel):
    """The password that held until now and the new one."""

    model_config = ConfigDict(extra="forbid")

    old: Annotated[str, Field(min_length=1, max_length=MOST)]
    new: Annotated[str, Field(max_length=MOST)]


@router.post("/session", status_code=201, response_model=None)
def sign_in(given: SignIn, request: Request) -> Response:
    """Begin a session. Raises Problem 401 for a wrong name or password alike, 429 after too many, 403 from another site's page."""
    office, address = service(request), client_of(request.scope)
    own_page(request)
    name = given.name.strip().lower()
    if not office.guesses.admit(name, address):
        access.note(request, None, "登录", name, "失败次数太多，未核对")
        raise Problem(429, TOO_OFTEN, headers={"Retry-After": "900"})
    account = office.staff.enter(name, given.password)
    if account is None:
        access.note(request, None, "登录", name, "失败")
        raise Problem(401, WRONG)
    office.guesses.succeeded(name, address)
    token = office.sessions.begin(account.staff.id, instead=request.cookies.get(access.cookie(request), ""))
    access.note(request, account.staff, "登录", name, "成功")
    response = JSONResponse(described(access.Signed(account.staff, token, account.once), office.settings.idle_minutes), 201, NOT_STORED)
    access.give(response, request, token)
    return response


@router.get("/session", response_model=None)
def session(request: Request, who: Signed) -> Response:
    """Who is signed in, and the CSRF token of this session. Raises Problem 401."""
    return JSONResponse(described(who, service(request).settings.idle_minutes), headers=NOT_STORED)


@router.delete("/session", status_code=204, response_model=None)
def sign_out(request: Request, who: Signed) -> Response:
    """End this session. Raises Problem 401, 403."""
    service(request).sessions.end(who.token)
    access.note(request, who.staff, "退出", who.staff.name, "成功")
    response = Response(status_code=204)
    access.give(response, request, "")
    return response


@router.post("/password", status_code=204, response_model=None)
def change_password(given: NewPassword, request: Request, who: Signed) -> Response:
    """Change one's own password; every session of the account ends but for a new one here. Raises Problem 401, 403, 422, 429."""
    office = service(request)
    if not office.guesses.admit(who.staff.name, client_of(request.scope)):
        raise Problem(429, TOO_OFTEN, headers={"Retry-After": "900"})
    if office.staff.enter(who.staff.name, given.old) is None:
        access.note(request, who.staff, "改密码", who.staff.name, "原密码不对")
        raise Problem(422, "原密码不对，请重新输入", field="old")
    office.guesses.succeeded(who.staff.name, client_of(request.scope))
    if given.new == given.old:
        raise Problem(422, "新密码和原密码相同，请换一个", field="new")
    try:
        office.staff.choose(who.staff.id, given.new)
    except WeakPassword as weak:
        raise Problem(422, str(weak), field="new") from None
    access.note(request, who.staff, "改密码", who.staff.name, "成功")
    response = Response(status_code=204)
    access.give(response, request, office.sessions.begin(who.staff.id))
    return response


def own_page(request: Request) -> None:
    """Refuses a sign-in that a page of another site sent. Raises Problem 403."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc not in (request.headers.get("host", ""), urlsplit(service(request).settings.public_url).netloc):
        raise Problem(403, "登录请求不是从本系统的页面发出的，请打开工作台登录页再试")


def described(who: access.Signed, idle_minutes: int) -> dict[str, Any]:
    """Who is signed in, as the pages need it."""
    return {**person(who.staff), "once": who.once, "csrf": csrf(who.token), "idle_minutes": idle_minutes}
