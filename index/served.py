"""A release whose vectors are asked of a server: Chroma by its web address, Milvus by `milvus:` and its address or file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index import milvus, store
from index.dense import Layout, Passages, Stored
from index.errors import StoreSilent

MILVUS = "milvus:"


class Words(Protocol):
    """A server that scores units by their words."""

    def words(self, weights: Mapping[int, float], day: int, regions: Sequence[str]) -> NDArray[np.float32]:
        """One score a unit in force on a day (yyyymmdd), national or of these regions, 0 for the rest; `weights` by the number of each token
        in the release. Raises StoreSilent."""
        ...


def served(address: str, release: str, folder: Path, size: int) -> tuple[Stored, Words | None]:
    """The dense side of a release of so many units, and its lexical side where the server has one.

    A Chroma server that is silent just now is no reason not to begin: words answer until it is there. Raises NoCollection, StoreSilent.
    """
    layout, rows = Layout.load(folder / "dense"), np.load(folder / "dense" / "matrix.npy", mmap_mode="r")
    if not address.startswith(MILVUS):
        return Stored(_chroma(address, release, len(rows)), layout, rows), None
    collections = milvus.opened(address.removeprefix(MILVUS), release, size)
    return Stored(collections, layout, rows), collections


def _chroma(url: str, release: str, size: int) -> Passages:
    try:
        return store.server(url, release, size)
    except StoreSilent:
        return store.Awaited(url, release, size)


def send(address: str, release: str, folder: Path, progress: Callable[[int], None] = lambda done: None) -> int:
    """Copy a release to the server, unless it is there whole; the number of passages sent. Raises StoreSilent."""
    if address.startswith(MILVUS):
        return milvus.publish(address.removeprefix(MILVUS), release, folder, progress)
    return store.publish(address, release, folder / "chroma", progress)
