"""What the tools have in common: verdicts, rows with citation numbers, results as JSON, and the one error they raise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from assistant.turn import Citation, citation_json


class ToolProblem(Exception):
    """A tool cannot answer: the message says in Chinese what is wrong, with which value, and the way out."""

    def __init__(self, message: str, field: str = "", value: Any = None) -> None:
        super().__init__(message)
        self.field, self.value = field, value


class Verdict(StrEnum):
    """How one rule came out. UNCHECKED rows are duties that no program can check from here."""

    OK = "ok"
    PROBLEM = "problem"
    DOUBT = "doubt"
    UNCHECKED = "unchecked"


MARKS = {Verdict.OK: "符合", Verdict.PROBLEM: "不符合", Verdict.DOUBT: "存疑", Verdict.UNCHECKED: "需另查"}


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: its key, what it is called, how it came out, why, and the numbers of the citations it rests on."""

    rule: str
    title: str
    verdict: Verdict
    text: str
    cites: tuple[int, ...] = ()


def overall(rows: Iterable[Row]) -> Verdict:
    """problem if any row is, else doubt if any row is, else ok; unchecked rows do not count."""
    seen = {row.verdict for row in rows}
    return next((verdict for verdict in (Verdict.PROBLEM, Verdict.DOUBT) if verdict in seen), Verdict.OK)


def as_json(value: Any) -> Any:
    """A result as plain JSON values: dates as ISO text, citations as everywhere else; fields marked json=False stay out."""
    if isinstance(value, Citation):
        return citation_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value) if field.metadata.get("json", True)}
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
