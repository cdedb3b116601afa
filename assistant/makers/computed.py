"""Worked sums: what a share, a multiple, a floor or a ceiling of the law makes of the numbers in the question, with the working shown.

A number enters a rule only if its unit and what it counts are the rule's own, and only the rule of the statement that leads the answer
or of the same article; where nothing fits there is no sum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from assistant.makers import dated, growth, meeting, sums
from assistant.makers.cases import TYPES, case_of, clashes, names_type
from assistant.makers.given import CLAUSE, VOTED, Number, facts, money, named, numbers, plainly
from assistant.makers.points import Scored
from assistant.makers.terms import CEILING, FLOOR, PERSONS, SHARE, SUBJECTS, TIMES, Term, averaged, base, bracket, subject, terms
from assistant.wording import words
from corpus.numerals import quantities

ASKS_SUM = re.compile(
    r"几[票人个名位家]|多少|最少|至少|最多|最低|最高|上限|下限|区间|范围|够|差|超|行不行|行吗|可不可以|可以吗|中不中|[成中]吗|能不能|能.{0,8}吗|达标|合格|符合|合规|合法吗|还能|怎么算|算一下"
    r"|有效|无效|作数|算数|通过吗|过得了|能过|成立吗|合不合"
)
COMPARES = re.compile(r"够|差|超|行不行|行吗|可不可以|可以吗|中不中|[成中]吗|能不能|能.{0,8}吗|达标|合格|符合|合规|合法吗|还能|算不算|合不合|成不")
TOGETHER = re.compile(r"同时达到|同时满足|都要达到|均(?:不得低于|要达到)")
AVERAGE = re.compile(r"平均|年均")
ALTOGETHER = re.compile(r"一共|总共|合计|累计|加起来|共计")
MEMBERS = frozenset({"personal", "corporate"})
COUNTED, MONEY, AGE = "个", "元", "岁"
BRACKET_FITS = 0.06
OTHER_CASE = 0.1
NUMBERS_FIT = 0.04
SAME_TYPE = 0.03
MOST_SUMS = 4
MOST_SENTENCES = 2
FIRST = 2


def workings(question: str, types: Sequence[str], scored: Sequence[Scored], today: date | None = None) -> list[tuple[str, Scored]]:
    """(sentence with its working, the statement it rests on) of at most two statements of the leading article that the question's numbers fit.

    `types` are the organisation types asked about: a rule for another type is not worked with. Days are counted where `today` is given."""
    if grown := growth.worked(question, scored):
        return grown
    given = facts(question)
    dates = dated.worked(question, today, scored[:FIRST]) if today else []
    if dates or not given or not ASKS_SUM.search(question):
        return dates
    near = [s for s in scored if s.unit == scored[0].unit and not _of_other_type(s, types) and not clashes(question, s.say)]
    if meeting.is_meeting(question, given) and (found := meeting.worked(question, given, near)):
        return [(text + "。", statement) for text, statement in found[:MOST_SENTENCES]]
    found = [(case_of(question, s.say) + "；".join(dict.fromkeys(texts[:MOST_SUMS])) + "。", s) for s in near if (texts := _sums(question, given, s.say))]
    return [row for place, row in enumerate(found[:MOST_SENTENCES]) if not place or row[0] != found[0][0]]


def _of_other_type(statement: Scored, types: Sequence[str]) -> bool:
    asked, said = set(types) & set(TYPES), set(statement.types) & set(TYPES)
    return bool(asked and said) and not asked & said


def by_bracket(question: str, scored: Sequence[Scored]) -> list[Scored]:
    """The statements with those first whose bracket holds the question's sum; those for other sums, or with figures for the opposite case, last."""
    given = [n for n in numbers(question) if n.unit == MONEY]
    working = facts(question) if ASKS_SUM.search(question) else []
    moved = []
    for statement in scored:
        limits = bracket(statement.say)
        held = [n for n in given if limits and n.groups & limits.groups]
        if limits and held:
            statement = replace(statement, score=statement.score + (BRACKET_FITS if limits.holds(_inside(held[0])) else -OTHER_CASE))
        if quantities(statement.say) and clashes(question, statement.say):
            statement = replace(statement, score=statement.score - OTHER_CASE)
        elif working and _fits(question, working, statement):
            statement = replace(statement, score=statement.score + NUMBERS_FIT + SAME_TYPE * names_type(question, statement.say))
        moved.append(statement)
    return sorted(moved, key=lambda s: -s.score)


