"""The dashboard: figures of the answers over some days, what is open and late on the worklist, and guides that no longer stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from api.chat import service
from api.service import Service
from api.staff.access import require
from api.staff.arrivals import arrive
from api.staff.facts import Facts
from api.staff.figures import figures
from api.staff.roles import Role, Staff
from api.staff.supervision import since, worklist
from api.staff.worklist import KINDS
from corpus.library import Library
from corpus.standing import standing
from index.search import Search

router = APIRouter()
Supervisor = Annotated[Staff, Depends(require(Role.SUPERVISOR))]


@router.get("/dashboard", response_model=None)
def dashboard(request: Request, who: Supervisor, days: Annotated[int, Query(ge=1, le=366)] = 30) -> dict[str, Any]:
    """The figures of the last days, today among them."""
    office = service(request)
    kept, today = worklist(office), office.day_of_records()
    arrive(office.store, kept, since(office))
    first = today - timedelta(days=days - 1)
    found = figures(Facts(office.store).days(first.isoformat(), today.isoformat()), first, today)
    late = [item for item in kept.items() if item.due < today]
    counts = kept.counts()
    return {
        **asdict(found),
        "work": [{"called": called, "open": counts[kind], "late": sum(item.kind is kind for item in late)} for kind, called in KINDS.items()],
        "stale": stale_guides(office, office.today()),
        "release": office.assistant.search.release.id,
    }


def stale_guides(office: Service, today: date) -> list[Mapping[str, str]]:
    """Guides that rest on what no longer binds, or on an edition that was overtaken, with the reason."""
    return list(_stale(office.assistant.search, today))


@lru_cache(maxsize=1)
def _stale(search: Search, today: date) -> tuple[Mapping[str, str], ...]:
    return tuple(_of(search.library, today))


def _of(library: Library, today: date) -> list[Mapping[str, str]]:
    titles = {f"办事指南 {guide.slug}": guide.title for guide in library.guides}
    return [{"guide": titles[found.where], "why": found.what} for found in standing(library, today) if found.where in titles]
