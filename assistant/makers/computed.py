"""Worked sums: what a share, a multiple, a floor or a ceiling of the law makes of the numbers in the question, with the working shown."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from assistant.makers.given import Number, money, named, numbers, plain, spans_named
from assistant.makers.points import Scored
from assistant.makers.terms import CEILING, FLOOR, SHARE, TIMES, Term, bracket, terms
from assistant.wording import words
from corpus.numerals import quantities

ASKS_SUM = re.compile(
    r"几[票人个名位家]|多少|最少|至少|最多|最低|最高|上限|下限|区间|范围|够|差|超|行不行|行吗|可以吗|能不能|能.{0,8}吗|达标|合格|符合|合规|合法吗|还能|怎么算|算一下"
)
COMPARES = re.compile(r"够|差|超|行不行|行吗|可以吗|能不能|能.{0,8}吗|达标|合格|符合|合规|合法吗|还能|算不算")
LEAST = re.compile(r"不能低于|不能少于|至少|最少|最低|不少于|以上|出席|通过|同意|才能|不低于|不得低于|要到|达到|才有效")
MOST = re.compile(r"最多|不超过|不能超过|上限|最高|占|以下|不得超过|不高于|部分")
WORDLESS = re.compile(r"^[^\u4e00-\u9fff]+|[一二三四五六七八九十百两\s]")
BOUND = re.compile(r"不能低于|不能少于|至少|最少|最低|不少于|不低于|不得低于|达到|最多|不超过|不能超过|上限|最高|不得超过|不高于")
DAILY = re.compile(r"每日|每天|按日")
MEMBERS = frozenset({"personal", "corporate"})
COUNTED, MONEY, AGE = "个", "元", "岁"
DEPTH = 12
OF_LEAD = 3
BRACKET_FITS = 0.06
MOST_SUMS = 4


def workings(question: str, types: Sequence[str], scored: Sequence[Scored]) -> list[tuple[str, Scored]]:
    """(sentence with its working, the statement it rests on) of the first two statements whose figures are about the question's numbers.

    `types` are the organisation types asked about: a rule for another type is not worked with."""
    given = [n for n in numbers(question) if n.unit in (COUNTED, MONEY, AGE) and n.value > 1]
    if not given or not ASKS_SUM.search(question):
        return []
    lead = scored[0].unit
    near = [s for place, s in enumerate(scored[:DEPTH]) if (place < OF_LEAD or s.unit == lead) and not _of_other_type(s, types)]
    found = [(fit, sums, s) for s in near for fit, sums in [_sums(question, given, s.say)] if sums and (fit or s is scored[0])]
    met = any("attending" in n.groups for n in given)
    agreeing = [row for row in found if row[0] and met and "attending" in named(row[2].say)] or [row for row in found if row[0]] or found
    sentences = [("；".join(dict.fromkeys(sums[:MOST_SUMS])) + "。", statement) for _, sums, statement in agreeing]
    return [row for place, row in enumerate(sentences[:2]) if not place or (row[1].unit == sentences[0][1].unit and row[0] != sentences[0][0])]


def _of_other_type(statement: Scored, types: Sequence[str]) -> bool:
    return bool(types and statement.types) and "全部" not in statement.types and not set(types) & set(statement.types)


def by_bracket(question: str, scored: Sequence[Scored]) -> list[Scored]:
    """The statements with those first whose bracket holds the question's sum; those for other sums last."""
    given = [n for n in numbers(question) if n.unit == MONEY]
    moved = []
    for statement in scored:
        limits = bracket(statement.say)
        sums = [n for n in given if limits and n.groups & limits.groups]
        if limits and sums:
            statement = replace(statement, score=statement.score + (BRACKET_FITS if limits.holds(sums[0].value) else -BRACKET_FITS))
        moved.append(statement)
    return sorted(moved, key=lambda s: -s.score)


def _sums(question: str, given: Sequence[Number], say: str) -> tuple[int, list[str]]:
    """(how many figures met a number of their own kind, the sentences)."""
    limits = bracket(say)
    if limits and any(n.groups & limits.groups and not limits.holds(n.value) for n in given if n.unit == MONEY):
        return 0, []
    asked, texts, fits = named(question), [], 0
    found = terms(say)
    for term in found:
        if _of_other_kind(term, found, asked):
            continue
        number, fit = _number_for(question, term, given, say)
        if number is None:
            continue
        text = _worked(question, term, number, given, say)
        if text:
            texts.append(text)
            fits += fit
    return fits, texts


def _of_other_kind(term: Term, found: Sequence[Term], asked: frozenset[str]) -> bool:
    """Whether a figure is for a kind that the question does not name while a sister figure is for one that it names."""
    own = term.number.groups
    sisters = [t for t in found if t is not term and t.kind == term.kind and t.number.unit == term.number.unit and t.number.groups != own]
    return bool(asked) and not own & asked and any(t.number.groups & asked for t in sisters)


