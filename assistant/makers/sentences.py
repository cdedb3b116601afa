"""A model's output as it streams in, cut into sentences with the source tokens that it marked them with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CODE = r"S[BCDFGHJKLMNPQRSTVWXZ]{4}"
MARK = re.compile(rf"⟦([^⟦⟧\n]*)⟧|[\[【〔［(（]\s*((?:{CODE}[\s、,，;；|]*)+)[\]】〕］)）]")
END = re.compile(r"(?:[。！？!?]+[”’」』）)\"]*|\n)")
AFTER = re.compile(rf"(?:[ \t\u3000]*(?:{MARK.pattern}))*[ \t\u3000]*[。]?")
# What may still become a mark once more has come.
OPEN = re.compile(rf"⟦[^⟦⟧\n]*|[\[【〔［(（]\s*(?:{CODE}[\s、,，;；|]*)*(?:S[BCDFGHJKLMNPQRSTVWXZ]{{0,3}})?")
BULLET = re.compile(
    r"^(?:\s|[-*•·●▪#>]+\s|\d{1,2}[.、)．](?!\d)|[（(]\d{1,2}[)）]|[①-⑳]|[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|(?:结论|简答|回答|答)[：:])+"
)
DECORATION = re.compile(r"\*\*|__|`+")
THINKING = ("<think>", "</think>")
LONGEST = 400


class CutShort(Exception):
    """The output was ended before the model was done: what is complete counts, an unfinished last sentence does not."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a model without marks and bullets, and the tokens of the sources it names, as written."""

    text: str
    codes: tuple[str, ...]


def cut(pieces: Iterable[str]) -> Iterator[Said]:
    """The sentences of a stream, each as soon as what follows shows that it is over; thoughts and empty lines are left out."""
    rest = ""
    try:
        for piece in spoken(pieces):
            rest += piece
            while end := _end(rest):
                yield from said(rest[:end])
                rest = rest[end:]
    except CutShort:
        return
    while end := _end(rest, over=True):
        yield from said(rest[:end])
        rest = rest[end:]
    yield from said(rest)


def said(written: str) -> Iterator[Said]:
    """The sentence as it may be shown, where anything is left of it; one that is too long to be a sentence is cut off at 400 characters."""
    codes = [code for match in MARK.finditer(written) for code in re.findall(r"[^\s、,，;；|]+", match[1] or match[2] or "") or [""]]
    text = BULLET.sub("", DECORATION.sub("", MARK.sub("", written)).strip())
    text = re.sub(r"\s+", " ", text).strip()
    if re.search(r"\w", text):
        yield Said(text[: LONGEST + 1], tuple(dict.fromkeys(codes)))


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """The stream without a leading <think>…</think>, as reasoning models behind plain servers write it."""
    opening, closing = THINKING
    head = ""
    speaking = False
    for piece in pieces:
        if speaking:
            yield piece
            continue
        head += piece
        start = head.lstrip()
        if opening.startswith(start) or (start.startswith(opening) and closing not in start):
            continue
        speaking = True
        yield start.partition(closing)[2] if start.startswith(opening) else head
    if not speaking and not head.lstrip().startswith(opening):
        yield head


def _end(text: str, over: bool = False) -> int:
    """Where the first sentence ends with the marks that follow it; 0 while that cannot be told yet. `over`: nothing more comes."""
    for match in END.finditer(text):
        if text.rfind("⟦", 0, match.start()) > text.rfind("⟧", 0, match.start()) and match[0] != "\n":
            continue
        after = AFTER.match(text, match.end())
        end = after.end() if after else match.end()
        following = text[end:]
        if match[0] == "\n":
            return match.end()
        return 0 if not over and (not following or OPEN.fullmatch(following)) else end
    return 0