def _fits(question: str, given: Sequence[Number], statement: Scored) -> bool:
    """Whether a statement's figures are about the question's numbers; of a question about a meeting, only a rule of meetings is."""
    if meeting.is_meeting(question, given):
        return bool(meeting.worked(question, given, [statement]))
    return bool(_sums(question, given, statement.say))


def _inside(number: Number) -> Fraction:
    """A sum of money that a number stands for: just under 400 万 where the question says 不到 400 万."""
    return number.value + {"under": -1, "over": 1}.get(number.bound, 0)


def _sums(question: str, given: Sequence[Number], say: str) -> list[str]:
    """The sentences for the figures of a statement that the numbers fit."""
    limits = bracket(say)
    if limits and not any(n.groups & limits.groups and limits.holds(_inside(n)) for n in given if n.unit == MONEY):
        return []
    if limits and not terms(say):
        held = next(n for n in given if n.unit == MONEY and n.groups & limits.groups)
        return [f"{money(held.value)}不到 {money(limits.under)}"] if limits.under and not held.bound else []
    found = [term for term in terms(say) if not _is_apart(term, terms(say), question, given, say)]
    met = [
        (term, number, text)
        for term in found
        if (number := _number_for(question, term, given, say)) and (text := sums.worked(question, term, number, given, say))
    ]
    texts = [text for _, _, text in met]
    shares = [term for term in found if term.kind == SHARE and met and subject(term, say) == subject(met[0][0], say)]
    if TOGETHER.search(say) and len(shares) > 1 and texts:
        texts.append(_both(met) if len(met) == len(shares) else "还要同时达到另一个比例，题里没有给它的数，算不出，两者取大的")
    return texts


def _both(met: Sequence[tuple[Term, Number, str]]) -> str:
    return f"两者须同时满足，即至少 {money(max(number.value * term.number.value for term, number, _ in met))}"


def _is_apart(term: Term, found: Sequence[Term], question: str, given: Sequence[Number], say: str) -> bool:
    """Whether a figure is about something else than what is asked: another kind, another expense, other members."""
    asked = named(question)
    own = term.number.groups
    sisters = [t for t in found if t is not term and t.kind == term.kind and t.number.unit == term.number.unit and t.number.groups != own]
    if asked and not own & asked and not TOGETHER.search(say) and any(t.number.groups & asked for t in sisters):
        return True
    limits, about = subject(term, say), _with_other_parts(_asked_subjects(question, asked))
    if term.kind == SHARE and limits and not limits & about and (about or limits & PERSONS):
        return True
    if term.kind in (FLOOR, CEILING) and about & PERSONS:
        return True
    return term.kind == FLOOR and bool(own & MEMBERS) and own & MEMBERS != _members(question, given) and bool(_members(question, given))


def _asked_subjects(question: str, asked: frozenset[str]) -> frozenset[str]:
    """The expenses and shares that the question asks about; a bare 支出 beside no other means that for the charity's work."""
    about = asked & SUBJECTS
    if not about and asked & {"spending"}:
        return frozenset({"works"})
    return about - {"gift"} if about - {"gift"} and "gift" in about else about


def _with_other_parts(groups: frozenset[str]) -> frozenset[str]:
    """The groups and those that make up a whole with them: a limit on 非国有资产 is one on 国有资产 too."""
    return groups.union(*(map(str, parts) for parts in words("sums")["parts"].values() if groups & set(map(str, parts))))


