"""Types side by side: one row a type, the points that answer the question for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.draft import Draft
from assistant.makers.points import Scored, score_points
from assistant.turn import Sentence, Turn
from assistant.wording import words
from index.search import Search

COMPARES = re.compile(r"区别|差在|有啥不一样|不一样|不同|差别|对比|相比|比较|分别|各(是|有|要|需)|哪个|三类|三种|一样吗|异同|还是")
POINTS_EACH = 2
NEAR = 0.03
GENERAL = 0.02
LEADING = re.compile(r"^(请问|我想问一?下?|想问一?下?|想知道|俺|我们?|咱们?)+")
BESIDE = r"(?:和|跟|与|(?<![不共会相])同(?![意时样级一]))"
PAIR = re.compile(
    rf"(?P<one>[^，,。？?和跟与]{{2,16}}?){BESIDE}(?P<other>[^，,。？?]{{2,18}}?)"
    r"(?P<behind>(?:，|,|在|的(?!人)|之间|上|有|差|是|分别|哪|各|一样|怎么|到底|区别|不同|不一样).*)$"
)
FILLER = re.compile(r"[？?，,。\s]|到底|具体|之间|有什么|有啥|有无|啥|吗|呢|是不是|^(在|的|上|有|是)+")
ENDING = re.compile(r"(的|上|在|哪儿?)+$")


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The comparison maker over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        types = asked_types(turn)
        if len(types) >= 2:
            sides = [(kind, _best(turn, _question_for(turn, kind), search, kind)) for kind in types]
            return _side_by_side(draft, "类型", [(kind, found) for kind, found in sides if found], "分类型对照")
        named = pair(turn.asked) if COMPARES.search(turn.asked) else None
        if named is None:
            return False
        one, other, aspect = named
        shared = next((kind for kind in turn.slots.types), "")
        sides = [(side, _best(turn, f"{shared if shared and not _names(shared, side) else ''}{side}{aspect}", search)) for side in (one, other)]
        leads = [found[0].say for _, found in sides if found]
        return len(set(leads)) == 2 and _side_by_side(draft, "事项", sides, "对照")

    return make


def _side_by_side(draft: Draft, head: str, sides: Sequence[tuple[str, Sequence[Scored]]], title: str) -> bool:
    """A table with a row for each side; False for fewer than two."""
    if len(sides) < 2:
        return False
    rows = []
    for side, found in sides:
        cites = tuple(dict.fromkeys(n for s in found for n in draft.sentence(s.say, s.addresses, s.place).cites))
        rows.append((Sentence(side), Sentence("".join(s.say for s in found), cites)))
    draft.add("table", [(Sentence(head), Sentence("规定")), *rows], title=title)
    return True


def pair(question: str) -> tuple[str, str, str] | None:
    """(one side, the other, what is compared) of a question that sets two things side by side (公开募捐和定向募捐差在哪); None for any other."""
    first, comma, last = question.replace("，", ",").partition(",")
    aspect, rest = (first, last) if comma and re.search(BESIDE, last) and not re.search(BESIDE, first) else ("", question)
    found = PAIR.match(LEADING.sub("", rest.replace("，", ",")))
    if not found:
        return None
    one, other, behind = (found[name].strip() for name in ("one", "other", "behind"))
    about = "".join(ENDING.sub("", FILLER.sub("", COMPARES.sub("", part))) for part in (aspect, behind))
    return one, other, about


def _names(kind: str, side: str) -> bool:
    return any(str(name) in side for name in words("slots")["types"][kind])


def _question_for(turn: Turn, kind: str) -> str:
    question = turn.asked
    for other in turn.slots.types:
        for name in sorted(map(str, words("slots")["types"][other]), key=len, reverse=True):
            question = re.sub(re.escape(name), "", question, flags=re.IGNORECASE)
    return f"{kind}{COMPARES.sub('', re.sub(r'代表处|国内|' + BESIDE, '', question))}"


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


def _best(turn: Turn, question: str, search: Search, kind: str = "") -> list[Scored]:
    """The statement that answers best, of those for the type where one is given, with what stands near it in the same article."""
    hits = search.search(question, turn.day, region=turn.region, types=(kind,) if kind else turn.slots.types, top=10)
    scored = [s for s in score_points(question, hits, search) if not kind or kind in s.types or "全部" in s.types]
    if kind:
        scored.sort(key=lambda s: -(s.score - GENERAL * (kind not in s.types)))
    if not scored:
        return []
    near = [s for s in scored[1:] if s.score >= scored[0].score - NEAR and s.unit == scored[0].unit]
    return [scored[0], *near[: POINTS_EACH - 1]]
