"""The answer to when a law takes effect or was last amended: the day of each edition of the catalog, with the article that ends it."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.draft import Draft
from assistant.turn import Turn
from corpus.article import Address, Edition, Law
from corpus.catalog import Catalog
from corpus.references import without_laws

ASKS = re.compile(
    r"(什么时候|何时|哪天|哪年|几月|几号|从哪|啥时候|什么时间).{0,8}(生效|施行|实施|执行|开始用)|(生效|施行|实施|执行)(日期|时间|日|的?时候)?(是|从)?(什么时候|何时|哪天|哪年|几月|啥时候)"
)
WHEN = r"(?:什么时候|何时|哪一?年|哪天|几几年|啥时候)"
AMENDED = re.compile(
    rf"(?:(?:最近|最新|上次|上一次|最后)(?:的|一次)*(?:修[订改正]|改)|(?:修[订改正]|改)过(?:几[次回]|多少次|没有?|吗)|{WHEN}[^，,。；;？?]{{0,3}}修[订改正]|修[订改正](?:是|于|日期|时间)*{WHEN}"
    rf"|(?:有|出过)?(?:几|哪几|哪些)个?版本|历次修[订改正])"
)
BESIDE = re.compile(rf"{WHEN}|[\W_]|请问|想问|现在|目前|一共|总共|到底|一次|版本|文本|修[订改正]|[是在的了过吗呢有于版]")
LEAST_BESIDE = 2  # characters left over that ask for something else
MOST = 4


def make(turn: Turn, draft: Draft) -> bool:
    """Fill the draft for the first law named; False where none is named or something else is asked."""
    amended = asks_amended(turn.asked, draft.library.catalog)
    if not turn.slots.laws or not (amended or ASKS.search(turn.asked)):
        return False
    law = draft.library.catalog.get(turn.slots.laws[0])
    editions = sorted(law.editions, key=lambda edition: edition.in_force_from, reverse=True)[:MOST]
    rows = [draft.sentence(_said(law, edition, turn), [a] if (a := _closing(law, edition, draft)) else ()) for edition in editions]
    newest = replace(rows[0], text=f"本库目录里最近的一个文本：{rows[0].text}") if amended else rows[0]
    draft.add("paragraph", [[newest]], tone="info")
    draft.add("list", [[row] for row in rows[1:]], title="以前的文本", tone="info")
    return bool(draft.citations)


def asks_amended(question: str, catalog: Catalog) -> bool:
    """Whether a question asks when, or how often, a law was amended and nothing else (慈善法最近哪年修正的)."""
    rest, found = AMENDED.subn("", without_laws(question, catalog))
    return bool(found) and len(BESIDE.sub("", rest)) < LEAST_BESIDE


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
