"""Mistyped and pinyin-typed domain words set right by sound. The only module that names pypinyin.

A piece of the question is replaced by a domain term that sounds the same, shares a character with it, and stands for a word that
occurs nowhere in the corpus: 登计 → 登记, 才料 → 材料; 年间 stays, since laws use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from assistant.wording import words
from index.tokens import synonyms

LONGEST = 8
COVERED = 0.6
COMMON = "怎么 什么 多少 多久 材料 流程 条件 需要 登记 申请 成立 办理 手续 时间 资金 会员 理事 期限 哪里 哪些 可以 要求"
SHORT = "提交 备案 印章 变更 注销 证书 名称 章程 年检 换届 评估 募捐 捐赠 处罚 复议 要 吗 的 交 在 办 几 钱 人 去 能 怎样 如何 机构 单位 组织"


@lru_cache(maxsize=1)
def terms() -> dict[tuple[str, ...], str]:
    """Domain terms by their syllables, without tones."""
    found: dict[tuple[str, ...], str] = {}
    names = [str(n) for kind in ("types", "matters", "levels") for values in words("slots")[kind].values() for n in values]
    ours = map(str, (*words("scope")["domain"], *words("scope")["shared"]))
    for term in (*COMMON.split(), *SHORT.split(), *names, *ours, *synonyms()):
        if re.fullmatch(r"[\u4e00-\u9fff]{1,8}", term):
            found.setdefault(syllables(term), term)
    return found


@lru_cache(maxsize=1)
def homophones() -> frozenset[str]:
    """Real words that sound like a term."""
    return frozenset(str(word) for term, real in words("homophones").items() for word in real if term != "beside")


def syllables(text: str) -> tuple[str, ...]:
    """One syllable a character, without tones; other characters stand for themselves."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(text, errors=_one_by_one))  # type: ignore[arg-type]  # a list may come back, though the stubs say str


def _one_by_one(run: str) -> list[str]:
    return list(run)


def correct(text: str, known: Callable[[str], bool]) -> str:
    """The text with unknown words that sound like a domain term replaced by it, longest first."""
    sounds = syllables(text)
    if len(sounds) != len(text):
        return text
    written, i = "", 0
    while i < len(text):
        for size in range(min(LONGEST, len(text) - i), 1, -1):
            piece = text[i : i + size]
            term = terms().get(sounds[i : i + size])
            if term and term != piece and set(term) & set(piece) and not known(piece) and not real(piece) and not torn(text, i, term):
                written += term
                i += size
                break
        else:
            written += text[i]
            i += 1
    return written


def real(piece: str) -> bool:
    """Whether a piece is, or holds, a real word that merely sounds like a term."""
    return any(piece[i:j] in homophones() for i in range(len(piece)) for j in range(i + 2, len(piece) + 1))


def torn(text: str, start: int, term: str) -> bool:
    """Whether a term set at a place takes away a character of the word beside it (车辆年检 has no 两年)."""
    end = start + len(term)
    before = start > 0 and text[start] != term[0] and text[start - 1 : start + 1] in whole()
    return before or (text[end - 1] != term[-1] and text[end - 1 : end + 1] in whole())


@lru_cache(maxsize=1)
def whole() -> frozenset[str]:
    """Words of two characters that are not torn apart to mend a term: the terms themselves and everyday ones."""
    from pypinyin.constants import PHRASES_DICT

    everyday = (*PHRASES_DICT, *map(str, words("homophones")["beside"]))
    return frozenset(word for word in (*terms().values(), *everyday) if len(word) == 2)


def from_pinyin(text: str) -> str:
    """A question typed in pinyin as Chinese, where domain terms cover most of its letters; else the text as it came."""
    letters = re.sub(r"[^a-z]", "", text.lower())
    if len(letters) < 4 or re.search(r"[\u4e00-\u9fff]", text):
        return text
    spelled = {"".join(sound): term for sound, term in terms().items()}
    best: list[tuple[int, str]] = [(0, "")] * (len(letters) + 1)
    for end in range(1, len(letters) + 1):
        best[end] = best[end - 1]
        for start in range(max(0, end - 40), end):
            term = spelled.get(letters[start:end])
            if term and len(letters[start:end]) > 1:
                best[end] = max(best[end], (best[start][0] + end - start, best[start][1] + term), key=lambda b: b[0])
    covered, chinese = best[-1]
    return chinese if covered >= len(letters) * COVERED else text


def from_english(text: str) -> str:
    """An English question with the Chinese terms of the words it uses set before it; as it came where none of them is of the field."""
    lowered = text.lower()
    of_the_field, plain = (
        [chinese for english, chinese in words("english")[part].items() if re.search(rf"\b{english}", lowered)] for part in ("field", "plain")
    )
    return f"{''.join(dict.fromkeys([*of_the_field, *plain]))} {text}" if of_the_field else text
