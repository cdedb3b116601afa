"""Look-up at the window: results as one types, articles with their cross-references, guides as checklists, editions side by side. No model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date as day
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.chat import Day, service
from api.problems import Problem
from api.sources import article_json, edition_json, known_edition, law_json
from api.staff.access import require
from api.staff.desk import Desk, desk
from api.staff.roles import Role, Staff
from api.tools import documents
from assistant.slots import named
from assistant.tools import checklist
from assistant.tools.findings import as_json
from assistant.wording import words
from corpus.article import Address, Edition, Law
from corpus.citing import Citer
from corpus.difference import Change, changes
from corpus.guide import SECTIONS
from corpus.library import Entry, Library
from corpus.timeline import status
from index.lookup import Filters, Found
from index.tokens import fold

router = APIRouter(prefix="/staff", tags=["staff"], include_in_schema=False)
Reader = Annotated[Staff, Depends(require(Role.CLERK, Role.EDITOR, Role.REVIEWER))]
Short = Annotated[str, Query(max_length=40)]
Name = Annotated[str, Path(max_length=120)]
# A page of results; with more, a clerk types on.
TOP, DEEP = 30, 80
EXCERPT = 46
PRIVATE = {"Cache-Control": "no-store"}


@router.get("/lookup", response_model=None)
def look_up(
    request: Request,
    who: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    type: Short = "",
    matter: Short = "",
    rank: Short = "",
    region: Short = "",
    date: Day | None = None,
    deep: bool = False,
) -> Response:
    """Articles and guides for what was typed so far, by keyword; `deep` asks what else means the same, by vector. What it was read as comes along."""
    office = service(request)
    filters = Filters(date or office.today(), region or office.settings.region, type, matter, rank)
    at, asked = desk(office), (q.strip(), filters, deep)
    body = at.remembered(asked)
    if body is None:
        read = understood(q)
        if deep:
            with at.by_meaning:
                hits = office.assistant.search.addresses(q, filters.on, region=filters.region, types=read["types"], top=DEEP) if q.strip() else []
            found = at.lookup.sift(hits, filters)[:TOP]
        else:
            found = at.lookup.find(q, filters, types=read["types"], matters=read["matters"], top=TOP)
        typed = squeezed(q)
        answer = {"hits": [hit_json(at.library, one, typed, filters.on) for one in found], "read": read, "release": at.release, "date": filters.on.isoformat()}
        body = at.remember(asked, json.dumps(answer, ensure_ascii=False).encode())
    return Response(body, media_type="application/json", headers=PRIVATE)


@router.get("/lookup/choices", response_model=None)
def choices(request: Request, who: Reader) -> dict[str, Any]:
    """What the filters can be set to."""
    at = desk(service(request)).lookup
    known = list(words("checklist")["circumstances"])
    return {"types": at.types, "matters": at.matters, "ranks": at.ranks, "regions": at.regions, "circumstances": known}


@router.get("/articles/{slug}/{edition}/{label}", response_model=None)
def article(slug: Name, edition: Name, label: Name, request: Request, who: Reader, date: Day | None = None) -> dict[str, Any]:
    """One article with where its mentions lead, what cites it, and the editions of its law."""
    office = service(request)
    at, on = desk(office), date or office.today()
    law, found = known_edition(at.library, slug, edition)
    shown = article_json(at.library, law, found, label, on)
    entry = at.library.entry(Address(law.slug, found.date, label))
    assert entry is not None
    return shown | {
        "mentions": _mentions(at, entry, on),
        "cites": [address_json(at.library, address) for address in at.citing.of(entry, on)],
        "cited_by": [citer_json(at.library, citer) for citer in at.citing.to(entry.address, on)],
        "editions": [edition_json(at.library, law, each, on) for each in law.editions],
        "release": at.release,
    }


@router.get("/checklists/{slug}", response_model=None)
def guide(
    slug: Name,
    request: Request,
    who: Reader,
    type: Short = "",
    case: Annotated[list[Annotated[str, Query(max_length=40)]], Query(max_length=10)] = [],  # noqa: B006  (FastAPI copies it)
    region: Short = "",
    date: Day | None = None,
) -> dict[str, Any]:
    """A guide as the checklist of a type and circumstances, with every line's citations."""
    office = service(request)
    search = office.assistant.search
    found = checklist_json(search.library, slug, kind=type, cases=case, region=region, on=date or office.today(), office=office.office)
    return found | {"release": search.release.id}


@router.get("/compare/{slug}", response_model=None)
def compare(slug: Name, request: Request, who: Reader, before: Annotated[str, Query(max_length=20)], after: Annotated[str, Query(max_length=20)]) -> Response:
    """Two editions of a law side by side, article by article. Raises Problem 404 for an edition that is not known, 409 where its text is not held."""
    at = desk(service(request))
    law, old = known_edition(at.library, slug, before)
    _, new = known_edition(at.library, slug, after)
    asked = ("compare", law.slug, old.date, new.date)
    body = at.remembered(asked)
    if body is None:
        rows = [change_json(change) for change in changes(_text(at.library, law, old), _text(at.library, law, new))]
        said = {"law": law_json(law), "before": old.date, "after": new.date, "rows": rows}
        body = at.remember(asked, json.dumps(said, ensure_ascii=False).encode())
    return Response(body, media_type="application/json", headers=PRIVATE)


