"""The sides of a comparison as the question names them: what to call each, what to ask for it, and its organisation type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.makers import aspects
from assistant.makers.cases import fundraising
from assistant.slots import named
from assistant.turn import Turn
from assistant.wording import words

COMPARES = re.compile(
    r"区别|差在|有啥不一样|不一样|不同|差别|差异|对比|相比|比较|分别|各(?:是|有|要|需|为)|(?:哪个|哪边|谁)(?:更|要)?(?:长|短|多|少|高|低|快|慢|严|久|难)?|三类|三种|一样(?:吗|么|不)|异同|还是|[有无]无区别"
)
FALLS_SHORT = re.compile(r"差多少|相差|差几")  # of two sides a difference, of one what it lacks (28家企业，差多少)
WIDE = re.compile(r"三类|三种|各类|不同类型|哪几类|哪些类型")
LEADING = re.compile(r"^(请问|我想问一?下?|想问一?下?|想知道|俺|我们?|咱们?)+")
BESIDE = r"(?:和|跟|与|(?<![不共会相])同(?![意时样级一]))"
PAIR = re.compile(
    rf"(?P<one>[^，,。？?和跟与]{{2,16}}?){BESIDE}(?P<other>[^，,。？?]{{2,18}}?)"
    r"(?P<behind>(?:，|,|在|的(?!人)|之间|上|有|差|是|分别|哪|各|一样|怎么|到底|区别|不同|不一样|相比|比).*)$"
)
FILLER = re.compile(r"[？?，,。\s]|到底|具体|之间|有什么|有啥|有无|啥|吗|呢|么|是不是|规定|的地方|^(在|的|上|有|是)+")
ENDING = re.compile(r"(的|上|在|哪儿?)+$")
DEMAND = re.compile(r"(?:的|方面的?)?(?:要求|规定|标准|条件|手续|流程|程序|方面)$")
NO_LABEL = re.compile(r"[吗么？?]|怎|什么|多少|(?:19|20)\d{2}\s*年")
LONGEST_LABEL = 14


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its name in the table, the question that asks for it alone, and its type where it is one of the organisation types."""

    label: str
    question: str
    kind: str = ""


def read(turn: Turn) -> tuple[list[Side], str]:
    """(the sides that the question sets beside each other, what it asks of them: "" for the difference in general); no sides for another question."""
    types = asked_types(turn)
    compared = compares(turn.asked)
    found = pair(turn.asked) if compared else None
    if found and (two := _of_pair(found, turn)):
        return two, _aspect_of(turn) if two[0].kind else found[2]
    if len(types) >= 2:
        return [Side(kind, _question_for(turn, kind), kind) for kind in types], _aspect_of(turn)
    return [], ""


def compares(question: str) -> bool:
    """Whether a question asks how two or more things differ."""
    return bool(COMPARES.search(question) or (FALLS_SHORT.search(question) and re.search(BESIDE, question)))


def pair(question: str) -> tuple[str, str, str] | None:
    """(one side, the other, what is compared) of a question that sets two things side by side (公开募捐和定向募捐差在哪); None for any other."""
    first, comma, last = question.replace("，", ",").partition(",")
    aspect, rest = (first, last) if comma and re.search(BESIDE, last) and not re.search(BESIDE, first) else ("", question)
    found = PAIR.match(LEADING.sub("", rest.replace("，", ",")))
    if not found:
        return None
    one, other, behind = (found[name].strip() for name in ("one", "other", "behind"))
    while (tail := _tail(other)) and not one.endswith(tail):
        other, behind = other.removesuffix(tail).removesuffix("的"), tail + behind
    noun = _noun_of(other)
    if noun and one in words("comparison")["qualifiers"]:
        one += noun
    about = "".join(ENDING.sub("", FILLER.sub("", FALLS_SHORT.sub("", COMPARES.sub("", part)))) for part in (aspect, behind))
    return one, other, about


def _tail(side: str) -> str:
    """What a side ends with that is asked of both: an aspect, or 要求, 条件 and the like."""
    match = DEMAND.search(side)
    return aspects.ending(side) or (match[0] if match and match.start() > 1 else "")


def _noun_of(side: str) -> str:
    """The noun that a qualified side ends with (非公募基金会 → 基金会)."""
    heads = [side.removeprefix(str(word)) for word in words("comparison")["qualifiers"] if side.startswith(str(word))]
    return min(heads, key=len, default="").removeprefix("的")


def _of_pair(found: tuple[str, str, str], turn: Turn) -> list[Side]:
    """The two sides of a pair, each with the type that it alone names; none where a name is no name but a piece of the question."""
    one, other, aspect = found
    if any(NO_LABEL.search(side) or len(side) > LONGEST_LABEL for side in (one, other)):
        return []
    kinds = [_kind(side) for side in (one, other)]
    shared = next(iter(turn.slots.types), "")
    if all(kinds) and kinds[0] != kinds[1]:
        rest = _without_qualifiers(_question_for(turn, ""))
        names = [_label(side, kind) for side, kind in zip((one, other), kinds, strict=True)]
        return [Side(name, f"{name}{rest}", kind) for name, kind in zip(names, kinds, strict=True)]
    if any(kinds) and not all(kinds) and len(turn.slots.types) > 1:
        return []
    return [Side(side, f"{shared if shared and not _names(shared, side) else ''}{side}{aspect}") for side in (one, other)]


def _kind(side: str) -> str:
    kinds = named("types", side, side)
    return kinds[0] if len(kinds) == 1 else ""


def _label(side: str, kind: str) -> str:
    """The type's own name, or the name with what qualifies it (公募社团), without what is asked of it (基金会成立资金)."""
    names = [str(name) for name in words("slots")["types"][kind] if str(name) in side]
    end = max((side.index(name) + len(name) for name in names), default=len(side))
    cut = side[:end]
    qualified = fundraising(cut) or any(cut.startswith(str(word)) for word in words("comparison")["qualifiers"])
    return cut if qualified else kind


def _names(kind: str, side: str) -> bool:
    return any(str(name) in side for name in words("slots")["types"][kind])


def _question_for(turn: Turn, kind: str) -> str:
    question = turn.asked
    for other in turn.slots.types:
        for name in sorted(map(str, words("slots")["types"][other]), key=len, reverse=True):
            question = re.sub(re.escape(name), "", question, flags=re.IGNORECASE)
    return f"{kind}{FALLS_SHORT.sub('', COMPARES.sub('', re.sub(r'代表处|国内|' + BESIDE, '', question)))}"


def _without_qualifiers(question: str) -> str:
    for word in sorted(map(str, words("comparison")["qualifiers"]), key=len, reverse=True):
        question = question.replace(word, "")
    return question


def _aspect_of(turn: Turn) -> str:
    """What is left of a question about types without their names and the words of comparison."""
    rest = WIDE.sub("", _without_qualifiers(_question_for(turn, "")))
    return ENDING.sub("", FILLER.sub("", re.sub(r"社会组织|组织|机构类型|类型", "", LEADING.sub("", rest))))


def asked_types(turn: Turn) -> tuple[str, ...]:
    """The types to lay side by side: those named with a word of comparison, or the three main ones for a reader who is unsure."""
    if turn.notes.get("side_by_side"):
        return tuple(words("slots")["choices"])
    if compares(turn.asked):
        if len(turn.slots.types) >= 2:
            return turn.slots.types[:4]
        if WIDE.search(turn.asked):
            return tuple(words("slots")["choices"])
    return ()
