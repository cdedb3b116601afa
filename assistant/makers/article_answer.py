"""The answer to a question that names an article: what the article says in the edition of the day, point by point."""

from __future__ import annotations

import re

from assistant.draft import Draft
from assistant.turn import Turn
from corpus.article import Address
from corpus.library import Entry

MOST_POINTS = 12


def make(turn: Turn, draft: Draft) -> bool:
    """Fill the draft from the named articles; False where none of them is known."""
    entries = [entry for a in turn.slots.addresses[:3] if (entry := draft.library.entry(Address(a.law, a.edition, a.article)))]
    for entry in entries:
        _article(draft, entry)
    return bool(entries)


def _article(draft: Draft, entry: Entry) -> None:
    name = f"《{entry.law.title}》{entry.label}"
    if entry.digest:
        draft.add("paragraph", [[draft.sentence(f"{name}讲的是{entry.digest.topic}：", [entry.address])]], tone="lead")
        points = entry.digest.points[:MOST_POINTS]
        draft.add("list", [[draft.sentence(point.say, [entry.address])] for point in points])
        return
    assert entry.article
    lines = [re.sub(r"[ \t\u3000]+", "", line) for line in entry.article.text.split("\n") if line.strip()]
    draft.add("paragraph", [[draft.sentence(f"{name}的规定：", [entry.address])]], tone="lead")
    draft.add("list", [[draft.sentence(line, [entry.address])] for line in lines])
