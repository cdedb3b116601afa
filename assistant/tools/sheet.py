"""A sheet to print: the one value from which a checklist or a one-time notice is shown as page, A4 print or DOCX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.turn import Citation, citation_json
from corpus.article import Address

TICKS, STEPS, LINES, TABLE = "ticks", "steps", "lines", "table"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its name (bold, may be empty), what it says, small details after it, and citation numbers."""

    text: str
    name: str = ""
    details: str = ""
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A titled list: with tick boxes (ticks), numbered (steps), plain (lines), or a numbered table (its columns: name, text, details, cites)."""

    title: str
    kind: str
    entries: tuple[Entry, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Title, facts under it, parts, sources, warnings, places to sign, the footer, and the serial number that stands on every page."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    warnings: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    number: str = ""


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """A sheet as plain JSON values, from which `sheet_from` makes the same sheet again."""
    return asdict(sheet) | {"citations": [citation_json(citation) for citation in sheet.citations]}


def sheet_from(kept: Mapping[str, Any]) -> Sheet:
    """The sheet that was kept as JSON. Raises KeyError or TypeError for anything else."""
    return Sheet(
        kept["title"],
        tuple((name, value) for name, value in kept["facts"]),
        tuple(_part(part) for part in kept["parts"]),
        tuple(_citation(row) for row in kept["citations"]),
        tuple(kept["warnings"]),
        tuple(kept["signatures"]),
        tuple(kept["footer"]),
        kept["number"],
    )


def _part(row: Mapping[str, Any]) -> Part:
    entries = tuple(Entry(each["text"], each["name"], each["details"], tuple(each["cites"])) for each in row["entries"])
    return Part(row["title"], row["kind"], entries, tuple(row["columns"]))


def _citation(row: Mapping[str, Any]) -> Citation:
    address = Address(row["law"], row["edition"], row["article"], row["place"])
    rest = {name: row[name] for name in ("n", "title", "status", "quote", "source", "verified", "topic", "in_force_from")}
    return Citation(address=address, **rest)


def marks(cites: Sequence[int]) -> str:
    """[1][3]."""
    return "".join(f"[{number}]" for number in cites)


def source_line(citation: Citation) -> str:
    """[1] 《慈善法》第十条第一款（2023-12-29 文本，现行有效）."""
    held = "" if citation.source == "text" else "，要点（未导入原文）"
    where = f"{citation.address.article}{citation.address.place}"
    return f"[{citation.n}] 《{citation.title}》{where}（{citation.address.edition} 文本，{citation.status}{held}）"
