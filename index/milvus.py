"""Milvus, for corpora that outgrow one machine: a release's vectors, and its BM25F as sparse vectors. The only module that names pymilvus.

The same client reaches a cluster, one server, or a file of milvus-lite. Two collections a release: passages for meaning, units for words.
Milvus's own BM25 was tried with jieba's words and with ours and finds less (docs/decisions/0024).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from corpus.library import Library
from index.dense import DEPTH, Limits
from index.embed import Vectors
from index.errors import NoCollection, StoreSilent
from index.lexical import Lexical
from index.units import Unit, units

BATCH = 1000
LONGEST_WAIT = 30.0
GRAPH = {"M": 16, "efConstruction": 200}
# Milvus takes no empty sparse vector; no token has this number.
NOTHING = {2**32 - 2: 1.0}


class Collections:
    """A release's two collections, opened for questions."""

    slow_limits = False

    def __init__(self, client: Any, release: str, size: int) -> None:
        self._client, self._release, self._size = client, release, size

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def nearest(self, question: Vectors, limits: Limits | None, top: int = DEPTH) -> list[tuple[str, float]]:
        """See index.dense.Passages. Raises StoreSilent."""
        found = self._search(_passages(self._release), "vector", np.asarray(question, np.float32), {"ef": 2 * top}, "COSINE", limits, top)
        return [(str(hit["id"]), float(hit["distance"])) for hit in found]

    def words(self, weights: Mapping[int, float], day: int, regions: Sequence[str], top: int = DEPTH) -> NDArray[np.float32]:
        """Lexical scores of units for tokens weighted by their numbers, shape (units,), 0 for those not among the best. Raises StoreSilent."""
        scores = np.zeros(self._size, np.float32)
        if weights:
            for hit in self._search(_units(self._release), "words", dict(weights), {}, "IP", (day, regions), top):
                scores[hit["id"]] = hit["distance"]
        return scores

    def _search(self, name: str, field: str, asked: Any, how: Mapping[str, Any], metric: str, limits: Limits | None, top: int) -> Any:
        within = ""
        if limits is not None:
            day, regions = limits
            within = f"start <= {day} and end >= {day} and region in {json.dumps(['', *regions], ensure_ascii=False)}"
        with _answering():
            return self._client.search(
                name,
                data=[asked],
                anns_field=field,
                limit=top,
                filter=within,
                search_params={"metric_type": metric, "params": dict(how)},
                timeout=LONGEST_WAIT,
            )[0]


def opened(address: str, release: str, size: int) -> Collections:
    """The collections of a release with so many units. Raises NoCollection, StoreSilent."""
    with _answering():
        client = _client(address)
        held = set(client.list_collections())
        if {_passages(release), _units(release)} <= held:
            for name in (_passages(release), _units(release)):
                client.load_collection(name)
            return Collections(client, release, size)
        client.close()
    raise NoCollection(f"Milvus（{shown(address)}）里没有发布 {release} 的向量，请先在能写它的机器上运行 shezu index build")


def publish(address: str, release: str, folder: Path, progress: Callable[[int], None] = lambda done: None) -> int:
    """Send a release's passages and units from its folder, unless they are there whole; how many passages were sent. Raises StoreSilent."""
    found = list(units(Library(json.loads((folder / "knowledge.json").read_text(encoding="utf-8")), folder / "texts")))
    ids, matrix = np.load(folder / "dense" / "ids.npy"), np.load(folder / "dense" / "matrix.npy", mmap_mode="r")
    with _answering():
        client = _client(address)
        try:
            if not _whole(client, _units(release), len(found)):
                _make(client, _units(release), _of_units(client))
                impacts = Lexical.load(folder / "lexical").rows()
                rows = (_row(unit) | {"id": number, "words": row or NOTHING} for number, (unit, row) in enumerate(zip(found, impacts, strict=True)))
                _insert(client, _units(release), rows, lambda done: None)
            if _whole(client, _passages(release), len(ids)):
                return 0
            _make(client, _passages(release), _of_passages(client, matrix.shape[1]))
            owners = [unit for unit in found for _ in unit.passages]
            rows = (_row(unit) | {"id": str(name), "vector": row} for name, row, unit in zip(ids, matrix, owners, strict=True))
            _insert(client, _passages(release), ({**row, "vector": row["vector"].astype(np.float32)} for row in rows), progress)
            return len(ids)
        finally:
            client.close()


