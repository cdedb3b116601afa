"""What questions with known answers teach a search: a square matrix on the question's vector, trained against articles' vectors that stay
as they are, and which law questions like this one belong to. Settings were chosen within the train part of STARD (evals/folds.py)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.case import Case
from index.descent import Adam
from index.embed import Embedder, Vectors
from index.release import Release
from index.search import Hit
from index.tokens import fold

STEPS = 40
RATE = 1e-3
TEMPERATURE = 0.03
PULL = 1e-2
WEIGHT = 0.7
NEAR = 0.02
STRENGTH = 0.02
OVERALL = 0.1
LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class Pairs:
    """Questions, the numbers of the articles that answer each, and the vectors of all articles (n, dimension)."""

    questions: list[str]
    gold: list[list[int]]
    articles: Vectors

    @classmethod
    def of(cls, release: Release, cases: Sequence[Case]) -> Pairs:
        """The train part (split dev) with a release whose articles have one passage each."""
        with (release.folder / "units.jsonl").open(encoding="utf-8") as file:
            place = {(row["title"], row["label"]): number for number, row in enumerate(map(json.loads, file))}
        chosen = [case for case in cases if case.split == "dev"]
        gold = [[place[address] for group in case.gold for address in group] for case in chosen]
        return cls([fold(case.turns[-1]) for case in chosen], gold, np.load(release.folder / "dense" / "matrix.npy").astype(np.float32))


def train(pairs: Pairs, embedder: Embedder) -> NDArray[np.float32]:
    """The matrix for these pairs: softmax over all articles, full-batch Adam from the identity, pulled towards it; fixed steps, so the same
    data give the same matrix."""
    return fitted(embedder.questions(pairs.questions), pairs.articles, pairs.gold)


def fitted(questions: Vectors, articles: Vectors, gold: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """The matrix that brings questions (n, d) nearer to the rows of `articles` (m, d) that answer them."""
    identity = np.eye(questions.shape[1], dtype=np.float32)
    matrix = identity.copy()
    descent = Adam(matrix, RATE)
    wanted = np.stack([articles[list(rows)].mean(axis=0) for rows in gold])
    for _ in range(STEPS):
        rows = questions @ matrix
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        rows /= length
        scores = rows @ articles.T / TEMPERATURE
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        pull = (scores @ articles - wanted) / (TEMPERATURE * len(questions))
        descent.step(questions.T @ ((pull - rows * (pull * rows).sum(axis=1, keepdims=True)) / length) + PULL * (matrix - identity))
    return matrix


class Laws:
    """How likely a question belongs to each law: the laws of the questions that are most like it, weighted by a kernel (Nadaraya 1964;
    Watson 1964), with a tenth from all questions alike."""

    def __init__(self, embedder: Embedder, vectors: Vectors, laws: Sequence[Sequence[str]]) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._number = {name: number for number, name in enumerate(sorted({name for names in laws for name in names}))}
        self._shares = np.zeros((len(laws), len(self._number)), np.float32)
        for row, names in enumerate(laws):
            np.add.at(self._shares[row], [self._number[name] for name in names], 1 / len(names))

    @classmethod
    def of(cls, cases: Sequence[Case], embedder: Embedder) -> Laws:
        """Learn from questions and the laws of their gold articles."""
        laws = [[title for group in case.gold for title, _ in group] for case in cases]
        return cls(embedder, embedder.questions([fold(case.turns[-1]) for case in cases]), laws)

    def likely(self, question: str) -> dict[str, float]:
        """The probability of each law that is known."""
        nearness = self._vectors @ self._embedder.questions([fold(question)])[0] / NEAR
        kernel = np.exp(nearness - nearness.max())
        found = (1 - OVERALL) * (kernel @ self._shares) / kernel.sum() + OVERALL * self._shares.mean(axis=0)
        return {name: float(found[number]) for name, number in self._number.items()}

    def reordered(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Hits by their score and the logarithm of how likely their law is."""
        likely = self.likely(question)
        return sorted(hits, key=lambda hit: -(hit.score + STRENGTH * math.log(likely.get(hit.title, 0.0) + LEAST)))
