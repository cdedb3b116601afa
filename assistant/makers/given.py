"""The numbers of a question or a rule with what they count: the words of the field around each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from assistant.wording import words
from corpus.numerals import DIGITS, NUMERAL, SCALE, Quantity, chinese_number, quantities

CLAUSE = re.compile(r"[，,。；;！!？?：:、（）()\n]")
MONEY_WORDS = re.compile(r"[万亿]$")
BARE_MONEY = 1000
BEHIND = 6
MASKED = "nothing"
DEEDS = frozenset({"attending", "agreeing", "against", "gift", "raised"})  # 来了 16 个, 捐了 30 万: the number follows the deed
VOTED = frozenset({"attending", "agreeing", "against"})  # 14 人到会, 9 人同意: it may also stand before
SPOKEN = re.compile(r"(?<![\d.])(\d+|[一二三四五六七八九两](?=万))([万亿])([1-9一二三四五六七八九])(?![\d.百千万个名位人家岁年月日天票十])")
VOTING = re.compile(r"^(?:理事|人)?票?(?:都|投了?|表示)?")
SLASHED = re.compile(r"\d++(?:\.\d++)?(?:[/／]\d++(?:\.\d++)?)+(?=\s*[万亿元])|\d++(?:[/／]\d++){2,}")
PEOPLE = re.compile(r"人|\d\s*[名位]")
NOUNLESS = re.compile(r"[\s\d.百千万亿元块、和零一二三四五六七八九十两年去前今大第是为有]*+")
LISTED = re.compile(r"\s*(?:[、和,，及与]|以及)\s*")
SCALED = re.compile(r"(百万|千万|万|亿)\s*(?:元|块)?$")
IN_WORDS = re.compile(rf"(?<!{NUMERAL})([一二三四五六七八九十百千两][零一二三四五六七八九十百千两]*+[万亿])(?!{NUMERAL})\s*(?:块钱?|元)?")
UNDER = re.compile(r"(?<!够)不(?:够|到|足|满)\s*$|(?:少于|低于|没到|没满|未满|未到|凑不[够齐]|达不到)\s*$|(?<!有)没有?\s*$")
UNDER_AFTER = re.compile(r"^[^\d，,。；;？?]{0,3}(?:都|也|还)(?:不到|没到|不满|没满|没有|不够)|^[^\d，,。；;？?]{0,2}(?:以下|不到|不足)")
OVER = re.compile(r"(?:超过|多于|高于|大于|不止)(?:了)?\s*$")
OVER_AFTER = re.compile(r"^[^\d，,。；;？?]{0,3}多(?=[，,。；;？?个名人家万]|$)")
ASKED_FIGURE = re.compile(r"(?:要有?|需要|(?<!所)得有?|须有?|必须有?|至少|最少|最低|满|够|达到|凑够|凑齐|门槛是?|标准是?)\s*$")
ASKED_AFTER = re.compile(r"^[^\d，,。；;？?]{0,3}(?:以上|起步|才(?:够|行|能|可以))")
GAP = re.compile(r"(?:还?差|还?缺|短|少了|超了)(?:了)?\s*$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, its value and unit (元 where a bare 500万 is money), and the groups of words it goes with.

    `bound` is "under" or "over" where the text says that the true number is below or above it (不够50个)."""

    value: Fraction
    unit: str
    written: str
    groups: frozenset[str]
    start: int
    end: int
    bound: str = ""


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[Number, ...]:
    """Every number of the text in order, with its groups: those of its clause, else those of the clause before it."""
    text = plainly(text)
    found = _in_one_scale(_with_sums_in_words(quantities(text), text), text)
    kept: list[Number] = []
    for place, quantity in enumerate(found):
        unit = _unit(quantity, text)
        groups = groups_at(text, place, found)
        if not groups and unit == "元" and NOUNLESS.fullmatch(text[slice(*_clause(text, quantity.start, quantity.end))]):
            groups = next((n.groups for n in reversed(kept) if n.unit == unit), groups)  # 2023年100万，2024年200万: the noun stands once
        if not groups and unit == "个" and PEOPLE.search(text[max(0, quantity.start - 6) : quantity.end + 1]):
            groups = frozenset({"personal"})
        written = text[quantity.start : quantity.end].strip()
        kept.append(Number(quantity.value, unit, written, groups, quantity.start, quantity.end, _bound(text, quantity)))
    return tuple(kept)


def plainly(text: str) -> str:
    """The text with 100/200/300万 as a list and 2万5 as 2.5万."""
    text = SLASHED.sub(lambda match: re.sub(r"[/／]", "、", match[0]), text)
    return SPOKEN.sub(lambda match: f"{DIGITS.get(match[1], match[1])}.{DIGITS.get(match[3], match[3])}{match[2]}", text)


def facts(question: str) -> list[Number]:
    """The counts, sums of money and ages that a question gives of its case; not a threshold that it asks about (要50个吗) nor a gap (还差5个)."""
    question = plainly(question)
    return [n for n in numbers(question) if n.unit in ("个", "元", "岁") and n.value > 1 and (n.bound or not _only_asked(question, n))]


