"""Laws, editions, articles, guides, search and the office card, read-only, with ETags from the release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as day
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api import shapes
from api.chat import Day, service
from api.problems import Problem, answers
from assistant.draft import Draft
from assistant.turn import Citation, citation_json
from corpus.article import Address, Edition, Law
from corpus.guide import SECTIONS, Line
from corpus.library import Library
from corpus.timeline import status, warnings

Slug = Annotated[str, Path(max_length=120)]


def etag(request: Request, response: Response) -> None:
    """Tag every read with what it is made from: release, day and office; answer 304 where the client has it."""
    office = service(request)
    tag = f'"{office.assistant.search.release.id}-{office.today().isoformat()}-{office.mark}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        raise Problem(304, "没有变化", headers=headers)
    response.headers.update(headers)


router = APIRouter(tags=["sources"], dependencies=[Depends(etag)], responses={304: {"description": "没有变化"}})


def library(request: Request) -> Library:
    """The library of the current release."""
    return service(request).assistant.search.library


@router.get("/laws", response_model=None, responses=answers(shapes.Laws))
def laws(request: Request) -> dict[str, Any]:
    """Every law with its editions."""
    shelf = library(request)
    return {"laws": [law_json(law) | {"editions": [edition_json(shelf, law, e, service(request).today()) for e in law.editions]} for law in shelf.catalog]}


@router.get("/laws/{slug}/editions/{edition}", response_model=None, responses=answers(shapes.EditionArticles, 404))
def edition(slug: Slug, edition: Annotated[str, Path(max_length=20)], request: Request) -> dict[str, Any]:
    """One edition with its articles."""
    shelf = library(request)
    law, found = known_edition(shelf, slug, edition)
    articles = []
    for label in shelf.labels(law, found):
        entry = shelf.entry(Address(law.slug, found.date, label))
        if entry:
            articles.append(
                {"label": label, "headings": list(entry.article.headings) if entry.article else [], "topic": entry.digest.topic if entry.digest else ""}
            )
    return {"law": law_json(law), "edition": edition_json(shelf, law, found, service(request).today()), "articles": articles}


@router.get("/laws/{slug}/editions/{edition}/articles/{label}", response_model=None, responses=answers(shapes.Article, 404))
def article(slug: Slug, edition: Annotated[str, Path(max_length=20)], label: Annotated[str, Path(max_length=120)], request: Request) -> dict[str, Any]:
    """One article: official text where imported, digest, neighbours and warnings."""
    shelf = library(request)
    law, found = known_edition(shelf, slug, edition)
    return article_json(shelf, law, found, label, service(request).today())


@router.get("/guides", response_model=None, responses=answers(shapes.Guides))
def guides(request: Request) -> dict[str, Any]:
    """Every guide."""
    return {"guides": [{"slug": g.slug, "title": g.title, "matter": g.matter, "types": list(g.types)} for g in library(request).guides]}


@router.get("/guides/{slug}", response_model=None, responses=answers(shapes.Guide, 404))
def guide(slug: Slug, request: Request) -> dict[str, Any]:
    """One guide with its lines, citations, warnings and what the office promises."""
    shelf, office, today = library(request), service(request).office, service(request).today()
    found = shelf.guide(slug)
    if found is None:
        raise Problem(404, f"没有“{slug}”这份办事指南", field="slug", value=slug)
    sections = [
        {"key": key, "title": SECTIONS[key], "lines": [line_json(line, shelf, today) for line in found.sections[key]]}
        for key in SECTIONS
        if found.sections.get(key)
    ]
    warned: dict[str, None] = {}
    for citation in (each for _, line in found.lines() for each in line_citations(line, shelf, today)):
        law = shelf.law(citation.address.law)
        known = shelf.edition(law, citation.address.edition)
        warned.update(dict.fromkeys(warnings(law, known, today) if known else ()))
    promise = office.promised(slug)
    return {
        "slug": found.slug,
        "title": found.title,
        "matter": found.matter,
        "types": list(found.types),
        "sections": sections,
        "warnings": list(warned),
        "office": office.as_json(),
        "promised": {"days": promise.days, "working_days": promise.working_days, "note": promise.note} if promise else None,
    }


@router.get("/search", response_model=None, responses=answers(shapes.Hits, 429))
def search(
    request: Request,
    q: Annotated[str, Query(min_length=1, max_length=500)],
    date: Day | None = None,
    region: Annotated[str, Query(max_length=40)] = "",
    top: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """The best articles and guides for a question."""
    office = service(request)
    hits = office.assistant.search.search(q, date or office.today(), region=region or office.settings.region, top=top)
    return {
        "hits": [
            {
                "kind": h.kind,
                "law": h.address.law,
                "title": h.title,
                "article": h.address.article,
                "edition": h.address.edition,
                "topic": h.topic,
                "score": round(h.score, 4),
            }
            for h in hits
        ]
    }


@router.get("/office", response_model=None, responses=answers(shapes.OfficeCard))
def office(request: Request) -> dict[str, Any]:
    """The office's own card."""
    return service(request).office.as_json()


