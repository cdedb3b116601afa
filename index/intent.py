"""What kind of utterance a question is: a linear classifier over the question's vector and its hashed character n-grams,
trained from written exemplars at build time, and moved towards the class of the nearest exemplar.

Multinomial logistic regression with class-balanced weights and L2 (Bishop 2006, §4.3.4), fitted by full-batch Adam with fixed steps,
so that the same exemplars and vectors give the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from corpus.catalog import read_yaml
from corpus.errors import BadKnowledge
from index.codes import Codes
from index.descent import Adam, softmax
from index.embed import Vectors
from index.tokens import tokens

DATA = Path(__file__).parent / "data" / "intents.yaml"
INSIDE = "inside"
STEPS = 150
RATE = 0.05
DECAY = 1e-4
BUCKETS = 4096
VECTOR_SCALE = 20.0
GRAM_SCALE = 6.0
NEARNESS = 120.0
HANDICAP = 0.0075  # the questions of the domain are five times as many, and so one of them is nearer by chance


def exemplars(path: Path = DATA) -> list[tuple[str, str]]:
    """(class, question) pairs as shipped. Raises BadKnowledge for an empty class or a question in two classes."""
    seen: dict[str, str] = {}
    for name, questions in read_yaml(path).items():
        if not questions:
            raise BadKnowledge(f"intents.yaml：“{name}”一类没有例句")
        for question in map(str, questions):
            if seen.setdefault(question, str(name)) != name:
                raise BadKnowledge(f"intents.yaml：“{question}”同时在 {seen[question]} 和 {name} 两类里")
    return [(name, question) for question, name in seen.items()]


@dataclass(frozen=True, slots=True)
class Features:
    """How questions become inputs: the mean vector (dimension,), which e5's vectors share, and the rarity of each hashed n-gram (buckets,)."""

    centre: NDArray[np.float32]
    rarity: NDArray[np.float32]

    @classmethod
    def of(cls, questions: Sequence[str], vectors: Vectors) -> Features:
        """The mean of the vectors, and ln((n + 1) / (df + 1)) of each bucket."""
        found = (_present(questions) > 0).sum(axis=0)
        return cls(vectors.mean(axis=0).astype(np.float32), np.log((len(questions) + 1) / (found + 1)).astype(np.float32))

    def inputs(self, questions: Sequence[str], vectors: Vectors) -> NDArray[np.float32]:
        """Centred vectors, n-grams weighted by rarity and of unit length, and a bias; shape (n, …)."""
        grams = _present(questions) * self.rarity
        grams /= np.maximum(np.linalg.norm(grams, axis=1, keepdims=True), 1e-6)
        bias = np.ones((len(questions), 1), np.float32)
        return np.hstack([(vectors - self.centre) * np.float32(VECTOR_SCALE), grams * np.float32(GRAM_SCALE), bias])


def _present(questions: Sequence[str]) -> NDArray[np.float32]:
    grams = np.zeros((len(questions), BUCKETS), np.float32)
    for row, question in enumerate(questions):
        for token in tokens(question):
            grams[row, crc32(token.encode()) % BUCKETS] = 1
    return grams