def _only_asked(question: str, number: Number) -> bool:
    before, after = question[: number.start], question[number.end :]
    return bool(ASKED_FIGURE.search(before) or ASKED_AFTER.match(after) or GAP.search(before))


def _bound(text: str, quantity: Quantity) -> str:
    before, after = text[max(0, quantity.start - 8) : quantity.start], text[quantity.end : quantity.end + 8]
    if UNDER.search(before) or UNDER_AFTER.match(after):
        return "under"
    return "over" if OVER.search(before) or OVER_AFTER.match(after) else ""


def _with_sums_in_words(found: list[Quantity], text: str) -> list[Quantity]:
    """The quantities and the sums written in words without a unit: 三百万, 四万块."""
    taken = [(q.start, q.end) for q in found]
    fresh = [m for m in IN_WORDS.finditer(text) if not any(a < m.end() and m.start() < b for a, b in taken)]
    return sorted([*found, *(Quantity(Fraction(chinese_number(m[1])), "元", m.start(), m.end()) for m in fresh)], key=lambda q: q.start)


def _in_one_scale(found: list[Quantity], text: str) -> list[Quantity]:
    """A list whose last number alone has a scale and unit (100、200和300万) read with it throughout."""
    read = list(found)
    for place in range(len(read) - 2, -1, -1):
        one, behind = read[place], read[place + 1]
        scale = SCALED.search(text[behind.start : behind.end].strip())
        bare = one.unit == "" and text[one.start : one.end].strip().replace(".", "").isdigit()
        if bare and LISTED.fullmatch(text[one.end : behind.start]) and (scale or behind.value != found[place + 1].value):
            factor = SCALE[scale[1]] if scale else behind.value / found[place + 1].value
            read[place] = replace(one, value=one.value * Fraction(factor), unit="元")
    return read


def _unit(quantity: Quantity, text: str) -> str:
    written, after = text[quantity.start : quantity.end].strip(), text[quantity.end :]
    if quantity.unit == "" and after.lstrip().startswith("票"):
        return "个"
    if quantity.unit == "" and (MONEY_WORDS.search(written) or quantity.value >= BARE_MONEY) and not re.match(r"[年号]", after):
        return "元"
    return quantity.unit


def groups_at(text: str, place: int, found: Sequence[Quantity]) -> frozenset[str]:
    """The groups named around the number at `place`: between the number before it (or the clause's begin) and the next, else in its clause, else before."""
    start, end = found[place].start, found[place].end
    left, right = _clause(text, start, end)
    before = max((q.end for q in found if left <= q.end <= start), default=left)
    after = min((q.start for q in found if end <= q.start <= right), default=right)
    head = named(text[before:start])
    own = _voted_at(text, end)
    if own and (after == right or any(q.start == after and _voted_at(text, q.end) for q in found)):
        return (head - DEEDS) | own
    behind = named(text[end : min(after, end + BEHIND)])
    near = head | (behind if after == right else behind - DEEDS)
    if near:
        return near
    if whole := named(text[left:right]) - (frozenset() if after == right else DEEDS):
        return whole
    return named(text[max(0, _clause(text, max(0, left - 2), max(0, left - 1))[0]) : left]) if left else frozenset()


def _voted_at(text: str, end: int) -> frozenset[str]:
    """The deed of a meeting that follows a number at once (9 人同意, 3 票反对)."""
    rest = VOTING.sub("", text[end : end + 12])
    spoken = {str(group): [str(name) for name in names] for group, names in words("sums")["groups"].items() if group in VOTED}
    best = max(((len(name), group) for group, names in spoken.items() for name in names if rest.startswith(name)), default=None)
    return frozenset({best[1]}) if best else frozenset()


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    left = max((m.end() for m in CLAUSE.finditer(text, 0, start)), default=0)
    right = next((m.start() for m in CLAUSE.finditer(text, end)), len(text))
    return left, right


@lru_cache(maxsize=8192)
def spans_named(text: str) -> tuple[tuple[int, str], ...]:
    """(where it ends, group) of every word of a group, in order; a word inside a longer word of another group does not count."""
    spans: list[tuple[int, int, str]] = []
    for group, names in words("sums")["groups"].items():
        for name in map(str, names):
            if name in text:  # nearly none is: the pattern is worth making only then
                spans += [(m.start(), m.end(), str(group)) for m in re.finditer(re.escape(name), text)]
    return tuple(sorted((e, g) for s, e, g in spans if g != MASKED and not any(a <= s and e <= b and b - a > e - s for a, b, _ in spans)))


def named(text: str) -> frozenset[str]:
    """The groups whose words occur."""
    return frozenset(group for _, group in spans_named(text))


def money(value: Fraction) -> str:
    """A sum of money as people write it."""
    return f"{plain(value / 10000)} 万元" if value >= 10000 else f"{plain(value)} 元"


def plain(value: Fraction) -> str:
    """A number without useless zeros, at most two decimals."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0").rstrip(".")
