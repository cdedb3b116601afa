"""Two independent readings of the same answer cases: the one that wrote the case, and one from the official texts with the gold unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals import measures
from evals.case import Case, load
from evals.run import EvalProblem

READINGS = Path(__file__).parent / "readings"


def readings(folder: Path = READINGS) -> list[dict[str, Any]]:
    """The second readings, one a case: id, gold (title and article), facts."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines() if line]


def measure(rows: Sequence[Mapping[str, Any]] | None = None, cases: Sequence[Case] | None = None) -> dict[str, Any]:
    """How far the second reading agrees with the cases. Raises EvalProblem for a reading of a case that is not there.

    articles: share of gold groups that the second reader names too; cited: share of the second reader's articles that are gold;
    first: share of cases whose first gold group both name; facts: share of vital nuggets that stand in the second reader's facts.
    """
    rows = readings() if rows is None else rows
    by_id = {case.id: case for case in (load() if cases is None else cases)}
    lost = [row["id"] for row in rows if row["id"] not in by_id]
    if lost:
        raise EvalProblem(f"第二次阅读里的“{lost[0]}”没有对应的用例，请更正 {READINGS.name}/ 里的编号")
    found = [_one(by_id[row["id"]], row) for row in rows]
    names = ("articles", "cited", "first", "facts")
    table: dict[str, Any] = {"cases": len(found)} | {name: round(measures.mean([row[name] for row in found]), 4) for name in names}
    return table | {"apart": [row for row in found if row["articles"] < 1 or row["facts"] < 1]}


def _one(case: Case, row: Mapping[str, Any]) -> dict[str, Any]:
    read = [(place["title"], place["article"]) for place in row["gold"]]
    gold = {address for group in case.gold for address in group}
    text = measures.normalise("；".join(row["facts"]))
    vital = [nugget for nugget in case.nuggets if nugget.vital]
    return {
        "case": case.id,
        "articles": sum(any(address in group for address in read) for group in case.gold) / len(case.gold),
        "cited": sum(address in gold for address in read) / len(read),
        "first": float(any(address in case.gold[0] for address in read)),
        "facts": sum(measures.present(nugget, text) for nugget in vital) / len(vital),
        "unread": [nugget.fact for nugget in vital if not measures.present(nugget, text)],
    }


def told(found: Mapping[str, Any]) -> str:
    """The agreement in Chinese, with the cases where the readings differ."""
    lines = [
        f"第二次阅读 {found['cases']} 题：第一依据相同 {found['first']:.3f}，依据条文重合 {found['articles']:.3f}（反过来 {found['cited']:.3f}），"
        f"关键事实相同 {found['facts']:.3f}"
    ]
    lines += [
        f"  {row['case']}：条文 {row['articles']:.2f}，事实 {row['facts']:.2f}{'，未读出：' if row['unread'] else ''}{'；'.join(row['unread'])}"
        for row in found["apart"]
    ]
    return "\n".join(lines)
