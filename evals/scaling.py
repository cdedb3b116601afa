"""How search grows with the corpus: lexical, dense and fused scores over synthetic articles of the sizes asked for, with a chart.

`python -m evals.scaling 10000 60000 100000 1000000` writes docs/scaling.svg and evals/runs/scaling-….json. Texts are strings of invented
words, Zipf-distributed as those of a language are (Zipf 1949), vectors are random unit vectors: times depend on sizes, not on meaning.
Times are of the processor, so that a busy machine does not blur them; on a quiet one with one core they are those of the clock.
"""

from __future__ import annotations

import argparse
import html
import json
import math
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.run import HERE, RUNS, revision
from evals.scoring import quantile
from index.dense import Allowed, Dense, Layout
from index.fuse import convex
from index.lexical import Lexical
from index.tokens import query_weights

SEED = 20261123
WIDTH = 384
WORDS = 20_000
LETTERS = 110
QUESTIONS = 60
BLOCK = 10_000
Points = list[dict[str, float]]
NAMESPACE = "/".join(("http://www.w3.org", "2000", "svg"))
SERIES = (("lexical", "BM25F", "#1d5fa8"), ("dense", "向量", "#b3541e"), ("search", "合计（不含问题向量）", "#2e7d32"))


def vocabulary(chance: np.random.Generator) -> list[str]:
    """Invented words of one to four Chinese characters; frequent ones are short."""
    letters = [chr(0x4E00 + n) for n in chance.permutation(3500)]
    lengths = 1 + np.minimum(3, (np.log2(1 + np.arange(WORDS)) / 5).astype(int))
    return ["".join(letters[min(3499, int(n))] for n in chance.zipf(1.3, length)) for length in lengths]


