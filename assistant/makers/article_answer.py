"""The answer to a question that names an article: what it says in the edition of the day, the 款 or 项 asked for, what fits the question first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.draft import Draft
from assistant.makers.points import score_points
from assistant.named_article import asked_beside
from assistant.turn import Turn
from corpus.article import Address, places
from corpus.digest import Point
from corpus.library import Entry
from index.search import Search

MOST_POINTS = 12


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The article maker over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        """Fill the draft from the named articles; False where none of them is known."""
        for asked in turn.slots.addresses[:3]:
            entry = draft.library.entry(Address(asked.law, asked.edition, asked.article))
            if entry:
                _article(draft, entry, asked.place, _best(turn, entry, search))
        return bool(draft.blocks)

    return make


def _best(turn: Turn, entry: Entry, search: Search) -> str:
    """The statement of the article that answers what is asked beside its number; "" where the article itself is asked for."""
    if not asked_beside(turn.asked, search.library.catalog):
        return ""
    scored = score_points(turn.asked, search.at(turn.asked, [entry.address], 1.0), search)
    return next((s.say for s in scored if s.unit == entry.address), "")


def _article(draft: Draft, entry: Entry, place: str, best: str) -> None:
    points: Sequence[Point] = entry.digest.points if entry.digest else ()
    wanted = next(iter(places(place)), None)
    there = [point for point in points if wanted and any(wanted.meets(at) for at in places(point.at))]
    part = entry.article.part(place) if entry.article and place else ""
    if wanted and not there and entry.article and part != entry.article.text:
        _text(draft, entry, place, part)
    elif entry.digest:
        _points(draft, entry, place, there, best)
    elif entry.article:
        _text(draft, entry, "", entry.article.text)


def _text(draft: Draft, entry: Entry, place: str, text: str) -> None:
    lines = [re.sub(r"[ \t\u3000]+", "", line) for line in text.split("\n") if line.strip()]
    draft.add("paragraph", [[draft.sentence(f"《{entry.law.title}》{entry.label}{place}的规定：", [entry.address], place)]], tone="lead")
    draft.add("list", [[draft.sentence(line, [entry.address], place)] for line in lines])


def _points(draft: Draft, entry: Entry, place: str, there: Sequence[Point], best: str) -> None:
    """The statements at the place asked for, or all of the article's, the one that answers the question first."""
    assert entry.digest
    own = place if there else ""
    whole = f"，要点没有分到{place}，下面是整条" if place and not there else ""
    draft.add("paragraph", [[draft.sentence(f"《{entry.law.title}》{entry.label}{own}讲的是{entry.digest.topic}{whole}：", [entry.address], own)]], tone="lead")
    said = [point for point in there or entry.digest.points if not point.silent or point.say == best]
    points = sorted(said, key=lambda point: point.say != best)[:MOST_POINTS]
    draft.add("list", [[draft.sentence(point.say, [entry.address], own)] for point in points])
