"""Before and after: the same question asked of the edition before the last change and of the one in force, side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from assistant.draft import Draft
from assistant.makers.points import Scored, score_points
from assistant.turn import Sentence, Turn
from corpus.article import Law
from corpus.timeline import in_force
from index.search import Search

CHANGES = re.compile(
    r"新旧|前后|改前|改后|(?:修[改订正]|修法|改)(?:以)?(?:前|后).{0,12}(?:区别|不同|变化|差|一样)|有什么变化|有何变化|变了(?:什么|哪些|没|吗)|改了(?:什么|哪些)|多了(?:什么|哪些)"
    r"|(?:和|与|跟)(?:现在|现行|新法|旧法|新的|以前|原来).{0,10}(?:比|区别|不同|变化|差|一样)|(?:现在|新法|新的).{0,8}(?:和|与|跟)(?:以前|原来|旧法|过去)"
)
POINTS_EACH = 2
NEAR = 0.03
TOP = 6


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The maker of edition comparisons over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        if not CHANGES.search(turn.asked):
            return False
        law = _law(turn, search)
        days = _days(law, turn.today) if law else None
        if law is None or days is None:
            return False
        rows = []
        for name, day in zip(("修改前", "现行"), days, strict=True):
            found = _best(turn, law, day, search)
            if not found:
                return False
            cites = tuple(dict.fromkeys(n for s in found for n in draft.sentence("", s.addresses, s.place).cites))
            edition = in_force(law, day)
            assert edition
            rows.append((Sentence(f"{name}（{edition.date} 文本）"), Sentence("".join(s.say for s in found), cites)))
        draft.add("table", [(Sentence("文本"), Sentence("规定")), *rows], title=f"《{law.title}》修改前后")
        return True

    return make


def _law(turn: Turn, search: Search) -> Law | None:
    """The law meant: the one named, else the first among the best hits that has had an earlier edition."""
    catalog = search.library.catalog
    named = [catalog.get(slug) for slug in turn.slots.laws]
    found = [catalog.get(hit.address.law) for hit in turn.hits[:TOP] if hit.kind == "article"]
    return next((law for law in (*named, *found) if _days(law, turn.today)), None)


def _days(law: Law, today: date) -> tuple[date, date] | None:
    """The last day of the edition before, and today; None where there is none before."""
    now = in_force(law, today)
    if now is None:
        return None
    before = now.in_force_from - timedelta(days=1)
    return (before, today) if in_force(law, before) else None


def _best(turn: Turn, law: Law, day: date, search: Search) -> list[Scored]:
    question = f"{law.title} {CHANGES.sub('', turn.asked)}"
    hits = [hit for hit in search.search(question, day, top=30) if hit.address.law == law.slug]
    scored = score_points(question, hits[:8], search)
    near = [s for s in scored[1:] if s.score >= scored[0].score - NEAR and s.unit == scored[0].unit] if scored else []
    return [*scored[:1], *near[: POINTS_EACH - 1]]
