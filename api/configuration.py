"""The settings as an office reads them: `shezu settings` tells what is set here, docs/configuration.md what can be set."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.secret_files import SECRETS
from api.settings import Settings
from api.speech import OK, complain, say

PAGE = "docs/configuration.md"


@dataclass(frozen=True, slots=True)
class Row:
    """One variable: its name, the field of Settings that it fills ("" for those of other parts), its default in words, what it means."""

    name: str
    field: str
    default: str
    meaning: str


GROUPS: Mapping[str, tuple[Row, ...]] = {
    "地点与网络": (
        Row("SHEZU_HOME", "", "`var/`", "数据文件夹：导入的原文、发布、SQLite 数据库都在里面"),
        Row("SHEZU_HOST", "host", "", "监听地址。不是本机地址时，启动前会检查下面几项安全设置"),
        Row("SHEZU_PORT", "port", "", "监听端口"),
        Row("SHEZU_PUBLIC_URL", "public_url", "按请求的地址", "读者访问的网址，如 `https://shezu.example.gov.cn`；引用链接和单点登录用它"),
        Row("SHEZU_PLAIN_HTTP", "", "不允许", "设成 `allow` 表示知道没有 HTTPS 时登录和咨询内容会明文传输"),
        Row("SHEZU_PROXIES", "proxies", "", "前置代理的地址或网段，逗号隔开；只信它们写的 X-Forwarded-For，限流按真实地址算"),
        Row("SHEZU_CORS", "cors", "都不允许", "哪些网站的网页可以调用接口，逗号隔开"),
        Row("SHEZU_EMBED_ORIGINS", "embed", "都不允许", "哪些网站可以嵌入问答窗口，逗号隔开"),
        Row("SHEZU_DRAIN", "drain", "", "停止前先报“未就绪”几秒，让代理不再发新请求；用代理时设 5"),
    ),
    "登记机关": (
        Row("SHEZU_REGION", "region", "全国", "本机关所在地区，如 `浙江省宁波市`：默认适用哪里的地方规定"),
        Row("SHEZU_OFFICE", "office", "无", "本机关资料文件（名称、地址、电话、承诺时限）"),
        Row("SHEZU_TODAY", "today", "当天", "把“今天”定在某日，只用于演示和测试；对外服务会拒绝启动"),
    ),
    "数据": (
        Row("SHEZU_DATABASE", "database", "数据文件夹里的 SQLite", "数据库网址（SQLAlchemy），如 `postgresql+psycopg://shezu:口令@主机/shezu`"),
        Row("SHEZU_KEEP_DAYS", "keep_days", "", "咨询内容保存几天，到期自动删除"),
        Row("SHEZU_LOG", "log", "", "请求日志写到哪里：`stderr`、`off` 或文件；日志里没有问题和回答的内容"),
        Row("SHEZU_RATE_PER_MINUTE", "rate_per_minute", "", "每个地址每分钟可问几次，0 为不限（只许本机）"),
        Row("SHEZU_RELEASE_TRUST", "release_trust", "无", "可信的发布签名公钥文件，或放公钥（`*.pub.pem`）的文件夹"),
        Row("SHEZU_FETCH_HOSTS", "fetch_hosts", "只有内置的官方网站", "另外允许下载原文的网站，逗号隔开"),
        Row("SHEZU_FETCH_PROXY", "fetch_proxy", "直连", "下载原文用的代理"),
    ),
    "语言模型与向量": (
        Row("SHEZU_MODEL_URL", "model_url", "不用模型", "OpenAI 兼容接口的网址，如 `http://10.0.0.8:8000/v1`"),
        Row("SHEZU_MODEL_NAME", "model_name", "", "模型名，设了网址就必须写"),
        Row("SHEZU_MODEL_KEY", "model_key", "无", "模型接口的密钥"),
        Row("SHEZU_MODEL_TIMEOUT", "model_timeout", "", "模型几秒不出字就改用模板回答"),
        Row("SHEZU_EMBEDDER", "", "`e5`", "句向量：`e5`（自带）、`none`（只用关键词）、`st:文件夹`、`openai`"),
        Row("SHEZU_EMBEDDER_URL", "", "无", "`openai` 向量服务的网址"),
        Row("SHEZU_EMBEDDER_NAME", "", "无", "向量模型名"),
        Row("SHEZU_EMBEDDER_KEY", "", "无", "向量服务的密钥"),
        Row("SHEZU_EMBEDDER_QUESTION_PREFIX", "", "无", "向量模型要求的问题前缀"),
        Row("SHEZU_EMBEDDER_PASSAGE_PREFIX", "", "无", "向量模型要求的文段前缀"),
        Row("SHEZU_RERANKER", "reranker", "不用", "重排模型（CrossEncoder）的文件夹或名字，重排检索的前 20 条；要装 `shezu[sbert]`"),
        Row("SHEZU_CHROMA_URL", "chroma_url", "内嵌", "Chroma 服务的网址，多台机器时用"),
        Row(
            "SHEZU_MILVUS_URL",
            "milvus_url",
            "内嵌",
            "Milvus（装 `shezu[milvus]`）：`http://用户:口令@主机:19530`，或 milvus-lite 的文件 `….db`，后者只许一个进程",
        ),
    ),
    "工作台": (
        Row("SHEZU_IDLE_MINUTES", "idle_minutes", "", "工作人员几分钟不操作就要重新登录"),
        Row("SHEZU_LIMIT_DAYS", "limits", "", "待办几个工作日内办结，如 `low=15,handed=5`"),
        Row("SHEZU_OIDC_ISSUER", "oidc_issuer", "不用", "统一身份认证（OIDC）的签发者网址"),
        Row("SHEZU_OIDC_CLIENT_ID", "oidc_client", "", "在统一身份认证登记的客户端编号"),
        Row("SHEZU_OIDC_CLIENT_SECRET", "oidc_secret", "无", "客户端密钥"),
        Row("SHEZU_OIDC_NAME", "oidc_called", "", "登录按钮上怎么称呼它"),
    ),
    "微信": (
        Row("SHEZU_WECHAT_APPID", "", "不用", "小程序编号"),
        Row("SHEZU_WECHAT_SECRET", "", "不用", "小程序密钥"),
        Row("SHEZU_WECHAT_TOKEN", "", "不用", "小程序消息推送的令牌"),
        Row("SHEZU_WECHAT_AES_KEY", "", "不用", "小程序消息推送的加密密钥"),
        Row("SHEZU_WECHAT_STATE", "", "`formal`", "订阅消息打开哪个版本：`formal`、`trial`、`developer`"),
        Row("SHEZU_WECHAT_CHECK_DOWN", "", "`refuse`", "内容安全接口不通时：`refuse` 拒答，`pass` 放行"),
        Row("SHEZU_WECHAT_TIMEOUT", "", "3", "等微信接口几秒"),
        Row("SHEZU_WECHAT_PLATFORM", "", "微信官方", "微信接口的网址，经内部网关时改"),
        Row("SHEZU_WECHAT_TEMPLATE", "", "不发", "订阅消息模板编号"),
        Row("SHEZU_WECHAT_TEMPLATE_FIELDS", "", "", "模板字段对应，如 `question=thing1,time=time2,note=thing3`"),
        Row("SHEZU_OFFICIAL_APPID", "", "不用", "公众号编号"),
        Row("SHEZU_OFFICIAL_SECRET", "", "不用", "公众号密钥"),
        Row("SHEZU_OFFICIAL_TOKEN", "", "不用", "公众号消息推送的令牌"),
        Row("SHEZU_OFFICIAL_AES_KEY", "", "不用", "公众号消息推送的加密密钥"),
        Row("SHEZU_WECOM_TOKEN", "", "不用", "企业微信机器人回调的令牌"),
        Row("SHEZU_WECOM_AES_KEY", "", "不用", "企业微信机器人回调的加密密钥"),
        Row("SHEZU_WECOM_WEBHOOK", "", "不用", "企业微信群机器人的完整网址，里面有密钥"),
        Row("SHEZU_WECOM_STAFF", "", "无", "可以用机器人答复的成员，逗号隔开"),
    ),
}
ROWS = tuple(row for rows in GROUPS.values() for row in rows)


def page(settings: Settings) -> str:
    """docs/configuration.md; `settings` are the defaults."""
    parts = [
        "# 设置",
        "",
        f"由 `shezu settings --markdown > {PAGE}` 生成，测试核对它是最新的。",
        "",
        "全部设置都是环境变量，启动时读一次，写错了会拒绝启动并说明哪一项、什么值、怎么改。标 🔑 的是密钥：除了变量本身，",
        "还可以在 `变量名_FILE` 里写一个文件路径，程序读那个文件（Docker secrets、systemd credentials），两个只能设一个。",
        "查看当前实际取值（密钥不显示）：`shezu settings`。",
    ]
    for group, rows in GROUPS.items():
        parts += ["", f"## {group}", "", "| 变量 | 默认 | 含义 |", "|---|---|---|"]
        for row in rows:
            parts.append(f"| `{row.name}`{' 🔑' if row.name in SECRETS else ''} | {row.default or _shown(settings, row.field)} | {row.meaning} |")
    return "\n".join(parts) + "\n"


def _shown(settings: Settings, field: str) -> str:
    value = getattr(settings, field) if field else ""
    if isinstance(value, Mapping):
        value = [f"{key}={one}" for key, one in value.items()]
    text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return f"`{text}`" if text else "无"


def add_parsers(commands: Any) -> None:
    """The settings command."""
    told = commands.add_parser("settings", help="查看当前设置，和环境里不认识的 SHEZU_ 变量")
    told.add_argument("--markdown", action="store_true", help="输出设置说明页")
    told.set_defaults(run=run_settings)


def run_settings(args: argparse.Namespace, settings: Settings) -> int:
    """Tell what is set; a name that nobody reads is most likely mistyped."""
    if args.markdown:
        say(page(Settings(home=settings.home)).rstrip("\n"))
        return OK
    for group, rows in GROUPS.items():
        say(f"{group}")
        for row in rows:
            say(f"  {row.name} = {_now(row, settings)}")
    known = {row.name for row in ROWS} | {f"{name}_FILE" for name in SECRETS}
    for name in sorted(name for name in os.environ if name.startswith("SHEZU_") and name not in known):
        complain(f"注意：没有 {name} 这项设置，它不起作用，请检查拼写")
    return OK


def _now(row: Row, settings: Settings) -> str:
    if row.name in SECRETS:
        given = "（已设置，不显示）" if os.environ.get(row.name) else "（已从文件读取，不显示）" if os.environ.get(f"{row.name}_FILE") else ""
        return given or f"默认：{row.default or '无'}"
    if os.environ.get(row.name):
        return os.environ[row.name]
    return f"默认：{row.default or _shown(settings, row.field)}"