def shown(address: str) -> str:
    """The address without name and password."""
    return re.sub(r"//[^/@]*@", "//", address)


def _whole(client: Any, name: str, size: int) -> bool:
    if name not in client.list_collections():
        return False
    client.load_collection(name)
    return bool(client.query(name, filter="", output_fields=["count(*)"], consistency_level="Strong")[0]["count(*)"] == size)


def _make(client: Any, name: str, made: tuple[Any, Any]) -> None:
    """An empty collection, whatever stood there before."""
    if name in client.list_collections():
        client.drop_collection(name)
    client.create_collection(name, schema=made[0], index_params=made[1], consistency_level="Bounded")


def _insert(client: Any, name: str, rows: Iterator[dict[str, Any]], progress: Callable[[int], None]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            client.insert(name, batch)
            progress(len(batch))
            batch = []
    if batch:
        client.insert(name, batch)
        progress(len(batch))
    client.flush(name)
    client.load_collection(name)


def _row(unit: Unit) -> dict[str, Any]:
    days = {"start": int(unit.start.replace("-", "")), "end": int(unit.end.replace("-", ""))}
    return {**days, "region": unit.region, "law": unit.law, "edition": unit.edition, "label": unit.label}


def _schema(client: Any) -> Any:
    from pymilvus import DataType

    made = client.create_schema(auto_id=False, enable_dynamic_field=False)
    for name in ("start", "end"):
        made.add_field(name, DataType.INT64)
    for name, longest in (("region", 255), ("law", 255), ("edition", 32), ("label", 1024)):
        made.add_field(name, DataType.VARCHAR, max_length=longest)
    return made


def _of_passages(client: Any, width: int) -> tuple[Any, Any]:
    from pymilvus import DataType

    made, index = _schema(client), client.prepare_index_params()
    made.add_field("id", DataType.VARCHAR, max_length=32, is_primary=True)
    made.add_field("vector", DataType.FLOAT_VECTOR, dim=width)
    index.add_index(field_name="vector", index_type="HNSW", metric_type="COSINE", params=GRAPH)
    return made, index


def _of_units(client: Any) -> tuple[Any, Any]:
    from pymilvus import DataType

    made, index = _schema(client), client.prepare_index_params()
    made.add_field("id", DataType.INT64, is_primary=True)
    made.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    index.add_index(field_name="words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    return made, index


def _client(address: str) -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise StoreSilent("设置了 SHEZU_MILVUS_URL，但没有安装连接 Milvus 的组件，请运行 pip install 'shezu[milvus]'") from error
    if "://" not in address:
        return MilvusClient(address)
    parts = urlsplit(address)
    return MilvusClient(uri=shown(address), user=parts.username or "", password=parts.password or "", timeout=LONGEST_WAIT)


@contextmanager
def _answering() -> Iterator[None]:
    """What goes wrong between here and Milvus, said as StoreSilent; the client raises many kinds of errors."""
    try:
        yield
    except StoreSilent:
        raise
    except Exception as error:
        raise StoreSilent(f"Milvus 没有应答（{type(error).__name__}：{str(error)[:120]}），请检查 SHEZU_MILVUS_URL 和服务是否在运行") from error


def _passages(release: str) -> str:
    return f"shezu_passages_{_plain(release)}"


def _units(release: str) -> str:
    return f"shezu_units_{_plain(release)}"


def _plain(release: str) -> str:
    """Milvus takes letters, digits and _ in names."""
    return re.sub(r"\W", "_", release, flags=re.ASCII)
