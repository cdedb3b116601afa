"""txtai's hybrid index (its own BM25 beside vectors), one text an article."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from txtai import Embeddings

from evals.peers import embedding, runner
from evals.peers.pieces import Item, Law, paragraphs


def _vectors(texts: list[str]) -> NDArray[np.float32]:
    """Vectors of texts; a list of one is a question, which is how txtai searches."""
    return embedding.question(texts[0]).reshape(1, -1) if len(texts) == 1 else embedding.passages(texts)


class TxtAI:
    """Embeddings with hybrid on."""

    name = "txtai（混合）"

    def prepare(self, folder: Path) -> None:
        """Nothing comes with it."""

    def build(self, laws: list[Law], folder: Path) -> int:
        """Index every article."""
        self._known = list(paragraphs(laws))
        self._index = Embeddings(method="external", transform=_vectors, hybrid=True)
        self._index.index((number, text, None) for number, (_, text) in enumerate(self._known))
        return len(self._known)

    def search(self, question: str, top: int) -> list[Item]:
        """Hybrid search."""
        return [Item((self._known[int(number)][0],), len(self._known[int(number)][1])) for number, _ in self._index.search(question, top)]


if __name__ == "__main__":
    raise SystemExit(runner.main(TxtAI()))
