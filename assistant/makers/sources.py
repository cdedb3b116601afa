"""What a model may write from: the retrieved articles, each behind a random token, as data without orders."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.turn import Answer, Turn
from assistant.wording import any_match, words
from corpus.article import Address
from corpus.clean import INVISIBLE
from corpus.library import Entry, Library
from index.tokens import tokens

MOST_CHARACTERS = 6000
MOST_SOURCES = 12
LONGEST = 1500
CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
FENCES = str.maketrans({"⟦": "[", "⟧": "]", "<": "＜", ">": "＞"})


@dataclass(frozen=True, slots=True)
class Source:
    """One article as the model gets it: its token, its address, what it is about, and the text that its sentences must rest on."""

    token: str
    address: Address
    about: str
    text: str


def choose(turn: Turn, template: Answer, library: Library) -> tuple[Source, ...]:
    """The articles that the template answer cites, then the other found ones, best first, up to about 6,000 characters.

    An article that holds words addressed to a language model is left out whole.
    """
    found: list[Source] = []
    room = MOST_CHARACTERS
    taken: set[str] = set()
    for address in _addresses(turn, template):
        entry = library.entry(address)
        text = shown(entry, turn.asked) if entry else ""
        if entry is None or not text or len(text) > room or orders(_whole(entry)):
            continue
        found.append(Source(_token(taken), address, about(entry), text))
        room -= len(text)
        if len(found) == MOST_SOURCES:
            break
    return tuple(found)


def _addresses(turn: Turn, template: Answer) -> Iterable[Address]:
    cited = [citation.address for citation in template.citations]
    hits = [hit.address for hit in turn.hits if hit.kind == "article"]
    return dict.fromkeys(Address(a.law, a.edition, a.article) for a in (*cited, *hits))


def _token(taken: set[str]) -> str:
    while (token := "S" + "".join(secrets.choice(CONSONANTS) for _ in range(4))) in taken:
        pass
    taken.add(token)
    return token


def _whole(entry: Entry) -> str:
    if entry.article:
        return entry.article.text
    return "\n".join(point.say for point in entry.digest.points) if entry.digest else ""


def shown(entry: Entry, question: str) -> str:
    """The official text where it is held, else the digest's points; of a long text the lines that fit the question, in their order."""
    text = INVISIBLE.sub("", _whole(entry)).translate(FENCES).strip()
    if len(text) <= LONGEST:
        return text
    asked = set(tokens(question))
    pieces = [piece for line in text.split("\n") for piece in re.split(r"(?<=。)", line) if piece.strip()]
    best = sorted(range(len(pieces)), key=lambda i: (-len(asked & set(tokens(pieces[i]))), i))
    kept: list[int] = []
    room = LONGEST
    for number in best:
        if len(pieces[number]) < room:
            kept.append(number)
            room -= len(pieces[number]) + 1
    return "\n".join(pieces[number] for number in sorted(kept))


def about(entry: Entry) -> str:
    """What the article is about and for whom, so that the model need not guess; it may not write the title."""
    topic = entry.digest.topic if entry.digest else ""
    types = "、".join(entry.digest.types) if entry.digest and "全部" not in entry.digest.types else ""
    return "；".join(part.translate(FENCES) for part in (entry.law.title, topic, types) if part)


def orders(text: str) -> bool:
    """Whether a text speaks to a language model; no law does."""
    return any_match("prompt", "orders", text) or any_match("harm", "injection", text)


def prompt(question: str, sources: Sequence[Source]) -> tuple[str, str]:
    """(system, user) message: the question and the fenced sources."""
    wording: Mapping[str, str] = words("prompt")
    fenced = "\n".join(wording["source"].format(token=f"⟦{s.token}⟧", about=s.about, text=s.text) for s in sources)
    return wording["system"].strip(), wording["user"].format(question=question.translate(FENCES), sources=fenced).strip()
