"""Meetings counted: whether enough came, how many votes a decision needs, and whether those given carry it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.makers.given import VOTED, Number, named, plain
from assistant.makers.points import Scored
from assistant.makers.terms import PERSONS, SHARE, Term, base, terms
from assistant.wording import words

QUORUM = re.compile(r"^[^，；。]{0,10}?(?:到会|出席)")
CARRIES = re.compile(r"^[^，；。]{0,12}?(?:同意|通过|赞成|表决)")
ASKS_VOTES = re.compile(r"票|同意|通过|赞成|表决|决议|决定|有效|点头|改|选|罢")
ASKS_QUORUM = re.compile(r"到会|到场|到几|到多少|[来到]\s*了|出席|开会|开得|能开|召开|有效|人数|实到|只[来到]|参会|几个?人?到|最少到|至少到")


@dataclass(frozen=True, slots=True)
class Rule:
    """A share of a meeting: of those who belong to it or, `of_present`, of those who came."""

    term: Term
    statement: Scored
    of_present: bool
    counted: frozenset[str]

    def least(self, whole: Fraction) -> int:
        """The smallest number that meets the share of a whole."""
        exact = whole * self.term.number.value
        return math.floor(exact) + 1 if self.term.majority else math.ceil(exact)

    def working(self, whole: Fraction) -> str:
        """21 × 2/3 = 14."""
        return f"{plain(whole)} × {self.term.number.written} = {plain(whole * self.term.number.value)}"


def worked(question: str, given: Sequence[Number], near: Sequence[Scored]) -> list[tuple[str, Scored]]:
    """(sentence, the statement it rests on) for the quorum and the votes of a meeting that the statements rule; empty where none does."""
    quorum, votes = _rules(question, near)
    counted = frozenset().union(*(rule.counted for rule in (quorum, votes) if rule)) - VOTED
    wanted = counted | {str(g) for group in counted for g in words("sums")["also"].get(group, ())}
    came = next((n for n in given if "attending" in n.groups), None)
    agreed = next((n for n in given if "agreeing" in n.groups), None)
    total = next((n for n in given if n is not came and not n.groups & (VOTED | PERSONS) and (n.groups <= {"personal"} or n.groups & wanted)), None)
    if any(n.bound for n in (came, agreed, total) if n):
        return []
    if not (came or (total and total.groups & wanted)):
        return []
    found = []
    if quorum and total and (came or ASKS_QUORUM.search(question)):
        found.append((_quorum(quorum, total.value, came), quorum.statement))
    short = bool(quorum and total and came and came.value < quorum.least(total.value))
    if votes and (agreed or ASKS_VOTES.search(question) or not quorum):
        whole = total.value if total else None
        text = _votes(votes, whole, came.value if came else None, quorum, agreed, short)
        found += [(text, votes.statement)] if text else []
    return found


def _rules(question: str, near: Sequence[Scored]) -> tuple[Rule | None, Rule | None]:
    """(the rule of who must come, the rule of the votes): for a grave decision the one that names it, else the general one."""
    quorum: Rule | None = None
    grave: Rule | None = None
    plain_rule: Rule | None = None
    asked = [list(map(str, row)) for row in words("sums")["grave"] if any(str(word) in question for word in row)]
    for statement in near:
        for term in (t for t in terms(statement.say) if t.kind == SHARE):
            after = statement.say[term.number.end :]
            measured = base(term, statement.say)
            rule = Rule(term, statement, "attending" in measured, measured)
            if "attending" not in measured and QUORUM.match(after):
                quorum = quorum or rule
            elif "attending" in measured or CARRIES.match(after):
                listed = any(word in statement.say for row in asked for word in row)
                grave, plain_rule = (grave or rule, plain_rule) if listed else (grave, plain_rule or rule)
    alone = plain_rule if plain_rule and not _is_grave(plain_rule.statement.say) else None
    return quorum, grave or (None if asked and not alone else alone)


def _is_grave(say: str) -> bool:
    return sum(any(str(word) in say for word in row) for row in words("sums")["grave"]) >= 2


def _quorum(rule: Rule, total: Fraction, came: Number | None) -> str:
    least = rule.least(total)
    need = f"{rule.working(total)}，至少 {least} 人到会"
    if came is None:
        return f"{need}才能开会"
    if came.value >= least:
        return f"人数够，会议可以开：{need}，实到 {plain(came.value)} 人，达到"
    return f"人数不够，会议不能开，这样作出的决议无效：{need}，实到 {plain(came.value)} 人，不够，还差 {plain(least - came.value)} 人"


def _votes(rule: Rule, total: Fraction | None, came: Fraction | None, quorum: Rule | None, agreed: Number | None, short: bool) -> str:
    if short:
        return ""
    whole = came if rule.of_present and came is not None else total
    if whole is None:
        return ""
    if agreed is not None:
        return _carried(rule, whole, agreed.value, rule.of_present)
    few = quorum.least(total) if quorum and total is not None else None
    if rule.of_present and came is None and few is not None and few < whole:
        return f"刚够人数、{few} 人到会时：{_need(rule, Fraction(few))}；{plain(whole)} 人全部到会时：{_need(rule, whole)}（按实际到会人数算）"
    present = f"{plain(whole)} 人到会时：" if rule.of_present and came is not None else ""
    return f"{present}{_need(rule, whole)}{'（按全部到会算）' if rule.of_present and came is None else ''}"


def _need(rule: Rule, whole: Fraction) -> str:
    return f"{rule.working(whole)}，{'过半数' if rule.term.majority else ''}至少 {rule.least(whole)} 票"


def _carried(rule: Rule, whole: Fraction, agreed: Fraction, of_present: bool) -> str:
    least = rule.least(whole)
    need = f"{f'{plain(whole)} 人到会，' if of_present else ''}{_need(rule, whole)}"
    if agreed >= least:
        return f"票数够，可以通过：{need}，同意的 {plain(agreed)} 票，达到"
    return f"票数不够，不能通过：{need}，同意的只有 {plain(agreed)} 票，还差 {plain(least - agreed)} 票"


def is_meeting(question: str, given: Sequence[Number]) -> bool:
    """Whether the question counts people at a meeting: who came, who agreed, how many must."""
    return any(n.groups & VOTED for n in given) or bool(named(question) & VOTED) or bool(re.search(r"几票|多少票|开会|能开|决议|到几|到多少", question))
