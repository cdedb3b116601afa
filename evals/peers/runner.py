"""`python -m evals.peers.<system> CORPUS QUESTIONS OUT`: index the corpus with one system, ask every question, and write what it took."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import perf_counter, process_time

from evals.peers.pieces import Peer, read_laws

TOP = 20
WARM_UP = 3


def main(peer: Peer) -> int:
    """Run one system on the files named on the command line."""
    corpus, questions, out = sys.argv[1:]
    laws = read_laws(Path(corpus))
    asked = [json.loads(line) for line in Path(questions).read_text(encoding="utf-8").split("\n") if line]
    with tempfile.TemporaryDirectory() as folder:
        peer.prepare(Path(folder))
        started, spent = perf_counter(), process_time()
        indexed = peer.build(laws, Path(folder))
        build = {"index_s": perf_counter() - started, "index_cpu_s": process_time() - spent}
        for row in asked[:WARM_UP]:
            peer.search(row["question"], TOP)
        answers = []
        for row in asked:
            started, spent = perf_counter(), process_time()
            items = peer.search(row["question"], TOP)
            times = {"ms": (perf_counter() - started) * 1000, "cpu_ms": (process_time() - spent) * 1000}
            answers.append({"id": row["id"], **times, "items": [asdict(item) for item in items]})
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"name": peer.name, "indexed": indexed, **build, "rss_mb": memory, "answers": answers}
    Path(out).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return 0
