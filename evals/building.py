"""How much of a build's time is the embedder's: `python -m evals.building` embeds the passages of a synthetic law bare, then builds a release
of them from nothing, in one run, and prints articles a processor second of both and their ratio.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from corpus.library import Library
from corpus.references import article_label
from evals.run import RUNS, revision
from evals.scaling import SEED, texts, vocabulary
from evals.stard import EMPTY, put_into
from index import embed
from index.cache import BATCH
from index.embed import Embedder
from index.release import build
from index.units import units


def articles(count: int) -> Iterator[dict[str, str]]:
    """A law of that many articles of about 110 characters."""
    chance = np.random.default_rng(SEED)
    for number, text in enumerate(texts(count, vocabulary(chance), chance), 1):
        yield {"title": "甲乙丙丁规则", "article": article_label(str(number)), "chapter": "", "text": text}


def measured(home: Path, count: int, embedder: Embedder) -> dict[str, Any]:
    """Articles a processor second of the bare embedder, in the cache's batches, and of a whole build of the same texts; seconds of the clock too."""
    put_into(home, articles(count))
    said = [passage.text for unit in units(Library(EMPTY, home / "texts")) for passage in unit.passages]
    embedder.passages(said[:BATCH])
    bare = _timed(lambda: [embedder.passages(said[start : start + BATCH]) for start in range(0, len(said), BATCH)])
    whole = _timed(lambda: build(home, embedder, knowledge=EMPTY))
    return {
        "articles": len(said),
        "bare_per_cpu_s": round(len(said) / bare[0], 1),
        "build_per_cpu_s": round(len(said) / whole[0], 1),
        "ratio": round(bare[0] / whole[0], 3),
        "bare_s": round(bare[1], 1),
        "build_s": round(whole[1], 1),
    }


def _timed(work: Any) -> tuple[float, float]:
    """Seconds of the processor and of the clock."""
    began = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - began[0], time.perf_counter() - began[1]


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1, help="of the embedder; threads that wait for each other count as work")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {"revision": revision(), **measured(Path(folder), args.articles, embed.E5(threads=args.threads))}
    text = json.dumps(found, indent=1)
    sys.stdout.write(text + "\n")
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"building-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
