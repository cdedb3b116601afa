"""The facade of the index: question + date + region → ranked articles and guides; filters come before ranking."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from operator import itemgetter
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from corpus.article import Address
from corpus.library import Library
from corpus.references import laws_named, references
from index import embed
from index.adapter import NAME, Adapter
from index.dense import Allowed, Dense, Meaning
from index.errors import BadRelease, NoEmbedder, OtherEmbedder, StoreSilent
from index.fuse import DENSE_WEIGHT, convex
from index.intent import Intents
from index.lexical import Lexical
from index.questions import Questions
from index.release import Release, current, problems
from index.rows import Row, region_chain
from index.served import Words, served
from index.shares import Shares
from index.subjects import Subjects
from index.tokens import query_weights
from index.view import Fitting, View

NAMED_LAW = 0.25
OTHER_TYPE = 0.75
UNTOUCHED = 0.75
DIRECT = 2.0
MASKS = 256


@dataclass(frozen=True, slots=True)
class Hit:
    """One found unit: kind (article or guide), address, score, and its digest points by how well they fit the question."""

    kind: str
    address: Address
    title: str
    topic: str
    score: float
    cosine: float
    points: tuple[tuple[int, float], ...] = ()


class Search:
    """A release opened for searching."""

    def __init__(
        self,
        release: Release,
        embedder: embed.Embedder | embed.Choice = embed.DEFAULT,
        server: str = "",
        adapter: Adapter | None = None,
        weight: float = DENSE_WEIGHT,
    ) -> None:
        """`adapter` stands in for the one that the release holds; `weight` is how much meaning counts beside words, 0 to 1."""
        self.release = release
        self._weight = weight
        folder = release.folder
        self.library = Library(json.loads((folder / "knowledge.json").read_text(encoding="utf-8")), folder / "texts")
        self._rows = [Row.of(line) for line in (folder / "units.jsonl").read_text(encoding="utf-8").split("\n") if line]
        self._lexical = Lexical.load(folder / "lexical")
        self.shares = Shares(self._lexical.vocabulary)
        self._words: Words | None = None
        self._questions, self._dense = self._open_dense(folder, embedder, server)
        self.see(View.read() if self.has_known_cosines else None)
        self._adapter = adapter or self._open_adapter(folder / NAME)
        trained = folder / "intents.npz"
        self._intents = Intents.load(trained) if self._dense is not None and trained.exists() else None
        self._start = np.array([int(r.start.replace("-", "")) for r in self._rows], np.int32)
        self._end = np.array([int(r.end.replace("-", "")) for r in self._rows], np.int32)
        self._masks: dict[tuple[date, str], Allowed] = {}
        self._regions, self._region_of = np.unique([r.region for r in self._rows], return_inverse=True)
        self._any_type = np.array([not r.types or "全部" in r.types for r in self._rows])
        self._of_type = {kind: np.array([kind in r.types for r in self._rows]) for kind in {kind for r in self._rows for kind in r.types}}
        laws, self._law = np.unique([r.law for r in self._rows], return_inverse=True)
        self._laws = {str(slug): place for place, slug in enumerate(laws)}
        self._number = {(r.law, r.edition, r.label): i for i, r in enumerate(self._rows)}
        self._subjects = Subjects(self.library.catalog, {r.law for r in self._rows if any(point >= 0 for _, point in r.passages)})

    @classmethod
    def open(cls, home: Path, embedder: embed.Embedder | embed.Choice = embed.DEFAULT, server: str = "") -> Search:
        """Open the current release of a home; with the address of a vector server (see index.served), it is asked.

        Raises NoRelease, OtherEmbedder, NoCollection, or BadRelease where a file is not as its manifest says.
        """
        release = current(home)
        wrong = problems(release)
        if wrong:
            raise BadRelease(f"发布 {release.id} 已损坏（{wrong[0]}），请运行 shezu index rollback 退回上一个发布，或 shezu index build 重建")
        return cls(release, embedder, server)

    def _open_dense(self, folder: Path, embedder: embed.Embedder | embed.Choice, server: str) -> tuple[Questions | None, Meaning | None]:
        """The question side of the embedder with the release's vectors; neither where the release has none, none are wanted, or the
        embedder cannot run here. Raises OtherEmbedder."""
        built = self.release.manifest["embedder"]
        try:
            opened = embed.load(embedder, threads=1) if built and isinstance(embedder, embed.Choice) else embedder
        except NoEmbedder:
            if embedder != embed.DEFAULT or built != embed.E5.name:
                raise
            return None, None  # the default model cannot run on this processor: BM25 answers alone
        if not built or opened is None or isinstance(opened, embed.Choice):
            return None, None
        if opened.name != built:
            raise OtherEmbedder(
                f"发布 {self.release.id} 的向量是 {built} 算的，现在设置的是 {opened.name}，两者不能混用。"
                "请把 SHEZU_EMBEDDER 改回建索引时的值，或运行 shezu index build 用现在的模型重建"
            )
        dense: Meaning
        if server:
            dense, self._words = served(server, self.release.id, folder, len(self._rows))
        else:
            dense = Dense.load(folder / "dense")
        return Questions(opened, dense.dimension), dense

    def see(self, view: View | None) -> None:
        """Judge from now on by this view which points fit; by the vectors themselves where it is None."""
        self._fitting = Fitting(self._dense, view) if self._dense else None

    def _open_adapter(self, file: Path) -> Adapter | None:
        """The release's learned question side; None where it has none, or not for these vectors."""
        if self._dense is None or not file.is_file():
            return None
        adapter = Adapter.read(file.read_bytes(), file.name)
        return None if adapter.misfit(self.release.manifest["embedder"], self._dense.dimension) else adapter

    @property
    def has_vectors(self) -> bool:
        """Whether questions are embedded now, or BM25 answers alone."""
        return self._questions is not None and not self._questions.silent

    @property
    def rests(self) -> int:
        """How often the embedder or the vector server failed, and words answered alone for half a minute."""
        return self._questions.rests if self._questions else 0

    @property
    def has_known_cosines(self) -> bool:
        """Whether cosines are of the model that thresholds were set for; those of another model lie elsewhere."""
        return self.has_vectors and self.release.manifest["embedder"] == embed.E5.name

    def search(self, question: str, on: date, *, region: str = "", types: Sequence[str] = (), top: int = 20) -> list[Hit]:
        """The best units in force on the day in the region, best first."""
        return self._hits(question, self._ranked(question, on, region, types, top))

    def addresses(self, question: str, on: date, *, region: str = "", types: Sequence[str] = (), top: int = 20) -> list[tuple[Address, float]]:
        """Where those units are, with their scores: a tenth less to compute for those who do not ask which points fit."""
        rows = ((self._rows[number], score) for number, score in self._ranked(question, on, region, types, top))
        return [(Address(row.law, row.edition, row.label), score) for row, score in rows]

    def _ranked(self, question: str, on: date, region: str, types: Sequence[str], top: int) -> list[tuple[int, float]]:
        """Numbers and scores of the best units."""
        allowed = self._allowed(on, region)
        if not allowed.mask.any():
            return []
        lexical = self._by_words(question, allowed)
        lexical[~allowed.mask] = -np.inf
        dense = self._by_meaning(question, allowed)
        scores = convex(lexical, dense, self._weight)
        self._adjust(scores, question, on, types)
        scores[~allowed.mask] = -np.inf
        best = np.argpartition(-scores, min(top, len(scores) - 1))[:top]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(int(i), float(scores[i])) for i in best if np.isfinite(scores[i])]

    def weights(self, question: str) -> dict[str, float]:
        """The question's tokens weighted by rarity in this release; what comes from a synonym weighs less."""
        return {token: weight * self._lexical.rarity(token) for token, weight in query_weights(question).items()}

    def untouched(self, question: str) -> list[str]:
        """The slugs of the laws with a subject of their own that the question neither names nor touches."""
        named = {law.slug for law, _, _ in laws_named(question, self.library.catalog)}
        return [slug for slug in self._subjects.untouched(question) if slug not in named]

    def knows(self, word: str) -> bool:
        """Whether every character pair of a word occurs somewhere in this release."""
        return all(self._lexical.knows(word[i : i + 2]) for i in range(len(word) - 1))

    def at(self, question: str, addresses: Iterable[Address], score: float) -> list[Hit]:
        """The units at these addresses as hits of the given score, with their points by how well they fit the question."""
        numbers = [self._number.get((a.law, a.edition, a.article)) for a in addresses]
        known = [number for number in dict.fromkeys(numbers) if number is not None]
        return self._hits(question, [(number, score) for number in known])

    def intent(self, question: str) -> dict[str, float]:
        """Probability of each kind of utterance; empty where there are no vectors."""
        vector = self._questions.vector(question) if self._questions and self._intents else None
        return self._intents.of(question, vector, by_nearness=self.has_known_cosines) if self._intents and vector is not None else {}

    def likeness(self, one: str, other: str) -> float:
        """Cosine of the vectors of two questions; 0 where there are none."""
        vectors = [self._questions.vector(question) for question in (one, other)] if self._questions else []
        return float(vectors[0] @ vectors[1]) if len(vectors) == 2 and vectors[0] is not None and vectors[1] is not None else 0.0

    def forget(self) -> None:
        """Forget the questions embedded so far; measurements start from here."""
        if self._questions:
            self._questions.forget()

    def embedding_ms(self, question: str) -> float:
        """How long it takes to embed a question, in milliseconds; 0 without vectors."""
        self.forget()
        started = perf_counter()
        if self._questions:
            self._questions.vector(question)
        return (perf_counter() - started) * 1000

    def _by_words(self, question: str, allowed: Allowed) -> NDArray[np.float32]:
        """Lexical scores of units: those of Milvus where it is asked and answers, else of the release's own index."""
        weights = query_weights(question)
        if self._words is not None and self._questions is not None and not self._questions.silent:
            try:
                return self._words.words(self._lexical.numbers(weights), allowed.day, allowed.regions)
            except StoreSilent:
                self._questions.rest()
        return self._lexical.scores(weights)

    def _by_meaning(self, question: str, allowed: Allowed) -> NDArray[np.float32] | None:
        """Dense scores of units; None where questions are not embedded or the vector store does not answer."""
        vector = self._questions.vector(question) if self._questions else None
        if vector is None or self._dense is None or self._questions is None:
            return None
        try:
            return self._dense.unit_scores(self._adapter.turned(vector) if self._adapter else vector, allowed)
        except StoreSilent:
            self._questions.rest()
            return None

    def _allowed(self, on: date, region: str) -> Allowed:
        known = self._masks.get((on, region))
        if known is None:
            day = on.year * 10000 + on.month * 100 + on.day
            chain = region_chain(region)
            local = np.array([not r or r in chain for r in self._regions])[self._region_of]
            known = Allowed((self._start <= day) & (day <= self._end) & local, day, tuple(sorted(chain)))
            if len(self._masks) >= MASKS:
                self._masks.clear()
            self._masks[on, region] = known
        return known

    def _adjust(self, scores: NDArray[np.float32], question: str, on: date, types: Sequence[str]) -> None:
        catalog = self.library.catalog
        named = {law.slug for law, _, _ in laws_named(question, catalog)}
        scores += self._of_laws(named, NAMED_LAW, 0)
        scores *= self._of_laws(self.untouched(question), UNTOUCHED, 1)
        if types:
            fits = np.logical_or.reduce([self._any_type, *(self._of_type[kind] for kind in types if kind in self._of_type)])
            scores[~fits] *= OTHER_TYPE
        for reference in references(question, catalog):
            law = catalog.find(reference.law) if reference.law else None
            edition = self.library.edition(law, on) if law else None
            number = self._number.get((law.slug, edition.date, reference.article)) if law and edition else None
            if number is not None:
                scores[number] += DIRECT

    def _of_laws(self, slugs: Iterable[str], value: float, other: float) -> NDArray[np.float32]:
        """One number a unit: `value` for those of these laws, `other` for the rest."""
        each = np.full(len(self._laws), other, np.float32)
        each[[self._laws[slug] for slug in slugs if slug in self._laws]] = value
        return each[self._law]

    def _hits(self, question: str, found: Sequence[tuple[int, float]]) -> list[Hit]:
        """Hits of units and scores; each with its points by how well they fit the question."""
        fits = self._fits(question, [number for number, _ in found])
        return [self._hit(number, score, fit) for (number, score), fit in zip_longest(found, fits)]

    def _fits(self, question: str, numbers: Sequence[int]) -> Sequence[NDArray[np.float32]]:
        """Cosines of the passages of the units, and how well each fits the question (see Fitting.scores); empty without vectors."""
        vector = self._questions.vector(question) if self._questions else None
        return self._fitting.scores(vector, numbers) if vector is not None and self._fitting else ()

    def _hit(self, number: int, score: float, fit: NDArray[np.float32] | None) -> Hit:
        row, (cosines, fits) = self._rows[number], fit.tolist() if fit is not None else ([], [])
        points: dict[int, float] = {}
        for (_, point), value in zip(row.passages, fits, strict=False):
            if point >= 0 and value > points.get(point, -1.0):
                points[point] = value
        ranked = tuple(sorted(points.items(), key=itemgetter(1), reverse=True))
        best = max(cosines, default=0.0)
        return Hit(row.kind, Address(row.law, row.edition, row.label), row.title, row.topic, score, best, ranked)
