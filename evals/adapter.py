"""Would a learned query side help here? `python -m evals.adapter --home HOME` prints recall on the dev cases for words alone, the embedder
as it is, and the embedder with a linear adapter that never saw the laws it is asked about.

The adapter is fitted on the digests' own everyday questions of four fifths of the laws and asked about the last fifth, five times over.
Where `shezu index train` has kept one in the home, what that finds is printed too.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from assistant.pipeline import Assistant
from evals import measures
from evals.case import TODAY, Case, load
from evals.run import HERE, RUNS, revision
from evals.stard import scores
from index import embed
from index.adapter import NAME, Adapter, ridge
from index.cache import VectorCache
from index.embed import Embedder, Vectors
from index.release import Release, current
from index.search import Search
from index.units import ASK, Unit, units

FOLDS = 5
SETS = ("retrieval", "answer")
MEASURES = ("recall@1", "recall@5", "recall@10", "recall@20", "mrr@10")


def fold_of(law: str) -> int:
    """The fold of a law, by hash of its slug."""
    return zlib.crc32(law.encode()) % FOLDS


def asked(found: Sequence[Unit], vectors: Vectors, fold: int) -> tuple[Vectors, Vectors]:
    """Questions of every law outside the fold, and for each the nearest of the other passages of its article; both (n, dimension)."""
    questions, answers = [], []
    row = 0
    for unit in found:
        rows = vectors[row : row + len(unit.passages)]
        row += len(unit.passages)
        others = rows[[passage.kind != ASK for passage in unit.passages]]
        if unit.kind != "article" or fold_of(unit.law) == fold or not len(others):
            continue
        for passage, vector in zip(unit.passages, rows, strict=True):
            if passage.kind == ASK:
                questions.append(vector)
                answers.append(others[int(np.argmax(others @ vector))])
    return np.stack(questions), np.stack(answers)


def recalls(search: Search, cases: Sequence[Case]) -> list[dict[str, float]]:
    """What the product's own reading of each question and search find."""
    assistant = Assistant(search)
    found = []
    for case in cases:
        on = date.fromisoformat(case.date) if case.date else None
        hits = assistant.retrieve(case.turns[-1], today=TODAY, on=on, region=case.region)
        found.append(scores(case, [(hit.title, hit.address.article) for hit in hits]))
    return found


def compare(release: Release, cached: Path, cases: Sequence[Case], embedder: Embedder, trained: Adapter | None = None) -> dict[str, dict[str, float]]:
    """Means of the three ways over the cases whose gold lies in laws of one fold; and of what `shezu index train` kept in the home."""
    plain = Search(release, embedder)
    slugs = {law.title: law.slug for law in plain.library.catalog}
    folds = [{fold_of(slugs.get(title, title)) for group in case.gold for title, _ in group} for case in cases]
    kept = [(case, next(iter(fold))) for case, fold in zip(cases, folds, strict=True) if len(fold) == 1]
    chosen = [case for case, _ in kept]
    found = list(units(plain.library))
    with closing(VectorCache(cached)) as cache:
        vectors = cache.vectors([(passage.kind, passage.text) for unit in found for passage in unit.passages], embedder)
    adapted: list[dict[str, float]] = []
    for fold in range(FOLDS):
        matrix = ridge(*asked(found, vectors, fold))
        adapted += recalls(Search(release, embedder, adapter=Adapter(matrix, {})), [case for case, place in kept if place == fold])
    rows = {"words": recalls(Search(release, embed.Choice("none")), chosen), "plain": recalls(plain, chosen), "adapted": adapted}
    if trained:
        rows["trained"] = recalls(Search(release, embedder, adapter=trained), chosen)
    return {name: {"cases": float(len(part))} | {key: round(measures.mean([row[key] for row in part]), 4) for key in MEASURES} for name, part in rows.items()}


def main() -> int:
    """Compare, print, and keep the numbers with the revision and release they belong to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HERE.parent / "var")
    args = parser.parse_args()
    release = current(args.home)
    cases = [case for case in load() if case.split == "dev" and case.set in SETS and case.gold and len(case.turns) == 1 and case.expect == "answered"]
    kept = args.home / NAME
    trained = Adapter.read(kept.read_bytes()) if kept.is_file() else None
    found = compare(release, args.home / "cache" / "vectors.sqlite", cases, embed.E5(threads=1), trained)
    text = json.dumps({"revision": revision(), "release": release.id, "fingerprint": release.manifest["fingerprint"], "dev": found}, indent=1)
    sys.stdout.write(text + "\n")
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"adapter-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
