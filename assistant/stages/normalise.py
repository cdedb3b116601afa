"""normalise: traditional script, full width, mistyped, pinyin-typed and English words of the field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from assistant.spelling import correct, from_english, from_pinyin
from assistant.turn import Turn
from assistant.wording import words
from corpus.clean import to_simplified
from index.search import Search

PLAN = "社会组织发展规划"
OTHER_PLAN = re.compile(r"社会组织(?:发展)?规划|纲要|城乡规划|城市规划|发展规划的?编制|自己的规划|五年规划|规划局")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def normal(text: str, known: Callable[[str], bool]) -> str:
    """The question in the form that is searched: simplified, half-width, domain words set right."""
    text = re.sub(r"\s+", " ", to_simplified(unicodedata.normalize("NFKC", text))).strip()
    if not CHINESE.search(text):
        spelled = from_pinyin(text)
        return spelled if spelled != text else from_english(text)
    for wrong in sorted(map(str, words("typos")), key=len, reverse=True):
        if wrong in text:
            text = text.replace(wrong, words("typos")[wrong])
    if "规划" in text and not OTHER_PLAN.search(text):
        text = text.replace("规划", PLAN, 1)
    return correct(text, known)


def stage(search: Search) -> Callable[[Turn], Turn]:
    """Put the question and the earlier ones into their searched form."""

    def normalise(turn: Turn) -> Turn:
        asked = normal(turn.asked, search.knows)
        english = bool(re.search(r"[A-Za-z]{3,}", turn.asked)) and not CHINESE.search(turn.asked) and asked.endswith(turn.asked[-4:])
        history = tuple(normal(question, search.knows) for question in turn.history)
        return turn.having(asked=asked, history=history, notes={**turn.notes, "normalise": asked if asked != turn.question else "", "english": english})

    return normalise
