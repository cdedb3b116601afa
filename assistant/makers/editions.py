"""Two editions of a law side by side: the one before the last change and the one in force, or those of the two years that the question names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.draft import Draft
from assistant.makers import aspects
from assistant.makers.comparison import Found, cell, chosen, conclude, lay_out
from assistant.makers.points import score_points
from assistant.makers.sides import Side
from assistant.slots import SETS_SIDE_BY_SIDE, YEAR
from assistant.turn import Sentence, Turn
from corpus.article import Edition, Law
from corpus.timeline import edition_of, in_force
from index.search import Search
from index.tokens import token_set

CHANGES = re.compile(
    r"新旧|前后|改前|改后|(?:修[改订正]|修法|改)(?:以)?(?:前|后).{0,12}(?:区别|不同|变化|差|一样)|有什么变化|有何变化|变了(?:什么|哪些|没|吗)|改了(?:什么|哪些)|多了(?:什么|哪些)"
    r"|[新旧老](?:的|版)?[^，。？]{0,10}?(?:法|条例|办法|规定|版)(?:和|与|跟|、|对|比)[新旧老](?:的|版)?[^，。？]{0,10}?(?:法|条例|办法|规定|版)"
    r"|(?:和|与|跟)(?:现在|现行|新法|旧法|新的|旧的|以前|原来).{0,10}(?:比|区别|不同|变化|差|一样)|(?:现在|新法|新的).{0,8}(?:和|与|跟)(?:以前|原来|旧法|过去)"
)
YEARS = re.compile(YEAR + r"\s*(?:的|版|文本|修[订正改])*(?:和|与|跟|、|到)?")
ASKS_START = re.compile(r"施行|生效|实施|什么时候(?:开始|起)")
START = re.compile(r"起施行")
OLD_TEXT = re.compile(r"旧的?|原来的?|以前的?|老的?")
ADDED = re.compile(r"多了|新增|增加了|加了|添了")
BEFORE_AND_AFTER = ("修改前", "修改后")
NEW_WORDS = 0.5
NEW = 0.08
TOP = 6
SEARCHED = 30
HITS = 8


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a law as it stands in the table: its name and the day on which it is asked."""

    name: str
    day: date


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The maker of edition comparisons over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        years = tuple(dict.fromkeys(match[1] for match in re.finditer(YEAR, turn.asked)))
        if not (CHANGES.search(turn.asked) or (len(years) > 1 and SETS_SIDE_BY_SIDE.search(turn.asked))):
            return False
        law, texts = _texts(turn, years, search)
        if law is None:
            return False
        found = [_found(turn, law, text, search) for text in texts]
        if ADDED.search(turn.asked) and len(found) > 1:
            found[-1] = _added(found[-1], found[0])
        asked = aspects.asked(turn.asked)
        rows = chosen(found, asked, strict=len(texts) > 1, apart=False)
        if rows is None:
            return False
        title = f"《{law.title}》修改前后"
        if len(texts) == len(BEFORE_AND_AFTER):
            conclude(draft, rows, asked, names=BEFORE_AND_AFTER)
            lay_out(draft, rows, "文本", title)
        else:
            body = [(Sentence(side.label), cell(draft, statements)) for side, statements in rows]
            if len(texts) == 1:
                body.insert(0, (Sentence("旧的规定"), cell(draft, [])))
            draft.add("table", [(Sentence("文本"), Sentence("规定")), *body], title=title)
        return True

    return make


def _texts(turn: Turn, years: tuple[str, ...], search: Search) -> tuple[Law | None, list[Text]]:
    """(the law meant, its texts): the law named, else the first among the best hits that has the editions; one text where only today's is known."""
    catalog = search.library.catalog
    named = [catalog.get(slug) for slug in turn.slots.laws]
    hits = [catalog.get(hit.address.law) for hit in turn.hits[:TOP] if hit.kind == "article"]
    for law in (*named, *hits):
        if texts := _of_years(law, years, turn.today) or _before_and_now(law, turn.today):
            return law, texts
    if named and OLD_TEXT.search(turn.asked) and (now := in_force(named[0], turn.today)):
        return named[0], [Text(f"现行（{now.date} 文本）", turn.today)]
    return None, []


def _of_years(law: Law, years: tuple[str, ...], today: date) -> list[Text]:
    """The editions of two years: those that bear the year, or were in force in the middle of it; none unless there are two."""
    editions = [(year, edition_of(law, year) or in_force(law, date(int(year), 7, 1))) for year in years]
    known = [(year, edition) for year, edition in editions if edition]
    if len(known) != len(years) or len({edition.date for _, edition in known}) < 2:
        return []
    ordered = sorted(known, key=lambda row: row[1].date)
    return [Text(_named(year, edition, law, today), max(edition.in_force_from, date(int(year), 1, 1))) for year, edition in ordered]


def _named(year: str, edition: Edition, law: Law, today: date) -> str:
    now = in_force(law, today)
    return f"{year} 年（{edition.date} 文本{'，现行' if now and now.date == edition.date else ''}）"


def _before_and_now(law: Law, today: date) -> list[Text]:
    """The edition before and the one in force today; none where there is none before."""
    now = in_force(law, today)
    before = in_force(law, now.in_force_from - timedelta(days=1)) if now else None
    if now is None or before is None:
        return []
    return [Text(f"修改前（{before.date} 文本）", now.in_force_from - timedelta(days=1)), Text(f"现行（{now.date} 文本）", today)]


def _found(turn: Turn, law: Law, text: Text, search: Search) -> Found:
    """The statements of a text that answer the question, those that speak of its aspect where there are any."""
    question = f"{law.title} {SETS_SIDE_BY_SIDE.sub('', CHANGES.sub('', YEARS.sub('', turn.asked)))}"
    hits = [hit for hit in search.search(question, text.day, top=SEARCHED) if hit.address.law == law.slug]
    asked = aspects.asked(turn.asked)
    scored = [s for s in score_points(question, hits if asked else hits[:HITS], search) if ASKS_START.search(turn.asked) or not START.search(s.say)]
    fitting = [s for s in scored if aspects.speaks(asked, s.say)]
    return Found(Side(text.name, question), tuple(fitting or scored))


def _added(now: Found, before: Found) -> Found:
    """What is in force now with those statements first of which the text before holds less than half."""
    known = [token_set(s.say) for s in before.scored]
    moved = []
    for s in now.scored:
        tokens = token_set(s.say)
        held = max((len(tokens & old) / (len(tokens) or 1) for old in known), default=0.0)
        moved.append(replace(s, score=s.score + NEW) if held < NEW_WORDS else s)
    return Found(now.side, tuple(sorted(moved, key=lambda s: -s.score)))
