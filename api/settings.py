"""Settings: read once at start from SHEZU_… environment variables into one frozen object."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from api.secret_files import BadSecret, with_secrets
from index.embed import DEFAULT, Choice, choice_from
from index.errors import NoEmbedder

ORIGIN = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+")
SERVER = re.compile(r"https?://(?:[^\s/@]+@)?[A-Za-z0-9.\[\]:-]+")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?::\d{1,5})?")

# Working days that an item on the worklist may take, by where it came from; 15 for a 差评 is the rule of 政务服务“好差评”.
LIMITS = {"unanswered": 15, "low": 15, "withheld": 15, "corrected": 15, "handed": 5}


class BadSetting(Exception):
    """A setting cannot be used; the message names the variable, its value and what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process needs to know at start.

    `cors` holds the origins whose pages may call the API (none by default), `embed` those that may frame the widget;
    `public_url` the address under which readers reach this
    office (else that of each request), `log` where request lines go: stderr, off, or a file.
    `fetch_hosts` are hosts whose official texts may be downloaded besides the national ones, `fetch_proxy` the way out to them.
    The console locks after `idle_minutes` without work; what people asked is deleted after `keep_days`;
    a process that is stopped says so for `drain` seconds before it takes no more; only `proxies` are believed about who asks;
    `limits` holds the working days that an item on the worklist may take.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8000
    region: str = ""
    office: Path | None = None
    database: str = ""
    rate_per_minute: int = 60
    today: date | None = None
    cors: tuple[str, ...] = ()
    embed: tuple[str, ...] = ()
    public_url: str = ""
    log: str = "stderr"
    model_url: str = ""
    model_name: str = ""
    model_key: str = field(default="", repr=False)
    model_timeout: int = 30
    embedder: Choice = DEFAULT
    reranker: str = ""
    chroma_url: str = ""
    milvus_url: str = field(default="", repr=False)
    idle_minutes: int = 20
    keep_days: int = 60
    limits: Mapping[str, int] = field(default_factory=lambda: dict(LIMITS), hash=False)
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = field(default="", repr=False)
    oidc_called: str = "统一身份认证"
    release_trust: Path | None = None
    drain: int = 0
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    fetch_hosts: tuple[str, ...] = ()
    fetch_proxy: str = field(default="", repr=False)

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address; SQLite under the home by default."""
        return self.database or f"sqlite:///{self.home / 'shezu.sqlite'}"

    @property
    def vector_server(self) -> str:
        """Where vectors are asked for, as index.served reads it; "" for those of the release itself."""
        return f"milvus:{self.milvus_url}" if self.milvus_url else self.chroma_url

    @property
    def base_url(self) -> str:
        """Where this office is reached, as far as the settings tell."""
        return self.public_url or f"http://{self.host}:{self.port}"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises BadSetting."""
    try:
        env = with_secrets(os.environ if environment is None else environment)
    except BadSecret as problem:
        raise BadSetting(str(problem)) from problem
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
        cors=_origins(env, "SHEZU_CORS"),
        embed=_origins(env, "SHEZU_EMBED_ORIGINS"),
        public_url=_origin("SHEZU_PUBLIC_URL", url.rstrip("/")) if (url := env.get("SHEZU_PUBLIC_URL") or "") else "",
        log=env.get("SHEZU_LOG") or "stderr",
        model_url=_model_url(env),
        model_name=env.get("SHEZU_MODEL_NAME") or "",
        model_key=env.get("SHEZU_MODEL_KEY") or "",
        model_timeout=_number(env, "SHEZU_MODEL_TIMEOUT", 30, 1, 600),
        embedder=_embedder(env),
        reranker=(env.get("SHEZU_RERANKER") or "").strip(),
        chroma_url=_chroma_url(env),
        milvus_url=_milvus_url(env),
        idle_minutes=_number(env, "SHEZU_IDLE_MINUTES", 20, 1, 480),
        keep_days=_number(env, "SHEZU_KEEP_DAYS", 60, 1, 3650),
        limits=_limits(env),
        oidc_issuer=_issuer(env),
        oidc_client=env.get("SHEZU_OIDC_CLIENT_ID") or "",
        oidc_secret=env.get("SHEZU_OIDC_CLIENT_SECRET") or "",
        oidc_called=env.get("SHEZU_OIDC_NAME") or "统一身份认证",
        drain=_number(env, "SHEZU_DRAIN", 0, 0, 600),
        proxies=_proxies(env),
        release_trust=Path(trust) if (trust := env.get("SHEZU_RELEASE_TRUST")) else None,
        fetch_hosts=tuple(_host(part.strip().lower()) for part in (env.get("SHEZU_FETCH_HOSTS") or "").split(",") if part.strip()),
        fetch_proxy=_proxy(env.get("SHEZU_FETCH_PROXY") or ""),
    )


def default_home() -> Path:
    """var/ beside the source tree when run from a checkout, else ./var."""
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / "var"


