"""Settings: read once at start from SHEZU_… environment variables into one frozen object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path


class BadSetting(Exception):
    """A setting cannot be used; the message names the variable, its value and what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process needs to know at start."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8000
    region: str = ""
    office: Path | None = None
    database: str = ""
    rate_per_minute: int = 60
    today: date | None = None

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address; SQLite under the home by default."""
        return self.database or f"sqlite:///{self.home / 'shezu.sqlite'}"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises BadSetting."""
    env = os.environ if environment is None else environment
    home = Path(env.get("SHEZU_HOME") or default_home())
    office = env.get("SHEZU_OFFICE")
    today = env.get("SHEZU_TODAY")
    try:
        day = date.fromisoformat(today) if today else None
    except ValueError as error:
        raise BadSetting(f"SHEZU_TODAY“{today}”不是日期，请写成 2026-11-23 这样") from error
    return Settings(
        home=home,
        host=env.get("SHEZU_HOST") or "127.0.0.1",
        port=_number(env, "SHEZU_PORT", 8000, 1, 65535),
        region=env.get("SHEZU_REGION") or "",
        office=Path(office) if office else None,
        database=env.get("SHEZU_DATABASE") or "",
        rate_per_minute=_number(env, "SHEZU_RATE_PER_MINUTE", 60, 0, 1_000_000),
        today=day,
    )


def default_home() -> Path:
    """var/ beside the source tree when run from a checkout, else ./var."""
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / "var"


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    raw = env.get(name)
    if not raw:
        return default
    if not raw.isdigit() or not least <= int(raw) <= most:
        raise BadSetting(f"{name}“{raw}”应是 {least} 到 {most} 之间的整数")
    return int(raw)
