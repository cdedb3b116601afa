"""WeChat settings: read once from SHEZU_WECHAT_… variables; every part may be absent, and then its routes say 未配置."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from api.secret_files import BadSecret, read
from api.settings import BadSetting

FIELDS = ("question", "time", "note")


@dataclass(frozen=True, slots=True)
class App:
    """A mini-program or 公众号: its id, its secret, and the token and key of its message callbacks (secure mode)."""

    appid: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Robot:
    """The 企业微信 robot: its callback's token and key, and the members who may answer an inquiry through it."""

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    staff: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WechatSettings:
    """Everything about WeChat; None where a part is not set up."""

    mini: App | None = None
    official: App | None = None
    robot: Robot | None = None
    robot_webhook: str = field(default="", repr=False)
    platform: str = "https://api.weixin.qq.com"
    timeout: float = 3.0
    pass_when_down: bool = False
    template: str = ""
    template_fields: tuple[tuple[str, str], ...] = ()
    release_state: str = "formal"


def from_environment(environment: Mapping[str, str] | None = None) -> WechatSettings:
    """Settings from the environment; a secret may also stand in the file that NAME_FILE names. Raises BadSetting."""
    env = os.environ if environment is None else environment
    webhook = _secret(env, "SHEZU_WECOM_WEBHOOK")
    if webhook and urlsplit(webhook).scheme not in ("http", "https"):
        raise BadSetting("SHEZU_WECOM_WEBHOOK 应是企业微信群机器人的完整网址，以 https:// 开头")
    return WechatSettings(
        mini=_app(env, "SHEZU_WECHAT"),
        official=_app(env, "SHEZU_OFFICIAL"),
        robot=_robot(env),
        robot_webhook=webhook,
        platform=(env.get("SHEZU_WECHAT_PLATFORM") or "https://api.weixin.qq.com").rstrip("/"),
        timeout=_seconds(env),
        pass_when_down=_choice(env, "SHEZU_WECHAT_CHECK_DOWN", ("refuse", "pass")) == "pass",
        template=env.get("SHEZU_WECHAT_TEMPLATE") or "",
        template_fields=_template(env),
        release_state=_choice(env, "SHEZU_WECHAT_STATE", ("formal", "trial", "developer")),
    )


def _app(env: Mapping[str, str], prefix: str) -> App | None:
    appid, secret = env.get(f"{prefix}_APPID") or "", _secret(env, f"{prefix}_SECRET")
    if not appid and not secret:
        return None
    if not appid or not secret:
        missing = f"{prefix}_SECRET" if appid else f"{prefix}_APPID"
        raise BadSetting(f"缺少 {missing}：{prefix}_APPID 和 {prefix}_SECRET 要么都写，要么都不写")
    token, key = _callback(env, prefix)
    return App(appid, secret, token, key)


def _robot(env: Mapping[str, str]) -> Robot | None:
    token, key = _callback(env, "SHEZU_WECOM")
    staff = frozenset(name.strip() for name in (env.get("SHEZU_WECOM_STAFF") or "").split(",") if name.strip())
    return Robot(token, key, staff) if token else None


def _callback(env: Mapping[str, str], prefix: str) -> tuple[str, str]:
    token, key = _secret(env, f"{prefix}_TOKEN"), _secret(env, f"{prefix}_AES_KEY")
    if bool(token) != bool(key):
        raise BadSetting(f"{prefix}_TOKEN 和 {prefix}_AES_KEY 要么都写，要么都不写（消息推送只支持安全模式）")
    if key and (len(key) != 43 or not key.isalnum()):
        raise BadSetting(f"{prefix}_AES_KEY 有 {len(key)} 个字符，应是后台生成的 43 个字母和数字")
    return token, key


def _secret(env: Mapping[str, str], name: str) -> str:
    try:
        return read(env, name)
    except BadSecret as problem:
        raise BadSetting(str(problem)) from problem


def _choice(env: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = env.get(name) or known[0]
    if value not in known:
        raise BadSetting(f"{name}“{value}”应是 {'、'.join(known)} 之一")
    return value


def _seconds(env: Mapping[str, str]) -> float:
    raw = env.get("SHEZU_WECHAT_TIMEOUT") or "3"
    try:
        value = float(raw)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 10:
        raise BadSetting(f"SHEZU_WECHAT_TIMEOUT“{raw}”应是 0.1 到 10 之间的秒数")
    return value


def _template(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    raw = env.get("SHEZU_WECHAT_TEMPLATE_FIELDS") or ""
    pairs = [tuple(part.strip() for part in each.split("=", 1)) for each in raw.split(",") if each.strip()]
    if any(len(pair) != 2 or pair[1] not in FIELDS for pair in pairs):
        raise BadSetting(f"SHEZU_WECHAT_TEMPLATE_FIELDS“{raw}”应写成 thing1=question,time2=time,thing3=note，等号右边可用：{'、'.join(FIELDS)}")
    if env.get("SHEZU_WECHAT_TEMPLATE") and not pairs:
        raise BadSetting("写了 SHEZU_WECHAT_TEMPLATE，还要写 SHEZU_WECHAT_TEMPLATE_FIELDS，例如 thing1=question,time2=time,thing3=note")
    return tuple((pair[0], pair[1]) for pair in pairs)
