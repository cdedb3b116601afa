"""The words of one sum: the working, and what follows from it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

from assistant.makers.cases import rule_level
from assistant.makers.given import Number, money, plain
from assistant.makers.terms import CEILING, FLOOR, SHARE, TIMES, Term, subject
from assistant.wording import words
from corpus.numerals import quantities

WORDLESS = re.compile(r"^[^\u4e00-\u9fff]+|[零一二三四五六七八九十百两\s]")
LEAST = re.compile(r"不能低于|不能少于|至少|最少|最低|不少于|不低于|不得低于|达到")
BOUND = re.compile(LEAST.pattern + r"|最多|不超过|不能超过|上限|最高|不得超过|不高于")
MOST = re.compile(r"最多|不超过|不能超过|上限|最高|占|以下|不得超过|不高于|部分")
COUNTED_IN = re.compile(r"[几多]少?([票人名位家])")
DAILY = re.compile(r"每日|每天|按日")
MONEY, AGE = "元", "岁"
DEDUCTED = frozenset({"profit", "taxable"})


def worked(question: str, term: Term, number: Number, given: Sequence[Number], say: str) -> str:
    """The sentence for a figure of a statement and the number that it is about; "" where nothing follows."""
    if term.kind == TIMES:
        return f"{money(number.value)} × {term.number.written} = {money(number.value * term.number.value)}" if not number.bound else ""
    if term.kind == SHARE:
        return _of_money(question, term, number, given, say) if number.unit == MONEY else _of_people(question, term, number, given, say)
    return _compared(term, number, say)


def _of_people(question: str, term: Term, number: Number, given: Sequence[Number], say: str) -> str:
    asked = COUNTED_IN.search(question)
    measure = asked[1] if asked else WORDLESS.sub("", number.written) or "个"
    share, exact = term.number, number.value * term.number.value
    working = f"{plain(number.value)} × {share.written} = {plain(exact)}"
    around = say[max(0, share.start - 12) : share.end + 12]
    if not MOST.search(around) or LEAST.search(around):
        return f"{working}，至少 {math.floor(exact) + 1 if term.majority else math.ceil(exact)} {measure}"
    most = math.floor(exact)
    part = _number_of(subject(term, say), number, given)
    if part is None or part.bound:
        return f"{working}，最多 {most} {measure}"
    verdict = "没有超过" if part.value <= most else f"超过了，多 {plain(part.value - most)} 人"
    return f"{working}，最多 {most} {measure}；{plain(part.value)} 人{verdict}"


def _number_of(groups: frozenset[str], besides: Number, given: Sequence[Number]) -> Number | None:
    return next((n for n in given if n is not besides and n.unit == besides.unit and n.groups & groups), None)


def _of_money(question: str, term: Term, number: Number, given: Sequence[Number], say: str) -> str:
    exact = number.value * term.number.value
    shown = f"{number.written} = {money(number.value)}；" if "÷" in number.written or "+" in number.written else ""
    working = f"{shown}{money(number.value)} × {term.number.written} = {money(exact)}"
    days = next((q.value for q in quantities(question) if q.unit == "日"), None)
    if DAILY.search(say) and days:
        capped = exact * days > number.value and re.search(r"(不能|不得|不)超过", say)
        return f"{working}一天，{plain(days)} 天共 {money(exact * days)}" + (f"，但总额不超过 {money(number.value)}" if capped else "")
    if number.groups & DEDUCTED:
        return working + _deducted(exact, _number_of(frozenset({"gift"}), number, given))
    bounds = BOUND.findall(re.split(r"[，；。]", say[: term.number.start])[-1])
    if not bounds:
        return working
    least = bool(LEAST.search(bounds[-1]))
    limited = subject(term, say)
    text = f"{working}，{'至少' if least else '最多'}这么多"
    if part := _number_of(limited, number, given):
        return text + _verdict(least, exact, part)
    return text + (_rest(number.value - exact, number, limited, given) if least else "")


def _deducted(exact: Fraction, gift: Number | None) -> str:
    if gift is None:
        return f"，最多能扣 {money(exact)}"
    over = gift.value - exact
    return f"；捐出 {money(gift.value)}，" + (f"超出 {money(over)}，能扣 {money(exact)}" if over > 0 else f"没有超出，可扣 {money(gift.value)}")


def _verdict(least: bool, exact: Fraction, part: Number) -> str:
    """Whether the part of the question meets its limit."""
    left = part.value - exact
    if part.bound:
        return ""
    if least:
        return f"；{money(part.value)}{'达到，够' if left >= 0 else f'不够，还差 {money(-left)}'}"
    return f"；{money(part.value)}{'没有超出' if left <= 0 else f'超出 {money(left)}'}"


def _rest(rest: Fraction, whole: Number, limited: frozenset[str], given: Sequence[Number]) -> str:
    """What a whole of two parts leaves for the one that is not limited, and whether the question's sum for it fits."""
    rows = [frozenset(map(str, parts)) for group, parts in words("sums")["parts"].items() if group in whole.groups]
    others = frozenset().union(*rows) - limited
    if not rows or not limited & rows[0]:
        return ""
    part = _number_of(others, whole, given)
    return f"；其余最多 {money(rest)}" + (_verdict(False, rest, part) if part else "")


def _compared(term: Term, number: Number, say: str) -> str:
    """Whether a number reaches a floor or stays under a ceiling; "" where its bound leaves that open."""
    figure = term.number
    measure = WORDLESS.sub("", figure.written) or "个"
    label = _label(term, say)
    if number.bound:
        return _bounded(term, number, label)

    def show(amount: Fraction) -> str:
        return money(amount) if figure.unit == MONEY else f"{plain(amount)} {measure}"

    shown = f"{number.written} = {show(number.value)}" if "+" in number.written else show(number.value)
    left = figure.value - number.value
    if term.kind == FLOOR:
        return f"{label}不够：{shown}少于 {figure.written}，还差 {show(left)}" if left > 0 else f"{label}够：{shown}已达到 {figure.written}"
    if left < 0:
        return f"{label}超了：{shown}超过 {figure.written}，多出 {show(-left)}"
    return f"{label}没超：{shown}没有超过 {figure.written}" + (f"，离上限还有 {plain(left)} 年" if figure.unit == AGE and left else "")


def _bounded(term: Term, number: Number, label: str) -> str:
    """The verdict on a number known only by its bound: 不到 50 个 cannot reach 50, but may or may not reach 30."""
    figure = term.number
    if number.bound == "under" and figure.value >= number.value:
        return (
            f"{label}不够：不到 {number.written}，达不到 {figure.written}"
            if term.kind == FLOOR
            else f"{label}没超：不到 {number.written}，没有超过 {figure.written}"
        )
    if number.bound == "over" and figure.value <= number.value:
        return (
            f"{label}够：超过 {number.written}，已达到 {figure.written}" if term.kind == FLOOR else f"{label}超了：超过 {number.written}，比 {figure.written}多"
        )
    return ""


def _label(term: Term, say: str) -> str:
    """What a floor or ceiling is for: its level where the statement has one, and the noun that it counts."""
    groups = words("sums")["groups"]
    nouns = [str(names[0]) for group, names in groups.items() if group in term.number.groups and group not in ("attending", "fine")]
    if term.kind == CEILING and len(nouns) != 1:
        nouns = []
    return rule_level(say) + ("和".join(nouns) + ("合计" if len(nouns) > 1 else ""))
