"""The shipped seed: vectors by hash of text, so that a first start need not embed our own digests and guides, nor the common official texts.

The seed holds no text: a vector is found only by whoever holds the very text it was made from.
"""

from __future__ import annotations

from pathlib import Path

from corpus.library import Library
from index import embed
from index.cache import VectorCache, key
from index.intent import exemplars
from index.units import ASK, units


def seed_texts(texts: Path | None = None) -> list[tuple[str, str]]:
    """(kind, text) of every passage of the shipped knowledge, with and without the texts imported into a folder, and of every exemplar."""
    libraries = [Library(), *([Library(texts=texts)] if texts else [])]
    passages = [(passage.kind, passage.text) for library in libraries for unit in units(library) for passage in unit.passages]
    return list(dict.fromkeys([*passages, *((ASK, question) for _, question in exemplars())]))


def write_seed(home: Path) -> int:
    """Embed what is missing and write the seed file, also for the texts imported into the home; returns the number of vectors."""
    embedder = embed.E5()
    cache = VectorCache(home / "cache" / "vectors.sqlite")
    texts = seed_texts(home / "texts")
    cache.vectors(texts, embedder)
    count = cache.export_seed([key(embedder.name, kind, text) for kind, text in texts])
    cache.close()
    return count
