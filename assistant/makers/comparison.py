"""Types or acts side by side: a row for each side with what answers the question for it, or a row for each aspect of a general difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from assistant.draft import Draft
from assistant.makers import aspects
from assistant.makers.cases import clashes, names_type
from assistant.makers.points import Scored, score_points
from assistant.makers.sides import Side, read
from assistant.turn import Sentence, Turn
from assistant.wording import words
from index.search import Search
from index.tokens import token_set

POINTS_EACH = 2
NEAR = 0.03
GENERAL = 0.02
WITHIN = 0.05
TRIED = 5
TOP = 12
ALIKE = 0.06
FEWEST_ROWS = 2
SURE = 1.0  # below it an aspect asked of anything but a type found mostly statements about something else (dev questions)
HEARSAY = re.compile(r"软文|不要采信|从未施行|草案")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a side: the statements that may stand in its row, best first."""

    side: Side
    scored: tuple[Scored, ...]


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The comparison maker over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        sides, aspect = read(turn)
        if len(sides) < 2:
            return False
        typed = all(side.kind for side in sides)
        if not aspect and not turn.notes.get("side_by_side") and _in_general(turn, draft, sides, search, typed):
            return True
        found = [_found(turn, side, aspects.asked(turn.asked), search) for side in sides]
        rows = chosen(found if typed else [_own(f, [side.label for side in sides], named=False) for f in found], strict=not typed)
        if rows is None:
            return False
        cells = [(Sentence(side.label), cell(draft, found)) for side, found in rows]
        draft.add("table", [(Sentence("类型" if typed else "事项"), Sentence("规定")), *cells], title="分类型对照" if typed else "对照")
        return True

    return make


def _in_general(turn: Turn, draft: Draft, sides: Sequence[Side], search: Search, typed: bool) -> bool:
    """A table with a row for each aspect and a column for each side; False where fewer than two aspects are known of all sides."""
    rows: list[tuple[str, list[Scored]]] = []
    used: set[str] = set()
    for name, question in words("comparison")["general"]["types" if typed else "others"].items():
        asked = [replace(side, question=str(question).format(side=side.label)) for side in sides]
        found = [_found(turn, side, () if typed else aspects.asked(str(name)), search) for side in asked]
        found = found if typed else [_own(f, [side.label for side in sides], named=True) for f in found]
        fresh = [replace(f, scored=tuple(s for s in f.scored if s.say not in used)) for f in found]
        picked = chosen(fresh, strict=True)
        if picked and all(statements for _, statements in picked):
            first = [statements[0] for _, statements in picked]
            if not typed and min(s.score for s in first) < SURE:
                continue
            used |= {s.say for s in first}
            rows.append((str(name), first))
    if len(rows) < FEWEST_ROWS:
        return False
    head = (Sentence("方面"), *(Sentence(side.label) for side in sides))
    draft.add("table", [head, *((Sentence(name), *(cell(draft, [s]) for s in picked)) for name, picked in rows)], title="对照")
    return True


def _found(turn: Turn, side: Side, asked: Sequence[aspects.Aspect], search: Search) -> Found:
    """The statements for a side that speak of what is asked and are not for the opposite case."""
    hits = search.search(side.question, turn.day, region=turn.region, types=(side.kind,) if side.kind else turn.slots.types, top=TOP)
    scored = [s for s in score_points(side.question, hits, search) if _of_kind(side, s) and not HEARSAY.search(s.say)]
    if side.kind:
        scored.sort(key=lambda s: -(s.score - GENERAL * (side.kind not in s.types)))
    own = [s for s in scored if not clashes(side.question, s.say)]
    return Found(side, tuple(s for s in own if aspects.speaks(asked, s.say)))


def _of_kind(side: Side, statement: Scored) -> bool:
    return not side.kind or side.kind in statement.types or "全部" in statement.types or names_type(side.kind, statement.say)


def _own(found: Found, labels: Sequence[str], *, named: bool) -> Found:
    """Without the statements that name another side and not this one; if `named`, only those that name this one."""
    others = frozenset().union(*(_words(label) for label in labels if label != found.side.label))
    own, theirs = _words(found.side.label) - others, others - _words(found.side.label)

    def fits(statement: Scored) -> bool:
        text = f"{statement.unit.law} {statement.topic} {statement.say}"
        about = any(word in text for word in own) or not own
        return about or not (named or any(word in text for word in theirs))

    return Found(found.side, tuple(s for s in found.scored if fits(s)))


def _words(label: str) -> frozenset[str]:
    return frozenset(token for token in token_set(label) if len(token) > 1)


def chosen(found: Sequence[Found], *, strict: bool) -> list[tuple[Side, list[Scored]]] | None:
    """For each side its statements, so chosen that the sides speak of the same; a side without any has none.

    None where no side has any, or, if `strict`, where all sides could only say the same."""
    known = [f for f in found if f.scored]
    if not known or (strict and len(known) < 2):
        return None
    choices = [[s for s in f.scored[:TRIED] if s.score >= f.scored[0].score - WITHIN] for f in known]
    best = max(product(*choices), key=lambda row: _worth(row, known), default=None)
    if best is None or (len({s.say for s in best}) < len(best) and strict):
        return None
    leads = {f.side.label: lead for f, lead in zip(known, best, strict=True)}
    said = {lead.say for lead in leads.values()}
    return [(f.side, _with_near(leads[f.side.label], f, said) if f.scored else []) for f in found]


def _worth(row: Sequence[Scored], known: Sequence[Found]) -> float:
    """How well statements answer together: their scores, and how alike they are once the sides' own words are gone; the same one twice is worth nothing."""
    if len({s.say for s in row}) < len(row):
        return -1.0
    labels = frozenset().union(*(token_set(f.side.label) for f in known))
    bare = [token_set(s.say) - labels for s in row]
    pairs = [(a, b) for place, a in enumerate(bare) for b in bare[place + 1 :]]
    alike = sum(len(a & b) / (min(len(a), len(b)) or 1) for a, b in pairs) / (len(pairs) or 1)
    return sum(s.score for s in row) + ALIKE * len(row) * alike


def _with_near(lead: Scored, found: Found, said: set[str]) -> list[Scored]:
    near = [s for s in found.scored if s.unit == lead.unit and s.say not in said and s.score >= lead.score - NEAR]
    return [lead, *near[: POINTS_EACH - 1]]


def cell(draft: Draft, found: Sequence[Scored]) -> Sentence:
    """A cell with the statements found and their citations; says so, without any, where none was found."""
    if not found:
        return Sentence(str(words("comparison")["none"]))
    cites = tuple(dict.fromkeys(n for s in found for n in draft.sentence(s.say, s.addresses, s.place).cites))
    return Sentence("".join(s.say for s in found), cites)
