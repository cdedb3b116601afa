"""How weights are learned here: Adam (Kingma & Ba 2015) with the constants of the paper, and the softmax through which they are judged."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Adam:
    """Moves weights, in place, against their slope; both keep the shape of the weights."""

    def __init__(self, weights: NDArray[np.float32], rate: float) -> None:
        self.weights = weights
        self._rate = rate
        self._steps = 0
        self._mean, self._square = np.zeros_like(weights), np.zeros_like(weights)

    def step(self, slope: NDArray[np.float32]) -> None:
        """One step against a slope of the weights' shape."""
        self._steps += 1
        self._mean = 0.9 * self._mean + 0.1 * slope
        self._square = 0.999 * self._square + 0.001 * slope**2
        mean, square = self._mean / (1 - 0.9**self._steps), self._square / (1 - 0.999**self._steps)
        self.weights -= self._rate * mean / (np.sqrt(square) + 1e-8)


def softmax(scores: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """The shares of each row, shape as given (n, classes)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
