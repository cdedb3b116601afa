"""`python -m evals.folds --home HOME`: what the train part of STARD teaches, measured within the train part by cross-validation, for several
weights of meaning, with and without the likely law. Settings are chosen by this table: folds share no gold article, and no question of
the unseen part is asked.

HOME is where `shezu eval stard --into HOME` has built its index.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals import measures
from evals.case import Case
from evals.stard import linked, questions, ranked
from evals.tuning import Laws, Pairs, train
from index.adapter import Adapter
from index.embed import E5, Embedder
from index.release import Release, current
from index.search import Search

FOLDS = 3
LARGE = 60
WEIGHTS = (0.5, 0.6, 0.7)
MEASURES = ("recall@5", "recall@10", "recall@20", "recall@100")


def folds(cases: Sequence[Case]) -> Iterator[tuple[list[Case], list[Case]]]:
    """(learned from, asked) of each fold. The one large group of linked questions is always learned from, as no such group is unseen."""
    groups = linked({case.id: [address for group in case.gold for address in group] for case in cases})
    large = {group for group, count in Counter(groups.values()).items() if count > LARGE}
    place = {name: -1 if group in large else zlib.crc32(group.encode()) // 3 % FOLDS for name, group in groups.items()}
    for fold in range(FOLDS):
        yield [case for case in cases if place[case.id] != fold], [case for case in cases if place[case.id] == fold]


def measured(release: Release, embedder: Embedder, cases: Sequence[Case]) -> dict[str, list[dict[str, float]]]:
    """Scores of every question asked, untuned and for each setting."""
    found: dict[str, list[dict[str, float]]] = {}

    def ask(name: str, search: Search, asked: Sequence[Case], laws: Laws | None = None) -> None:
        found.setdefault(name, []).extend(row for _, row in ranked(search, asked, lambda rows, what: rows, "", laws))

    for learned, asked in folds(cases):
        matrix, laws = Adapter(train(Pairs.of(release, learned), embedder), {}), Laws.of(learned, embedder)
        ask("untuned", Search(release, embedder), asked)
        for weight in WEIGHTS:
            search = Search(release, embedder, adapter=matrix, weight=weight)
            ask(f"matrix, weight {weight}", search, asked)
            ask(f"matrix, weight {weight}, likely law", search, asked, laws)
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--stard", type=Path, default=Path("../shared/bench/stard"))
    args = parser.parse_args()
    cases = [case for case in questions(args.stard) if case.split == "dev"]
    found = measured(current(args.home), E5(threads=1), cases)
    means = {name: {key: round(measures.mean([row[key] for row in rows]), 4) for key in MEASURES} for name, rows in found.items()}
    sys.stdout.write(json.dumps({"questions": len(found["untuned"]), **means}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
