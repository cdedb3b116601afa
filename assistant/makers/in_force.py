"""The answer to when a law takes effect: the day of each edition of the catalog, with the article that ends it where there is one."""

from __future__ import annotations

import re

from assistant.draft import Draft
from assistant.turn import Turn
from corpus.article import Address, Edition, Law

ASKS = re.compile(
    r"(什么时候|何时|哪天|哪年|几月|几号|从哪|啥时候|什么时间).{0,8}(生效|施行|实施|执行|开始用)|(生效|施行|实施|执行)(日期|时间|日|的?时候)?(是|从)?(什么时候|何时|哪天|哪年|几月|啥时候)"
)
MOST = 4


def make(turn: Turn, draft: Draft) -> bool:
    """Fill the draft for the first law named; False where none is named or something else is asked."""
    if not turn.slots.laws or not ASKS.search(turn.asked):
        return False
    law = draft.library.catalog.get(turn.slots.laws[0])
    editions = sorted(law.editions, key=lambda edition: edition.in_force_from, reverse=True)[:MOST]
    rows = [draft.sentence(_said(law, edition, turn), [a] if (a := _closing(law, edition, draft)) else ()) for edition in editions]
    draft.add("paragraph", [[rows[0]]], tone="info")
    draft.add("list", [[row] for row in rows[1:]], title="以前的文本", tone="info")
    return bool(draft.citations)


def _said(law: Law, edition: Edition, turn: Turn) -> str:
    begin = f"{edition.in_force_from.year} 年 {edition.in_force_from.month} 月 {edition.in_force_from.day} 日"
    later = "将" if edition.in_force_from > turn.today else ""
    end = f"，到 {edition.in_force_to.year} 年 {edition.in_force_to.month} 月 {edition.in_force_to.day} 日为止" if edition.in_force_to else ""
    return f"《{law.title}》{edition.date} 文本{later}自 {begin}起施行{end}。"


def _closing(law: Law, edition: Edition, draft: Draft) -> Address | None:
    """The last article that speaks of taking effect, else the last one that is known."""
    found = (draft.library.entry(Address(law.slug, edition.date, label)) for label in draft.library.labels(law, edition))
    known = [entry for entry in found if entry]
    says = [e for e in known if "施行" in (e.article.text if e.article else " ".join(p.say for p in e.digest.points) if e.digest else "")]
    return (says or known)[-1].address if known else None
