"""Any sentence-transformers model from a folder or a model hub: as embedder, or as cross-encoder that reads question and text together
(extra `sbert`). The only module that names sentence_transformers or torch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.embed import Vectors
from index.errors import NoEmbedder, NoReranker

BATCH = 32
READ = 1 << 20


class Transformer:
    """A SentenceTransformer. Where the model defines prompts for queries and documents, they are used."""

    def __init__(self, place: str, threads: int | None = None) -> None:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise NoEmbedder(f"SHEZU_EMBEDDER=st:{place} 需要 sentence-transformers，请先安装：pip install 'shezu[sbert]'") from error
        if threads:
            torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(place)
        except Exception as error:  # a folder that is no model, a hub out of reach, weights that do not fit: many kinds of errors
            raise NoEmbedder(f"向量模型“{place}”打不开（{_first_line(error)}），请核对文件夹里是不是完整的 sentence-transformers 模型") from error
        width = self._model.get_embedding_dimension()
        if not width:
            raise NoEmbedder(f"向量模型“{place}”没有说明向量维数，用不了，请换一个文本向量模型")
        self.dimension = int(width)
        self.name = f"st-{Path(place).name}-{fingerprint(Path(place)) or self.dimension}"

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (n, dimension)."""
        return self._rows(self._model.encode_query(list(texts), **self._how(texts)), len(texts))

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, dimension)."""
        return self._rows(self._model.encode_document(list(texts), **self._how(texts)), len(texts))

    @staticmethod
    def _how(texts: Sequence[str]) -> dict[str, object]:
        return {"batch_size": min(BATCH, max(1, len(texts))), "normalize_embeddings": True, "convert_to_numpy": True, "show_progress_bar": False}

    def _rows(self, vectors: object, count: int) -> Vectors:
        return np.asarray(vectors, np.float32).reshape(count, self.dimension)


class Crossing:
    """A CrossEncoder: one score for a question and a text read together, higher where the text answers better."""

    def __init__(self, place: str, threads: int | None = None) -> None:
        try:
            import torch
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise NoReranker(f"SHEZU_RERANKER={place} 需要 sentence-transformers，请先安装：pip install 'shezu[sbert]'") from error
        if threads:
            torch.set_num_threads(threads)
        try:
            self._model = CrossEncoder(place)
        except Exception as error:  # as above: a folder that is no model fails in many ways
            raise NoReranker(f"重排模型“{place}”打不开（{_first_line(error)}），请核对文件夹里是不是完整的 CrossEncoder 模型") from error

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text. Raises NoReranker where the model gives none, or more than one a text."""
        found = np.asarray(self._model.predict([(question, text) for text in texts], batch_size=BATCH, show_progress_bar=False), np.float32)
        if found.shape != (len(texts),) or not np.isfinite(found).all():
            raise NoReranker(f"重排模型对 {len(texts)} 段文字给出了 {found.shape} 形状的分数，要一段一个；请换一个输出单个分数的模型")
        return [float(score) for score in found]


def fingerprint(folder: Path) -> str:
    """Eight hex digits of a model folder's content (large files by size and first MiB), "" for a name on a hub."""
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder)} {path.stat().st_size}".encode())
        with path.open("rb") as file:
            digest.update(file.read(READ))
    return digest.hexdigest()[:8]


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]
