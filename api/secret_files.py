"""Secrets from files: where NAME_FILE names a file, NAME is what stands in it, as Docker secrets and systemd credentials hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SECRETS: tuple[str, ...] = ("SHEZU_DATABASE", "SHEZU_MODEL_KEY", "SHEZU_EMBEDDER_KEY", "SHEZU_OIDC_CLIENT_SECRET", "SHEZU_FETCH_PROXY", "SHEZU_MILVUS_URL")
SECRETS += ("SHEZU_WECHAT_SECRET", "SHEZU_WECHAT_TOKEN", "SHEZU_WECHAT_AES_KEY", "SHEZU_OFFICIAL_SECRET", "SHEZU_OFFICIAL_TOKEN")
SECRETS += ("SHEZU_OFFICIAL_AES_KEY", "SHEZU_WECOM_TOKEN", "SHEZU_WECOM_AES_KEY", "SHEZU_WECOM_WEBHOOK")


class BadSecret(Exception):
    """A secret cannot be had; the message names the variable and the way out, never the secret."""


def read(env: Mapping[str, str], name: str) -> str:
    """A secret from its variable or its file, "" where neither is set. Raises BadSecret."""
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name) or ""
    if env.get(name):
        raise BadSecret(f"{name} 和 {name}_FILE 只能设一个")
    try:
        found = Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise BadSecret(f"{name}_FILE“{path}”读不出来（{error.strerror}），请检查路径和权限") from error
    except UnicodeDecodeError as error:
        raise BadSecret(f"{name}_FILE“{path}”不是 UTF-8 文字，请检查文件") from error
    if not found:
        raise BadSecret(f"{name}_FILE“{path}”是空的，请把密钥写进去")
    return found


def with_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """The environment with every secret in its variable, wherever it came from. Raises BadSecret."""
    return {**env, **{name: read(env, name) for name in SECRETS if env.get(f"{name}_FILE")}}
