"""The vector store of record: Chroma through langchain-chroma, one collection a release. The only module that names either."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from index.embed import Vectors

COLLECTION = "shezu"
BATCH = 2000


@contextmanager
def _collection(folder: Path) -> Iterator[Any]:
    """The folder's collection; its client is closed afterwards, for Chroma keeps one client a path and would answer for a path's
    former content."""
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder), allow_reset=True)
    client: Any = chromadb.Client(settings)
    with client:
        chroma = Chroma(client=client, collection_name=COLLECTION, collection_metadata={"hnsw:space": "cosine"})
        yield chroma._collection  # langchain-chroma offers no way to hand over vectors already made


def write(folder: Path, vectors: Vectors, texts: Sequence[str], metadata: Sequence[dict[str, Any]], progress: Callable[[int], None]) -> None:
    """Put every passage with its vector and metadata (unit number, law, edition, label, kind) into a fresh collection."""
    folder.mkdir(parents=True, exist_ok=True)
    with _collection(folder) as collection:
        for start in range(0, len(texts), BATCH):
            rows = range(start, min(start + BATCH, len(texts)))
            collection.add(
                ids=[str(i) for i in rows],
                embeddings=np.asarray(vectors[start : rows.stop], np.float32),
                documents=list(texts[start : rows.stop]),
                metadatas=list(metadata[start : rows.stop]),
            )
            progress(len(rows))


def read_matrix(folder: Path) -> Vectors:
    """All vectors of the release in row order, as float32."""
    rows: list[tuple[int, Any]] = []
    with _collection(folder) as collection:
        for start in range(0, collection.count(), BATCH):
            page = collection.get(include=["embeddings"], limit=BATCH, offset=start)
            rows += zip(map(int, page["ids"]), page["embeddings"], strict=True)
    rows.sort(key=lambda row: row[0])
    return np.asarray([vector for _, vector in rows], np.float32)


def nearest(folder: Path, question: Vectors, top: int, where: dict[str, Any] | None = None) -> list[tuple[int, float]]:
    """Chroma's own answer: (passage row, cosine similarity) of the nearest passages."""
    with _collection(folder) as collection:
        found = collection.query(query_embeddings=np.asarray([question], np.float32), n_results=top, where=where, include=["distances"])
    return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]
