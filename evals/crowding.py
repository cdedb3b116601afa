"""How many articles of one instrument may stand among the first ten? `python -m evals.crowding --home HOME` prints recall on the dev cases
without a cap and with caps of two to six; docs/decisions/0025 has the numbers.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assistant.stages import contextualise, normalise
from assistant.turn import Turn
from corpus.references import laws_named
from evals import measures
from evals.case import TODAY, Case, load
from evals.run import HERE, RUNS, revision
from index.search import Hit, Search
from index.spread import spread

SEEN = 80
CAPS = (2, 3, 4, 5, 6)
Found = tuple[Case, list[Hit], set[str]]


def found(search: Search, cases: Iterable[Case]) -> list[Found]:
    """Each case with what the product's own reading of it finds, and the instruments that it names."""
    stages = (normalise.stage(search), contextualise.stage(search))
    rows = []
    for case in cases:
        on = date.fromisoformat(case.date) if case.date else None
        turn = Turn(question=case.turns[-1], today=TODAY, history=case.turns[:-1], on=on, region=case.region, asked=case.turns[-1])
        for stage in stages:
            turn = stage(turn)
        hits = search.search(turn.asked, turn.day, region=turn.region, types=turn.slots.types, top=SEEN)
        rows.append((case, hits, {law.slug for law, _, _ in laws_named(turn.asked, search.library.catalog)}))
    return rows


def table(rows: Sequence[Found]) -> dict[str, Any]:
    """Recall@5 and @10 without a cap and with each, over all cases and those whose gold lies in several instruments; cases won and lost at ten."""
    several = [len({title for group in case.gold for title, _ in group}) > 1 for case, _, _ in rows]
    plain = [_recalls(case, hits) for case, hits, _ in rows]
    said: dict[str, Any] = {"cases": len(rows), "of several instruments": sum(several), "none": _means(plain, several)}
    for most in CAPS:
        after = [_recalls(case, spread(hits, named, most)) for case, hits, named in rows]
        change = [new[1] - old[1] for old, new in zip(plain, after, strict=True)]
        said[str(most)] = _means(after, several) | {"won": sum(c > 0 for c in change), "lost": sum(c < 0 for c in change)}
    return said


def _recalls(case: Case, hits: Sequence[Hit]) -> tuple[float, float]:
    ranked = [(hit.title, hit.address.article) for hit in hits if hit.kind == "article"]
    return measures.recall_at(case, ranked, 5), measures.recall_at(case, ranked, 10)


def _means(rows: Sequence[tuple[float, float]], several: Sequence[bool]) -> dict[str, float]:
    some = [row for row, chosen in zip(rows, several, strict=True) if chosen]
    parts = {"": rows, " of several": some or [(0.0, 0.0)]}
    return {f"recall@{depth}{name}": round(measures.mean([row[at] for row in part]), 4) for name, part in parts.items() for at, depth in enumerate((5, 10))}


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HERE.parent / "var")
    search = Search.open(parser.parse_args().home)
    cases = [case for case in load() if case.split == "dev" and case.gold and case.expect == "answered"]
    text = json.dumps({"revision": revision(), "release": search.release.id, **table(found(search, cases))}, ensure_ascii=False, indent=1)
    sys.stdout.write(text + "\n")
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"crowding-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
