"""The terms of a rule that can be worked with: shares, multiples, floors, ceilings, spans and brackets of a statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from assistant.makers.given import Number, named, numbers, spans_named

SHARE, TIMES, FLOOR, CEILING = "share", "times", "floor", "ceiling"
LEAST_BEFORE = re.compile(r"(至少|最少|最低|不少于|不低于|不得少于|不得低于|达到|满|要有|要到|凑够|起码)\D{0,10}$")
LEAST_AFTER = re.compile(r"^\s*+(人|个|元)?\s*+(及)?\s*+(以上|起)")
MOST_BEFORE = re.compile(r"(最多|不超过|不能超过|不得超过|不高于|不得高于|上限是?|至多|最长)\D{0,12}$")
MOST_AFTER = re.compile(r"^\s*+(人|个|元)?\s*+(及)?\s*+(以下|以内)")
SPAN_BETWEEN = re.compile(r"^\s*(到|至|—|－|-|~)\s*$")
NO_RULE = re.compile(r"预期指标|草案|从未施行")
EXEMPT = re.compile(r"的，不受")
AVERAGE = re.compile(r"平均")
PERSONS = frozenset({"paid", "kin", "foreign", "related"})
SUBJECTS = PERSONS | {"works", "admin", "cost", "nonstate", "state", "gift"}
MODIFIERS = frozenset({"attending", "agreeing", "fine"})
AT_LEAST = re.compile(r"(满|在|超过|高于|达到)\s*$")
UNDER = re.compile(r"(不到|不足|低于|少于|不满)\s*$")
OVER_AFTER = re.compile(r"^\s*(及|含)?\s*(以上|\(含\)以上|（含）以上)")


@dataclass(frozen=True, slots=True)
class Term:
    """One figure that binds: its kind, the number, and whether just more than half is meant."""

    kind: str
    number: Number
    majority: bool = False


@dataclass(frozen=True, slots=True)
class Bracket:
    """The sums of money a statement is for: from (included) up to (excluded), and what is measured."""

    least: Fraction
    under: Fraction | None
    groups: frozenset[str]

    def holds(self, value: Fraction) -> bool:
        """Whether a sum lies in the bracket."""
        return self.least <= value and (self.under is None or value < self.under)


def terms(say: str) -> list[Term]:
    """The working figures of a statement, in order; the sums of its bracket are not among them."""
    if NO_RULE.search(say):
        return []
    found = numbers(say)
    bracket = _bracket_numbers(say, found)
    kept = []
    for place, number in enumerate(found):
        if number in bracket:
            continue
        kind = _kind(say, number, found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None)
        if kind:
            kept.append(Term(kind, number, _majority(say, number)))
    return kept


def _kind(say: str, number: Number, before: Number | None, after: Number | None) -> str:
    if number.unit in ("比例", "倍"):
        return TIMES if number.unit == "倍" else SHARE if number.value < 1 else ""
    if number.unit not in ("个", "元", "岁"):
        return ""
    head, tail = say[max(0, number.start - 14) : number.start], say[number.end : number.end + 6]
    begins = after is not None and after.unit == number.unit and SPAN_BETWEEN.match(say[number.end : after.start])
    ends = before is not None and before.unit == number.unit and SPAN_BETWEEN.match(say[before.end : number.start])
    if ends or MOST_BEFORE.search(head) or MOST_AFTER.match(tail):
        return CEILING
    return FLOOR if begins or LEAST_BEFORE.search(head) or LEAST_AFTER.match(tail) else ""


def _majority(say: str, number: Number) -> bool:
    return number.unit == "比例" and number.value == Fraction(1, 2) and bool(re.search(r"过半|超过", say[max(0, number.start - 4) : number.end + 2]))


def base(term: Term, say: str) -> frozenset[str]:
    """What a figure is a share of, or counts: 到会理事的 2/3 is of those attending, 2/3 以上理事到会 of all."""
    if term.kind in (FLOOR, CEILING):
        return term.number.groups
    before = re.split(r"[，；。、]", say[max(0, term.number.start - 18) : term.number.start])[-1]
    after = re.split(r"[，；。、]", say[term.number.end : term.number.end + 10])[0]
    if re.match(r"\s*以上", after) and (people := named(after) - MODIFIERS):
        return people
    head = spans_named(before)
    if any(group == "attending" for _, group in head):
        return frozenset({"attending"})
    nearest = frozenset(group for end, group in head if end == head[-1][0])
    return nearest or (named(after) - MODIFIERS) or (term.number.groups - MODIFIERS)


def subject(term: Term, say: str) -> frozenset[str]:
    """What a share limits (管理费, 慈善活动支出, 领报酬的理事): the last such word before it that is not its base."""
    measured = base(term, say)
    before = [group for _, group in spans_named(say[: term.number.start]) if group in SUBJECTS - measured]
    return frozenset(before[-1:])


def averaged(term: Term, say: str) -> bool:
    """Whether a share is of an average over years."""
    before = re.split(r"[，；。、]", say[max(0, term.number.start - 14) : term.number.start])[-1]
    return bool(AVERAGE.search(before))


def bracket(say: str) -> Bracket | None:
    """The bracket of money that a statement is for (净资产满 800 万元、不到 6000 万元的), or None."""
    found = _bracket_numbers(say, numbers(say))
    if not found:
        return None
    least = next((n.value for n in found if not _is_upper(say, n)), Fraction(0))
    under = next((n.value for n in found if _is_upper(say, n)), None)
    return Bracket(least, under, frozenset().union(*(n.groups for n in found)))


def _bracket_numbers(say: str, found: tuple[Number, ...]) -> list[Number]:
    """Sums that say for whom a share holds, measured on assets, with a share after them; or whom a rule exempts (管理费用不到 20 万元的，不受限制)."""
    if EXEMPT.search(say):
        return [n for n in found if n.unit == "元" and _is_upper(say, n)]
    shares = [n for n in found if n.unit == "比例"]
    if not shares:
        return []
    sums = [n for n in found if n.unit == "元" and n.start < shares[0].start]
    marked = [n for n in sums if _is_upper(say, n) or AT_LEAST.search(say[: n.start]) or OVER_AFTER.match(say[n.end :])]
    return marked if any("assets" in n.groups for n in marked) else []


def _is_upper(say: str, number: Number) -> bool:
    return bool(UNDER.search(say[: number.start]))
