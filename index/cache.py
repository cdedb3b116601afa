"""Vectors by content: what was embedded once is not embedded again. Our own digests' vectors ship as a seed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.embed import Embedder, Vectors

SEED = Path(__file__).parent / "data" / "seed-vectors.npz"
BATCH = 32
SCALE = 127.0


def key(embedder: str, kind: str, text: str) -> bytes:
    """Twelve bytes that name a text as that embedder reads it."""
    return hashlib.sha256(f"{embedder}\n{kind}\n{text}".encode()).digest()[:12]


def pack(vector: Vectors) -> bytes:
    """A unit vector as int8 with its own scale in front (cosine to the original ≥ .999)."""
    peak = float(np.abs(vector).max()) or 1.0
    return np.float32(peak).tobytes() + np.round(vector / peak * SCALE).astype(np.int8).tobytes()


def unpack(packed: Sequence[bytes]) -> Vectors:
    """The inverse of pack for many vectors of one width, each scaled to length 1; shape (n, dimension)."""
    rows = np.frombuffer(b"".join(packed), np.int8).reshape(len(packed), -1)[:, 4:].astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), np.float32)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        database.commit()
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


class VectorCache:
    """A SQLite file of vectors; each batch is committed, so a killed build goes on where it stopped."""

    def __init__(self, path: Path, seed: Path = SEED) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _opened(path)
        except sqlite3.OperationalError:  # in use, or not to be opened: no reason to throw it away
            raise
        except sqlite3.DatabaseError:  # damaged: what it held can be computed again
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            self._db = _opened(path)
        self._seed = self._read_seed(seed)

    @staticmethod
    def _read_seed(path: Path) -> dict[bytes, bytes]:
        if not path.exists():
            return {}
        with np.load(path) as data:
            keys, vectors = data["keys"], data["vectors"]
        return {bytes(k): bytes(v) for k, v in zip(keys, vectors, strict=True)}

    def vectors(self, texts: Sequence[tuple[str, str]], embedder: Embedder, progress: Callable[[int], None] = lambda done: None) -> Vectors:
        """Vectors of (kind, text) pairs, shape (n, dimension); only those never seen are embedded, shortest first."""
        keys = [key(embedder.name, kind, text) for kind, text in texts]
        known = self._known(set(keys))
        missing = sorted({k: t for k, t in zip(keys, texts, strict=True) if k not in known}.items(), key=lambda kt: len(kt[1][1]))
        progress(len(texts) - len(missing))
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            for kind, encode in (("ask", embedder.questions), ("text", embedder.passages)):
                part = [(k, text) for k, (is_kind, text) in batch if (is_kind == "ask") == (kind == "ask")]
                if part:
                    rows = [(k, pack(v)) for (k, _), v in zip(part, encode([text for _, text in part]), strict=True)]
                    self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                    known.update(rows)
            self._db.commit()
            progress(len(batch))
        return unpack([known[k] for k in keys]) if keys else np.zeros((0, embedder.dimension), np.float32)

    def _known(self, keys: set[bytes]) -> dict[bytes, bytes]:
        known = {k: self._seed[k] for k in keys if k in self._seed}
        for k in keys - known.keys():
            row = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (k,)).fetchone()
            if row:
                known[k] = row[0]
        return known

    def export_seed(self, keys: Sequence[bytes], path: Path = SEED) -> int:
        """Write the vectors of these keys as the shipped seed; returns how many."""
        known = self._known(set(keys))
        ordered = sorted(known)
        np.savez_compressed(
            path,
            keys=np.array([np.frombuffer(k, np.uint8) for k in ordered]),
            vectors=np.array([np.frombuffer(known[k], np.uint8) for k in ordered]),
        )
        return len(ordered)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