class _Grams:
    """The n-grams of all questions as the few numbers that are not zero; shape (questions, buckets)."""

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        self._shape = matrix.shape
        rows, self._columns = np.nonzero(matrix)
        self._values = matrix[rows, self._columns][:, None]
        self._filled, self._starts = np.unique(rows, return_index=True)
        order = np.argsort(self._columns, kind="stable")
        self._down, self._values_down = rows[order], self._values[order]
        self._used, self._starts_down = np.unique(self._columns[order], return_index=True)

    def times(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """The product with weights of shape (buckets, classes)."""
        found = np.zeros((self._shape[0], weights.shape[1]), np.float32)
        if self._filled.size:
            found[self._filled] = np.add.reduceat(self._values * weights[self._columns], self._starts)
        return found

    def transposed_times(self, errors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The product of the transposed with errors of shape (questions, classes)."""
        found = np.zeros((self._shape[1], errors.shape[1]), np.float32)
        if self._used.size:
            found[self._used] = np.add.reduceat(self._values_down * errors[self._down], self._starts_down)
        return found


class Intents:
    """Class probabilities of a question vector, from weights (inputs, classes) and the vectors of questions that are known to be of the
    domain or not, shape (n, dimension), with their class numbers (n,)."""

    SETTINGS = (STEPS, RATE, DECAY, BUCKETS, VECTOR_SCALE, GRAM_SCALE, "centred, by rarity")

    def __init__(self, classes: Sequence[str], features: Features, weights: NDArray[np.float32], rows: NDArray[np.float16], labels: NDArray[np.int8]) -> None:
        self.classes = tuple(classes)
        self._features, self._weights = features, weights
        self._labels = labels
        inside = labels == self.classes.index(INSIDE)
        self._inside, self._others = (Codes.of(rows[chosen]) for chosen in (inside, ~inside))

    @classmethod
    def train(cls, questions: Sequence[str], vectors: Vectors, labels: Sequence[str], known: Vectors | None = None) -> Intents:
        """Fit on questions, their vectors (n, dimension) and their classes; `known` are vectors of more questions of the domain, (m, dimension),
        that are only held near."""
        classes = sorted(set(labels))
        target = np.array([classes.index(label) for label in labels])
        features = Features.of(questions, vectors)
        inputs, first, last = features.inputs(questions, vectors), vectors.shape[1], vectors.shape[1] + BUCKETS
        grams, others = _Grams(inputs[:, first:last]), np.delete(inputs, slice(first, last), axis=1)
        share = np.bincount(target, minlength=len(classes)) / len(target)
        importance = (1 / (len(classes) * share[target]))[:, None].astype(np.float32)
        wanted = np.eye(len(classes), dtype=np.float32)[target]
        weights = np.zeros((inputs.shape[1], len(classes)), np.float32)
        descent = Adam(weights, RATE)
        for _ in range(STEPS):
            scores = others @ np.delete(weights, slice(first, last), axis=0) + grams.times(weights[first:last])
            error = ((softmax(scores) - wanted) * importance).astype(np.float32)
            aside = others.T @ error
            slopes = np.vstack([aside[:first], grams.transposed_times(error), aside[first:]])
            descent.step(np.asarray(slopes / len(target) + DECAY * weights, np.float32))
        rows = vectors if known is None else np.vstack([vectors, known])
        held = np.concatenate([target, np.full(len(rows) - len(target), classes.index(INSIDE))])
        return cls(classes, features, weights, rows.astype(np.float16), held.astype(np.int8))

    def of(self, question: str, vector: Vectors, *, by_nearness: bool = True) -> dict[str, float]:
        """Probability of each class for one question and its vector of shape (dimension,).

        `by_nearness` is for vectors of the embedder whose cosines the scale of nearness was set for.
        """
        shares = softmax(self._features.inputs([question], vector[None, :]) @ self._weights)[0].astype(np.float64)
        number = self.classes.index(INSIDE)
        inside, others = shares[number], 1 - shares[number]
        if by_nearness and len(self._inside) and len(self._others) and others > 0:
            nearer = float(self._others.products(vector).max() - self._inside.products(vector).max())
            moved = inside / (inside + others * np.exp(NEARNESS * (nearer + HANDICAP)))
            shares *= (1 - moved) / others
            shares[number] = moved
        return {name: float(share) for name, share in zip(self.classes, shares, strict=True)}

    def save(self, path: Path) -> None:
        """Write classes, features, weights and exemplars."""
        inside = self._labels == self.classes.index(INSIDE)
        rows = np.empty((len(inside), self._inside.dimension), np.float16)
        rows[inside], rows[~inside] = self._inside.halves(), self._others.halves()
        np.savez(
            path,
            classes=np.array(self.classes),
            centre=self._features.centre,
            rarity=self._features.rarity,
            weights=self._weights,
            rows=rows,
            labels=self._labels,
        )

    @classmethod
    def load(cls, path: Path) -> Intents | None:
        """Read what save wrote; None for a release from before questions were weighed by rarity, which does without."""
        with np.load(path) as data:
            if "rarity" not in data.files:
                return None
            features = Features(data["centre"], data["rarity"])
            return cls([str(name) for name in data["classes"]], features, data["weights"], data["rows"], data["labels"])
