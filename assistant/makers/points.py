"""Which digest points answer a question: the embedder's score of a point, or shared words where there are no vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.digest import Digest, Point
from corpus.library import Entry, Library
from index.search import Hit
from index.tokens import query_weights, tokens

SHARED_WORDS = 0.08
UNIT_SCORE = 0.06


@dataclass(frozen=True, slots=True)
class Scored:
    """A digest point of a found article, its place in the digest, and how well it answers the question."""

    entry: Entry
    number: int
    point: Point
    score: float


def score_points(question: str, hits: Sequence[Hit], library: Library) -> list[Scored]:
    """All points of the found articles, best first."""
    weights = query_weights(question)
    found: list[Scored] = []
    for hit in hits:
        entry = library.entry(hit.address) if hit.kind == "article" else None
        if entry is None or entry.digest is None:
            continue
        vectors = dict(hit.points)
        for number, point in enumerate(entry.digest.points):
            shared = overlap(weights, point, entry.digest)
            score = vectors.get(number, 0.8) + SHARED_WORDS * shared + UNIT_SCORE * min(hit.score, 1.3)
            found.append(Scored(entry, number, point, score))
    return sorted(found, key=lambda s: -s.score)


def overlap(weights: dict[str, float], point: Point, digest: Digest) -> float:
    """Share of the question's token weight that the point's statement, its best question or the topic holds; 0 to 1."""
    total = sum(weights.values()) or 1.0
    said = set(tokens(point.say + digest.topic))
    best = max((_share(weights, said | set(tokens(ask))) for ask in point.ask), default=0.0)
    return max(best, _share(weights, said)) / total


def _share(weights: dict[str, float], held: set[str]) -> float:
    return sum(weight for token, weight in weights.items() if token in held)
