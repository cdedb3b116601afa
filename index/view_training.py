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


def hits(found: Neighbours, matrix: NDArray[np.float32]) -> float:
    """The share of questions whose nearest passage, once turned, is of their own point; matrix of shape (dimension, dimension)."""
    own, right = found.own, 0
    turned, _ = _turned(found.vectors, matrix)
    for start in range(0, len(found.questions), BATCH):
        span = slice(start, start + BATCH)
        nearest = _cosines(turned, found.questions[span], found.near[span]).argmax(axis=1)
        right += int(own[span][np.arange(len(nearest)), nearest].sum())
    return right / len(found.questions)


def learned(found: Neighbours, epochs: int = EPOCHS) -> NDArray[np.float32]:
    """The matrix that tells the neighbours apart, shape (dimension, dimension); by Adam (Kingma & Ba 2015)."""
    random, straight = np.random.default_rng(SEED), np.eye(found.vectors.shape[1], dtype=np.float32)
    matrix, own, step = straight.copy(), found.own, 0
    mean, square = np.zeros_like(matrix), np.zeros_like(matrix)
    for _ in range(epochs):
        order = random.permutation(len(found.questions))
        for start in range(0, len(order), BATCH):
            batch, step = order[start : start + BATCH], step + 1
            slope = _slope(found.vectors[found.questions[batch]], found.vectors[found.near[batch]], own[batch], matrix)
            slope += PULL * (matrix - straight)
            mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
            matrix -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return matrix


def _slope(asked: Vectors, near: Vectors, own: NDArray[np.bool_], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The slope of the mean loss −log Σ_own softmax; `asked` has shape (b, d), `near` (b, k, d), `own` (b, k)."""
    (question, question_length), (passage, passage_length) = _turned(asked, matrix), _turned(near, matrix)
    cosines = np.einsum("bd,bkd->bk", question, passage)
    pulled = (_softmax(cosines / WARMTH) - _softmax(np.where(own, cosines / WARMTH, -np.inf))) / (WARMTH * len(asked))
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


def _cosines(turned: Vectors, questions: NDArray[np.int64], near: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.asarray(np.einsum("bd,bkd->bk", turned[questions], turned[near]), np.float32)


def _softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    grown = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), np.float32)


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
    straight = np.eye(found.vectors.shape[1], dtype=np.float32)
    unseen, measured = found.some(apart), learned(found.some(~apart))
    outcome = Outcome(len(found.questions), len(unseen.questions), hits(unseen, straight), hits(unseen, measured))
    matrix = learned(found)
    _fitted(found, matrix, embedder.name).save()
    return outcome


def _fitted(found: Neighbours, matrix: NDArray[np.float32], embedder: str) -> View:
    """The view whose cosines spread among a question's neighbours, and lie on the mean, as they did before."""
    turned, _ = _turned(found.vectors, matrix)
    before = np.concatenate([_cosines(found.vectors, found.questions[s : s + BATCH], found.near[s : s + BATCH]) for s in range(0, len(found.near), BATCH)])
    after = np.concatenate([_cosines(turned, found.questions[s : s + BATCH], found.near[s : s + BATCH]) for s in range(0, len(found.near), BATCH)])
    slope = float(before.std(axis=1).mean() / after.std(axis=1).mean())
    return View(matrix, slope, float(before.mean()) - slope * float(after.mean()), embedder)