def _number_for(question: str, term: Term, given: Sequence[Number], say: str) -> tuple[Number | None, int]:
    """The question's number that a figure is about, and 2 where their words agree, 1 where nearly, 0 where only the units do."""
    if term.kind in (FLOOR, CEILING) and not COMPARES.search(question):
        return None, 0
    unit = {SHARE: (COUNTED, MONEY), TIMES: (MONEY,)}.get(term.kind, (term.number.unit,))
    fitting = [n for n in given if n.unit in unit]
    base = _base(term, say)
    if term.kind == FLOOR and base & MEMBERS and len(fitting) > 1 and _all_groups(fitting) >= MEMBERS:
        whole = sum((n.value for n in fitting), Fraction(0))
        return (Number(whole, COUNTED, " + ".join(n.written for n in fitting), base, 0, 0), 2) if base >= MEMBERS else (None, 0)
    also = frozenset(str(g) for group in base for g in words("sums")["also"].get(group, ()))
    for wanted, fit in ((base, 2), (also, 1)):
        agreeing = [n for n in fitting if n.groups & wanted and ("attending" in wanted or "attending" not in n.groups)]
        if agreeing:
            return agreeing[0], fit
    whole_body = [n for n in fitting if n.unit == COUNTED and "attending" not in n.groups] if base == {"attending"} else []
    loose = [n for n in fitting if not n.groups or not base] or whole_body
    return (loose[0], int(bool(whole_body))) if loose else (None, 0)


def _all_groups(found: Sequence[Number]) -> frozenset[str]:
    return frozenset().union(*(n.groups for n in found))


def _base(term: Term, say: str) -> frozenset[str]:
    """What a figure is a share of, or counts: 到会理事的 2/3 is of those attending, 2/3 以上理事到会 of all."""
    if term.kind in (FLOOR, CEILING):
        return term.number.groups
    before = re.split(r"[，；。、]", say[max(0, term.number.start - 16) : term.number.start])[-1]
    after = re.split(r"[，；。、]", say[term.number.end : term.number.end + 10])[0]
    head = spans_named(before)
    if any(group == "attending" for _, group in head):
        return frozenset({"attending"})
    nearest = frozenset(group for end, group in head if end == head[-1][0])
    return nearest or (named(after) - {"attending", "fine"}) or (term.number.groups - {"attending", "fine"})


def _worked(question: str, term: Term, number: Number, given: Sequence[Number], say: str) -> str:
    if term.kind == SHARE:
        return _share(question, term, number, given, say)
    if term.kind == TIMES:
        return f"{money(number.value)} × {term.number.written} = {money(number.value * term.number.value)}"
    return _compared(term, number)


def _share(question: str, term: Term, number: Number, given: Sequence[Number], say: str) -> str:
    share, exact = term.number, number.value * term.number.value
    if number.unit == MONEY:
        return _share_of_money(question, term, number, given, say)
    assumed = "（按全部到会算）" if "attending" in _base(term, say) and "attending" not in number.groups else ""
    working = f"{plain(number.value)} × {share.written} = {plain(exact)}"
    if term.majority:
        return f"{working}，过半数至少 {math.floor(exact) + 1}{assumed}"
    around = say[max(0, share.start - 12) : share.end + 12]
    if MOST.search(around) and not LEAST.search(around):
        return f"{working}，最多 {math.floor(exact)}"
    least = math.ceil(exact)
    came = next((n for n in given if "attending" in n.groups and n is not number), None)
    quorum = "attending" not in _base(term, say) and re.search(r"到会|出席", say[share.end : share.end + 10])
    if came and quorum:
        return f"{working}，至少 {least} 到会；实际 {plain(came.value)}，{'达到' if came.value >= least else f'不够，还差 {plain(least - came.value)}'}"
    return f"{working}，至少 {least}{assumed}"


def _share_of_money(question: str, term: Term, number: Number, given: Sequence[Number], say: str) -> str:
    exact = number.value * term.number.value
    working = f"{money(number.value)} × {term.number.written} = {money(exact)}"
    days = next((q.value for q in quantities(question) if q.unit == "日"), None)
    if DAILY.search(say) and days:
        capped = exact * days > number.value and re.search(r"(不能|不得|不)超过", say)
        return f"{working}一天，{plain(days)} 天共 {money(exact * days)}" + (f"，但总额不超过 {money(number.value)}" if capped else "")
    gift = next((n for n in given if n.unit == MONEY and "gift" in n.groups and n is not number), None)
    if gift and "gift" not in number.groups:
        over = gift.value - exact
        return f"{working}；捐出 {money(gift.value)}，" + (f"超出 {money(over)}" if over > 0 else f"没有超出，可扣 {money(gift.value)}")
    bounds = BOUND.findall(say[max(0, term.number.start - 16) : term.number.start])
    if not bounds:
        return working
    least = bool(LEAST.search(bounds[-1]))
    rest = money(number.value - exact)
    if least and re.search(r"最多|上限|不超过", question):
        return f"{working}，至少这么多；其余最多 {rest}"
    return f"{working}，{'至少' if least else '最多'}这么多"


def _compared(term: Term, number: Number) -> str:
    figure, value = term.number, number.value
    measure = WORDLESS.sub("", figure.written) or "个"
    show = money if figure.unit == MONEY else (lambda amount: f"{plain(amount)} {measure}")
    shown = f"{number.written} = {show(value)}" if "+" in number.written else show(value)
    left = figure.value - value
    if term.kind == FLOOR:
        return f"{shown}少于 {figure.written}，还差 {show(left)}" if left > 0 else f"{shown}已达到 {figure.written}"
    if left < 0:
        return f"{shown}超过 {figure.written}，多出 {show(-left)}"
    return f"{shown}没有超过 {figure.written}" + (f"，离上限还有 {plain(left)} 年" if figure.unit == AGE and left else "")
