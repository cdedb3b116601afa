"""BM25 over weighted fields (BM25F), as three flat arrays that can be memory-mapped.

score(q, d) = Σ idf(t)·f̃/(k1 + f̃), f̃ = Σ_fields w·tf / (1 − b + b·len/avglen); Robertson & Zaragoza 2009, §3.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.cuts import Cuts

K1 = 1.2
B = 0.75
COMMON = 16
ROW_BYTES = 64 << 20
FIELD_WEIGHTS: Mapping[str, float] = {"title": 1.0, "headings": 0.5, "topic": 1.5, "text": 1.0, "digest": 1.0, "asks": 1.2}


class Lexical:
    """An inverted index: for each token the documents that hold it and what it adds to their scores."""

    def __init__(self, vocabulary: dict[str, int], starts: NDArray[np.int64], documents: NDArray[np.int32], impacts: NDArray[np.float32], size: int) -> None:
        self.vocabulary = vocabulary
        self._starts = starts
        self._documents = documents
        self._impacts = impacts
        self.size = size
        self._rows: dict[int, NDArray[np.float32]] = {}

    @classmethod
    def build(cls, units: Iterable[Mapping[str, str]], cuts: Cuts | None = None) -> Lexical:
        """Index documents given as field → text; fields without a weight are ignored. Numbers are kept in flat arrays, not in lists of
        objects: a million documents fit into a few GB. What `cuts` knows is not cut again."""
        cuts = cuts or Cuts()
        held = {field: (array("i"), array("i")) for field in FIELD_WEIGHTS}
        size = 0
        for unit in units:
            for field, (words, lengths) in held.items():
                found = cuts.cut(unit.get(field, ""))
                words.frombytes(found)
                lengths.append(len(found) // words.itemsize)
            size += 1
        used = np.zeros(len(cuts.numbers), bool)
        for words, _ in held.values():
            used[np.frombuffer(words, np.int32)] = True
        order = sorted(token for token, number in cuts.numbers.items() if used[number])
        place = np.empty(len(cuts.numbers), np.int64)
        place[[cuts.numbers[token] for token in order]] = np.arange(len(order))
        pairs, values = _merged([_field(FIELD_WEIGHTS[field], place, *arrays) for field, arrays in held.items()])
        return cls._packed({token: i for i, token in enumerate(order)}, pairs, values, size)

    @classmethod
    def _packed(cls, vocabulary: dict[str, int], pairs: NDArray[np.int64], frequency: NDArray[np.float64], size: int) -> Lexical:
        words, documents = np.divmod(pairs, np.int64(max(size, 1)))
        count = np.bincount(words, minlength=len(vocabulary))
        idf = np.log(1 + (size - count + 0.5) / (count + 0.5))
        impacts = idf[words] * frequency / (K1 + frequency)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])
        return cls(vocabulary, starts, documents.astype(np.int32), impacts.astype(np.float32), size)

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """One score a document for the weighted query tokens; shape (documents,)."""
        total = np.zeros(self.size, np.float32)
        for token, weight in weights.items():
            i = self.vocabulary.get(token)
            if i is not None:
                span = slice(int(self._starts[i]), int(self._starts[i + 1]))
                if (span.stop - span.start) * COMMON > self.size:
                    total += np.float32(weight) * self._whole_row(i, span)
                else:
                    total[self._documents[span]] += np.float32(weight) * self._impacts[span]
        return total

    def numbers(self, weights: Mapping[str, float]) -> dict[int, float]:
        """The weights by the number of each token that any document holds."""
        return {self.vocabulary[token]: weight for token, weight in weights.items() if token in self.vocabulary}

    def rows(self) -> Iterator[dict[int, float]]:
        """For each document what each token adds to its scores, by the token's number."""
        order = np.argsort(self._documents, kind="stable")
        words = np.repeat(np.arange(len(self._starts) - 1), np.diff(self._starts))[order]
        impacts, ends = self._impacts[order], np.searchsorted(self._documents[order], np.arange(self.size), "right")
        for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            yield dict(zip(words[start:end].tolist(), impacts[start:end].tolist(), strict=True))

    def _whole_row(self, number: int, span: slice) -> NDArray[np.float32]:
        """A common token's impact on every document, remembered: adding whole rows is ten times faster than adding at many places."""
        row = self._rows.get(number)
        if row is None:
            row = np.zeros(self.size, np.float32)
            row[self._documents[span]] = self._impacts[span]
            if len(self._rows) * row.nbytes >= ROW_BYTES:
                self._rows.clear()
            self._rows[number] = row
        return row

    def rarity(self, token: str) -> float:
        """Inverse document frequency of a token, ln(1 + (N − n + .5)/(n + .5)); for a token in no document that of a single one."""
        i = self.vocabulary.get(token)
        count = int(self._starts[i + 1] - self._starts[i]) if i is not None else 1
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def knows(self, token: str) -> bool:
        """Whether any document holds the token."""
        return token in self.vocabulary

    def save(self, folder: Path) -> None:
        """Write the arrays and the vocabulary."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, numbers in (("starts", self._starts), ("documents", self._documents), ("impacts", self._impacts)):
            np.save(folder / f"{name}.npy", numbers)
        (folder / "vocabulary.json").write_text(json.dumps([self.size, list(self.vocabulary)], ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """Read a saved index; the arrays stay on disk, mapped into memory."""
        size, words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        arrays = [np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ("starts", "documents", "impacts")]
        return cls({word: i for i, word in enumerate(words)}, arrays[0], arrays[1], arrays[2], size)


def _field(weight: float, place: NDArray[np.int64], words: array[int], lengths: array[int]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What one field adds to f̃: (word · documents + document) in rising order, and the value of each."""
    length = np.frombuffer(lengths, np.int32)
    size = max(len(length), 1)
    documents = np.repeat(np.arange(len(length)), length)
    pairs, times = np.unique(place[np.frombuffer(words, np.int32)] * size + documents, return_counts=True)
    average = length[length > 0].mean() if len(pairs) else 1.0
    return pairs, np.asarray(times * (weight / (1 - B + B * length[pairs % size] / average)), np.float64)


def _merged(fields: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The fields' values added up for each pair of word and document."""
    pairs, where = np.unique(np.concatenate([pairs for pairs, _ in fields]), return_inverse=True)
    return np.asarray(pairs, np.int64), np.asarray(np.bincount(where, np.concatenate([values for _, values in fields]), minlength=len(pairs)), np.float64)
