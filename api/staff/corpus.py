"""Routes of the corpus: what may be edited, and what would be found about an edit before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from api.chat import service
from api.staff import deciding, drafting, items, publishing
from api.staff.access import require
from api.staff.change import OPEN, State
from api.staff.drafting import Drafted
from api.staff.report import change_json, check_json
from api.staff.roles import Role, Staff
from api.staff.wanted import plain
from corpus.layer import CATALOG, DIGEST, GUIDE, OFFICE
from corpus.proposal import Proposal, checks

router = APIRouter(prefix="/staff/corpus", tags=["staff"], include_in_schema=False)
for part in (drafting, deciding, publishing):
    router.include_router(part.router)
Reader = Annotated[Staff, Depends(require(Role.EDITOR, Role.REVIEWER))]
Editor = Annotated[Staff, Depends(require(Role.EDITOR))]
Kind = Annotated[str, Query(pattern=f"^({CATALOG}|{DIGEST}|{GUIDE}|{OFFICE})$")]
Key = Annotated[str, Query(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]  # PostgreSQL takes no NUL


@router.get("/options")
def options(who: Reader) -> Mapping[str, Any]:
    """What the forms offer to choose from."""
    return items.OPTIONS


@router.get("/laws")
def laws(request: Request, who: Reader) -> dict[str, Any]:
    """Every law with its editions."""
    return {"laws": list(items.laws(service(request).changes.ground()))}


@router.get("/guides")
def guides(request: Request, who: Reader) -> dict[str, Any]:
    """Every guide."""
    return {"guides": list(items.guides(service(request).changes.ground()))}


@router.get("/articles")
def articles(request: Request, who: Reader, law: Key, edition: Annotated[str, Query(max_length=10)]) -> dict[str, Any]:
    """The articles of an edition with their digests' topics. Raises Problem 404."""
    return items.articles(service(request).changes.ground(), law, edition)


@router.get("/item")
def item(request: Request, who: Reader, kind: Kind, key: Key) -> dict[str, Any]:
    """One item whole, with every change of it, and those that are not decided; the card that is shown where the office has none of its own.

    Raises Problem 422.
    """
    changes = service(request).changes
    past = [change_json(each, who) for each in changes.of(kind, key)]
    pending = [each for each in past if each["state"] in (*OPEN, State.SUBMITTED)]
    otherwise = service(request).office.as_json() if kind == OFFICE else None
    return items.item(changes.ground(), kind, key) | {"pending": pending, "past": past, "otherwise": otherwise}


@router.post("/check")
def check(given: Drafted, request: Request, who: Editor) -> dict[str, Any]:
    """What would be found about a draft, before it is saved. Raises Problem 422."""
    found = checks(service(request).changes.ground(), Proposal(given.kind, given.key, plain(given.content)), service(request).today(), compare=False)
    return {"checks": [check_json(each) for each in found], "stops": sum(each.stops for each in found)}
