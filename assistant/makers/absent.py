"""What a named text does not say: asked whether the plan mentions a thing, the answer says so where its words are found nowhere in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.turn import Turn
from corpus.article import Address, Edition, Law
from corpus.library import Library

ASKS_WHETHER = re.compile(
    r"(?:有没有|有无|是否|是不是)(?:专门|明确|具体)?(?:提到?过?|讲到?过?|说到?过?|写到?过?|规定|涉及|要求|谈到?)了?(?P<thing>[^，,。？?、]{2,10}?)(?:的事|的内容|的规定|这件事|这回事)?(?:[吗呢吧])?[？?]*$"
)
RANK = "规划"
NOUN = 3  # the noun comes last: 搞行业协会商会立法


def unsaid(turn: Turn, library: Library) -> str:
    """The sentence that the named plan has nothing of these words, "" where it has or was not asked. Words are compared, not meanings."""
    found = ASKS_WHETHER.search(turn.asked)
    plans = [law for slug in turn.slots.laws if (law := library.catalog.find(slug)) and law.rank == RANK]
    if not found or not plans:
        return ""
    thing = re.sub(r"^(要|会|过|关于|对|给|搞|发|讲)+", "", found["thing"])
    law, edition = plans[0], library.edition(plans[0], turn.day)
    if edition is None or len(thing) < 2:
        return ""
    said = "\n".join(_said(library, law, edition))
    return "" if not said or thing[-NOUN:] in said else f"在本库所收的《{law.title}》里没有找到写“{thing}”的内容；下面是意思相近的内容，仅供参考。"


def _said(library: Library, law: Law, edition: Edition) -> Iterator[str]:
    for label in library.labels(law, edition):
        entry = library.entry(Address(law.slug, edition.date, label))
        if entry and entry.article:
            yield entry.article.text
        if entry and entry.digest:
            yield from (text for point in entry.digest.points for text in (point.say, *point.ask))
