"""`python -m evals.sameness`: how near two questions must be before an approved answer to one is shown beside the other.

Over all pairs of dev questions about the same case (see assistant/sameness.py): how many have their gold article in common, by cosine
alone and where both are answered from the same article first. Both must hold before an answer to a near question is shown.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

from assistant.pipeline import Assistant
from assistant.sameness import Asked, asked
from assistant.turn import Turn
from evals.case import TODAY, Case, load
from evals.run import HERE
from index.search import Search

LEAST = 0.90
STEPS = (0.90, 0.92, 0.94, 0.96, 0.98)


def on(case: Case) -> date | None:
    """The day that a case asks about, None for today."""
    return date.fromisoformat(case.date) if case.date else None


def pairs(search: Search, cases: list[Case]) -> list[tuple[float, Case, Case]]:
    """(cosine, one, other) of every two questions about the same case that are at all near."""
    read: list[tuple[Case, Asked]] = [(case, asked(search, case.turns[0], today=TODAY, region=case.region, on=on(case))) for case in cases]
    found = [(search.likeness(a.text, b.text), one, other) for (one, a), (other, b) in combinations(read, 2) if a.case == b.case]
    return [pair for pair in found if pair[0] >= LEAST]


def lead(turn: Turn) -> tuple[str, str]:
    """The article that an answer rests on first."""
    citations = turn.answer.citations if turn.answer else ()
    return (citations[0].address.law, citations[0].address.article) if citations else ("", "")


def share(found: list[tuple[Case, Case]]) -> str:
    """24/26 pairs have their gold article in common."""
    agreed = sum(bool({article for group in one.gold for article in group} & {article for group in other.gold for article in group}) for one, other in found)
    return f"{agreed:3d}/{len(found):<3d} ({agreed / len(found):.2f})" if found else "  0/0"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=HERE.parent / "var")
    search = Search.open(parser.parse_args().home)
    assistant = Assistant(search)
    cases = [case for case in load() if case.split == "dev" and case.expect == "answered" and len(case.turns) == 1 and case.gold]

    @cache
    def first(case: str) -> tuple[str, str]:
        known = next(each for each in cases if each.id == case)
        return lead(assistant.ask(known.turns[0], today=TODAY, region=known.region, on=on(known)))

    found = pairs(search, cases)
    sys.stdout.write(f"{len(cases)} 个 dev 问题；同一情形且余弦 ≥ {LEAST} 的 {len(found)} 对\n余弦 ≥   只看余弦，金标同条      且首条依据相同，金标同条\n")
    for step in STEPS:
        near = [(one, other) for cosine, one, other in found if cosine >= step]
        both = [(one, other) for one, other in near if first(one.id) == first(other.id) != ("", "")]
        sys.stdout.write(f"{step:.2f}    {share(near)}           {share(both)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
