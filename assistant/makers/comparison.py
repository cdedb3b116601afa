"""Types side by side: one row a type, the points that answer the question for it."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.draft import Draft
from assistant.makers.points import Scored, score_points
from assistant.turn import Sentence, Turn
from assistant.wording import words
from index.search import Search

COMPARES = re.compile(r"区别|差在|有啥不一样|不一样|不同|差别|对比|相比|比较|分别|各(是|有|要|需)|哪个|三类|三种|一样吗|异同|还是")
POINTS_EACH = 2
NEAR = 0.03


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The comparison maker over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        types = asked_types(turn)
        if len(types) < 2:
            return False
        rows: list[tuple[Sentence, Sentence]] = []
        for kind in types:
            found = _best(turn, kind, search)
            if not found:
                continue
            cites = tuple(dict.fromkeys(n for s in found for n in draft.sentence("", s.addresses, s.place).cites))
            text = "".join(s.say for s in found)
            rows.append((Sentence(kind), Sentence(text, cites)))
        if len(rows) < 2:
            return False
        head = (Sentence("类型"), Sentence("规定"))
        draft.add("table", [head, *rows], title="分类型对照")
        return True

    return make


def asked_types(turn: Turn) -> tuple[str, ...]:
    """The types to lay side by side: those named with a word of comparison, or the three main ones for a reader who is unsure."""
    if turn.notes.get("side_by_side"):
        return tuple(words("slots")["choices"])
    if COMPARES.search(turn.asked):
        if len(turn.slots.types) >= 2:
            return turn.slots.types[:4]
        if re.search(r"三类|三种|各类|不同类型|哪几类|哪些类型", turn.asked):
            return tuple(words("slots")["choices"])
    return ()


def _best(turn: Turn, kind: str, search: Search) -> list[Scored]:
    question = turn.asked
    for other in turn.slots.types:
        for name in sorted(map(str, words("slots")["types"][other]), key=len, reverse=True):
            question = question.replace(name, "")
    question = f"{kind}{COMPARES.sub('', question)}".replace("和的", "").replace("和", "")
    hits = search.search(question, turn.day, region=turn.region, types=(kind,), top=10)
    scored = [s for s in score_points(question, hits, search) if kind in s.types or "全部" in s.types]
    if not scored:
        return []
    near = [s for s in scored[1:] if s.score >= scored[0].score - NEAR and s.unit == scored[0].unit]
    return [scored[0], *near[: POINTS_EACH - 1]]
