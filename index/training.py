"""`shezu index train`: learn the question side from everyday questions, and keep it only where it finds more for questions it never saw.

Questions come from the digests, and from an office's own pairs. One article in five is held out, all its editions together: none of its
questions is learned from, and every second one of them is taken out of the index too and then asked, as a reader would ask in other words.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.library import Library
from corpus.references import parse_cite, references
from index.adapter import NAME, PULL, Adapter, ridge
from index.cache import VectorCache
from index.dense import Allowed, Dense
from index.embed import Embedder, Vectors
from index.errors import BadAdapter
from index.fuse import convex
from index.lexical import Lexical
from index.passages import ASK_OFFSET, Progress, stepwise
from index.tokens import fold, query_weights
from index.units import ASK, Unit, units

SEED = 20261123
EVERY = 5
RESAMPLED = 2000
DEPTHS = (5, 10)
SEEN = 60
LEAST = 50
LEAST_OWN = 30
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the articles that answer it, as (law, label): any edition of such an article is right. `own` is the office's."""

    text: str
    articles: frozenset[Key]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training came to: how much was learned from and asked, recall@5 and @10 before and after, shape (questions, 2), and the articles
    that questions belong to, for the bootstrap."""

    adapter: Adapter
    learned: int
    own: NDArray[np.bool_]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    groups: tuple[Key, ...]

    def interval(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """The 95 % paired bootstrap interval of the gains of all or the chosen questions, by article (Efron & Tibshirani 1993, §13), shape
        (2, 2): ends by depth."""
        chosen = np.ones(len(self.own), bool) if chosen is None else chosen
        gains = (self.after - self.before)[chosen]
        names, of = np.unique([" ".join(key) for key, kept in zip(self.groups, chosen, strict=True) if kept], return_inverse=True)
        totals = np.stack([np.bincount(of, gains[:, depth], minlength=len(names)) for depth in range(len(DEPTHS))], axis=1)
        sizes = np.bincount(of, minlength=len(names)).astype(float)
        drawn = np.random.default_rng(SEED).integers(0, len(names), (RESAMPLED, len(names)))
        return np.asarray(np.quantile(totals[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None], [0.025, 0.975], axis=0))

    @property
    def gains(self) -> bool:
        """Whether recall@5 of the office's own questions rises by more than chance. What digests' questions gain did not carry over to
        questions as people write them (docs/decisions/0016), so they decide nothing."""
        return int(self.own.sum()) >= LEAST_OWN and bool(self.interval(self.own)[0, 0] > 0)


def questions_of(library: Library) -> list[Asked]:
    """The everyday questions of the digests, each wording once with every article that it stands at."""
    found: dict[str, tuple[str, set[Key]]] = {}
    for digest in library.digests:
        for ask in digest.asks:
            found.setdefault(fold(ask), (ask, set()))[1].add((digest.law, digest.article))
    return [Asked(text, frozenset(keys)) for text, keys in found.values()]


def read_pairs(path: Path, library: Library) -> list[Asked]:
    """An office's own questions: a line each, {"question": "…", "articles": ["慈善法 第二十二条", …]}. Raises BadAdapter naming the line."""
    known = {(entry.law.slug, entry.label) for entry in library.entries()}
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadAdapter(f"问答对文件 {path} 读不出来，请核对路径，并存成 UTF-8") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(_pair(line, f"{path.name} 第 {number} 行", library, known))
    return found


