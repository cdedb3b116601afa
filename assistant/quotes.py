"""Exact quotes: the slice of an official text (or the digest point, where no text is held) that a statement rests on."""

from __future__ import annotations

from corpus.article import Article
from corpus.library import Entry
from index.tokens import tokens

LONGEST = 320


def quote(entry: Entry, statement: str, place: str = "") -> tuple[str, str]:
    """(exact quote, "text" or "digest"). From a text: the 款/项 named by `place`, else the passage that shares most with the statement."""
    if entry.article is None:
        points = entry.digest.points if entry.digest else ()
        return (best(statement, [p.say for p in points]) if points else "", "digest")
    part = entry.article.part(place) if place else entry.article.text
    if len(part) <= LONGEST:
        return part, "text"
    return passage(entry.article, part, statement), "text"


def passage(article: Article, part: str, statement: str) -> str:
    """A slice of at most about 320 characters: the line that fits best, with the lead of its 款 where it is a 项 and both fit."""
    lines = [line.strip() for line in part.split("\n") if line.strip()]
    found = best(statement, lines)
    if len(found) <= LONGEST:
        return found
    sentences = [s + "。" for s in found.split("。") if s]
    chosen = best(statement, sentences)
    return chosen if chosen in article.text else chosen.rstrip("。")


def best(statement: str, candidates: list[str]) -> str:
    """The candidate that shares the largest part of the statement's tokens."""
    wanted = set(tokens(statement))
    return max(candidates, key=lambda c: (len(wanted & set(tokens(c))) / (len(wanted) or 1), -len(c)))
