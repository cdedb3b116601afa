"""What a question leaves unsaid: of which act (要什么材料), filing, qualification or report (要提前几天备案) it asks, and what is offered for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.slots import named
from assistant.turn import Clarify, Option, Turn
from assistant.wording import any_match, words

LONGEST = 24
DEMAND = re.compile(
    r"材料|资料|文件|手续|流程|步骤|程序|条件|要求|门槛|清单|期限|时间|日期|多[久长少]|几|时候|何时|[找向给]谁|哪"
    r"|[怎咋]么?[办弄走交报]|如何办|过期|到期|延期|延长|来[得不]及|补救|逾期|[带交写填备][些点]?(啥|什么)"
)
MARKS = re.compile(r"[\W_\d]")


@dataclass(frozen=True, slots=True)
class Missing:
    """What a question leaves unsaid: the question back, and what to choose from with the words that say it."""

    asks: str
    cases: tuple[tuple[str, str], ...]


def missing(asked: str) -> Missing | None:
    """What a question that names neither act nor thing leaves unsaid; None for any other question."""
    return _of(asked.removesuffix(str(words("slots")["every"]))) if len(asked) <= LONGEST + len(str(words("slots")["every"])) else None


@lru_cache(maxsize=1024)
def only_an_act(asked: str) -> bool:
    """Whether a question names an act that has a guide and else only what is wanted of it (注销的流程)."""
    matters = set(named("matters", asked, asked))
    if len(asked) > LONGEST or not matters or not matters <= set(words("slots")["guided"]) or not DEMAND.search(asked):
        return False
    names = sorted(("登记", *(str(name) for matter in matters for name in words("slots")["matters"][matter])), key=len, reverse=True)
    for name in names:
        asked = asked.replace(name, "")
    return not _names(asked)


@lru_cache(maxsize=1024)
def _of(asked: str) -> Missing | None:
    if asked.rstrip("？?").endswith("吧") or any_match("missing", "unless", asked):  # wants to hear yes (我们这条件会批吧)
        return None
    rest, things = asked, words("missing")["things"]
    row = next((row for row in things if any(str(word) in asked for word in row["said"])), None)
    for word in (str(word) for thing in things for word in thing["said"]):
        rest = rest.replace(word, "")
    if _names(rest) or not (row or DEMAND.search(asked)) or set(named("matters", asked, asked)) - set(row["matters"] if row else ()):
        return None
    row = row or words("missing")["acts"]
    return Missing(str(row["asks"]), tuple((str(label), str(said)) for label, said in row["cases"].items()))


def _names(rest: str) -> str:
    """What is left of a question without the words that tell nothing of what it is about."""
    rest = MARKS.sub("", rest)
    for word in _empty_words():
        rest = rest.replace(word, "")
    return rest


@lru_cache(maxsize=1)
def _empty_words() -> tuple[str, ...]:
    empty = words("missing")["empty"]
    return tuple(sorted((*map(str, empty["words"]), *str(empty["characters"])), key=len, reverse=True))


def named_with(said: str, asked: str) -> str:
    """The question with what it left unsaid."""
    return f"{said}，{asked}"


def question_back(turn: Turn, found: Missing) -> Clarify:
    """The question back what is meant, with a button for each case."""
    return Clarify("matter", found.asks, tuple(Option(label, named_with(said, turn.asked)) for label, said in found.cases))
