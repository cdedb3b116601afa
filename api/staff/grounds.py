"""The articles that an approved answer rests on, with what was known of each, and whether that has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from corpus.article import Address
from corpus.library import Library
from corpus.timeline import in_force


@dataclass(frozen=True, slots=True)
class Ground:
    """An article that an answer cites, and the SHA-256 of what was known of it when the answer was approved ("" where nothing was)."""

    law: str
    title: str
    edition: str
    article: str
    digest: str


def grounds(answer: Mapping[str, Any], library: Library, on: date) -> tuple[Ground, ...]:
    """The articles that an answer cites, as they stand in a library on a day, each once."""
    cited = {(c["law"], c["article"]): c for c in answer["citations"]}
    return tuple(Ground(law, c["title"], c["edition"], article, fingerprint(library, law, article, on)[0]) for (law, article), c in cited.items())


def fingerprint(library: Library, law: str, article: str, on: date) -> tuple[str, str]:
    """(SHA-256 of what is known of an article in the edition of the day, that edition); ("", "") where there is none."""
    known = library.catalog.find(law)
    edition = in_force(known, on) if known else None
    entry = library.entry(Address(law, edition.date, article)) if edition else None
    if edition is None or entry is None:
        return "", ""
    said = [entry.article.text if entry.article else ""] + [f"{p.at} {p.say}" for p in (entry.digest.points if entry.digest else ())]
    return hashlib.sha256("\n".join(said).encode()).hexdigest(), edition.date


def changed(ground: Ground, library: Library, on: date) -> str:
    """In which way an article is another one than it was, "" where it is the same."""
    digest, edition = fingerprint(library, ground.law, ground.article, on)
    where = f"《{ground.title}》{ground.article}"
    if not digest:
        return f"{where}现在查不到了" if ground.digest else ""
    if digest == ground.digest:
        return ""
    return f"{where}的内容变了（现为 {edition} 文本）" if edition != ground.edition else f"{where}的原文或要点改过了"