def texts(count: int, words: Sequence[str], chance: np.random.Generator, letters: int = LETTERS) -> Iterator[str]:
    """That many texts of about `letters` characters."""
    below = np.cumsum(1 / (1 + np.arange(len(words))))
    for _ in range(count):
        drawn = np.searchsorted(below, chance.random(max(1, letters // 2)) * below[-1])
        yield "".join(words[n] for n in drawn)[:letters]


def unit_vectors(count: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """Random rows of length 1, shape (count, 384)."""
    rows = chance.standard_normal((count, WIDTH), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def built(size: int, folder: Path) -> dict[str, float]:
    """Write the index of so many articles as a release holds it; articles a processor second, and the most memory that took."""
    chance = np.random.default_rng(SEED)
    words = vocabulary(chance)
    made = list(texts(size, words, chance))
    started = time.process_time()
    Lexical.build({"text": text} for text in made).save(folder / "lexical")
    seconds = time.process_time() - started
    Layout(np.arange(size + 1), np.zeros(size, np.float32), np.zeros(0, np.str_)).save(folder / "dense")
    rows = np.lib.format.open_memmap(folder / "dense" / "matrix.npy", "w+", np.float16, (size, WIDTH))
    for start in range(0, size, BLOCK):
        rows[start : start + BLOCK] = unit_vectors(min(BLOCK, size - start), chance)
    rows.flush()
    return {"articles": size, "lexical_per_cpu_s": round(size / seconds), "build_rss_mb": most_memory()}


def searched(folder: Path) -> dict[str, float]:
    """Processor milliseconds of each part of a search, opening the index, and the most memory that took."""
    chance = np.random.default_rng(SEED)
    words = vocabulary(chance)
    started = time.process_time()
    lexical, dense = Lexical.load(folder / "lexical"), Dense.load(folder / "dense")
    opened = time.process_time() - started
    allowed = Allowed(np.ones(lexical.size, bool), 20260101, ())
    spent: dict[str, list[float]] = {name: [] for name, _, _ in SERIES}
    for question in texts(QUESTIONS, words, chance, 20):
        (vector,) = unit_vectors(1, chance)
        began = time.process_time()
        by_words = lexical.scores(query_weights(question))
        between = time.process_time()
        by_meaning = dense.unit_scores(vector, allowed)
        after = time.process_time()
        scores = convex(by_words, by_meaning)
        np.argpartition(-scores, 20)[:20]
        ended = time.process_time()
        for name, seconds in (("lexical", between - began), ("dense", after - between), ("search", ended - began)):
            spent[name].append(seconds * 1000)
    times = {name: quantile(ms, 0.5) for name, ms in spent.items()} | {"search_p95": quantile(spent["search"], 0.95)}
    return times | {"open_cpu_s": round(opened, 2), "search_rss_mb": most_memory()}


def most_memory() -> int:
    """The most memory that this process has held, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measured(size: int) -> dict[str, float]:
    """Build, then search, each in a process of its own, so that the memory is that of one of them."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # threads that wait for each other would count as work
    alone = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        with ProcessPoolExecutor(1, mp_context=alone) as one:
            point = one.submit(built, size, Path(folder)).result()
        with ProcessPoolExecutor(1, mp_context=alone) as other:
            return point | other.submit(searched, Path(folder)).result()


def chart(points: Points) -> str:
    """Median processor milliseconds over the number of articles, both logarithmic, as an SVG."""
    wide, high, left, low = 640, 360, 70, 300
    sizes = [math.log10(point["articles"]) for point in points]
    values = [math.log10(max(point[name], 0.01)) for point in points for name, _, _ in SERIES]
    bottom, top = math.floor(min(values)), math.ceil(max(values))
    span = (max(sizes) - min(sizes)) or 1.0

    def at(size: float, value: float) -> str:
        x = left + (math.log10(size) - min(sizes)) / span * (wide - left - 170)
        y = low - (math.log10(max(value, 0.01)) - bottom) / ((top - bottom) or 1) * (low - 40)
        return f"{x:.1f},{y:.1f}"

    parts = [f'<text x="{left}" y="22" font-size="14">检索用的处理器时间（毫秒，中位数）与条文数量</text>']
    for power in range(bottom, top + 1):
        x, y = at(points[0]["articles"], 10.0**power).split(",")
        parts.append(f'<path d="M{x} {y}H{wide - 160}" stroke="#ddd"/><text x="{left - 8}" y="{y}" text-anchor="end">{10.0**power:g}</text>')
    for point in points:
        x, _ = at(point["articles"], 1).split(",")
        parts.append(f'<text x="{x}" y="{low + 20}" text-anchor="middle">{int(point["articles"]):,}</text>')
    free = math.inf
    for name, said, colour in sorted(SERIES, key=lambda series: points[-1][series[0]]):
        places = [at(point["articles"], point[name]) for point in points]
        right, end = map(float, places[-1].split(","))
        free = min(end, free - 14)  # labels of lines that end close together do not cover each other
        parts.append(f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{right + 8}" y="{free:.1f}" fill="{colour}">{html.escape(said)} {points[-1][name]:g}</text>')
    table = "；".join(f"{int(p['articles'])} 条：" + "，".join(f"{said} {p[name]:g} 毫秒" for name, said, _ in SERIES) for p in points)
    return (
        f'<svg viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12" role="img" xmlns="{NAMESPACE}">'
        f"<title>检索的处理器时间与条文数量</title><desc>{html.escape(table)}</desc>"
        f'<rect width="{wide}" height="{high}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def main() -> int:
    """Measure each size, print, save the run and draw the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 60_000, 100_000, 1_000_000])
    parser.add_argument("--chart", type=Path, default=HERE.parent / "docs" / "scaling.svg")
    args = parser.parse_args()
    points: Points = []
    for size in sorted(args.sizes):
        points.append(measured(size))
        sys.stdout.write(json.dumps(points[-1]) + "\n")
        sys.stdout.flush()
    args.chart.write_text(chart(points), encoding="utf-8")
    RUNS.mkdir(exist_ok=True)
    saved = {"revision": revision(), "seed": SEED, "points": points}
    (RUNS / f"scaling-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(json.dumps(saved, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
