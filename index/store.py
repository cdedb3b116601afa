"""The vector store of record: Chroma through langchain-chroma, one collection a release, in the release's folder or on a server.
The only module that names either."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from index.dense import DEPTH, Limits
from index.embed import Vectors
from index.errors import NoCollection, StoreSilent

COLLECTION = "shezu"
BATCH = 2000
LONGEST_WAIT = 30.0
SPACE = {"hnsw:space": "cosine", "hnsw:search_ef": 2 * DEPTH}
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """The passages of a release: ids that their content decides, unit vectors of shape (n, dimension), texts, metadata."""

    ids: Sequence[str]
    vectors: Vectors
    texts: Sequence[str]
    metadata: Sequence[Mapping[str, Any]]

    def __len__(self) -> int:
        return len(self.ids)


class Collection:
    """A release's collection, opened for questions."""

    # Chroma looks limits up row by row in SQLite: ten times the cost of the search, on 24,000 passages.
    slow_limits = True

    def __init__(self, collection: Any, close: Callable[[], None] = lambda: None) -> None:
        self._collection = collection
        self.close = close

    def nearest(self, question: Vectors, limits: Limits | None, top: int = DEPTH) -> list[tuple[str, float]]:
        """See index.dense.Passages. Raises StoreSilent."""
        where: Any = None
        if limits is not None:
            day, regions = limits
            where = {"$and": [{"start": {"$lte": day}}, {"end": {"$gte": day}}, {"region": {"$in": ["", *regions]}}]}
        with _answering():
            found = self._collection.query(query_embeddings=np.asarray([question], np.float32), n_results=top, where=where, include=["distances"])
        return [(name, 1.0 - float(distance)) for name, distance in zip(found["ids"][0], found["distances"][0], strict=True)]


class Awaited:
    """A release's collection on a server that was silent when the release was opened: looked for again at each question."""

    slow_limits = True

    def __init__(self, url: str, release: str, size: int) -> None:
        self._where = url, release, size
        self._found: Collection | None = None

    def nearest(self, question: Vectors, limits: Limits | None) -> list[tuple[str, float]]:
        """See index.dense.Passages. Raises StoreSilent."""
        try:
            self._found = self._found or server(*self._where)
        except NoCollection as problem:
            raise StoreSilent(str(problem)) from problem
        return self._found.nearest(question, limits)

    def close(self) -> None:
        """Let the connections go."""
        if self._found:
            self._found.close()


@contextmanager
def _answering() -> Iterator[None]:
    """What goes wrong between here and a Chroma server, said as StoreSilent; the client raises many kinds of errors."""
    try:
        yield
    except Exception as error:
        raise StoreSilent(f"Chroma 没有应答（{type(error).__name__}：{str(error)[:120]}），请检查 SHEZU_CHROMA_URL 和服务是否在运行") from error


@contextmanager
def embedded(folder: Path) -> Iterator[Any]:
    """The folder's collection; its client is closed afterwards, for Chroma keeps one client a path and would answer for a path's
    former content."""
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder), allow_reset=True)
    client: Any = chromadb.Client(settings)
    with client:
        chroma = Chroma(client=client, collection_name=COLLECTION, collection_metadata=SPACE)
        yield chroma._collection  # langchain-chroma offers no way to hand over vectors already made


def write(folder: Path, rows: Rows, earlier: Path | None, progress: Progress) -> None:
    """Make the folder's collection hold exactly these rows. Where an earlier collection is given, it is copied and only what differs is
    taken out and added: a changed law costs seconds, not a new graph."""
    if earlier is not None and _taken_over(folder.with_name("taken-over"), rows, earlier, progress):
        folder.with_name("taken-over").rename(folder)
        return
    folder.mkdir(parents=True)
    _filled(folder, rows, None, progress)


def _taken_over(aside: Path, rows: Rows, earlier: Path, progress: Progress) -> bool:
    """Copy and amend an earlier collection in a folder aside, for after a failure Chroma would go on answering for the same path."""
    try:
        shutil.copytree(earlier, aside)
        if _filled(aside, rows, earlier, progress):
            return True
    except Exception:  # noqa: S110 (an old or damaged collection fails in many ways; a fresh one is made instead)
        pass
    shutil.rmtree(aside, ignore_errors=True)
    return False


def _filled(folder: Path, rows: Rows, earlier: Path | None, progress: Progress) -> bool:
    with embedded(folder) as collection:
        there = set(collection.get(include=[])["ids"]) if earlier is not None else set()
        gone = sorted(there - set(rows.ids))
        for start in range(0, len(gone), BATCH):
            collection.delete(ids=gone[start : start + BATCH])
        fresh = [number for number, name in enumerate(rows.ids) if name not in there]
        progress(len(rows) - len(fresh))
        for start in range(0, len(fresh), BATCH):
            part = fresh[start : start + BATCH]
            collection.add(
                ids=[rows.ids[n] for n in part],
                embeddings=rows.vectors[part],
                documents=[rows.texts[n] for n in part],
                metadatas=[dict(rows.metadata[n]) for n in part],
            )
            progress(len(part))
        return bool(collection.count() == len(rows))


def server(url: str, release: str, size: int) -> Collection:
    """The collection of a release of so many passages on a server. Raises NoCollection where they are not all there yet, StoreSilent."""
    with _answering():
        client, close = _client(url)
        if _name(release) in {collection.name for collection in client.list_collections()}:
            collection = client.get_collection(_name(release), embedding_function=None)
            if collection.count() == size:
                return Collection(collection, close)
        close()
    raise NoCollection(f"Chroma 服务 {url} 上没有发布 {release} 的全部向量（{size} 条），请先在能写它的机器上运行 shezu index build")


def publish(url: str, release: str, folder: Path, progress: Progress = lambda done: None) -> int:
    """Copy a release's collection from its folder to a server, unless it is there whole; the number of passages sent. Raises StoreSilent."""
    sent = 0
    with _answering():
        client, close = _client(url)
        target = client.get_or_create_collection(_name(release), metadata=SPACE, embedding_function=None)
        there = set(target.get(include=[])["ids"])
        with embedded(folder) as source:
            missing = sorted(set(source.get(include=[])["ids"]) - there)
            for start in range(0, len(missing), BATCH):
                page = source.get(ids=missing[start : start + BATCH], include=["embeddings", "documents", "metadatas"])
                target.add(ids=page["ids"], embeddings=page["embeddings"], documents=page["documents"], metadatas=page["metadatas"])
                sent += len(page["ids"])
                progress(len(page["ids"]))
        close()
    return sent


def _name(release: str) -> str:
    return f"{COLLECTION}-{release}"


def _client(url: str) -> tuple[Any, Callable[[], None]]:
    """A client of the server, and how its connections are closed: Chroma's own client closes none, and waits for an answer without end."""
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 8000)
    client: Any = chromadb.HttpClient(host=parts.hostname or "", port=port, ssl=parts.scheme == "https", settings=Settings(anonymized_telemetry=False))
    sessions = [one._server._session for one in (client, client._admin_client)]
    for session in sessions:
        session.timeout = LONGEST_WAIT

    def close() -> None:
        client.close()
        for session in sessions:
            session.close()

    return client, close
