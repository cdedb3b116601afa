"""Builds a release in a process of its own, so that clerks do not wait for it: `python -m api.staff.building`; tells its progress as JSON lines."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from api.settings import BadSetting, Settings, from_environment
from corpus.errors import CorpusError
from index import embed
from index.embed import Embedder
from index.errors import IndexProblem, NoEmbedder, NoRelease
from index.release import build, current

EVERY = 0.5
COURTESY = 10


def main() -> int:
    """Build what SHEZU_HOME holds; 0 where a release stands, 1 with a line {"problem": …} where none was made."""
    os.nice(COURTESY)
    told = 0.0

    def progress(what: str, done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= EVERY or done in (0, total):
            told = time.monotonic()
            tell(part=what, done=done, total=total)

    try:
        settings = from_environment()
        release, made = build(settings.home, embedder_of(settings), progress)
    except (BadSetting, CorpusError, IndexProblem, OSError) as problem:
        tell(problem=str(problem))
        return 1
    tell(release=release.id, made=made)
    return 0


def embedder_of(settings: Settings) -> Embedder | None:
    """The office's embedder, none where its release does without. Raises NoEmbedder where it cannot be had."""
    try:
        if not current(settings.home).manifest["embedder"]:
            return None
    except NoRelease:
        pass
    try:
        return embed.load(settings.embedder)
    except NoEmbedder:
        if settings.embedder != embed.DEFAULT:
            raise
        return None


def tell(**said: Any) -> None:
    """One line of progress."""
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
