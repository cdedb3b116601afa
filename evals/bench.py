"""`make bench`: cold start, memory, and times of search and answers, per stage; written with the revision they belong to.

Times are of this machine and this moment: compare within one run only.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assistant.pipeline import Assistant
from evals.case import TODAY, load
from evals.run import HERE, revision
from evals.scoring import quantile
from index.release import current
from index.search import Search


def spread(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    return {"p50": quantile(values, 0.5), "p95": quantile(values, 0.95), "p99": quantile(values, 0.99)}


def cold_start(home: Path) -> dict[str, float]:
    """Seconds from starting a fresh process to its first answer, and that process's memory (MB)."""
    code = (
        "import resource, sys; from datetime import date; from pathlib import Path; from assistant.pipeline import Assistant; "
        "from index.search import Search; a = Assistant(Search.open(Path(sys.argv[1]))); "
        "a.ask('成立社会团体要多少会员', today=date(2026, 11, 23)); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=True, cwd=HERE.parent)
    return {"seconds": round(time.perf_counter() - started, 2), "rss_mb": round(float(done.stdout), 1)}


def answers(home: Path, rounds: int) -> dict[str, Any]:
    """Times of whole answers, of each stage, and of the embedding alone over the answerable cases; questions are not remembered between rounds."""
    search = Search.open(home)
    assistant = Assistant(search)
    questions = [case.turns[-1] for case in load() if case.expect == "answered" and len(case.turns) == 1]
    total: list[float] = []
    embedding: list[float] = []
    stages: dict[str, list[float]] = {}
    for _ in range(rounds):
        for question in questions:
            search.forget()
            started = time.perf_counter()
            turn = assistant.ask(question, today=TODAY)
            total.append((time.perf_counter() - started) * 1000)
            for step in turn.steps:
                stages.setdefault(step.stage, []).append(step.ms)
            embedding.append(search.embedding_ms(question))
    return {"questions": len(questions), "answer_ms": spread(total), "embedding_ms": spread(embedding), "stage_ms": {k: spread(v) for k, v in stages.items()}}


def main() -> int:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HERE.parent / "var")
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    release = current(args.home)
    found = {
        "about": {key: release.manifest[key] for key in ("id", "units", "passages")} | {"revision": revision(), "day": date.today().isoformat()},
        "cold_start": cold_start(args.home),
        **answers(args.home, args.rounds),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    text = json.dumps(found, ensure_ascii=False, indent=1)
    sys.stdout.write(text + "\n")
    folder = HERE / "runs"
    folder.mkdir(exist_ok=True)
    (folder / f"bench-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