def _members(question: str, given: Sequence[Number]) -> frozenset[str]:
    """The kinds of members the question has: those of its numbers; both where it mixes them or tells how many of all are of one kind."""
    counted = [n for n in given if n.unit == COUNTED and n.groups & (MEMBERS | {"member"})]
    of_numbers = frozenset().union(*(n.groups for n in counted)) & MEMBERS
    mixed = re.search(r"混|单位会员|团体会员|企业会员", question) and re.search(r"个人", question)
    parted = len(counted) > 1 and any(_is_total(question, n, counted) and n.value > min(m.value for m in counted) for n in counted)
    return MEMBERS if (mixed or parted) and of_numbers else of_numbers


def _number_for(question: str, term: Term, given: Sequence[Number], say: str) -> Number | None:
    """The question's number that a figure is about, by unit and by what both count; None where none is."""
    if term.kind in (FLOOR, CEILING) and not COMPARES.search(question) and not any(n.bound for n in given):
        return None
    units = {SHARE: (COUNTED, MONEY), TIMES: (MONEY,)}.get(term.kind, (term.number.unit,))
    fitting = [n for n in given if n.unit in units]
    wanted = base(term, say)
    if term.kind == FLOOR and wanted >= MEMBERS:
        return _all_members(question, fitting)
    if term.number.unit == AGE:
        return next(iter(fitting), None)
    also = frozenset(str(g) for group in wanted for g in words("sums")["also"].get(group, ()))
    counted = [n for n in fitting if wanted & VOTED or not n.groups & VOTED]
    agreeing = next((found for groups in (wanted, also) if (found := [n for n in counted if n.groups & groups and not n.groups & SUBJECTS - groups])), [])
    if term.kind == SHARE and averaged(term, say):
        return _average(question, agreeing)
    agreeing = [n for n in agreeing if term.kind != SHARE or not n.bound] or _whole(wanted, fitting)
    return agreeing[0] if agreeing else None


def _all_members(question: str, fitting: Sequence[Number]) -> Number | None:
    """All members together: the total that the question names (一共 42 个，其中…), else the sum of those of each kind."""
    kinds = [n for n in fitting if n.groups & (MEMBERS | {"member"})]
    if len(kinds) > 1:
        kinds = [n for n in kinds if _is_total(question, n, kinds)][:1] or kinds
    if not kinds or (len(kinds) > 1 and any(n.bound for n in kinds)):
        return None
    if len(kinds) == 1:
        return replace(kinds[0], groups=MEMBERS)
    return Number(sum((n.value for n in kinds), Fraction(0)), COUNTED, " + ".join(n.written for n in kinds), MEMBERS, 0, 0)


def _is_total(question: str, number: Number, among: Sequence[Number]) -> bool:
    """Whether a number is said to be all of them, or is what two or more of the others make together."""
    before = CLAUSE.split(plainly(question)[: number.start])[-1]
    others = [n.value for n in among if n is not number]
    return bool(ALTOGETHER.search(before)) or (len(others) > 1 and sum(others) == number.value)


def _average(question: str, series: Sequence[Number]) -> Number | None:
    """The average over the years that a rule is about: the one given, the mean of three years, or a third of their total."""
    exact = [n for n in series if not n.bound]
    if len(exact) == 3:
        total = sum((n.value for n in exact), Fraction(0))
        return replace(exact[0], value=total / 3, written=f"（{' + '.join(n.written for n in exact)}）÷ 3")
    if len(exact) != 1:
        return None
    if AVERAGE.search(question):
        return exact[0]
    if ALTOGETHER.search(question) and re.search(r"[三3]\s*年", question):
        return replace(exact[0], value=exact[0].value / 3, written=f"{exact[0].written} ÷ 3")
    return None


def _whole(wanted: frozenset[str], fitting: Sequence[Number]) -> list[Number]:
    """The whole of which the question gives all parts (国有 and 非国有 are all of the 财产)."""
    for group in wanted:
        parts = [next((n for n in fitting if str(part) in n.groups and not n.bound), None) for part in words("sums")["parts"].get(group, ())]
        known = [n for n in parts if n]
        if parts and len(known) == len(parts):
            total = sum((n.value for n in known), Fraction(0))
            return [Number(total, known[0].unit, f"（{' + '.join(n.written for n in known)}）", wanted, 0, 0)]
    return []
