"""What a release keeps of its passages: their vectors in memory's form and in the vector store, and the classifier that rests on them.

What did not change since an earlier release is taken over from it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from index import store
from index.cache import VectorCache
from index.dense import Dense
from index.embed import Embedder, Vectors
from index.intent import INSIDE, Intents, exemplars
from index.units import ASK, Passage, Unit

ASK_OFFSET = -0.02
EVERY = 4
KEEP_STORE = 0.75
Progress = Callable[[str, int, int], None]


def keep_passages(folder: Path, found: Sequence[Unit], embedder: Embedder, cached: Path, earlier: Path | None, progress: Progress) -> None:
    """Write vectors, collection and classifier into a release's folder; `earlier` is the folder of a whole release of the same embedder."""
    passages = [passage for unit in found for passage in unit.passages]
    with closing(VectorCache(cached)) as cache:
        vectors = cache.vectors([(p.kind, p.text) for p in passages], embedder, stepwise(progress, "计算向量", len(passages)))
        _train_intents(folder, passages, vectors, cache, embedder, earlier)
    rows = rows_of(found, vectors)
    store.write(folder / "chroma", rows, _alike(rows.ids, earlier), stepwise(progress, "写入向量库", len(passages)))
    offsets = np.array([ASK_OFFSET if p.kind == ASK else 0.0 for p in passages], np.float32)
    Dense.build(vectors, [len(unit.passages) for unit in found], offsets, rows.ids).save(folder / "dense")


def stepwise(progress: Progress, what: str, total: int) -> Callable[[int], None]:
    """Progress of one step, told by how much was done since the last time."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(what, min(done, total), total)

    return advance


def rows_of(found: Sequence[Unit], vectors: Vectors) -> store.Rows:
    """The passages as the vector store keeps them; an id is decided by what the passage is and says, so that it stays while that stays."""
    ids, texts, metadata = [], [], []
    for unit in found:
        about = {"law": unit.law, "edition": unit.edition, "label": unit.label, "region": unit.region}
        days = {"start": int(unit.start.replace("-", "")), "end": int(unit.end.replace("-", ""))}
        for number, passage in enumerate(unit.passages):
            row = {**about, **days, "kind": passage.kind}
            ids.append(hashlib.sha256(f"{number}\n{passage.text}\n{sorted(row.items())}".encode()).hexdigest()[:24])
            texts.append(passage.text)
            metadata.append(row)
    return store.Rows(ids, vectors, texts, metadata)


def _alike(ids: Sequence[str], earlier: Path | None) -> Path | None:
    """The earlier vector store, if most of it can be kept; None where writing afresh is better."""
    if earlier is None or not (earlier / "chroma").is_dir() or not (earlier / "dense" / "ids.npy").is_file():
        return None
    kept = len(set(np.load(earlier / "dense" / "ids.npy").tolist()) & set(ids))
    return earlier / "chroma" if kept >= KEEP_STORE * len(ids) else None


def _train_intents(folder: Path, passages: Sequence[Passage], vectors: Vectors, cache: VectorCache, embedder: Embedder, earlier: Path | None) -> None:
    """Fit the classifier on the written exemplars, with a part of the digests' own questions as questions of the domain; all are held near."""
    written = exemplars()
    known = [number for number, passage in enumerate(passages) if passage.kind == ASK]
    asked = known[::EVERY]
    questions = [text for _, text in written] + [passages[number].text for number in asked]
    labels = [name for name, _ in written] + [INSIDE] * len(asked)
    mark = hashlib.sha256(json.dumps([Intents.SETTINGS, embedder.name, questions, labels, [passages[number].text for number in known]]).encode()).hexdigest()
    (folder / "intents.mark").write_text(mark, encoding="ascii")
    if earlier and (earlier / "intents.mark").is_file() and (earlier / "intents.mark").read_text(encoding="ascii") == mark:
        shutil.copyfile(earlier / "intents.npz", folder / "intents.npz")
        return
    rows = np.vstack([cache.vectors([(ASK, text) for _, text in written], embedder), vectors[asked]])
    rest = vectors[sorted(set(known) - set(asked))]
    Intents.train(questions, rows, labels, rest).save(folder / "intents.npz")
