"""What may be edited: every digest, guide and catalog entry as it stands, which of them are the office's own, and one of them whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.problems import Problem
from corpus.article import RANKS, Address
from corpus.catalog import TEXT_STATES
from corpus.digest import CONFIDENCE, MATTERS, TYPES
from corpus.errors import CorpusError
from corpus.form import OPERATORS
from corpus.guide import DETAILS, SECTIONS, UNCITED
from corpus.layer import CATALOG, DIGEST, GUIDE, OFFICE, digest_key, digest_parts, withdrawn
from corpus.library import Library
from corpus.proposal import KINDS, Ground, standing_content
from corpus.telling import lines
from corpus.timeline import edition_of

OPTIONS: Mapping[str, Any] = {
    "kinds": KINDS,
    "types": list(TYPES),
    "matters": list(MATTERS),
    "confidence": list(CONFIDENCE),
    "operators": list(OPERATORS),
    "sections": SECTIONS,
    "uncited": sorted(UNCITED),
    "details": list(DETAILS),
    "ranks": list(RANKS),
    "text_states": list(TEXT_STATES),
}


def laws(ground: Ground) -> Iterator[dict[str, Any]]:
    """Every law with its editions, how many articles of each are known and digested, and whether the entry is the office's own."""
    library = ground.library
    digested: dict[tuple[str, str], int] = {}
    for digest in library.digests:
        digested[digest.law, digest.edition] = digested.get((digest.law, digest.edition), 0) + 1
    for law in sorted(library.catalog, key=lambda law: (RANKS.index(law.rank), law.title)):
        editions = [
            {
                "date": edition.date,
                "held": (law.slug, edition.date) in library.held,
                "articles": len(library.labels(law, edition)),
                "digested": digested.get((law.slug, edition.date), 0),
            }
            for edition in reversed(law.editions)
        ]
        own = ground.layer.item(CATALOG, law.slug) is not None
        yield {"slug": law.slug, "title": law.title, "rank": law.rank, "region": law.region, "own": own, "editions": editions}


def guides(ground: Ground) -> Iterator[dict[str, Any]]:
    """Every guide, and those that the office took back."""
    for guide in sorted(ground.library.guides, key=lambda guide: (guide.matter, guide.title)):
        own = ground.layer.item(GUIDE, guide.slug) is not None
        yield {"slug": guide.slug, "title": guide.title, "matter": guide.matter, "types": list(guide.types), "own": own, "withdrawn": False}
    for (kind, slug), content in ground.layer.items.items():
        if kind == GUIDE and withdrawn(content):
            yield {"slug": slug, "title": str(content.get("title") or slug), "matter": "", "types": [], "own": True, "withdrawn": True}


def articles(ground: Ground, slug: str, edition: str) -> dict[str, Any]:
    """The articles of an edition in order, each with its digest's topic. Raises Problem 404."""
    library = ground.library
    law = library.catalog.find(slug)
    found = edition_of(law, edition) if law else None
    if law is None or found is None:
        raise Problem(404, f"没有“{slug}”{edition} 这个版本，请从目录里选", field="law", value=slug)
    rows = []
    for label in library.labels(law, found):
        entry = library.entry(Address(law.slug, found.date, label))
        digest = entry.digest if entry else None
        key = digest_key(law.slug, found.date, label)
        own = ground.layer.item(DIGEST, key)
        rows.append(
            {
                "label": label,
                "key": key,
                "topic": digest.topic if digest else "",
                "points": len(digest.points) if digest else 0,
                "own": own is not None,
                "withdrawn": withdrawn(own),
                "excerpt": entry.article.text[:60] if entry and entry.article else "",
            }
        )
    return {"law": law.slug, "title": law.title, "edition": found.date, "held": (law.slug, found.date) in library.held, "articles": rows}


def item(ground: Ground, kind: str, key: str) -> dict[str, Any]:
    """One item whole, as the office has it: content (None where there is none yet), its lines, and for a digest the article. Raises Problem 422."""
    try:
        content = standing_content(ground, kind, key)
        source = _source(ground.library, key) if kind == DIGEST else None
    except (CorpusError, KeyError) as error:
        raise Problem(422, str(error), field="key", value=key) from error
    own = ground.layer.item(kind, key)
    return {
        "kind": kind,
        "key": key,
        "content": content,
        "lines": lines(kind, content),
        "own": own is not None,
        "withdrawn": withdrawn(own),
        "ships": kind != OFFICE and _ships(ground, kind, key),
        "source": source,
    }


def _ships(ground: Ground, kind: str, key: str) -> bool:
    bare = Ground(ground.shipped, type(ground.layer)({}), ground.texts)
    return standing_content(bare, kind, key) is not None


def _source(library: Library, key: str) -> dict[str, Any]:
    slug, edition, label = digest_parts(key)
    law = library.law(slug)
    entry = library.entry(Address(law.slug, edition, label))
    text = entry.article.text if entry and entry.article else None
    return {"law": law.slug, "title": law.title, "edition": edition, "label": label, "text": text}
