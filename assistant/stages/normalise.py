"""normalise: traditional script, full width, mistyped and pinyin-typed domain words; reads date, types, matters, level, laws."""

from __future__ import annotations

import re
import unicodedata

from assistant.turn import Turn
from assistant.wording import words
from corpus.clean import to_simplified

PINYIN_SPACE = re.compile(r"(?<=[a-z])\s+(?=[a-z])")


def normal(text: str) -> str:
    """The question in the form that is searched: simplified, half-width letters and digits, domain words set right."""
    text = to_simplified(unicodedata.normalize("NFKC", text)).strip()
    text = re.sub(r"\s+", " ", text)
    lowered = text.lower()
    letters = sum(c.isascii() and c.isalpha() for c in lowered)
    if letters > len(lowered) * 0.5:
        joined = PINYIN_SPACE.sub("", lowered)
        if any(wrong in joined for wrong in words("typos") if wrong.isascii()):
            text = lowered = joined
    for wrong in sorted(words("typos"), key=len, reverse=True):
        if wrong in lowered:
            text = re.sub(re.escape(wrong), words("typos")[wrong], text, flags=re.I)
            lowered = text.lower()
    return text


def stage(turn: Turn) -> Turn:
    """Put the question into its searched form."""
    asked = normal(turn.asked)
    english = bool(re.search(r"[A-Za-z]{3,}", asked)) and not re.search(r"[\u4e00-\u9fff]", asked)
    return turn.having(asked=asked, notes={**turn.notes, "normalise": asked if asked != turn.question else "", "english": english})
