"""An OpenAI-compatible embeddings service as embedder (vLLM, Ollama, Xinference, a ministry gateway). Only this module speaks to it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import httpx
import numpy as np

from index.embed import Vectors
from index.errors import EmbedderSilent

BATCH = 32
TRIES = 4
LONGEST_WAIT = 20.0
BUSY = (408, 425, 429, 500, 502, 503, 504)
QUESTION_TIMEOUT = 5.0
PASSAGE_TIMEOUT = 60.0


class Endpoint:
    """POST {url}/embeddings. Passages are sent in batches and tried again while the service is busy; a question is asked once, in at
    most five seconds: an answer does not wait longer for it.
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        *,
        prefixes: tuple[str, str] = ("", ""),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._model = model
        self._question_prefix, self._passage_prefix = prefixes
        self._pause = pause
        self._width = 0
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url.rstrip("/") + "/", headers=headers, follow_redirects=False)
        mark = hashlib.sha256("\n".join(prefixes).encode()).hexdigest()[:6] if any(prefixes) else ""
        self.name = "-".join(part for part in ("openai", model, mark) if part)

    @cached_property
    def dimension(self) -> int:
        """Width of the service's vectors, asked for once. Raises EmbedderSilent."""
        return self._width or int(self.passages(["试"]).shape[1])

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (n, dimension). Raises EmbedderSilent."""
        return self._all([self._question_prefix + text for text in texts], QUESTION_TIMEOUT, tries=1)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, dimension). Raises EmbedderSilent after four tries."""
        return self._all([self._passage_prefix + text for text in texts], PASSAGE_TIMEOUT, TRIES)

    def _all(self, texts: list[str], timeout: float, tries: int) -> Vectors:
        parts = [self._batch(texts[start : start + BATCH], timeout, tries) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def _batch(self, texts: list[str], timeout: float, tries: int) -> Vectors:
        for attempt in range(1, tries + 1):
            try:
                reply = self._http.post("embeddings", json={"model": self._model, "input": texts, "encoding_format": "float"}, timeout=timeout)
            except httpx.HTTPError as error:
                wrong, wait = f"{type(error).__name__}：连不上或没有按时应答", 0.0
            else:
                if reply.status_code == 200:
                    return self._vectors(reply, len(texts))
                if reply.status_code not in BUSY:
                    raise EmbedderSilent(f"向量服务拒绝了请求（HTTP {reply.status_code}：{reply.text[:120]}），请核对 SHEZU_EMBEDDER_URL、NAME 和 KEY")
                wrong, wait = f"HTTP {reply.status_code}", _asked_to_wait(reply)
            if attempt < tries:
                self._pause(min(max(wait, 2.0 ** (attempt - 1)), LONGEST_WAIT))
        raise EmbedderSilent(f"向量服务试了 {tries} 次都没有成功（{wrong}），请检查 SHEZU_EMBEDDER_URL 和服务是否在运行")

    def _vectors(self, reply: httpx.Response, count: int) -> Vectors:
        try:
            rows: list[dict[str, Any]] = sorted(reply.json()["data"], key=lambda row: row["index"])
            vectors = np.asarray([row["embedding"] for row in rows], np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise EmbedderSilent("向量服务的应答不是 OpenAI 兼容的格式（缺 data[].index 或 data[].embedding），请换兼容的地址") from error
        if vectors.ndim != 2 or len(vectors) != count:
            raise EmbedderSilent(f"向量服务对 {count} 条文本返回了 {len(rows)} 个向量，对不上，请检查服务")
        self._width = self._width or vectors.shape[1]
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        if vectors.shape[1] != self._width:
            raise EmbedderSilent(f"向量服务的维数从 {self._width} 变成了 {vectors.shape[1]}，请固定模型后重建索引")
        if not np.isfinite(vectors).all() or (length == 0).any():
            raise EmbedderSilent("向量服务返回了空向量或非数值，请检查模型")
        return np.asarray(vectors / length, np.float32)


def _asked_to_wait(reply: httpx.Response) -> float:
    """Seconds of a Retry-After header that gives a number, else 0."""
    try:
        return float(reply.headers.get("retry-after", 0))
    except ValueError:
        return 0.0
