"""BM25 over weighted fields (BM25F), as three flat arrays that can be memory-mapped.

score(q, d) = Σ idf(t)·f̃/(k1 + f̃), f̃ = Σ_fields w·tf / (1 − b + b·len/avglen); Robertson & Zaragoza 2009, §3.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.tokens import tokens

K1 = 1.2
B = 0.75
FIELD_WEIGHTS: Mapping[str, float] = {"title": 1.0, "headings": 0.5, "topic": 1.5, "text": 1.0, "digest": 1.0, "asks": 1.2}


class Lexical:
    """An inverted index: for each token the documents that hold it and what it adds to their scores."""

    def __init__(self, vocabulary: dict[str, int], starts: NDArray[np.int64], documents: NDArray[np.int32], impacts: NDArray[np.float32], size: int) -> None:
        self._vocabulary = vocabulary
        self._starts = starts
        self._documents = documents
        self._impacts = impacts
        self.size = size

    @classmethod
    def build(cls, units: Sequence[Mapping[str, str]]) -> Lexical:
        """Index documents given as field → text; fields without a weight are ignored."""
        counts: list[dict[str, Counter[str]]] = []
        totals: Counter[str] = Counter()
        for unit in units:
            cut = {field: Counter(tokens(unit[field])) for field in FIELD_WEIGHTS if unit.get(field)}
            fields = {field: count for field, count in cut.items() if count}
            counts.append(fields)
            totals.update({field: count.total() for field, count in fields.items()})
        filled = Counter(field for fields in counts for field in fields)
        average = {field: totals[field] / filled[field] for field in totals}
        postings: dict[str, list[tuple[int, float]]] = {}
        for number, fields in enumerate(counts):
            frequency: Counter[str] = Counter()
            for field, count in fields.items():
                scale = FIELD_WEIGHTS[field] / (1 - B + B * count.total() / average[field])
                for token, times in count.items():
                    frequency[token] += times * scale  # type: ignore[assignment]
            for token, value in frequency.items():
                postings.setdefault(token, []).append((number, float(value)))
        return cls._packed(postings, len(units))

    @classmethod
    def _packed(cls, postings: Mapping[str, list[tuple[int, float]]], size: int) -> Lexical:
        vocabulary = {token: i for i, token in enumerate(sorted(postings))}
        lengths = np.fromiter((len(postings[token]) for token in vocabulary), dtype=np.int64, count=len(vocabulary))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        documents = np.empty(int(starts[-1]), np.int32)
        impacts = np.empty(int(starts[-1]), np.float32)
        for token, i in vocabulary.items():
            rows = postings[token]
            idf = np.log(1 + (size - len(rows) + 0.5) / (len(rows) + 0.5))
            frequency = np.array([value for _, value in rows], np.float32)
            documents[starts[i] : starts[i + 1]] = [number for number, _ in rows]
            impacts[starts[i] : starts[i + 1]] = idf * frequency / (K1 + frequency)
        return cls(vocabulary, starts, documents, impacts, size)

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """One score a document for the weighted query tokens; shape (documents,)."""
        total = np.zeros(self.size, np.float32)
        for token, weight in weights.items():
            i = self._vocabulary.get(token)
            if i is not None:
                span = slice(int(self._starts[i]), int(self._starts[i + 1]))
                total[self._documents[span]] += np.float32(weight) * self._impacts[span]
        return total

    def rarity(self, token: str) -> float:
        """Inverse document frequency of a token, ln(1 + (N − n + .5)/(n + .5)); for a token in no document that of a single one."""
        i = self._vocabulary.get(token)
        count = int(self._starts[i + 1] - self._starts[i]) if i is not None else 1
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def knows(self, token: str) -> bool:
        """Whether any document holds the token."""
        return token in self._vocabulary

    def save(self, folder: Path) -> None:
        """Write the arrays and the vocabulary."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in (("starts", self._starts), ("documents", self._documents), ("impacts", self._impacts)):
            np.save(folder / f"{name}.npy", array)
        (folder / "vocabulary.json").write_text(json.dumps([self.size, list(self._vocabulary)], ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """Read a saved index; the arrays stay on disk, mapped into memory."""
        size, words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("starts", "documents", "impacts")]
        return cls({word: i for i, word in enumerate(words)}, arrays[0], arrays[1], arrays[2], size)
