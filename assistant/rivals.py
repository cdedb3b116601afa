"""What each main type answers to a question that names none, and whether their answers agree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.makers.points import Scored, figure_units
from assistant.slots import named
from assistant.wording import words
from corpus.numerals import quantities
from index.tokens import token_set

RIVAL = 0.035
NEAR = 0.04  # for a question that says little: rules of other types stand farther behind the first one found
WIDE = 0.1
GENERAL = 0.02
CLOSE = 0.03
EVERY = 0.05
NARROW = 0.02  # by how much a rule for another kind (慈善组织, 境外代表机构) must be nearer than one for all
ALIGNED = 0.06  # how far behind a type's best statement the one may stand that speaks of the same as another type's
ALIKE = 0.5
MAY = re.compile(r"能不能|可不可以|能否|行不行|让不让|可以不|(能|可以)[^，。]*吗|(行|让|批|算数|作数|有效)吗")
FORBIDS = re.compile(r"(?<!能)不能(?!没有|不)|不得|不准|不可以|禁止|不允许|只能|不退给|拿不回|不归")
SILENT = re.compile(r"没有(写|规定|要求|限制)")
LISTS = re.compile(r"流程|步骤|程序|手续|哪些|哪几|什么(内容|材料|条件|文件|东西)|写哪|[写填交带备递](啥|什么)|备齐|内容")
AMOUNT = re.compile(r"几|时候|何时|多少|次数|人数|多久|期限|金额|时间|日期|最[多少低高长短]")
FIGURE = re.compile(r"会怎么?样|什么后果|几|多少|次数|人数|多久|期限|金额|最[多少低高长短]")


def by_type(scored: Sequence[Scored], wanted: frozenset[str], *, by_words: bool) -> tuple[dict[str, list[Scored]], float]:
    """(each main type's own statements, best first; how well the best rule for all answers, where it holds a figure of the units wanted)."""
    found: dict[str, list[Scored]] = {}
    general = 0.0
    for one in scored:
        kinds = own_types(one, by_words=by_words)
        for kind in kinds:
            found.setdefault(kind, []).append(one)
        if not kinds:
            for_all = "全部" in one.types or any(kind in one.types for kind in words("slots")["choices"])
            beside = wanted and not wanted & _units(one)
            general = max(general, one.score - (0 if for_all else NARROW) - (CLOSE if beside else 0))
    return found, general


def own_types(one: Scored, *, by_words: bool) -> tuple[str, ...]:
    """The one or two main types that a statement is for, by its article or by what it begins with; none of a rule for all."""
    kinds = tuple(kind for kind in words("slots")["choices"] if kind in one.types)
    if len(kinds) in (1, 2) and not set(one.types) & {"慈善组织", "全部"}:
        return kinds
    return _types_at_head(one.say) if by_words else ()


@lru_cache(maxsize=4096)
def _types_at_head(say: str) -> tuple[str, ...]:
    head = re.split(r"[，,。；;：:]", say)[0]
    kinds = [kind for kind in named("types", head, head) if kind in words("slots")["choices"]]
    return tuple(kinds) if len(kinds) in (1, 2) else ()


def rivals(found: Mapping[str, Sequence[Scored]], general: float, asked: str, *, differing: bool, short: bool, charter: bool) -> dict[str, list[Scored]]:
    """The best statements for each main type, where those of two types answer about as well.

    Empty where a rule for all answers about as well, or where only one type has an answer to a question that does not ask for a figure.
    """
    if len(found) < 2:
        return {}
    lead = max(rows[0].score for rows in found.values())
    every = len(found) == len(words("slots")["choices"]) and all(rows[0].score >= lead - EVERY for rows in found.values())
    if general > lead + (CLOSE if differing else 0 if every else -GENERAL):
        return {}
    margin = WIDE if differing else NEAR if short or every else RIVAL
    near = [kind for kind, rows in found.items() if rows[0].score >= lead - margin]
    if len(near) == 1 and not (short and (FIGURE.search(asked) or (charter and MAY.search(asked))) and general < lead - NEAR):
        return {}
    kept = {kind: list(rows) for kind, rows in found.items() if kind in near or rows[0].score >= lead - WIDE}
    others = [rows[0] for kind, rows in kept.items() if kind not in near]
    if len(near) == 1 and others and not FIGURE.search(asked) and all(other.silent for other in others):
        return {}  # the rules of one type speak of it, those of the others say that they do not
    return kept


def agree(asked: str, answers: Mapping[str, Sequence[Scored]], *, differing: bool) -> bool:
    """Whether the types' answers say the same: of each type the statement that speaks of what the best one speaks of."""
    if LISTS.search(asked):
        return False
    wanted = figure_units(asked)
    first = max(answers.values(), key=lambda rows: rows[0].score)
    lead = next((row for row in _near(first) if wanted & _units(row)), first[0])
    may = bool(MAY.search(asked))
    others = [rows for rows in answers.values() if rows is not first]
    said = [lead, *(max(_near(rows), key=lambda row: _fit(lead, row, wanted, may)) for rows in others)]
    if all(SILENT.search(one.say) for one in (*said, *(rows[0] for rows in answers.values()))) and _alike(said):
        return True
    if wanted or AMOUNT.search(asked):
        figures = {_figures(one, rows, wanted) for one, rows in zip(said, (first, *others), strict=True)}
        return len(figures) == 1 and frozenset() not in figures
    if len({bool(SILENT.search(one.say)) for one in said}) > 1:
        return False
    if may and all(FORBIDS.search(one.say) for one in said) and (not differing or _alike(said)):
        return True
    return _alike(said)


def _alike(said: Sequence[Scored]) -> bool:
    return all(alike(said[0], other) >= ALIKE for other in said[1:])


def _near(rows: Sequence[Scored]) -> list[Scored]:
    return [row for row in rows if row.score >= rows[0].score - ALIGNED]


def _fit(lead: Scored, row: Scored, wanted: frozenset[str], may: bool) -> tuple[bool, bool, float]:
    """How well a statement of one type is the counterpart of another's: a figure asked for, a ban like its ban, its words."""
    return bool(wanted & _units(row)), may and bool(FORBIDS.search(row.say)) == bool(FORBIDS.search(lead.say)), alike(lead, row)


def alike(one: Scored, other: Scored) -> float:
    """How much of the shorter statement's words the other shares, their types' names aside: 0 to 1."""
    a, b = _words(one.say), _words(other.say)
    return len(a & b) / (min(len(a), len(b)) or 1)


@lru_cache(maxsize=4096)
def _words(say: str) -> frozenset[str]:
    for kind in words("slots")["choices"]:
        say = say.replace(kind, "")
    return token_set(say)


def _units(one: Scored) -> frozenset[str]:
    return frozenset(quantity.unit for quantity in quantities(one.say))


def _figures(one: Scored, rows: Sequence[Scored], wanted: frozenset[str]) -> frozenset[tuple[object, str]]:
    """The figures of the units wanted, or of any, that a statement's article gives beside it."""
    beside = [row for row in rows if row.unit == one.unit and abs(row.score - one.score) <= ALIGNED]
    return frozenset((q.value, q.unit) for row in beside for q in quantities(row.say) if not wanted or q.unit in wanted)
