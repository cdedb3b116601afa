"""`python -m evals.served --home HOME --server ADDRESS`: retrieval through a vector server beside that through the release's own matrix.

ADDRESS is what index.served reads: http://chroma:8000, milvus:http://milvus:19530 or milvus:FILE.db. Over the dev cases only;
the release is sent to the server first.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from assistant.pipeline import Assistant
from evals import measures
from evals.case import TODAY, Case
from evals.run import HERE, chosen, revision
from index import embed
from index.questions import REST
from index.release import current
from index.search import Search
from index.served import send

Ranked = list[tuple[str, str]]


def ranked(search: Search, cases: Sequence[Case]) -> tuple[list[Ranked], float]:
    """What is found for each case, best first, and the median milliseconds of a search; where the server fell silent, asked once more."""
    assistant, found, spent = Assistant(search), [], []
    for case in cases:
        on = date.fromisoformat(case.date) if case.date else None
        began = time.perf_counter()
        while not (hits := assistant.retrieve(case.turns[-1], today=TODAY, on=on, region=case.region)) or not search.has_vectors:
            time.sleep(REST)
            began = time.perf_counter()
        spent.append(1000 * (time.perf_counter() - began))
        found.append([(hit.title, hit.address.article) for hit in hits])
    return found, statistics.median(spent)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HERE.parent / "var")
    parser.add_argument("--server", required=True)
    parser.add_argument("--every", type=int, default=1, help="only every n-th case")
    args = parser.parse_args()
    release = current(args.home)
    send(args.server, release.id, release.folder)
    embedder = embed.E5(threads=1)
    cases = [case for case in chosen("dev", None) if case.gold and len(case.turns) == 1 and case.expect == "answered"][:: args.every]
    own, own_ms = ranked(Search(release, embedder), cases)
    other, other_ms = ranked(Search(release, embedder, args.server), cases)
    recalls = [measures.mean([measures.recall_at(case, found, 5) for case, found in zip(cases, side, strict=True)]) for side in (own, other)]
    overlap = measures.mean([measures.rank_biased_overlap(first[:10], second[:10]) for first, second in zip(own, other, strict=True) if first and second])
    told = {"revision": revision(), "release": release.id, "cases": len(cases), "recall@5": [round(recall, 4) for recall in recalls]}
    sys.stdout.write(json.dumps(told | {"rbo@10": round(overlap, 4), "median_ms": [round(own_ms, 1), round(other_ms, 1)]}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
