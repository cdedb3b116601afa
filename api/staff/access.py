"""Who is at the console: the cookie, the CSRF header, and what a route requires."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request, Response

from api.chat import service
from api.limits import client_of
from api.problems import Problem
from api.staff.roles import Role, Staff, called
from api.staff.sessions import csrf

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF = "X-CSRF"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is signed in, with what token, and whether a one-time password is still to be changed."""

    staff: Staff
    token: str
    once: bool


def secure(request: Request) -> bool:
    """Whether the office is reached over https, so that its cookies must be too."""
    return service(request).settings.public_url.startswith("https://") or request.url.scheme == "https"


def cookie(request: Request) -> str:
    """The name of the session's cookie; over https the browser itself holds it to this host and to https."""
    return "__Host-shezu-staff" if secure(request) else "shezu-staff"


def give(response: Response, request: Request, token: str) -> None:
    """Put the session into the browser; "" takes it out."""
    response.set_cookie(cookie(request), token, max_age=None if token else 0, path="/", secure=secure(request), httponly=True, samesite="strict")


def signed(request: Request) -> Signed:
    """Who sent the request. Raises Problem 401 where nobody is signed in or the session is locked, 403 for a change without the CSRF header."""
    office = service(request)
    token = request.cookies.get(cookie(request), "")
    found = office.sessions.find(token) if token else None
    if found is None:
        raise Problem(401, "还没有登录，请先登录工作台")
    if found[1]:
        office.sessions.end(token)
        raise Problem(401, f"超过 {office.settings.idle_minutes} 分钟没有操作，工作台已锁定，请重新登录")
    account = office.staff.get(found[0])
    if account is None or account.disabled:
        raise Problem(401, "这个账号已停用，请联系管理员")
    if request.method not in SAFE and not hmac.compare_digest(request.headers.get(CSRF, "").encode(), csrf(token).encode()):
        raise Problem(403, f"缺少或不对的 {CSRF} 请求头，请刷新页面后再试", field=CSRF)
    return Signed(account.staff, token, account.once)


def require(*roles: Role) -> Callable[[Request], Staff]:
    """A dependency that gives the member of staff where they hold one of the roles (without roles: where they are signed in).

    Raises Problem 401 or 403 as `signed` does, and 403 for other roles or a one-time password that is still to be changed.
    """

    def allowed(request: Request) -> Staff:
        who = signed(request)
        if who.once:
            raise Problem(403, "这是一次性密码，请先改成自己的密码")
        if roles and not who.staff.has(*roles):
            raise Problem(403, f"这项功能要有“{called(roles)}”中的一个角色，您的角色是：{called(who.staff.roles) or '无'}")
        return who.staff

    return allowed


def note(request: Request, who: Staff | None, action: str, target: str, result: str) -> None:
    """Put what was done into the audit log, with where from and the number of the request."""
    service(request).ledger.record(who, client_of(request.scope), action, target, result, request.state.request_id)
