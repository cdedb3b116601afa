"""A learned question side: one square matrix on the question's vector, for ranking alone.

Trained by index/training.py, kept in the home, taken into a release by the build. Cosines that thresholds are set for, kinds of utterance
and likenesses go on being measured with the vector as the embedder made it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder, Vectors
from index.errors import BadAdapter

NAME = "adapter.npz"
FORMAT = 1
PULL = 100.0


@dataclass(frozen=True, slots=True)
class Adapter:
    """The matrix, shape (dimension, dimension), and what it was made with: embedder, corpus, data, and recall before and after."""

    matrix: NDArray[np.float32]
    settings: Mapping[str, Any]

    def turned(self, vectors: Vectors) -> Vectors:
        """Rows of length 1 times the matrix, averaged with the rows themselves, of length 1 again: what was known before training keeps
        half the say. Shape (…, dimension)."""
        rows = vectors @ self.matrix
        rows = rows / np.linalg.norm(rows, axis=-1, keepdims=True) + vectors
        return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)

    def misfit(self, embedder: str, dimension: int) -> str:
        """Why it cannot be used with these vectors, in Chinese; "" where it can."""
        trained = str(self.settings.get("embedder", ""))
        if trained != embedder:
            return f"问题侧的学习结果是为 {trained} 学的，现在的向量是 {embedder} 算的，没有使用；请运行 shezu index train 重新学习"
        if self.matrix.shape != (dimension, dimension):
            return f"问题侧的学习结果是 {self.matrix.shape[0]} 维，现在的向量是 {dimension} 维，没有使用；请运行 shezu index train 重新学习"
        return ""

    def packed(self) -> bytes:
        """The file's content; the same matrix and settings give the same bytes."""
        held = io.BytesIO()
        said = json.dumps({"format": FORMAT, **self.settings}, ensure_ascii=False, sort_keys=True)
        np.savez(held, matrix=self.matrix.astype(np.float16), settings=np.array(said))
        return held.getvalue()

    @classmethod
    def read(cls, content: bytes, name: str = NAME) -> Adapter:
        """What `packed` made. Raises BadAdapter."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as data:
                settings = json.loads(str(data["settings"]))
                matrix = data["matrix"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise BadAdapter(f"{name} 读不出来，没有使用；请删掉它，或运行 shezu index train 重新学习") from error
        if not isinstance(settings, dict) or settings.pop("format", None) != FORMAT or matrix.ndim != 2 or not np.isfinite(matrix).all():
            raise BadAdapter(f"{name} 不是本程序的学习结果，没有使用；请删掉它，或运行 shezu index train 重新学习")
        return cls(matrix, settings)


def kept(home: Path, embedder: Embedder | None) -> tuple[bytes, str]:
    """The content of a home's adapter for a build with this embedder (b"" for none), and why one that lies there is not used."""
    file = home / NAME
    if not file.is_file():
        return b"", ""
    if embedder is None:
        return b"", "这个发布不计算向量，问题侧的学习结果用不上"
    content = file.read_bytes()
    try:
        wrong = Adapter.read(content, str(file.name)).misfit(embedder.name, embedder.dimension)
    except BadAdapter as problem:
        wrong = str(problem)
    return (b"", wrong) if wrong else (content, "")


def ridge(questions: Vectors, answers: Vectors, pull: float = PULL) -> NDArray[np.float32]:
    """The matrix that maps questions to answers with least squares, pulled towards the identity (Hoerl & Kennard 1970)."""
    identity = np.eye(questions.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(questions.T @ questions + pull * identity, questions.T @ answers + pull * identity), np.float32)
