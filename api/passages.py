"""A search hit as a passage for other programs: title, text, and what they need to cite it. Needs no web framework."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from corpus.article import Address
from corpus.guide import SECTIONS, Guide
from corpus.library import Library
from corpus.timeline import status, warnings
from index.search import Hit


@dataclass(frozen=True, slots=True)
class Passage:
    """One article or guide; `text` is official where `source` is text, our words where it is digest or guide. Score in 0…1."""

    title: str
    text: str
    score: float
    facts: dict[str, Any]
    path: str

    def linked(self, base: str) -> dict[str, Any]:
        """The facts with the address of the page, which begins with `base`."""
        return {**self.facts, "url": base + self.path}


def passages(library: Library, hits: Iterable[Hit], on: date) -> list[Passage]:
    """The passages of hits, best first."""
    made = (_guide(library, hit) if hit.kind == "guide" else _article(library, hit, on) for hit in hits)
    return [passage for passage in made if passage]


def article_page(address: Address) -> str:
    """The path of an article's page."""
    return "/laws/" + "/".join(quote(part, safe="") for part in (address.law, address.edition, address.article))


def guide_page(slug: str) -> str:
    """The path of a guide's page."""
    return f"/guides.html#{quote(slug, safe='')}"


def _article(library: Library, hit: Hit, on: date) -> Passage | None:
    entry = library.entry(hit.address)
    if entry is None:
        return None
    law, edition = entry.law, entry.edition
    facts = {
        "kind": "article",
        "law": law.slug,
        "title": law.title,
        "article": entry.label,
        "edition": edition.date,
        "status": status(law, edition, on),
        "in_force_from": edition.in_force_from.isoformat(),
        "rank": law.rank,
        "region": law.region,
        "issuer": law.issuer,
        "number": law.number,
        "topic": entry.digest.topic if entry.digest else "",
        "source": "text" if entry.article else "digest",
        "verified": entry.verified,
        "warnings": "；".join(warnings(law, edition, on)),
    }
    points = "\n".join(f"{point.at}：{point.say}" if point.at else point.say for point in entry.digest.points) if entry.digest else ""
    text = entry.article.text if entry.article else f"要点（未导入原文）：\n{points}"
    return Passage(f"《{law.title}》{entry.label}", text, _bounded(hit.score), facts, article_page(entry.address))


def _guide(library: Library, hit: Hit) -> Passage | None:
    guide = library.guide(hit.address.law)
    if guide is None:
        return None
    # The same keys as an article's, so that a program may rely on them.
    nothing = dict.fromkeys(("article", "edition", "status", "in_force_from", "rank", "region", "issuer", "number", "warnings"), "")
    facts = {"kind": "guide", "law": guide.slug, "title": guide.title, "topic": guide.matter, "source": "guide", "verified": False, **nothing}
    return Passage(f"办事指南：{guide.title}", guide_text(guide), _bounded(hit.score), facts, guide_page(guide.slug))


def guide_text(guide: Guide) -> str:
    """A guide as plain text: sections, lines, the basis of each line in brackets."""
    parts = []
    for key, title in SECTIONS.items():
        lines = [f"- {line.say}{'（依据：' + '；'.join(line.cites) + '）' if line.cites else ''}" for line in guide.sections.get(key, ())]
        if lines:
            parts.append("\n".join([f"{title}：", *lines]))
    return "\n\n".join(parts)


def _bounded(score: float) -> float:
    return round(min(1.0, max(0.0, score)), 4)
