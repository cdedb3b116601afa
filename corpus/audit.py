"""The audit: every digest and guide line against the texts, the calendar of editions, the catalog and the other guides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from corpus.agreement import agreement
from corpus.article import Law
from corpus.finding import Finding, Kind
from corpus.library import Library
from corpus.mentions import bad_cite, cites, mentions
from corpus.outside import audit_outside
from corpus.stale import Stale, load_stale
from corpus.standing import notices, standing
from corpus.support import digest_support, line_support
from corpus.timeline import in_force

__all__ = ["Finding", "Kind", "audit", "audit_outside", "notices"]


def audit(library: Library, on: date, stale: Stale | None = None) -> Iterator[Finding]:
    """Everything to mend as of that day, by kind. What nobody can mend yet is no finding: see `notices`."""
    stale = stale if stale is not None else load_stale()
    yield from standing(library, on)
    yield from cites(library, on)
    yield from digest_support(library)
    yield from line_support(library, on)
    yield from mentions(library, on, stale)
    yield from stale_entries(library, stale, on)
    yield from agreement(library, on)
    for law in library.catalog:
        if law.core:
            yield from undigested(library, law, on)


def undigested(library: Library, law: Law, on: date) -> Iterator[Finding]:
    """One finding for a core law with articles without digest in the edition of the day, or without any digest."""
    edition = in_force(law, on)
    if edition is None:
        return
    digested = {d.article for d in library.digests if (d.law, d.edition) == (law.slug, edition.date)}
    held = library.held.get((law.slug, edition.date))
    missing = [a.label for a in held.text.articles if a.label not in digested] if held else []
    where = f"要点 {law.title} {edition.date}"
    if not digested:
        yield Finding(Kind.NO_DIGEST, where, "核心文件一条要点也没有，请在 corpus/data/digests 里补写", law.title)
    elif missing:
        named = "、".join(missing[:12]) + ("等" if len(missing) > 12 else "")
        yield Finding(Kind.NO_DIGEST, where, f"{len(missing)} 条没有要点：{named}", law.title)


def stale_entries(library: Library, stale: Stale, on: date) -> Iterator[Finding]:
    """Citations of data/stale.yaml that do not resolve: what the audit of outside guides says must rest on an article too."""
    for cite in stale.cites:
        yield from bad_cite(library, cite, "过时说法清单 stale.yaml", on)
