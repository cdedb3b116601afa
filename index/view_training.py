"""`shezu index view` (for maintainers): learn the view of index/view.py from the everyday questions of the shipped digests.

Each question is taken out and asked: the passages nearest to it, by the vectors as they are, are to be told apart, those of its own point
from the others (softmax over the neighbours, both sides turned by one matrix; neighbourhood components analysis, Goldberger et al. 2004).
A quarter of the points is held out: how often the nearest passage is of the question's own point is told before and after for those alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.library import Library
from index import embed
from index.cache import VectorCache
from index.descent import Adam, softmax
from index.embed import Vectors
from index.units import ASK, units
from index.view import View

SEED = 20261123
NEIGHBOURS = 64
HELD_OUT = 0.25
EPOCHS = 3
BATCH = 256
RATE = 1e-3
WARMTH = 0.01  # divides the cosines before the softmax
PULL = 0.005  # towards the vectors as they are
BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Passages of points, shape (n, dimension), the point of each, and for each question (a row) the rows nearest to it, shape (q, 64)."""

    vectors: Vectors
    points: NDArray[np.int64]
    questions: NDArray[np.int64]
    near: NDArray[np.int64]

    @property
    def own(self) -> NDArray[np.bool_]:
        """Which of the neighbours are of the question's own point, shape (q, 64)."""
        return np.asarray(self.points[self.near] == self.points[self.questions][:, None])

    def some(self, chosen: NDArray[np.bool_]) -> Neighbours:
        """The same with some of the questions."""
        return Neighbours(self.vectors, self.points, self.questions[chosen], self.near[chosen])

    def cosines(self, matrix: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Of each question with its neighbours, once turned by a matrix (dimension, dimension), shape (q, 64)."""
        rows = self.vectors if matrix is None else _turned(self.vectors, matrix)[0]
        found = np.empty(self.near.shape, np.float32)
        for start in range(0, len(found), BATCH):
            span = slice(start, start + BATCH)
            found[span] = np.einsum("bd,bkd->bk", rows[self.questions[span]], rows[self.near[span]])
        return found

    def hits(self, matrix: NDArray[np.float32] | None = None) -> float:
        """The share of questions whose nearest passage, once turned, is of their own point."""
        nearest = self.cosines(matrix).argmax(axis=1)
        return float(self.own[np.arange(len(nearest)), nearest].mean())


def neighbours(vectors: Vectors, points: NDArray[np.int64], asked: NDArray[np.bool_], depth: int = NEIGHBOURS) -> Neighbours:
    """The neighbours of every row that is a question, itself left out; questions without a neighbour of their own point are dropped."""
    questions = np.flatnonzero(asked)
    near = np.empty((len(questions), min(depth, len(vectors) - 1)), np.int64)
    for start in range(0, len(questions), BLOCK):
        rows = questions[start : start + BLOCK]
        cosines = vectors[rows] @ vectors.T
        cosines[np.arange(len(rows)), rows] = -np.inf
        near[start : start + BLOCK] = np.argpartition(-cosines, near.shape[1] - 1, axis=1)[:, : near.shape[1]]
    found = Neighbours(vectors, points, questions, near)
    return found.some(np.asarray(found.own.any(axis=1)))


def learned(found: Neighbours, epochs: int = EPOCHS) -> NDArray[np.float32]:
    """The matrix that tells the neighbours apart, shape (dimension, dimension); the same data give the same matrix."""
    random, straight = np.random.default_rng(SEED), np.eye(found.vectors.shape[1], dtype=np.float32)
    matrix, own = straight.copy(), found.own
    descent = Adam(matrix, RATE)
    for _ in range(epochs):
        order = random.permutation(len(found.questions))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            slope = _slope(found.vectors[found.questions[batch]], found.vectors[found.near[batch]], own[batch], matrix)
            descent.step(slope + PULL * (matrix - straight))
    return matrix


def _slope(asked: Vectors, near: Vectors, own: NDArray[np.bool_], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The slope of the mean loss −log Σ_own softmax; `asked` has shape (b, d), `near` (b, k, d), `own` (b, k)."""
    (question, question_length), (passage, passage_length) = _turned(asked, matrix), _turned(near, matrix)
    cosines = np.einsum("bd,bkd->bk", question, passage)
    pulled = (softmax(cosines / WARMTH) - softmax(np.where(own, cosines / WARMTH, -np.inf))) / (WARMTH * len(asked))
    of_question = np.einsum("bk,bkd->bd", pulled, passage)
    of_question = (of_question - question * (question * of_question).sum(axis=1, keepdims=True)) / question_length
    of_passage = pulled[:, :, None] * (question[:, None, :] - passage * cosines[:, :, None]) / passage_length
    width = asked.shape[1]
    return np.asarray(asked.T @ of_question + near.reshape(-1, width).T @ of_passage.reshape(-1, width), np.float32)


def _turned(rows: Vectors, matrix: NDArray[np.float32]) -> tuple[Vectors, Vectors]:
    """Rows times the matrix, of length 1, and how long they were."""
    seen = rows @ matrix
    lengths = np.linalg.norm(seen, axis=-1, keepdims=True)
    return seen / lengths, lengths


def passages_of(library: Library, on: date, cache: VectorCache, embedder: embed.Embedder) -> Neighbours:
    """The neighbours of all everyday questions about points in force on a day."""
    number: dict[tuple[int, int], int] = {}
    found = [
        ((passage.kind, passage.text), number.setdefault((place, passage.point), len(number)))
        for place, unit in enumerate(units(library))
        if unit.kind == "article" and unit.start <= on.isoformat() <= unit.end
        for passage in unit.passages
        if passage.point >= 0
    ]
    vectors = cache.vectors([text for text, _ in found], embedder)
    return neighbours(vectors, np.array([point for _, point in found]), np.array([kind == ASK for (kind, _), _ in found]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was learned: questions asked, those about held-out points among them, and of these the share of hits before and after."""

    questions: int
    held_out: int
    before: float
    after: float


def write_view(home: Path, on: date) -> Outcome:
    """Learn the view from the shipped digests with the vectors kept in a home, measure it on held-out points, and write it learned from all."""
    embedder, cache = embed.E5(), VectorCache(home / "cache" / "vectors.sqlite")
    found = passages_of(Library(), on, cache, embedder)
    cache.close()
    aside = np.random.default_rng(SEED).random(int(found.points.max()) + 1) < HELD_OUT
    apart = aside[found.points[found.questions]]
    unseen, measured = found.some(apart), learned(found.some(~apart))
    outcome = Outcome(len(found.questions), len(unseen.questions), unseen.hits(), unseen.hits(measured))
    matrix = learned(found)
    _fitted(found, matrix, embedder.name).save()
    return outcome


def _fitted(found: Neighbours, matrix: NDArray[np.float32], embedder: str) -> View:
    """The view whose cosines spread among a question's neighbours, and lie on the mean, as they did before."""
    before, after = found.cosines(), found.cosines(matrix)
    slope = float(before.std(axis=1).mean() / after.std(axis=1).mean())
    return View(matrix, slope, float(before.mean()) - slope * float(after.mean()), embedder)
