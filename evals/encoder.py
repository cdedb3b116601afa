"""The forward and the backward pass of e5's encoder in numpy: what is trained is what its weights file holds exactly (biases, layer norms,
position vectors), while the 4-bit matrices stay as they are. Tuning biases alone is known to keep up with tuning everything where
examples are few (BitFit; Ben Zaken et al. 2022). No torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evals.weights import Weights
from index.embed import Vectors

Array = NDArray[np.float32]
NORMS = ("emb.ln", "aln", "oln")


@dataclass(slots=True)
class _Norm:
    """What a layer norm leaves for the way back: rows of mean 0 and variance 1, and one over their deviation."""

    rows: Array
    inverse: Array


@dataclass(slots=True)
class _Attention:
    """Queries, keys, values (texts, heads, length, width of a head) and who looked at whom (texts, heads, length, length)."""

    queries: Array
    keys: Array
    values: Array
    looks: Array


@dataclass(slots=True)
class _Layer:
    attention: _Attention
    first: _Norm
    inner: Array
    second: _Norm


@dataclass(slots=True)
class Tape:
    """What one forward pass leaves for the backward pass. Tokens of all texts lie in one array; `place` is where each goes in (texts, length)."""

    lengths: NDArray[np.int64]
    positions: NDArray[np.int64]
    place: NDArray[np.int64]
    start: _Norm
    layers: list[_Layer] = field(default_factory=list)
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    scale: Array = field(default_factory=lambda: np.zeros((0, 1), np.float32))


class Encoder:
    """An encoder whose exact tensors are views into one array, `learned`, that a trainer may write to."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._names = [name for name in weights.exact if name != "emb.type"]
        self.learned = np.concatenate([weights.tensors[name] for name in self._names])
        self._tensors = dict(weights.tensors) | self._named(self.learned)

    def _named(self, numbers: Array) -> dict[str, Array]:
        ends = np.cumsum([self._weights.tensors[name].size for name in self._names])
        return dict(zip(self._names, np.split(numbers, ends[:-1]), strict=True))

    def changed(self) -> Mapping[str, Array]:
        """The exact tensors by name, as they are now."""
        return self._named(self.learned)

    def forward(self, texts: Sequence[Sequence[int]]) -> Tape:
        """Unit vectors of texts given as token numbers, with what the way back needs."""
        w, longest = self._weights, max(map(len, texts))
        lengths = np.array([len(text) for text in texts])
        positions = np.concatenate([np.arange(length) for length in lengths])
        place = positions + np.repeat(np.arange(len(texts)) * longest, lengths)
        rows = w.words([number for text in texts for number in text])
        rows = rows + self._tensors["emb.pos"].reshape(-1, w.width)[positions] + self._tensors["emb.type"][: w.width]
        rows, start = self._norm(rows, "emb.ln")
        tape = Tape(lengths, positions, place, start)
        for number in range(w.layers):
            rows = self._layer(f"l{number}.", rows, tape)
        sums = np.add.reduceat(rows, np.concatenate([[0], np.cumsum(lengths)[:-1]]))
        tape.scale = np.linalg.norm(sums, axis=1, keepdims=True)
        tape.vectors = np.asarray(sums / tape.scale, np.float32)
        return tape

    def backward(self, tape: Tape, slope: Vectors) -> Array:
        """The slope of `learned`, from the slope of the unit vectors."""
        found: dict[str, Array] = {}
        slope = (slope - tape.vectors * (slope * tape.vectors).sum(1, keepdims=True)) / tape.scale
        rows = np.repeat(slope, tape.lengths, axis=0)
        for number in reversed(range(self._weights.layers)):
            rows = self._layer_back(f"l{number}.", rows, tape, tape.layers[number], found)
        rows = self._norm_back(rows, "emb.ln", tape.start, found)
        places = np.zeros((self._tensors["emb.pos"].size // self._weights.width, self._weights.width), np.float32)
        np.add.at(places, tape.positions, rows)
        found["emb.pos"] = places.ravel()
        return np.concatenate([found[name] for name in self._names])

    def _layer(self, name: str, rows: Array, tape: Tape) -> Array:
        seen, attention = self._attend(name, rows, tape)
        rows, first = self._norm(rows + self._linear(seen, name + "ao"), name + "aln")
        inner = self._linear(rows, name + "fi")
        rows, second = self._norm(rows + self._linear(inner * normal(inner), name + "fo"), name + "oln")
        tape.layers.append(_Layer(attention, first, inner, second))
        return rows

    def _layer_back(self, name: str, slope: Array, tape: Tape, layer: _Layer, found: dict[str, Array]) -> Array:
        slope = self._norm_back(slope, name + "oln", layer.second, found)
        inner = layer.inner
        bell = np.exp(-0.5 * inner * inner) / np.float32(np.sqrt(2 * np.pi))
        within = self._linear_back(slope, name + "fo", found) * (normal(inner) + inner * bell)
        slope = self._norm_back(slope + self._linear_back(within, name + "fi", found), name + "aln", layer.first, found)
        return slope + self._attend_back(name, self._linear_back(slope, name + "ao", found), tape, layer.attention, found)

    def _attend(self, name: str, rows: Array, tape: Tape) -> tuple[Array, _Attention]:
        queries, keys, values = (self._split(self._linear(rows, name + part), tape) for part in "qkv")
        scores = queries @ keys.swapaxes(2, 3) / np.float32(np.sqrt(queries.shape[3]))
        length = scores.shape[3]
        scores += np.where(np.arange(length) < tape.lengths[:, None], np.float32(0), np.float32(-1e9))[:, None, None, :]
        looks = np.exp(scores - scores.max(axis=3, keepdims=True))
        looks /= looks.sum(axis=3, keepdims=True)
        return self._join(looks @ values, tape), _Attention(queries, keys, values, looks)

    def _attend_back(self, name: str, slope: Array, tape: Tape, kept: _Attention, found: dict[str, Array]) -> Array:
        slope = self._split(slope, tape)
        looks = slope @ kept.values.swapaxes(2, 3)
        looks = kept.looks * (looks - (looks * kept.looks).sum(axis=3, keepdims=True)) / np.float32(np.sqrt(slope.shape[3]))
        back = {"q": looks @ kept.keys, "k": looks.swapaxes(2, 3) @ kept.queries, "v": kept.looks.swapaxes(2, 3) @ slope}
        q, k, v = (self._linear_back(self._join(rows, tape), name + part, found) for part, rows in back.items())
        return q + k + v

    def _split(self, rows: Array, tape: Tape) -> Array:
        """Tokens in a row → (texts, heads, length, width of a head), nothing where a text is shorter."""
        texts, longest = len(tape.lengths), int(tape.lengths.max())
        padded = np.zeros((texts * longest, rows.shape[1]), np.float32)
        padded[tape.place] = rows
        return padded.reshape(texts, longest, self._weights.heads, -1).swapaxes(1, 2)

    @staticmethod
    def _join(parts: Array, tape: Tape) -> Array:
        return parts.swapaxes(1, 2).reshape(parts.shape[0] * parts.shape[2], -1)[tape.place]

    def _linear(self, rows: Array, name: str) -> Array:
        return np.asarray(rows @ self._tensors[name + ".w"].T + self._tensors[name + ".b"], np.float32)

    def _linear_back(self, slope: Array, name: str, found: dict[str, Array]) -> Array:
        found[name + ".b"] = slope.sum(axis=0)
        return np.asarray(slope @ self._tensors[name + ".w"], np.float32)

    def _norm(self, rows: Array, name: str) -> tuple[Array, _Norm]:
        rows = rows - rows.mean(axis=1, keepdims=True)
        inverse = 1 / np.sqrt((rows * rows).mean(axis=1, keepdims=True) + np.float32(self._weights.epsilon))
        rows *= inverse
        return np.asarray(rows * self._tensors[name + ".w"] + self._tensors[name + ".b"], np.float32), _Norm(rows, inverse)

    def _norm_back(self, slope: Array, name: str, kept: _Norm, found: dict[str, Array]) -> Array:
        found[name + ".w"], found[name + ".b"] = (slope * kept.rows).sum(axis=0), slope.sum(axis=0)
        slope = slope * self._tensors[name + ".w"]
        slope = slope - slope.mean(axis=1, keepdims=True) - kept.rows * (slope * kept.rows).mean(axis=1, keepdims=True)
        return np.asarray(slope * kept.inverse, np.float32)


def normal(rows: Array) -> Array:
    """The normal distribution function to 1e-7 (Abramowitz & Stegun 1964, 7.1.26)."""
    size = np.abs(rows) * np.float32(np.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * size)
    tail = 0.5 * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * np.exp(-size * size)
    return np.asarray(np.where(rows < 0, tail, 1 - tail), np.float32)
