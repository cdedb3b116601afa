"""What is refused before a process listens where others can reach it: settings that are right on one's own machine and nowhere else."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping

from api.settings import BadSetting, Settings

PLAIN = "SHEZU_PLAIN_HTTP"


def check(settings: Settings, host: str, environment: Mapping[str, str] | None = None) -> None:
    """Nothing for an address of this machine alone; else raises BadSetting with everything that has to change first."""
    env = os.environ if environment is None else environment
    if is_local(host):
        return
    wrong = list(_unsafe(settings, env.get(PLAIN) or ""))
    if wrong:
        numbered = "\n".join(f"  {number}. {one}" for number, one in enumerate(wrong, 1))
        raise BadSetting(f"{host} 不只本机能访问，下面的设置先要改好（只在本机试用请用 127.0.0.1）：\n{numbered}")


def is_local(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unsafe(settings: Settings, plain: str) -> Iterator[str]:
    if not settings.public_url.startswith("https://") and plain != "allow":
        yield (
            f"没有 HTTPS：请在前面放 nginx 等代理，把 SHEZU_PUBLIC_URL 设成对外的 https:// 网址；"
            f"内网确实不加密的，设 {PLAIN}=allow 表示知道登录和咨询内容会明文传输"
        )
    if settings.rate_per_minute == 0:
        yield "SHEZU_RATE_PER_MINUTE=0 关掉了限流，一个人就能占满服务，请设成 60 左右"
    if settings.today is not None:
        yield f"SHEZU_TODAY={settings.today} 把“今天”定死了，只用于演示；对外服务会按错误的日期选版本，请去掉"
