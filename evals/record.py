"""What was answered to a case, kept so that it can be scored again: a record per case, and the sources that the answers rest on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

Address = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, its citation numbers, the kind and tone of its block, and whether it is a table's head."""

    text: str
    cites: tuple[int, ...] = ()
    kind: str = "paragraph"
    tone: str = ""
    head: bool = False


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation: where it points, what it quotes, how its edition was labelled and from when to when that is in force.

    `source` is the key of the cited text among the sources of the run; `held` tells whether it is the official text or our digest.
    """

    n: int
    title: str
    article: str
    edition: str
    status: str
    quote: str
    source: str
    held: bool
    start: str = ""
    end: str = ""

    @property
    def address(self) -> Address:
        """(title, article), as the gold of cases is written."""
        return self.title, self.article


@dataclass(frozen=True, slots=True)
class Whole:
    """What came back for the last turn of a dialogue asked as a question of its own, or why nothing came."""

    outcome: str
    answer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What came back for a case on which question date; `kept` is all that a store would keep, `tool` a tool's findings, `error` why nothing came."""

    case: str
    outcome: str
    status: str = ""
    maker: str = ""
    answer: str = ""
    statements: tuple[Statement, ...] = ()
    citations: tuple[Cited, ...] = ()
    hits: tuple[Address, ...] = ()
    tool: Mapping[str, Any] = field(default_factory=dict)
    kept: str = ""
    day: str = ""
    ms: float = 0.0
    error: str = ""
    whole: Whole | None = None

    @property
    def cited(self) -> tuple[Address, ...]:
        """The addresses cited, in order."""
        return tuple(citation.address for citation in self.citations)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value not in ("", (), {}, None)}


MISSING = "没有记录"
UNASKED = Whole("missing", error="没有整句问的记录，请重跑 shezu eval run")


def missing(case: str) -> Record:
    """The record of a case that nothing was recorded for: it scores zero on everything."""
    return Record(case, "missing", error=MISSING)


def record_from(row: Mapping[str, Any]) -> Record:
    """A record as it was written. Raises KeyError and TypeError for a line that is none."""
    known = {f.name for f in fields(Record)}
    values = {name: value for name, value in row.items() if name in known}
    values["statements"] = tuple(Statement(**{**s, "cites": tuple(s["cites"])}) for s in row.get("statements") or ())
    values["citations"] = tuple(Cited(**c) for c in row.get("citations") or ())
    values["whole"] = Whole(**row["whole"]) if row.get("whole") else None
    values["hits"] = tuple((title, article) for title, article in row.get("hits") or ())
    return Record(**values)


def write_records(path: Path, records: Iterable[Record]) -> None:
    """One record a line."""
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record.as_json(), ensure_ascii=False) + "\n")


def read_records(path: Path) -> dict[str, Record]:
    """Case id → record."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)
    return {row["case"]: record_from(row) for row in rows}
