"""How much of a build's time is the embedder's: `python -m evals.building` builds a release of a synthetic law from nothing and prints articles
a processor second of the embedder alone, of the whole build, and their ratio; with `--changed HOME`, what a build costs after one article changed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus.references import article_label
from evals.run import RUNS, revision
from evals.scaling import SEED, texts, vocabulary
from evals.stard import EMPTY, put_into
from index import embed
from index.embed import Embedder, Vectors
from index.release import build


def articles(count: int) -> Iterator[dict[str, str]]:
    """A law of that many articles of about 110 characters."""
    chance = np.random.default_rng(SEED)
    for number, text in enumerate(texts(count, vocabulary(chance), chance), 1):
        yield {"title": "甲乙丙丁规则", "article": article_label(str(number)), "chapter": "", "text": text}


class Timed:
    """An embedder that notes the processor seconds spent in it, and how many passages it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimension = embedder.name, embedder.dimension
        self.seconds = 0.0
        self.count = 0

    def questions(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        return self._embedder.questions(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        began = time.process_time()
        found = self._embedder.passages(texts)
        self.seconds += time.process_time() - began
        self.count += len(texts)
        return found


def measured(home: Path, count: int, embedder: Embedder) -> dict[str, float]:
    """Articles a processor second of the embedder alone and of the whole build around it. Both are of the same moments: on a busy machine two
    runs one after the other differ by more than what is measured."""
    put_into(home, articles(count))
    timed = Timed(embedder)
    began = time.process_time()
    build(home, timed, knowledge=EMPTY)
    whole = time.process_time() - began
    return {
        "articles": timed.count,
        "bare_per_cpu_s": round(timed.count / timed.seconds, 1),
        "build_per_cpu_s": round(timed.count / whole, 1),
        "ratio": round(timed.seconds / whole, 3),
    }


def changed(home: Path, embedder: Embedder) -> dict[str, float]:
    """Processor seconds of the build after one article of one imported law has changed, the rest being as in the last release."""
    build(home, embedder)
    file = min((home / "texts").glob("*/*.json"))
    held = json.loads(file.read_text(encoding="utf-8"))
    held["articles"][0]["text"] += "（改）"
    file.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
    timed = Timed(embedder)
    began = time.process_time()
    release, made = build(home, timed)
    assert made
    whole = time.process_time() - began
    return {"passages": release.manifest["passages"], "embedded": timed.count, "cpu_s": round(whole, 2), "of_the_embedder": round(timed.seconds, 2)}


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1, help="of the embedder; threads that wait for each other count as work")
    parser.add_argument("--changed", type=Path, default=None, metavar="HOME", help="measure instead the build of a copy of HOME after one change")
    args = parser.parse_args()
    embedder = embed.E5(threads=args.threads)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if args.changed:
            shutil.copytree(args.changed, home, symlinks=True)
        numbers = changed(home, embedder) if args.changed else measured(home, args.articles, embedder)
    found = {"revision": revision(), **numbers}
    text = json.dumps(found, indent=1)
    sys.stdout.write(text + "\n")
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"building-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
