"""What the learned view (index/view.py) is worth: `python -m evals.leading --home HOME` answers the dev cases with and without it, in one run.

Printed are the shares of the facts wanted that stand in the answer, and of answers whose first statement holds one of them, and all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.pipeline import Assistant
from evals.ask import Asker
from evals.case import Case, load
from evals.measures import mean, normalise, present
from evals.record import Record
from evals.run import HERE, RUNS, revision
from index.search import Search

SETS = ("answer", "plan", "temporal", "regional", "personal")
ASIDE = {"premise", "info", "warn"}


@dataclass(frozen=True, slots=True)
class Held:
    """Of one case's vital facts: the share that the answer holds, and whether its first statement holds one and all of them."""

    facts: float
    one: float
    every: float


def held(case: Case, record: Record) -> Held:
    """What an answer and its first statement hold; what only leads in or corrects a premise is no statement of its own."""
    wanted = [nugget for nugget in case.nuggets if nugget.vital]
    own = (statement.text for statement in record.statements if statement.tone not in ASIDE and not statement.text.endswith("："))
    answer, first = normalise(record.answer), normalise(next(own, ""))
    leading = [present(nugget, first) for nugget in wanted]
    return Held(mean([float(present(nugget, answer)) for nugget in wanted]), float(any(leading)), float(all(leading)))


def measured(search: Search, cases: Sequence[Case]) -> dict[str, float]:
    """The means over the cases."""
    asker = Asker(Assistant(search))
    rows = [held(case, asker.ask(case)) for case in cases]
    return {"facts": mean([r.facts for r in rows]), "first holds one": mean([r.one for r in rows]), "first holds all": mean([r.every for r in rows])}


def main() -> int:
    """Answer, print, and keep the numbers with the revision and release they belong to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HERE.parent / "var")
    args = parser.parse_args()
    wanted = [case for case in load() if case.split == "dev" and case.set in SETS and case.expect == "answered"]
    cases = [case for case in wanted if any(nugget.vital for nugget in case.nuggets)]
    search = Search.open(args.home)
    with_view = measured(search, cases)
    search.see(None)
    found = {"cases": len(cases), "with the view": with_view, "without": measured(search, cases)}
    text = json.dumps({"revision": revision(), "release": search.release.id, **found}, indent=1)
    sys.stdout.write(text + "\n")
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"leading-{datetime.now(UTC):%Y%m%dT%H%M%S}.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
