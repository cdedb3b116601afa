"""Routes to the office's identity provider and back; the browser keeps state, nonce and verifier in a cookie for ten minutes."""

from __future__ import annotations

import base64
import hmac
import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.chat import service
from api.problems import Problem
from api.staff import access
from api.staff.oidc import OutsideProblem, recalled, remembered

router = APIRouter()
BACK = "/api/v1/staff/oidc/callback"
AWAY = 600
OUR_PAGE = re.compile(r"/console/[\w./?=&#%-]*")
Text = Annotated[str, Query(max_length=4000)]


@router.get("/ways")
def ways(request: Request) -> dict[str, Any]:
    """How one may sign in here: `outside` is what the identity provider is called, "" where there is none."""
    provider = service(request).oidc.provider
    return {"local": True, "outside": provider.called if provider.issuer else ""}


@router.get("/oidc", response_model=None)
def leave(request: Request, next: Text = "") -> Response:
    """Send the browser to the provider. Raises Problem 404 where there is none."""
    oidc = service(request).oidc
    if not oidc.provider.issuer:
        raise Problem(404, "没有设置统一身份认证，请用登录名和密码登录")
    try:
        leaving = oidc.leave(_back(request))
    except OutsideProblem as problem:
        return _refused(request, str(problem), "")
    response = RedirectResponse(leaving.address, 303, {"Cache-Control": "no-store"})
    _keep(response, request, f"{remembered(leaving)}.{base64.urlsafe_b64encode(_ours(next).encode()).decode().rstrip('=')}", AWAY)
    return response


@router.get("/oidc/callback", response_model=None)
def arrive(request: Request, state: Text = "", code: Text = "", error: Text = "") -> Response:
    """Begin the session of who comes back; whoever has no account here is told what to give the admin."""
    office = service(request)
    kept, _, wanted = request.cookies.get(_cookie(request), "").rpartition(".")
    expected, nonce, verifier = recalled(kept)
    if not state or not hmac.compare_digest(state.encode(), expected.encode()):
        return _refused(request, "这次登录已过期，请重新登录", "state 不符")
    if error or not code:
        return _refused(request, f"{office.oidc.provider.called}没有完成登录，请再试一次", "提供方拒绝")
    try:
        subject = office.oidc.arrive(_back(request), code, nonce, verifier)
    except OutsideProblem as problem:
        return _refused(request, str(problem), "凭证无效")
    account = office.staff.of_subject(subject)
    if account is None or account.disabled:
        number = subject.partition(" ")[2]
        return _refused(request, f"您的统一身份（标识 {number[:40]}）还没有在用的工作台账号，请把标识告诉管理员", f"没有账号：{number}")
    token = office.sessions.begin(account.staff.id, instead=request.cookies.get(access.cookie(request), ""))
    access.note(request, account.staff, "登录", account.staff.name, f"成功（{office.oidc.provider.called}）")
    response = RedirectResponse(_page(wanted), 303, {"Cache-Control": "no-store"})
    access.give(response, request, token)
    _keep(response, request, "", 0)
    return response


def _refused(request: Request, why: str, noted: str) -> Response:
    if noted:
        access.note(request, None, "登录", service(request).oidc.provider.called, f"失败：{noted}")
    response = RedirectResponse(f"/console/sign-in.html?{urlencode({'why': why})}", 303, {"Cache-Control": "no-store"})
    _keep(response, request, "", 0)
    return response


def _back(request: Request) -> str:
    return (service(request).settings.public_url or str(request.base_url).rstrip("/")) + BACK


def _ours(page: str) -> str:
    return page if OUR_PAGE.fullmatch(page) else "/console/"


def _page(kept: str) -> str:
    try:
        return _ours(base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)).decode())
    except ValueError:
        return _ours("")


def _cookie(request: Request) -> str:
    return "__Host-shezu-oidc" if access.secure(request) else "shezu-oidc"


def _keep(response: Response, request: Request, value: str, seconds: int) -> None:
    # Lax, since the browser comes back from the provider's site.
    response.set_cookie(_cookie(request), value, max_age=seconds, path="/", secure=access.secure(request), httponly=True, samesite="lax")
