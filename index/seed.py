"""The shipped seed: vectors of our own digests and guides, so that a first start need not embed them."""

from __future__ import annotations

from pathlib import Path

from corpus.library import Library
from index import embed
from index.cache import VectorCache, key
from index.intent import exemplars
from index.units import ASK, units


def seed_texts() -> list[tuple[str, str]]:
    """(kind, text) of every passage of the library without imported texts, and of every exemplar of the classifier."""
    passages = [(passage.kind, passage.text) for unit in units(Library()) for passage in unit.passages]
    return passages + [(ASK, question) for _, question in exemplars()]


def write_seed(home: Path) -> int:
    """Embed what is missing and write the seed file; returns the number of vectors."""
    embedder = embed.load()
    cache = VectorCache(home / "cache" / "vectors.sqlite")
    texts = seed_texts()
    cache.vectors(texts, embedder)
    count = cache.export_seed([key(embedder.name, kind, text) for kind, text in texts])
    cache.close()
    return count
