"""The sides of a comparison: what to call each, what to ask for it, and its organisation type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.makers import aspects
from assistant.makers.cases import fundraising
from assistant.makers.pairs import BESIDE, COMPARES, FALLS_SHORT, LEADING, NOISE, bare, compares, side_by_side
from assistant.slots import named
from assistant.turn import Turn
from assistant.wording import words

WIDE = re.compile(r"三类|三种|各类|不同类型|哪几类|哪些类型")
NO_LABEL = re.compile(r"[吗么？?]|怎|什么|多少|最[高低多少大小]$|[上下]限$|(?:19|20)\d{2}\s*年")
WISH = re.compile(r"^(?:想|要|打算|准备|我|去|由|走|只|直接(?!登记))+(?=.{2})")
OLD_OR_NEW = re.compile(r"[新旧老]的?[^，。]{0,12}(?:法|条例|办法|规定|版)$|^(?:现行|以前|原来|过去|修[改订])")
TRADE = {"社会团体", "行业协会商会"}
LONGEST_LABEL = 16


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its name in the table, the question that asks for it alone, its type where it is one of the organisation types, and what
    the question says of this side besides its type (法定代表人不能兼职)."""

    label: str
    question: str
    kind: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a question compares: the sides, what it asks of them ("" for the difference in general), and the aspects it names."""

    sides: tuple[Side, ...] = ()
    about: str = ""
    aspects: tuple[aspects.Aspect, ...] = ()


def read(turn: Turn) -> Compared:
    """The sides that the question sets beside each other, or what to choose from for a reader who cannot say; none for another question."""
    if cases := turn.notes.get("cases"):
        return Compared(tuple(Side(label, question) for label, question in cases))
    types = asked_types(turn)
    several = len(turn.slots.types) > 1
    found = side_by_side(turn.asked, lambda one, other: not (several and _kind(one)) or bool(_kind(other))) if compares(turn.asked) else None
    if found and (sides := _named(*found, turn)):
        return Compared(tuple(sides), _said_of_all(*found), aspects.asked(_without(found[0], turn.asked)))
    if len(types) >= 2:
        return Compared(tuple(Side(kind, _question_for(turn, kind), kind) for kind in types), _aspect_of(turn), aspects.asked(turn.asked))
    return Compared()


def _without(names: tuple[str, ...], question: str) -> str:
    """The question without the names of the sides, whose words name no aspect (注销登记) unless they end in one (诉讼期限)."""
    for name in names:
        if not _kind(name):
            question = question.replace(name, aspects.ending(name))
    return question


def _named(names: tuple[str, ...], about: str, turn: Turn) -> list[Side]:
    """The named sides, each with the type that it alone names; none where a name is no name but a piece of the question."""
    if any(NO_LABEL.search(name) or OLD_OR_NEW.search(name) or not 1 < len(name) <= LONGEST_LABEL for name in names):
        return []
    kinds = [_kind(name) for name in names]
    if all(kinds) and len(set(kinds)) == len(kinds):
        about = _said_of_all(names, about)
        behind = [_behind(kind, name, names) for name, kind in zip(names, kinds, strict=True)]
        labels = [_label(name, kind) for name, kind in zip(names, kinds, strict=True)]
        return [Side(label, f"{label}{more}{about}", kind, more) for label, kind, more in zip(labels, kinds, behind, strict=True)]
    if any(kinds) and not all(kinds) and len(turn.slots.types) > 1:
        return []
    shared = _shared(names, turn)
    names = tuple(WISH.sub("", name) for name in names)
    return [Side(name, f"{'' if name.startswith(shared) else shared}{name}{about}") for name in names]


def _said_of_all(names: tuple[str, ...], about: str) -> str:
    """What is asked of typed sides, with what stands behind the last type where the first name is a type alone (协会和基金会换届时间)."""
    last = names[-1]
    if not all(map(_kind, names)):
        return about
    return about if _behind(_kind(last), last, names) else f"{last[_end(_kind(last), last) :].removeprefix('的')}{about}"


def _behind(kind: str, name: str, names: tuple[str, ...]) -> str:
    """What stands behind the type in the name of a side; nothing where the first name is a type alone, for then it is said of all."""
    first = names[0]
    return name[_end(kind, name) :] if first[_end(_kind(first), first) :] else ""


def _shared(names: tuple[str, ...], turn: Turn) -> str:
    """The organisation that all sides are about, as the question calls it: what the first begins with (协会撤销登记和…), or what is named beside them."""
    kind = next(iter(turn.slots.types), "")
    if not kind or any(_kind(name) for name in names[1:]):
        return ""
    end = _end(kind, names[0])
    if _kind(names[0]):
        rest = names[0][end:]
        return names[0][:end] if len(rest) > 1 and not rest.startswith("法人") else ""
    return kind


def _kind(side: str) -> str:
    """The one type that a name names: a trade association is a 社会团体."""
    kinds = named("types", side, side)
    return kinds[0] if len(kinds) == 1 or (set(kinds) == TRADE and kinds[0] in words("slots")["choices"]) else ""


def _end(kind: str, side: str) -> int:
    """Where the last name of a type ends in the name of a side; its end for no type."""
    if not kind:
        return len(side)
    lowered = side.lower()
    names = [name for name in (kind, *map(str, words("slots")["types"][kind])) if name.lower() in lowered]
    return max((lowered.index(name.lower()) + len(name) for name in names), default=len(side))


def _label(side: str, kind: str) -> str:
    """The type's own name, or the name with what qualifies it (公募社团), without what is asked of it (基金会成立资金)."""
    cut = side[: _end(kind, side)]
    qualified = fundraising(cut) or any(cut.startswith(str(word)) for word in words("comparison")["qualifiers"])
    return cut if qualified and len(cut) <= LONGEST_LABEL else kind


def _question_for(turn: Turn, kind: str) -> str:
    question = turn.asked
    for other in turn.slots.types:
        for name in sorted(map(str, words("slots")["types"][other]), key=len, reverse=True):
            question = re.sub(re.escape(name), "", question, flags=re.IGNORECASE)
    return f"{kind}{FALLS_SHORT.sub('', COMPARES.sub('', re.sub(r'代表处|国内|' + BESIDE, '', NOISE.sub('', question))))}"


def _aspect_of(turn: Turn) -> str:
    """What is left of a question about types without their names and the words of comparison."""
    rest = _question_for(turn, "")
    for word in sorted(map(str, words("comparison")["qualifiers"]), key=len, reverse=True):
        rest = rest.replace(word, "")
    return bare(re.sub(r"社会组织|组织|机构类型|类型", "", LEADING.sub("", WIDE.sub("", rest))))


def asked_types(turn: Turn) -> tuple[str, ...]:
    """The types to lay side by side: those named with a word of comparison, or the three main ones for a reader who is unsure."""
    if turn.notes.get("side_by_side"):
        return tuple(words("slots")["choices"])
    if compares(turn.asked):
        if len(turn.slots.types) >= 2:
            one_name = set(turn.slots.types) == TRADE and not re.search(BESIDE, turn.asked)  # 商会 is both
            return () if one_name else turn.slots.types[:4]
        if WIDE.search(turn.asked) and not turn.slots.types:
            return tuple(words("slots")["choices"])
    return ()