def known_edition(shelf: Library, slug: str, name: str) -> tuple[Law, Edition]:
    """A law and its edition. Raises Problem 404 naming what is known."""
    law = shelf.catalog.find(slug)
    if law is None:
        raise Problem(404, f"没有“{slug}”这部文件", field="slug", value=slug)
    found = shelf.edition(law, name)
    if found is None:
        raise Problem(404, f"《{law.title}》没有 {name} 文本，已知：{'、'.join(e.date for e in law.editions)}", field="edition", value=name)
    return law, found


def law_json(law: Law) -> dict[str, Any]:
    """A law's facts."""
    return {"slug": law.slug, "title": law.title, "rank": law.rank, "number": law.number, "issuer": law.issuer, "region": law.region, "url": law.url}


def edition_json(shelf: Library, law: Law, edition: Edition, today: day) -> dict[str, Any]:
    """An edition's facts as of a day."""
    return {
        "date": edition.date,
        "in_force_from": edition.in_force_from.isoformat(),
        "in_force_to": edition.in_force_to.isoformat() if edition.in_force_to else None,
        "status": status(law, edition, today),
        "note": edition.note,
        "held": (law.slug, edition.date) in shelf.held,
    }


def article_json(shelf: Library, law: Law, edition: Edition, label: str, today: day) -> dict[str, Any]:
    """One article as of a day. Raises Problem 404."""
    entry = shelf.entry(Address(law.slug, edition.date, label))
    if entry is None:
        raise Problem(404, f"《{law.title}》{edition.date} 文本里没有“{label}”", field="label", value=label)
    labels = shelf.labels(law, edition)
    place = labels.index(label)
    digest = entry.digest
    return {
        "law": law_json(law),
        "edition": edition_json(shelf, law, edition, today),
        "label": label,
        "headings": list(entry.article.headings) if entry.article else [],
        "text": entry.article.text if entry.article else None,
        "digest": {
            "topic": digest.topic,
            "points": [{"say": p.say, "at": p.at} for p in digest.points],
            "verified": digest.verified,
            "confidence": digest.confidence,
        }
        if digest
        else None,
        "previous": labels[place - 1] if place else None,
        "next": labels[place + 1] if place + 1 < len(labels) else None,
        "warnings": list(warnings(law, edition, today)),
    }


def line_json(line: Line, shelf: Library, today: day) -> dict[str, Any]:
    """A guide's line with its citations."""
    return {"say": line.say, "details": dict(line.details), "citations": [citation_json(each) for each in line_citations(line, shelf, today)]}


def line_citations(line: Line, shelf: Library, today: day) -> list[Citation]:
    """What a line rests on; each 款 and 项 on its own, since a checklist's lines rest on different ones of the same article."""
    found: list[Citation] = []
    for cite in line.cites:
        draft = Draft(shelf, today)
        if (address := shelf.resolve(cite, today)) and draft.cite(address, line.say):
            found.append(replace(draft.citations[0], n=len(found) + 1))
    return found