def understood(text: str) -> dict[str, tuple[str, ...]]:
    """The types, matters and circumstances that the words name."""
    known = words("checklist")["circumstances"]
    cases = tuple(case for case, names in known.items() if any(name in text for name in names))
    return {"types": named("types", text, text), "matters": named("matters", text, text), "circumstances": cases}


def checklist_json(library: Library, slug: str, *, kind: str, cases: list[str], region: str, on: day, office: Any) -> dict[str, Any]:
    """A guide as a checklist in JSON. Raises Problem 404 for an unknown guide, 422 as the tool does."""
    guide = library.guide(slug)
    if guide is None:
        raise Problem(404, f"没有“{slug}”这份办事指南", field="slug", value=slug)
    kind = kind if kind in guide.types else guide.types[0]
    with documents():
        found = checklist.checklist(library, kind, guide.matter, on=on, region=region, circumstances=cases, guide=slug, office=office)
    shown: dict[str, Any] = as_json(found) | {"types": list(guide.types), "cases": guide_cases(library, slug, kind, on)}
    return shown


def guide_cases(library: Library, slug: str, kind: str, on: day) -> list[str]:
    """The circumstances under which this guide's checklist is another one."""
    guide = library.guide(slug)
    assert guide is not None
    lines = [line for _, line in guide.lines()]
    whole = " ".join(f"{line.details.get('name', '')} {line.say}" for line in lines)
    telling = re.findall(words("checklist")["case"].removesuffix("$"), whole) + re.findall(r"([^：，。 ]{2,8})变更：", whole)
    return [case for case, names in words("checklist")["circumstances"].items() if any(name in told for told in telling for name in names)]


def hit_json(library: Library, found: Found, typed: str, on: day) -> dict[str, Any]:
    """One result: what it is, how its edition stands on the day, and the words around what was typed."""
    base: dict[str, Any] = {"kind": found.kind, "law": found.address.law, "edition": found.address.edition, "label": found.address.article}
    base |= {"title": found.title, "topic": found.topic, "rank": found.rank, "region": found.region, "score": round(found.score, 4)}
    entry = library.entry(found.address) if found.kind == "article" else None
    if entry is None:
        guide = library.guide(found.address.law)
        lines = [line.say for line in guide.sections.get("summary", ())] if guide else []
        return base | {"types": list(guide.types) if guide else [], "excerpt": excerpt(" ".join(lines), typed), "status": "", "held": False}
    said = entry.article.text if entry.article else " ".join(point.say for point in entry.digest.points) if entry.digest else ""
    return base | {"excerpt": excerpt(said, typed), "status": status(entry.law, entry.edition, on), "held": entry.article is not None}


def squeezed(typed: str) -> str:
    """What was typed, folded and without marks."""
    return re.sub(r"[^\w\u3400-\u9fff]", "", fold(typed))


def excerpt(text: str, typed: str) -> str:
    """The part of a text around the longest piece of the (squeezed) words typed that occurs in it, else its beginning."""
    text = " ".join(text.split())
    for size in range(min(6, len(typed)), 1, -1):
        for start in range(len(typed) - size + 1):
            at = text.find(typed[start : start + size])
            if at >= 0:
                begin = max(0, at - 12)
                return ("…" if begin else "") + text[begin : begin + EXCERPT] + ("…" if begin + EXCERPT < len(text) else "")
    return text[:EXCERPT] + ("…" if len(text) > EXCERPT else "")


def address_json(library: Library, address: Address) -> dict[str, Any]:
    """An address with its law's title."""
    law = library.law(address.law)
    return {"law": law.slug, "edition": address.edition, "label": address.article, "place": address.place, "title": law.title}


def citer_json(library: Library, citer: Citer) -> dict[str, Any]:
    """What cites an article; a guide's label is the name of its section."""
    label = SECTIONS[citer.address.article] if citer.kind == "guide" else citer.address.article
    where = {"law": citer.address.law, "edition": citer.address.edition, "label": label}
    return {"kind": citer.kind, **where, "title": citer.title, "place": citer.place, "says": citer.says}


def change_json(change: Change) -> dict[str, Any]:
    """One row of a comparison; the stretches of what did not change are left out."""
    sides = {side: {"label": one.label, "text": one.text} if one else None for side, one in (("before", change.before), ("after", change.after))}
    return {"kind": change.kind, **sides, "stretches": change.stretches() if change.kind == "改动" else []}


def _mentions(at: Desk, entry: Entry, on: day) -> list[dict[str, Any]]:
    if entry.article is None:
        return []
    return list(_leading(at, entry, entry.article.text, on))


def _leading(at: Desk, entry: Entry, text: str, on: day) -> Iterator[dict[str, Any]]:
    for mention in at.citing.mentions(text, entry.address, on):
        yield address_json(at.library, mention.address) | {"start": mention.start, "end": mention.end}


def _text(library: Library, law: Law, edition: Edition) -> tuple[Any, ...]:
    held = library.held.get((law.slug, edition.date))
    if held is None:
        known = [each.date for each in law.editions if (law.slug, each.date) in library.held]
        way = f"已导入的是 {'、'.join(known)}" if known else "这部文件一个文本也没有导入"
        raise Problem(409, f"《{law.title}》{edition.date} 文本没有导入，不能逐条对照；{way}", field="edition", value=edition.date)
    return held.text.articles
