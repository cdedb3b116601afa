"""The WeChat platform's HTTP interface, one function a call; every failure is Refused (its error code) or Unreachable."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

import httpx

BUSY = -1
LARGEST = 256 * 1024


class Refused(Exception):
    """The platform answered with an error code; the message names the call and the code, never a credential."""

    def __init__(self, call: str, code: int) -> None:
        super().__init__(f"微信接口 {call} 返回错误码 {code}")
        self.call, self.code = call, code


class Unreachable(Exception):
    """No usable answer came: no connection, no answer in time, a server error, or something that is not JSON."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What msgSecCheck 2.0 says of a text: pass, review or risky, the label's number and the trace to ask the platform about."""

    suggest: str
    label: int = 100
    trace: str = ""


class Platform:
    """A thin client; threads may share it. `timeout` in seconds holds for each call as a whole step (connect, read)."""

    def __init__(self, base: str, timeout: float) -> None:
        self._base = base
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, limits=httpx.Limits(max_connections=20))

    def openid(self, appid: str, secret: str, code: str) -> str:
        """The user behind a one-time login code; the session key that comes with it is dropped at once. Raises Refused, Unreachable."""
        found = self._call(
            "jscode2session", "GET", "/sns/jscode2session", params={"appid": appid, "secret": secret, "js_code": code, "grant_type": "authorization_code"}
        )
        return _text(found, "openid", "jscode2session")

    def stable_token(self, appid: str, secret: str) -> tuple[str, int]:
        """(access token, seconds it lasts), normal mode: asking again does not end the token that others hold. Raises Refused, Unreachable."""
        body = {"grant_type": "client_credential", "appid": appid, "secret": secret, "force_refresh": False}
        found = self._call("stable_token", "POST", "/cgi-bin/stable_token", body=body)
        return _text(found, "access_token", "stable_token"), int(found.get("expires_in", 7200))

    def check_text(self, token: str, openid: str, content: str, scene: int) -> Verdict:
        """msgSecCheck 2.0 of at most 2,500 characters; scene 1 profile, 2 comment, 3 forum, 4 social log. Raises Refused, Unreachable."""
        found = self._call(
            "msg_sec_check", "POST", "/wxa/msg_sec_check", {"access_token": token}, {"version": 2, "openid": openid, "scene": scene, "content": content}
        )
        result = found.get("result")
        if not isinstance(result, dict) or result.get("suggest") not in ("pass", "review", "risky"):
            raise Unreachable("微信接口 msg_sec_check 的返回里没有 result.suggest")
        return Verdict(result["suggest"], int(result.get("label", 100)), str(found.get("trace_id", "")))

    def send_notice(self, token: str, notice: dict[str, Any]) -> None:
        """A subscription message. Raises Refused, Unreachable."""
        self._call("subscribe/send", "POST", "/cgi-bin/message/subscribe/send", {"access_token": token}, notice)

    def send_text(self, token: str, openid: str, text: str) -> None:
        """A customer-service text message, at most 2,048 bytes. Raises Refused, Unreachable."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        self._call("custom/send", "POST", "/cgi-bin/message/custom/send", {"access_token": token}, body)

    def post_webhook(self, url: str, text: str) -> None:
        """A text to a 企业微信 group robot. Raises Refused, Unreachable."""
        self._call("webhook/send", "POST", url, body={"msgtype": "text", "text": {"content": text}})

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _call(self, call: str, method: str, path: str, params: dict[str, str] | None = None, body: dict[str, Any] | None = None) -> dict[str, Any]:
        found = self._ask(call, method, path, params, body)
        # "System busy" means that nothing was done and asks to try again; a time-out does not say so and is not repeated.
        if found.get("errcode") == BUSY:
            found = self._ask(call, method, path, params, body)
        code = found.get("errcode") or 0
        if code:
            raise Refused(call, int(code))
        return found

    def _ask(self, call: str, method: str, path: str, params: dict[str, str] | None, body: dict[str, Any] | None) -> dict[str, Any]:
        url = path if path.startswith("http") else self._base + path
        # The platform shows \uXXXX to its users as it stands, so the body is plain UTF-8.
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        try:
            answer = self._client.request(method, url, params=params, content=content, headers={"Content-Type": "application/json"})
        except httpx.HTTPError as error:
            raise Unreachable(f"微信接口 {call} 没有连通（{type(error).__name__}）") from None
        if answer.status_code != 200 or len(answer.content) > LARGEST:
            raise Unreachable(f"微信接口 {call} 返回 HTTP {answer.status_code}，{len(answer.content)} 字节")
        try:
            found = answer.json()
        except ValueError:
            raise Unreachable(f"微信接口 {call} 返回的不是 JSON") from None
        if not isinstance(found, dict):
            raise Unreachable(f"微信接口 {call} 返回的不是 JSON 对象")
        return found


def _text(found: dict[str, Any], name: str, call: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise Unreachable(f"微信接口 {call} 的返回里没有 {name}")
    return value


class _WithoutQuery(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


# httpx logs whole addresses, and the platform's carry secrets and tokens in their query.
logging.getLogger("httpx").addFilter(_WithoutQuery())
