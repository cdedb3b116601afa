"""Exact quotes: the slice of an official text (or the digest point, where no text is held) that a statement rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.turn import Citation
from corpus.article import Article
from corpus.library import Entry
from corpus.timeline import status
from index.tokens import token_set

LONGEST = 320


def citation(entry: Entry, n: int, statement: str, place: str, on: date) -> Citation:
    """The citation of an article for a statement, with the exact quote that it rests on."""
    text, source = quote(entry, statement, place)
    return Citation(
        n=n,
        address=replace(entry.address, place=place),
        title=entry.law.title,
        status=status(entry.law, entry.edition, on),
        quote=text,
        source=source,
        verified=entry.verified,
        topic=entry.digest.topic if entry.digest else "",
        in_force_from=entry.edition.in_force_from.isoformat(),
    )


def widened(known: Citation, entry: Entry, statement: str, place: str) -> Citation | None:
    """The citation with its quote drawn out so that it holds for one more statement, or None where that would be too long.

    A quote of a text stays one slice; one of a digest holds its points in order, one a line."""
    text, source = quote(entry, statement, place)
    if source != known.source or text in known.quote:
        return known if source == known.source else None
    if entry.article is None:
        points = [p.say for p in entry.digest.points] if entry.digest else []
        drawn = "\n".join(p for p in points if p in {*known.quote.split("\n"), text})
    else:
        whole = entry.article.text
        starts = [whole.find(part) for part in (known.quote, text)]
        drawn = whole[min(starts) : max(start + len(part) for start, part in zip(starts, (known.quote, text), strict=True))] if min(starts) >= 0 else ""
    if not drawn or len(drawn) > LONGEST:
        return None
    return replace(known, quote=drawn, address=replace(known.address, place=known.address.place if known.address.place == place else ""))


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
    if statement in candidates:  # it shares all with itself: what is longer cannot be better
        candidates = [candidate for candidate in candidates if len(candidate) <= len(statement)]
    if len(candidates) == 1:
        return candidates[0]
    wanted = token_set(statement)
    return max(candidates, key=lambda c: (len(wanted & token_set(c)) / (len(wanted) or 1), -len(c)))
