"""What rests on articles outside the corpus: answers that clerks approved, and evaluation cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.service import Service
from api.staff.approvals import Approvals, rests
from api.staff.approvals import State as Standing
from corpus.article import Address
from corpus.impact import CASE, Rest
from corpus.library import Library
from corpus.timeline import edition_of, in_force


def resting(office: Service, library: Library) -> Iterator[Rest]:
    """Every approved answer that is offered or waits for a second look, and every case, on each article that it cites."""
    yield from rests(Approvals(office.store).all(Standing.ACTIVE, Standing.STALE, most=100_000))
    for case in all_cases(office.settings.home):
        yield from of_case(case, library, office.today())


@lru_cache(maxsize=4)
def _shipped() -> tuple[Any, ...]:
    from evals.case import load

    return tuple(load())


def all_cases(home: Path) -> Iterator[Any]:
    """The cases that ship, then those that the office has confirmed."""
    from evals.case import load

    yield from _shipped()
    if (home / "cases").is_dir():
        yield from load(home / "cases")


def of_case(case: Any, library: Library, today: date) -> Iterator[Rest]:
    """A case on the articles that its answer must cite, in the edition that it names, else of its day, else of today."""
    on = date.fromisoformat(case.date) if case.date else today
    for title, label in dict.fromkeys(gold for group in case.gold for gold in group):
        law = library.catalog.find(title)
        edition = (edition_of(law, case.edition) if case.edition else in_force(law, on) or law.editions[-1]) if law else None
        if law and edition:
            dated = bool(case.date or case.edition)
            yield Rest(CASE, case.id, case.turns[-1], Address(law.slug, edition.date, label), dated=dated)