def _pair(line: str, where: str, library: Library, known: set[Key]) -> Asked:
    try:
        row = json.loads(line)
        question, cites = str(row["question"]).strip(), [str(cite) for cite in row["articles"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadAdapter(f'{where}不是 {{"question": "…", "articles": ["慈善法 第二十二条"]}} 这样的一行') from error
    keys = {cite: _key(cite, library) for cite in cites}
    for cite, key in keys.items():
        if key not in known:
            raise BadAdapter(f"{where}：“{cite}”在本库里找不到，请写成 慈善法 第二十二条 这样，或先导入这件文件")
    if not question or not keys:
        raise BadAdapter(f"{where}的问题或条文是空的")
    return Asked(question, frozenset(key for key in keys.values() if key), own=True)


def _key(cite: str, library: Library) -> Key | None:
    address = parse_cite(cite, library.catalog)
    if address and address.article:
        return address.law, address.article
    named = next((one for one in references(cite, library.catalog) if one.law), None)
    return (named.law, named.article) if named else None


def held_out(key: Key) -> bool:
    """Whether an article is held out, by hash of law and label."""
    return zlib.crc32(" ".join(key).encode()) % EVERY == 0


def split(asked: Iterable[Asked]) -> tuple[list[Asked], list[Asked]]:
    """(learned from, asked afterwards): nothing that belongs to an article held out is learned from; of what a digest asks about such an
    article every second question, and every one of the office's, is asked."""
    learned, later, seen = [], [], dict[Key, int]()
    for one in asked:
        held = sorted(key for key in one.articles if held_out(key))
        if not held:
            learned.append(one)
            continue
        seen[held[0]] = seen.get(held[0], 0) + 1
        if one.own or seen[held[0]] % 2:
            later.append(one)
    wordings = {fold(one.text) for one in later}
    return [one for one in learned if fold(one.text) not in wordings], later


def without(found: Sequence[Unit], wordings: set[str]) -> list[Unit]:
    """The units with these questions taken out of their passages and fields."""
    return [_without(unit, wordings) if any(_asks(p, wordings) for p in unit.passages) else unit for unit in found]


def _asks(passage: Any, wordings: set[str]) -> bool:
    return passage.kind == ASK and fold(passage.text) in wordings


def _without(unit: Unit, wordings: set[str]) -> Unit:
    kept = tuple(passage for passage in unit.passages if not _asks(passage, wordings))
    return replace(unit, passages=kept, fields={**unit.fields, "asks": " ".join(p.text for p in kept if p.kind == ASK)})


class Shelf:
    """Units with their vectors, searched as the product fuses words and meaning, over all editions at once."""

    def __init__(self, found: Sequence[Unit], vectors: Vectors) -> None:
        self._vectors = vectors
        self._passages = [passage for unit in found for passage in unit.passages]
        offsets = np.array([ASK_OFFSET if passage.kind == ASK else 0.0 for passage in self._passages], np.float32)
        self._lexical = Lexical.build(unit.fields for unit in found)
        self._dense = Dense.build(vectors, [len(unit.passages) for unit in found], offsets)
        self._keys = [(unit.law, unit.label) if unit.kind == "article" else None for unit in found]
        self._allowed = Allowed(np.ones(len(found), bool), 0, ())
        ends = np.cumsum([len(unit.passages) for unit in found])
        self._rows: dict[Key, list[int]] = {}
        for unit, end in zip(found, ends.tolist(), strict=True):
            if unit.kind == "article":
                rows = [end - len(unit.passages) + n for n, passage in enumerate(unit.passages) if passage.kind != ASK]
                self._rows.setdefault((unit.law, unit.label), []).extend(rows)

    def nearest(self, vector: Vectors, articles: Iterable[Key]) -> Vectors | None:
        """Of what these articles say (their questions aside) the vector nearest to one of shape (dimension,)."""
        rows = [row for key in articles for row in self._rows.get(key, ())]
        return np.asarray(self._vectors[rows[int(np.argmax(self._vectors[rows] @ vector))]]) if rows else None

    def recalls(self, question: str, articles: frozenset[Key], *vectors: Vectors) -> list[list[float]]:
        """Share of the articles among the first 5 and 10 found, for each vector of the question."""
        words = self._lexical.scores(query_weights(question))
        found = []
        for vector in vectors:
            scores = convex(words, self._dense.unit_scores(vector, self._allowed))
            best = np.argsort(-scores, kind="stable")[:SEEN]
            ranked = list(dict.fromkeys(key for key in (self._keys[n] for n in best.tolist()) if key))
            found.append([len(articles & set(ranked[:depth])) / len(articles) for depth in DEPTHS])
        return found


def train(
    library: Library, cached: Path, embedder: Embedder, own: Sequence[Asked] = (), corpus: str = "", progress: Progress = lambda w, d, t: None
) -> Outcome:
    """Learn, and ask what was held out before and after. Raises BadAdapter where there are too few questions to tell."""
    learned, later = split([*questions_of(library), *own])
    if len(learned) < LEAST or len(later) < LEAST:
        raise BadAdapter(f"学习用的问题只有 {len(learned)} 个、检验用的只有 {len(later)} 个，各要 {LEAST} 个以上才看得出有没有用")
    found = without(list(units(library)), {fold(one.text) for one in later})
    with closing(VectorCache(cached)) as cache:
        passages = [(passage.kind, passage.text) for unit in found for passage in unit.passages]
        shelf = Shelf(found, cache.vectors(passages, embedder, stepwise(progress, "计算向量", len(passages))))
        asked = [(ASK, one.text) for one in (*learned, *later)]
        vectors = cache.vectors(asked, embedder, stepwise(progress, "问题向量", len(asked)))
    pairs = [(vector, shelf.nearest(vector, sorted(one.articles))) for one, vector in zip(learned, vectors, strict=False)]
    known = [(vector, answer) for vector, answer in pairs if answer is not None]
    matrix = ridge(np.stack([vector for vector, _ in known]), np.stack([answer for _, answer in known]))
    adapter = Adapter(matrix.astype(np.float16).astype(np.float32), {})
    rows = []
    for number, (one, vector) in enumerate(zip(later, vectors[len(learned) :], strict=True), 1):
        rows.append(shelf.recalls(one.text, one.articles, vector, adapter.turned(vector)))
        progress("检验", number, len(later))
    before, after = np.asarray(rows, float).transpose(1, 0, 2)
    said = _said(embedder, corpus, own, len(known), before, after)
    groups = tuple(min(key for key in one.articles if held_out(key)) for one in later)
    return Outcome(replace(adapter, settings=said), len(known), np.array([one.own for one in later]), before, after, groups)


def _said(embedder: Embedder, corpus: str, own: Sequence[Asked], learned: int, before: NDArray[np.float64], after: NDArray[np.float64]) -> Mapping[str, Any]:
    pairs = hashlib.sha256(json.dumps([[one.text, sorted(one.articles)] for one in own], ensure_ascii=False).encode()).hexdigest()
    recall = {name: [round(float(mean), 4) for mean in rows.mean(axis=0)] for name, rows in (("before", before), ("after", after))}
    about = {"embedder": embedder.name, "corpus": corpus, "own": len(own), "pairs": pairs if own else ""}
    return about | {"pull": PULL, "seed": SEED, "learned": learned, "asked": len(before), **recall}


def keep(home: Path, adapter: Adapter) -> Path:
    """Write the adapter into a home, in one step; the next build takes it in."""
    aside = home / f".{NAME}"
    aside.write_bytes(adapter.packed())
    aside.replace(home / NAME)
    return home / NAME
