"""API keys of outside programs: stored hashed, with scopes, a rate and a daily quota; and `shezu key add|list|revoke`."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, String, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.limits import Buckets
from api.problems import Problem
from api.settings import Settings
from api.speech import OK, PROBLEMS, out_json, say
from api.store import Base, Store

CHINA = ZoneInfo("Asia/Shanghai")
SCOPES = {"chat": "对话（/v1，OpenAI 格式）", "mcp": "MCP 工具（/mcp）", "retrieval": "检索（/retrieval，Dify 外部知识库）", "metrics": "监控（/metrics）"}
PER_MINUTE, PER_DAY = 60, 5000
TOKEN = re.compile(r"shezu-([0-9a-f]{8})-([0-9A-Za-z_-]{43})")
USES_KEPT = timedelta(days=400)


class ApiKey(Base):
    """One key. The secret is 256 random bits, so that a plain hash of it cannot be turned back by guessing."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    per_minute: Mapped[int]
    per_day: Mapped[int]
    created: Mapped[datetime]
    revoked: Mapped[datetime | None]


class ApiUse(Base):
    """How often a key was used on a day (Chinese time)."""

    __tablename__ = "api_uses"

    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True, slots=True)
class Key:
    """A key as others see it; the secret is shown once, when it is made. `used` counts today's uses; 0 a minute or a day is no limit."""

    id: str
    name: str
    scopes: tuple[str, ...]
    per_minute: int
    per_day: int
    created: datetime
    revoked: datetime | None
    used: int = 0


class Keys:
    """The keys of one office."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC), buckets: Buckets | None = None) -> None:
        self._store, self._clock = store, clock
        self._buckets = buckets or Buckets(PER_MINUTE)

    def add(self, name: str, scopes: Sequence[str], per_minute: int = PER_MINUTE, per_day: int = PER_DAY) -> tuple[Key, str]:
        """A new key and its token, which is not kept. Raises ValueError for an unknown or no scope."""
        if not scopes or set(scopes) - set(SCOPES):
            raise ValueError(f"不认识的用途“{'、'.join(scopes)}”，可用：{'、'.join(SCOPES)}")
        number, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        kept = ApiKey(id=number, name=name, digest=_digest(secret), scopes=sorted(set(scopes)), per_minute=per_minute, per_day=per_day)
        kept.created, kept.revoked = self._clock(), None
        with self._store.begin() as session, session.begin():
            session.add(kept)
        return _key(kept, 0), f"shezu-{number}-{secret}"

    def all(self) -> list[Key]:
        """Every key, oldest first, with today's uses."""
        with self._store.begin() as session:
            uses = {row.key: row.count for row in session.scalars(select(ApiUse).where(ApiUse.day == self._today()))}
            return [_key(row, uses.get(row.id, 0)) for row in session.scalars(select(ApiKey).order_by(ApiKey.created))]

    def revoke(self, number: str) -> bool:
        """Make a key useless from now on; False where there is no such key in use."""
        taken = update(ApiKey).where(ApiKey.id == number, ApiKey.revoked.is_(None)).values(revoked=self._clock())
        with self._store.begin() as session, session.begin():
            return bool(session.connection().execute(taken).rowcount)

    def admit(self, authorization: str, scope: str) -> tuple[Key, dict[str, str]]:
        """The key of an Authorization header, used once more, and the rate-limit headers to answer with.

        Raises Problem 401 for no key, a wrong or a revoked one, 403 for another scope, 429 past its rate or quota.
        """
        key = self._known(authorization)
        if scope not in key.scopes:
            raise Problem(403, f"这个密钥不能用于“{SCOPES[scope]}”，它的用途是：{'、'.join(key.scopes)}")
        take = self._buckets.take(key.id, key.per_minute)
        headers = take.headers()
        if take.wait:
            raise Problem(429, f"这个密钥每分钟最多 {key.per_minute} 次，请 {headers['Retry-After']} 秒后再试", headers=headers)
        if key.per_day and not self._count(key):
            seconds = str(self._until_midnight())
            detail = f"这个密钥今天的 {key.per_day} 次已用完，明天 0 点（北京时间）恢复"
            raise Problem(429, detail, headers=headers | {"Retry-After": seconds, "RateLimit-Remaining": "0", "RateLimit-Reset": seconds})
        return key, headers

    def _known(self, authorization: str) -> Key:
        challenge = {"WWW-Authenticate": 'Bearer realm="shezu"'}
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Problem(401, "缺少密钥：请在 Authorization 头里写 Bearer 加密钥；密钥由管理员用 shezu key add 发放", headers=challenge)
        parts = TOKEN.fullmatch(token.strip())
        with self._store.begin() as session:
            row = session.get(ApiKey, parts[1]) if parts else None
        if parts is None or row is None or row.revoked or not hmac.compare_digest(row.digest, _digest(parts[2])):
            raise Problem(401, "密钥不对或已停用，请向管理员要一个新的", headers=challenge)
        return _key(row, 0)

    def _count(self, key: Key) -> bool:
        """Count one use of today; False where the quota is used up."""
        day = self._today()
        more = update(ApiUse).where(ApiUse.key == key.id, ApiUse.day == day, ApiUse.count < key.per_day).values(count=ApiUse.count + 1)
        while True:
            with self._store.begin() as session, session.begin():
                if session.connection().execute(more).rowcount:
                    return True
                if session.get(ApiUse, (key.id, day)) is not None:
                    return False
            try:
                with self._store.begin() as session, session.begin():
                    session.execute(delete(ApiUse).where(ApiUse.day < (self._clock() - USES_KEPT).date().isoformat()))
                    session.add(ApiUse(key=key.id, day=day, count=1))
                return True
            except IntegrityError:  # another process counted the first use of the day
                continue

    def _today(self) -> str:
        return self._clock().astimezone(CHINA).date().isoformat()

    def _until_midnight(self) -> int:
        now = self._clock().astimezone(CHINA)
        return int(((now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0) - now).total_seconds()) + 1


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: ApiKey, used: int) -> Key:
    return Key(row.id, row.name, tuple(row.scopes), row.per_minute, row.per_day, row.created, row.revoked, used)


