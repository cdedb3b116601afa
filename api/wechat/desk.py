"""Everything WeChat of one running office, put together from the settings; parts that are not set up are None."""

from __future__ import annotations

import hmac
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from api import chat
from api.limits import Buckets
from api.problems import Problem
from api.service import Service
from api.store import Message
from api.wechat.access import Access
from api.wechat.accounts import Accounts
from api.wechat.checks import Checks, Outcome
from api.wechat.customer import Customer
from api.wechat.inquiries import Inquiries
from api.wechat.platform import Platform
from api.wechat.replays import Replays
from api.wechat.settings import App, WechatSettings
from assistant.stages.screen import mask

CHINA = ZoneInfo("Asia/Shanghai")
LOGINS_PER_MINUTE = 60
INQUIRIES_PER_MINUTE = 5
# A `thing` field of a subscription message holds 20 characters.
THING = 20


class Mini:
    """The mini-program's side: access token, content checks, customer service."""

    def __init__(self, service: Service, platform: Platform, app: App) -> None:
        self.app = app
        self.access = Access(service.store, platform, app)
        self.checks = Checks(service.store, platform, self.access)
        self.customer = Customer(service.store, platform, self.access, "mini")


class Official:
    """The 公众号's side."""

    def __init__(self, service: Service, platform: Platform, app: App) -> None:
        self.app = app
        self.customer = Customer(service.store, platform, Access(service.store, platform, app), "official")


class Desk:
    """What the WeChat routes share."""

    def __init__(self, settings: WechatSettings, service: Service) -> None:
        self.settings, self.service = settings, service
        self.platform = Platform(settings.platform, settings.timeout)
        self.mini = Mini(service, self.platform, settings.mini) if settings.mini else None
        self.official = Official(service, self.platform, settings.official) if settings.official else None
        self.accounts = Accounts(service.store)
        self.replays = Replays(service.store)
        self.inquiries = Inquiries(service.store, self._notify)
        limited = bool(service.settings.rate_per_minute)
        self.logins = Buckets(LOGINS_PER_MINUTE if limited else 0)
        self.questions = Buckets(service.settings.rate_per_minute)
        self.messages = Buckets(INQUIRIES_PER_MINUTE if limited else 0)
        self.pool = ThreadPoolExecutor(4, thread_name_prefix="wechat")

    def needed_mini(self) -> Mini:
        """The mini-program's side. Raises Problem 503 where it is not set up."""
        if self.mini is None:
            raise Problem(503, "微信小程序未配置：请管理员设置 SHEZU_WECHAT_APPID 和 SHEZU_WECHAT_SECRET，见 docs/wechat.md；提问可直接用 /api/v1/chat")
        return self.mini

    def conversation(self, channel: str, openid: str) -> str:
        """The conversation of a user who writes in a chat window: the same for the same user, and no one can tell the user from it."""
        app = self.settings.mini if channel == "mini" else self.settings.official
        key = app.secret if app else "robot:" + (self.settings.robot.aes_key if self.settings.robot else "")
        return hmac.new(key.encode(), f"{channel}:{openid}".encode(), "sha256").hexdigest()[:32]

    def way_out(self) -> str:
        """Where a person can be reached, as the end of a sentence."""
        phones = "、".join(self.service.office.phones)
        return f"急办请打{self.service.office.name}电话 {phones} 或 12345" if phones else "急办请打登记机关窗口电话或 12345"

    def checked(self, openid: str, question: chat.Question, key: str | None = None) -> dict[str, Any]:
        """The answer to a question of the mini-program's user, both checked, once for one key; what is not let through is not kept.

        Raises Problem 403, 409, 503.
        """
        made: list[str] = []

        def make(number: str = "") -> dict[str, Any]:
            made.append(number)
            return self._checked(openid, question, number)

        if key is None:
            return make()
        message = self.service.repeats.once(f"wechat {openid} {key}", question.model_dump_json(), make)
        if not made:
            # Made by another request, whose check of the answer may still be under way.
            self.admit(self.needed_mini().checks.judge(openid, shown(message), "answer", message["message_id"]))
        return message

    def _checked(self, openid: str, question: chat.Question, number: str) -> dict[str, Any]:
        checks = self.needed_mini().checks
        asked = mask(question.question).strip()
        if asked:
            self.admit(checks.judge(openid, asked, "question"))
        message = chat.answer(self.service, question, number)
        outcome = checks.judge(openid, shown(message), "answer", message["message_id"])
        try:
            self.admit(outcome)
        except Problem:
            with self.service.store.begin() as session, session.begin():
                session.execute(delete(Message).where(Message.id == message["message_id"]))
            raise
        return message

    def admit(self, outcome: Outcome) -> None:
        """Lets pass and review through (review stays marked for a person). Raises Problem 403 for risky, 503 where the check is down."""
        if outcome is Outcome.RISKY:
            raise Problem(403, f"这段文字没有通过微信的内容安全检查，请换个说法再试；{self.way_out()}")
        if outcome is Outcome.UNCHECKED and not self.settings.pass_when_down:
            raise Problem(503, f"微信的内容安全检查暂时用不了，为稳妥起见先不回答，请稍后再试；{self.way_out()}")

    def close(self) -> None:
        """Finish what is running and close all connections."""
        self.pool.shutdown(wait=True)
        self.platform.close()

    def _notify(self, user: str, number: int, text: str, replied: datetime) -> None:
        openid = self.accounts.openid(user)
        if self.mini is None or not self.settings.template or openid is None:
            return
        values = {"question": _thing(text), "time": replied.astimezone(CHINA).strftime("%Y年%m月%d日 %H:%M"), "note": f"第{number}号留言已有答复，点开查看"}
        notice: dict[str, Any] = {
            "touser": openid,
            "template_id": self.settings.template,
            "page": "pages/mine/index",
            "miniprogram_state": self.settings.release_state,
            "lang": "zh_CN",
            "data": {key: {"value": values[name][:THING]} for key, name in self.settings.template_fields},
        }
        self.mini.access.call(lambda token: self.platform.send_notice(token, notice))


def _thing(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= THING else line[: THING - 1] + "…"


def shown(message: dict[str, Any]) -> str:
    """Every word of a message that a reader sees: blocks, quotes, the question back, follow-ups."""
    lines = [block["title"] for block in message["blocks"]]
    lines += [sentence["text"] for block in message["blocks"] for item in block["items"] for sentence in item]
    lines += [citation["quote"] for citation in message["citations"]]
    clarify = message["clarify"]
    lines += [clarify["question"], *(option["label"] for option in clarify["options"])] if clarify else []
    return "\n".join(line for line in [*lines, *message["followups"]] if line)
