"""Evaluation cases: one JSON object a line in evals/cases/*.jsonl, written from the articles by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

TODAY = date(2026, 11, 23)  # the day on which every case is asked
CASES = Path(__file__).parent / "cases"
# An office's own cases (SHEZU_HOME/cases, confirmed in the console) are neither tuned on nor gated.
OFFICE = "office"
SPLITS = ("dev", "test", OFFICE)
EXPECTED = ("answered", "clarify", "refused")
WORDS = ("whole", "matter", "type", "style", "region", "source", "author", "written", "verdict", "event", "start", "due", "guide")


class BadCase(Exception):
    """A case breaks the schema; the message names file, line and field."""


@dataclass(frozen=True, slots=True)
class Nugget:
    """A fact that a right answer holds: present if, for every group, one alternative occurs in the normalised answer.

    `section` is the section of a guide in which a checklist must hold it (materials, steps, …), "" in answers.
    """

    fact: str
    match: tuple[tuple[str, ...], ...]
    vital: bool = True
    section: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One question (the last turn) with what is expected; gold groups are each needed, alternatives within a group suffice.

    `whole` is the last turn worded so that it needs no turns before it; it is asked too, and the same is expected of it. `secrets` may
    stand nowhere in what is answered or kept. `verdict`, `rules`, `event`, `start`, `due`, `guide` and `asked` (the fields filled in) are
    for the cases put to a tool.
    """

    id: str
    set: str
    split: str
    turns: tuple[str, ...]
    expect: str
    gold: tuple[tuple[tuple[str, str], ...], ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    forbidden: tuple[str, ...] = ()
    matter: str = ""
    type: str = ""
    style: str = ""
    audience: str = "applicant"
    date: str | None = None
    region: str = ""
    edition: str | None = None
    status: str | None = None
    source: str = ""
    author: str = ""
    written: str = ""
    secrets: tuple[str, ...] = ()
    verdict: str = ""
    rules: tuple[str, ...] = ()
    event: str = ""
    start: str = ""
    due: str = ""
    guide: str = ""
    whole: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict)


def nugget_from(row: Mapping[str, Any]) -> Nugget:
    """One nugget. Raises KeyError."""
    return Nugget(row["fact"], tuple(tuple(map(str, group)) for group in row["match"]), bool(row.get("vital", True)), row.get("section", ""))


def case_from(row: Mapping[str, Any], where: str) -> Case:
    """One case. Raises BadCase."""
    try:
        if row["split"] not in SPLITS or row["expect"] not in EXPECTED or not row["turns"]:
            raise ValueError(f"split、expect 或 turns 不对：{row.get('split')} {row.get('expect')}")
        gold = tuple(tuple((g["title"], g["article"]) for g in group) for group in row.get("gold") or ())
        nuggets = tuple(nugget_from(n) for n in row.get("nuggets") or ())
        plain = {k: row[k] for k in ("id", "set", "split", "expect")}
        extra = {k: row.get(k) or "" for k in WORDS}
        return Case(
            **plain,
            **extra,
            turns=tuple(row["turns"]),
            gold=gold,
            nuggets=nuggets,
            forbidden=tuple(row.get("forbidden") or ()),
            audience=row.get("audience") or "applicant",
            date=row.get("date"),
            edition=row.get("edition"),
            status=row.get("status"),
            secrets=tuple(row.get("secrets") or ()),
            rules=tuple(row.get("rules") or ()),
            asked=row.get("asked") or {},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadCase(f"{where}：{error}") from error


def load(folder: Path = CASES) -> list[Case]:
    """Every case. Raises BadCase, also for an id used twice."""
    cases = list(_read(folder))
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise BadCase(f"用例编号 {case.id} 重复")
        seen.add(case.id)
    return cases


def _read(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                yield case_from(json.loads(line), f"{path.name} 第 {number} 行")