def add_parsers(commands: Any) -> None:
    """The key commands."""
    key = commands.add_parser("key", help="外部程序的密钥").add_subparsers(dest="action", required=True, metavar="动作")
    add = key.add_parser("add", help="发一个新密钥（只显示一次）")
    add.add_argument("name", help="给谁用，如 区政务大厅智能体")
    add.add_argument("--scope", action="append", choices=tuple(SCOPES), required=True, help="用途，可重复")
    add.add_argument("--per-minute", type=_count_of, default=PER_MINUTE, help=f"每分钟最多几次，0 为不限（默认 {PER_MINUTE}）")
    add.add_argument("--per-day", type=_count_of, default=PER_DAY, help=f"每天最多几次，0 为不限（默认 {PER_DAY}）")
    add.set_defaults(run=run_add)
    show = key.add_parser("list", help="列出密钥和今天的用量")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=run_list)
    revoke = key.add_parser("revoke", help="停用一个密钥，立即生效")
    revoke.add_argument("id", help="密钥编号（8 位），见 shezu key list")
    revoke.set_defaults(run=run_revoke)


def _count_of(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"“{text}”应是 0 到 999999999 之间的整数")
    return int(text)


def run_add(args: argparse.Namespace, settings: Settings) -> int:
    """Make a key and print its token once."""
    with _opened(settings) as keys:
        key, token = keys.add(args.name[:80], args.scope, args.per_minute, args.per_day)
    say(token)
    say(f"编号 {key.id}，用途 {'、'.join(key.scopes)}。密钥只显示这一次，请现在存好；停用：shezu key revoke {key.id}")
    return OK


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    """Print all keys."""
    with _opened(settings) as keys:
        found = keys.all()
    if args.json:
        out_json([{k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(key).items()} for key in found])
        return OK
    for key in found:
        state = f"已停用（{key.revoked:%Y-%m-%d}）" if key.revoked else "在用"
        say(f"{key.id} {state} {key.name}：{'、'.join(key.scopes)}；每分钟 {key.per_minute or '不限'}，每天 {key.per_day or '不限'}，今天已用 {key.used}")
    if not found:
        say("还没有密钥，发一个：shezu key add 名称 --scope chat")
    return OK


def run_revoke(args: argparse.Namespace, settings: Settings) -> int:
    """Revoke a key."""
    with _opened(settings) as keys:
        done = keys.revoke(args.id)
    say(f"密钥 {args.id} 已停用" if done else f"没有在用的密钥 {args.id}，请用 shezu key list 查看")
    return OK if done else PROBLEMS


@contextmanager
def _opened(settings: Settings) -> Iterator[Keys]:
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    try:
        yield Keys(store)
    finally:
        store.close()
