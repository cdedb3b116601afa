"""Whether two questions are the same: equal once worn-off words are gone and about the same case; or near: the same case and close in meaning.

Vectors alone cannot tell 业务主管单位的职责 from 登记管理机关的职责 (cosine .97), so what is only near is never taken for the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from assistant.stages import contextualise, normalise
from assistant.turn import Turn
from corpus.numerals import number_value
from index.search import Search
from index.tokens import fold

# At .94, and answered from the same article first, 41 of 43 near pairs of dev questions have their gold article in common: python -m evals.sameness
CLOSE = 0.94
FILLER = re.compile(r"请问一?下?|您好|你好|麻烦问?一?下?|想问一?下?|我想(?:知道|问|了解)?|咨询一?下?|谢谢您?|一下|[啊呢吗吧呀哦嘛哈]|(?<!\w)那(?=\w)")
MARKS = re.compile(r"[^\w\u3400-\u9fff]|_")
NUMBER = re.compile(r"\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百千]+(?=[万亿]?(?:个|名|人|元|年|月|日|天|岁|%|倍|次|家|届|类|级|条|款|项|章|节))")
NEGATED = re.compile(r"不(?!同|动产)|没|未|别(?!人|的)|无(?!形)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is compared: its bare words, the words that are embedded, and its case as one text.

    The case is what decides the answer: types, matters, level, region, laws and articles named, figures, whether it denies, and the day.
    """

    bare: str
    text: str
    case: str


def asked(search: Search, question: str, *, today: date, region: str = "", on: date | None = None, history: tuple[str, ...] = ()) -> Asked:
    """A question read as the assistant reads it; `region` is that of the office or reader, `on` the day chosen besides the words."""
    turn = Turn(question=question, today=today, history=history, region=region, on=on, asked=question)
    for stage in (normalise.stage(search), contextualise.stage(search)):
        turn = stage(turn)
    return of(turn)


def of(turn: Turn) -> Asked:
    """A question that the stages normalise and contextualise have read."""
    slots = turn.slots
    case = {
        "types": sorted(slots.types),
        "matters": sorted(slots.matters),
        "level": slots.level,
        "region": slots.region or turn.region,
        "laws": sorted(slots.laws),
        "articles": sorted([a.law, a.article, a.place] for a in slots.addresses),
        "figures": figures(turn.asked),
        "denies": bool(NEGATED.search(turn.asked)),
        "on": turn.on.isoformat() if turn.on and turn.on != turn.today else "",
    }
    return Asked(bare(turn.asked), turn.asked, json.dumps(case, ensure_ascii=False, sort_keys=True))


def bare(question: str) -> str:
    """The question without greetings, particles and marks."""
    return MARKS.sub("", FILLER.sub("", fold(question)))


def figures(question: str) -> tuple[str, ...]:
    """The numbers of a question in order of size, 三十 as 30."""
    return tuple(sorted(str(_value(match[0])) for match in NUMBER.finditer(question)))


def _value(text: str) -> float:
    try:
        return float(text) if text[0].isdigit() else float(number_value(text))
    except ValueError:
        return -1.0


def same(one: Asked, other: Asked) -> bool:
    """Whether two questions are one and the same."""
    return one.case == other.case and one.bare == other.bare


def near(one: Asked, other: Asked, cosine: Callable[[str, str], float], close: float = CLOSE) -> bool:
    """Whether two questions are about the same case and close in meaning; `cosine` compares texts and gives 0 where nothing embeds them."""
    return one.case == other.case and cosine(one.text, other.text) >= close
