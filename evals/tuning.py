"""What a learned query side would gain: a square matrix on the question's vector, trained against articles' vectors that stay as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evals.case import Case
from index.embed import Embedder, Vectors
from index.release import Release
from index.tokens import fold

STEPS = 40
RATE = 1e-3
TEMPERATURE = 0.03
PULL = 1e-2


class Tuned:
    """An embedder whose question vectors are multiplied by a matrix (dimension, dimension) and brought back to length 1."""

    def __init__(self, embedder: Embedder, matrix: NDArray[np.float32]) -> None:
        self._embedder = embedder
        self._matrix = matrix
        self.name = embedder.name
        self.dimension = embedder.dimension

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Adapted unit vectors of questions, shape (n, dimension)."""
        return turned(self._embedder.questions(texts), self._matrix)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, as the embedder makes them."""
        return self._embedder.passages(texts)


def turned(vectors: Vectors, matrix: NDArray[np.float32]) -> Vectors:
    """Rows times the matrix, plus the rows themselves, of length 1: what was known before training keeps half the say."""
    rows = vectors @ matrix
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True) + vectors
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def train(release: Release, embedder: Embedder, cases: Sequence[Case]) -> NDArray[np.float32]:
    """The matrix for the questions of the train part (split dev) against a release whose articles have one passage each.

    Softmax over all articles, full-batch Adam from the identity, pulled towards it; fixed steps, so the same data give the same matrix.
    """
    with (release.folder / "units.jsonl").open(encoding="utf-8") as file:
        place = {(row["title"], row["label"]): number for number, row in enumerate(map(json.loads, file))}
    chosen = [case for case in cases if case.split == "dev"]
    articles = np.load(release.folder / "dense" / "matrix.npy").astype(np.float32)
    gold = [[place[address] for group in case.gold for address in group] for case in chosen]
    return fitted(embedder.questions([fold(case.turns[-1]) for case in chosen]), articles, gold)


def fitted(questions: Vectors, articles: Vectors, gold: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """The matrix that brings questions (n, d) nearer to the rows of `articles` (m, d) that answer them."""
    identity = np.eye(questions.shape[1], dtype=np.float32)
    matrix, moment, energy = identity.copy(), np.zeros_like(identity), np.zeros_like(identity)
    wanted = np.stack([articles[list(rows)].mean(axis=0) for rows in gold])
    for step in range(1, STEPS + 1):
        rows = questions @ matrix
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        rows /= length
        scores = rows @ articles.T / TEMPERATURE
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        pull = (scores @ articles - wanted) / (TEMPERATURE * len(questions))
        slope = questions.T @ ((pull - rows * (pull * rows).sum(axis=1, keepdims=True)) / length) + PULL * (matrix - identity)
        moment = 0.9 * moment + 0.1 * slope
        energy = 0.999 * energy + 0.001 * slope**2
        matrix -= np.float32(RATE) * (moment / (1 - 0.9**step)) / (np.sqrt(energy / (1 - 0.999**step)) + 1e-8)
    return np.asarray(matrix, np.float32)
