"""Which of two opposite cases a text speaks of: with or without the right to raise funds in public, nationwide or local, this type or that."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.slots import named

PUBLIC = r"(?:公募|公开募捐)"
WITHOUT = re.compile(
    rf"非公募|(?:没有?|无|未|不具备?有?|还没有?|尚未)[^，。；,有]{{0,6}}{PUBLIC}(?:资格|权)?|{PUBLIC}资格[^，。；,]{{0,3}}(?:没有|没拿到|还没|没批)|不[能可得]以?(?:面?向社会)?公开募捐|不可以向公众募捐"
)
WITH = re.compile(rf"{PUBLIC}(?:资格|基金会|社团|社会团体|社会组织|组织|的)|可以向公众募捐")
NATIONAL = re.compile(r"全国|国家级|民政部登记|在民政部")
LOCAL = re.compile(r"地方|跨行政区域|[省市县镇乡村](?:里|内|级|本级|一级|的|搞|办|民政|协会)|[我本]们?[省市县区镇乡村]|区级|区里|街道")
NATIONAL_RULE = re.compile(r"全国性")
LOCAL_RULE = re.compile(r"地方性|跨行政区域")
LONGEST_CASE = 30
TYPES = ("社会团体", "民办非企业单位", "基金会")


@lru_cache(maxsize=4096)
def fundraising(text: str) -> str:
    """ "有" or "没有" where a text speaks of those with, or without, the right to raise funds in public; "" where of both or neither."""
    without = bool(WITHOUT.search(text))
    held = bool(WITH.search(WITHOUT.sub("", text)))
    return "" if without == held else "没有" if without else "有"


@lru_cache(maxsize=4096)
def level(text: str, national: re.Pattern[str] = NATIONAL, local: re.Pattern[str] = LOCAL) -> str:
    """ "全国性" or "地方性" where a text names one of the two; "" otherwise."""
    here, everywhere = bool(local.search(text)), bool(national.search(text))
    return "" if here == everywhere else "全国性" if everywhere else "地方性"


def rule_level(say: str) -> str:
    """The level that a statement is for, where it is for one."""
    return level(say, NATIONAL_RULE, LOCAL_RULE)


@lru_cache(maxsize=4096)
def _types(text: str) -> frozenset[str]:
    return frozenset(kind for kind in named("types", text, text) if kind in TYPES)


def clashes(question: str, say: str) -> bool:
    """Whether a statement is for the opposite case of the question's."""
    pairs = ((fundraising(question), fundraising(say)), (level(question), rule_level(say)))
    if any(asked and said and asked != said for asked, said in pairs):
        return True
    asked, said = _types(question), _types(say)
    return bool(asked and said) and not asked & said


def names_type(question: str, say: str) -> bool:
    """Whether a statement names the organisation type that the question names."""
    return bool(_types(question) & _types(say))


def case_of(question: str, say: str) -> str:
    """The case that a statement is for (有公开募捐资格的基金会：), where the question leaves it open; "" otherwise."""
    head = re.split(r"[，,]", say)[0]
    opened = fundraising(head) and not fundraising(question)
    return f"{head}：" if opened and len(head) <= LONGEST_CASE else ""
