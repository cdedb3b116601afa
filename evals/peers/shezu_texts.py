"""Shezu over the same texts and nothing else: no digests, no guides, no shipped vectors."""

from __future__ import annotations

from evals.peers import runner
from evals.peers.shezu import Shezu

if __name__ == "__main__":
    raise SystemExit(runner.main(Shezu("Shezu（只有原文）", shipped=False)))