def _origins(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(_origin(name, part.strip()) for part in (env.get(name) or "").split(",") if part.strip())


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    raw = env.get(name)
    if not raw:
        return default
    if not raw.isdigit() or not least <= int(raw) <= most:
        raise BadSetting(f"{name}“{raw}”应是 {least} 到 {most} 之间的整数")
    return int(raw)


def _proxies(env: Mapping[str, str]) -> tuple[str, ...]:
    """Whose X-Forwarded-For is believed: a proxy's address or network. Anybody else could give himself any address, and any rate."""
    named = tuple(part.strip() for part in (env.get("SHEZU_PROXIES") or "127.0.0.1,::1").split(",") if part.strip())
    for one in named:
        try:
            ipaddress.ip_network(one)
        except ValueError as error:
            raise BadSetting(f"SHEZU_PROXIES 里的“{one}”不是地址或网段，请写成 10.0.0.5 或 172.18.0.0/16 这样，多个用逗号隔开") from error
    return named


def _origin(name: str, text: str) -> str:
    if not ORIGIN.fullmatch(text):
        raise BadSetting(f"{name}“{text}”不是网址来源，请写成 https://www.example.gov.cn 这样（不带路径，不能用 *），多个用逗号隔开")
    return text


def _host(text: str) -> str:
    if not HOST.fullmatch(text):
        raise BadSetting(f"SHEZU_FETCH_HOSTS 里的“{text}”不是网站名，请写成 mzj.example.gov.cn 这样（不带 https://、路径和 *），多个用逗号隔开")
    return text


def _chroma_url(env: Mapping[str, str]) -> str:
    url = (env.get("SHEZU_CHROMA_URL") or "").rstrip("/")
    if url and not ORIGIN.fullmatch(url):
        raise BadSetting("SHEZU_CHROMA_URL 不是可用的网址，请写成 http://向量库:8000 这样（不带路径、用户名和密码）")
    return url


def _milvus_url(env: Mapping[str, str]) -> str:
    url = (env.get("SHEZU_MILVUS_URL") or "").rstrip("/")
    if url and env.get("SHEZU_CHROMA_URL"):
        raise BadSetting("SHEZU_MILVUS_URL 和 SHEZU_CHROMA_URL 只能设一个，请去掉不用的那个")
    if url and not url.endswith(".db") and not SERVER.fullmatch(url):
        raise BadSetting("SHEZU_MILVUS_URL 不是可用的地址，请写成 http://用户:口令@主机:19530，或 milvus-lite 的文件 /var/lib/shezu/vectors.db")
    return url


def _embedder(env: Mapping[str, str]) -> Choice:
    try:
        return choice_from(env)
    except NoEmbedder as error:
        raise BadSetting(str(error)) from error


def _limits(env: Mapping[str, str]) -> dict[str, int]:
    found = dict(LIMITS)
    for part in filter(None, (part.strip() for part in (env.get("SHEZU_LIMIT_DAYS") or "").split(","))):
        name, _, days = part.partition("=")
        if name not in LIMITS or not days.isascii() or not days.isdigit() or not 1 <= int(days) <= 250:
            raise BadSetting(f"SHEZU_LIMIT_DAYS“{part}”要写成 low=15,handed=5 这样，可用 {'、'.join(LIMITS)}，1 到 250 个工作日")
        found[name] = int(days)
    return found


def _issuer(env: Mapping[str, str]) -> str:
    """The identity provider's issuer, exactly as it names itself, "" where there is none; only a local one may do without TLS."""
    url = env.get("SHEZU_OIDC_ISSUER") or ""
    if url and not re.fullmatch(r"(?:https://[A-Za-z0-9.\[\]:-]+|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?)(?:/[\w./~-]*)?", url):
        raise BadSetting(f"SHEZU_OIDC_ISSUER“{url}”要写成提供方元数据里的 issuer，以 https:// 开头")
    if url and not env.get("SHEZU_OIDC_CLIENT_ID"):
        raise BadSetting("设置了 SHEZU_OIDC_ISSUER，还要用 SHEZU_OIDC_CLIENT_ID 写明在提供方登记的客户端编号")
    return url


def _proxy(url: str) -> str:
    if url and not re.fullmatch(r"https?://(?:[^@/\s]+@)?[A-Za-z0-9.\[\]:-]+/?", url):
        raise BadSetting("SHEZU_FETCH_PROXY 不是代理服务器的网址，请写成 http://10.0.0.1:3128 这样（要密码的写成 http://用户名:密码@地址:端口）")
    return url


def _model_url(env: Mapping[str, str]) -> str:
    """The base URL of the office's language model, "" where it has none; a user and password in it would end up in logs."""
    url = (env.get("SHEZU_MODEL_URL") or "").rstrip("/")
    if url and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(?:/[\w./~-]*)?", url):
        raise BadSetting("SHEZU_MODEL_URL 不是可用的网址，请写成 https://模型服务/v1 这样（不带用户名和密码，密钥写在 SHEZU_MODEL_KEY）")
    if url and not env.get("SHEZU_MODEL_NAME"):
        raise BadSetting("设置了 SHEZU_MODEL_URL，还要用 SHEZU_MODEL_NAME 写明模型名，例如 deepseek-chat 或 qwen3-32b")
    return url
