"""screen: empty and overlong questions, hidden characters, personal data masked, orders smuggled in, harmful requests."""

from __future__ import annotations

import re

from assistant.stop import Stop, stop
from assistant.turn import Status, Turn
from assistant.wording import any_match, patterns
from corpus.clean import INVISIBLE

LIMIT = 2000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PERSONAL = (
    (re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"), "〔身份证号〕"),
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "〔邮箱〕"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "〔手机号〕"),
    (re.compile(r"(?<!\d)(?:\d{4}[ -]?){3,4}\d{3,4}(?!\d)"), "〔银行卡号〕"),
    (re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"), "〔电话〕"),
)
INTRODUCED = re.compile(r"(我叫|(?:我|本人)?姓名(?:是|[:：])|名叫)\s*[\u4e00-\u9fff·]{2,4}?(?=[，,、；;\s]*(?:身份证|手机|电话|邮箱|账号|卡号|住址|〔))")

PLACEHOLDER = re.compile(r"〔(?:身份证号|邮箱|手机号|银行卡号|电话|姓名)〕")
PASTED = re.compile(r"(?:【[^】\n]{1,8}】|(?:文章|资料|材料|文档)[:：]).*?\n\s*(?:问题|提问|请问)[:：](?P<asked>.+)$", re.DOTALL)
KEPT_BY = (
    r"(?:我叫|名叫|(?:我|本人)?姓名|身份证(?:号码?)?|(?:手机|联系|办公)?电话(?:号码?)?|手机(?:号码?)?|邮箱(?:地址)?|e-?mail|微信号?|(?:银行)?(?:账|帐|卡)号"
    r"|银行卡号?|联系方式|号码)"
)
PERSONAL_CLAUSE = re.compile(rf"(?:{KEPT_BY}(?:是|为|叫|留的是|[:：])?\s*)?{PLACEHOLDER.pattern}(?:的?{KEPT_BY})?", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with identity, bank-card and telephone numbers and e-mail addresses replaced by what they are."""
    for pattern, name in PERSONAL:
        text = pattern.sub(name, text)
    return INTRODUCED.sub(r"\1〔姓名〕", text)


def stage(turn: Turn) -> Turn | Stop:
    """Clean the question or end the run: too long, empty, harmful."""
    cleaned = CONTROL.sub("", INVISIBLE.sub("", turn.question)).strip()
    if len(cleaned) > LIMIT:
        return stop(Status.REFUSED_TOO_LONG, "超长", length=len(cleaned), limit=LIMIT)
    masked = mask(cleaned)
    impersonal = PERSONAL_CLAUSE.sub(" ", masked)
    pasted = PASTED.search(impersonal)
    asked = pasted["asked"] if pasted else impersonal  # a text brought along is no source: only what is asked about it counts
    for pattern in patterns("harm", "injection"):
        asked = pattern.sub(" ", asked)
    smuggled = asked != impersonal
    if not re.search(r"\w", asked):
        return stop(Status.REFUSED_SCOPE, "只有指令没有问题") if smuggled else stop(Status.REFUSED_EMPTY, "空")
    if any_match("harm", "always", asked) or (any_match("harm", "patterns", asked) and not any_match("harm", "unless", asked)):
        return stop(Status.REFUSED_HARM, "请求造假或规避监管")
    notes = {**turn.notes, "screen": "遮盖个人信息" if masked != cleaned else "", "smuggled": smuggled}
    return turn.having(question=masked, asked=asked.strip(), history=tuple(mask(q) for q in turn.history), notes=notes)
