"""`python -m evals.folds --home HOME`: what training e5's question side gains within the train part of STARD, by the weight of meaning in
the fusion. Settings are chosen by this table: folds share no gold article, and the unseen part is not looked at.

HOME is where `shezu eval stard --into HOME` has built its index.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evals import measures, tower
from evals.case import Case
from evals.stard import linked, questions, ranked
from evals.tuning import Pairs
from evals.weights import Weights, shipped
from index import embed
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


def measured(release: Release, folder: Path, cases: Sequence[Case]) -> dict[str, list[dict[str, float]]]:
    """Scores of every question asked, untuned and for each weight."""
    weights, plain = Weights(shipped()), Search(release, embed.E5(threads=1))
    found: dict[str, list[dict[str, float]]] = {"untuned": []}
    for learned, asked in folds(cases):
        found["untuned"] += _scores(plain, asked)
        trained = embed.E5(1, tower.trained(weights, Pairs.of(release, learned), folder, _say))
        for weight in WEIGHTS:
            found.setdefault(f"trained, weight {weight}", []).extend(_scores(Search(release, trained, weight=weight), asked))
    return found


def _scores(search: Search, cases: Sequence[Case]) -> Iterable[dict[str, float]]:
    return [row for _, row in ranked(search, cases, lambda rows, what: rows, "")]


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--stard", type=Path, default=Path("../shared/bench/stard"))
    args = parser.parse_args()
    cases = [case for case in questions(args.stard) if case.split == "dev"]
    found = measured(current(args.home), args.home / "cache", cases)
    means = {name: {key: round(measures.mean([row[key] for row in rows]), 4) for key in MEASURES} for name, rows in found.items()}
    sys.stdout.write(json.dumps({"questions": len(found["untuned"]), **means}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
