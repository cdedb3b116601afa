"""What kind of utterance a question is: a linear classifier over the question vector, trained from written exemplars at build time.

Multinomial logistic regression with class-balanced weights and L2 (Bishop 2006, §4.3.4), fitted by full-batch Adam with fixed steps,
so that the same exemplars and vectors give the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.catalog import read_yaml
from corpus.errors import BadKnowledge
from index.embed import Vectors

DATA = Path(__file__).parent / "data" / "intents.yaml"
INSIDE = "inside"
STEPS = 400
RATE = 0.05
DECAY = 1e-4


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


class Intents:
    """Class probabilities of a question vector."""

    def __init__(self, classes: Sequence[str], weights: NDArray[np.float32]) -> None:
        self.classes = tuple(classes)
        self._weights = weights

    @classmethod
    def train(cls, vectors: Vectors, labels: Sequence[str]) -> Intents:
        """Fit on question vectors (n, dimension) and their classes."""
        classes = sorted(set(labels))
        target = np.array([classes.index(label) for label in labels])
        inputs = _with_bias(vectors)
        share = np.bincount(target, minlength=len(classes)) / len(target)
        importance = (1 / (len(classes) * share[target]))[:, None]
        wanted = np.eye(len(classes), dtype=np.float32)[target]
        weights = np.zeros((inputs.shape[1], len(classes)), np.float64)
        moment, energy = np.zeros_like(weights), np.zeros_like(weights)
        for step in range(1, STEPS + 1):
            error = (_softmax(inputs @ weights) - wanted) * importance
            slope = inputs.T @ error / len(target) + DECAY * weights
            moment = 0.9 * moment + 0.1 * slope
            energy = 0.999 * energy + 0.001 * slope**2
            weights -= RATE * (moment / (1 - 0.9**step)) / (np.sqrt(energy / (1 - 0.999**step)) + 1e-8)
        return cls(classes, weights.astype(np.float32))

    def of(self, vector: Vectors) -> dict[str, float]:
        """Probability of each class for one question vector of shape (dimension,)."""
        shares = _softmax(_with_bias(vector[None, :]) @ self._weights)[0]
        return {name: float(share) for name, share in zip(self.classes, shares, strict=True)}

    def save(self, path: Path) -> None:
        """Write classes and weights."""
        np.savez(path, classes=np.array(self.classes), weights=self._weights)

    @classmethod
    def load(cls, path: Path) -> Intents:
        """Read what save wrote."""
        with np.load(path) as data:
            return cls([str(name) for name in data["classes"]], data["weights"])


def _with_bias(vectors: Vectors) -> NDArray[np.float32]:
    # e5's vectors share a large common part; scaling what is left speeds the fit up without changing what it can express
    return np.hstack([vectors * np.float32(10), np.ones((len(vectors), 1), np.float32)])


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)
