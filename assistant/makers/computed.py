"""Worked sums: a share or a multiple that the law sets, applied to the number in the question, with the working shown."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

from assistant.makers.points import Scored
from corpus.numerals import Quantity, quantities

ASKS_SUM = re.compile(r"几票|几人|几个|几名|多少(人|票|名|个|钱|元|万)?|最少|至少|最多|最低|最高|上限|区间|够不够|能不能|还差")
LEAST = re.compile(r"至少|最少|最低|不少于|以上|出席|通过|同意|才能|不低于|要到")
MOST = re.compile(r"最多|不超过|不能超过|上限|最高|占|以下|不得超过|不高于")
COUNTED = ("个",)
MONEY = ("元",)


def workings(question: str, scored: Sequence[Scored]) -> list[tuple[str, Scored]]:
    """(sentence with its working, the statement it rests on) for the best statements that set a share or a multiple."""
    if not ASKS_SUM.search(question):
        return []
    given = [q for q in quantities(question) if q.unit in (*COUNTED, *MONEY) and q.value > 1]
    if not given:
        return []
    found: list[tuple[str, Scored]] = []
    for statement in scored[:3]:
        sums = [text for number in given[:2] for text in _sums(number, question, statement)]
        if sums:
            found.append(("；".join(dict.fromkeys(sums)) + "。", statement))
            break
    return found


def _sums(number: Quantity, question: str, statement: Scored) -> list[str]:
    shown = question[number.start : number.end].strip()
    texts = []
    for share in quantities(statement.say):
        written = statement.say[share.start : share.end].strip()
        if share.unit == "比例" and share.value < 1:
            texts.append(f"按{shown}算：{_plain(number.value)} × {written} = {_share(number, share, statement.say)}")
        elif share.unit == "倍" and number.unit in MONEY:
            texts.append(f"按{shown}算：{_plain(number.value)} 元 × {written} = {_money(number.value * share.value)}")
    return texts


def _share(number: Quantity, share: Quantity, say: str) -> str:
    exact = number.value * share.value
    if number.unit in MONEY:
        return _money(exact)
    around = say[max(0, share.start - 12) : share.end + 12]
    half = share.value == Fraction(1, 2) and re.search(r"过半|超过", around)
    if half:
        return f"{_plain(exact)}，过半数是 {math.floor(exact) + 1}"
    if MOST.search(around) and not LEAST.search(around):
        return f"{_plain(exact)}，最多 {math.floor(exact)}"
    return f"{_plain(exact)}，至少 {math.ceil(exact)}"


def _money(value: Fraction) -> str:
    return f"{_plain(value / 10000)} 万元" if value >= 10000 else f"{_plain(value)} 元"


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0").rstrip(".")
