"""A sheet to print: the one value from which a checklist or a one-time notice is shown as page, A4 print or DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.turn import Citation

TICKS, STEPS, LINES = "ticks", "steps", "lines"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its name (bold, may be empty), what it says, small details after it, and citation numbers."""

    text: str
    name: str = ""
    details: str = ""
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A titled list: with tick boxes (ticks), numbered (steps) or plain (lines)."""

    title: str
    kind: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Title, facts under it, parts, sources, warnings, places to sign, and the footer."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    warnings: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


def marks(cites: Sequence[int]) -> str:
    """[1][3]."""
    return "".join(f"[{number}]" for number in cites)


def source_line(citation: Citation) -> str:
    """[1] 《慈善法》第十条第一款（2023-12-29 文本，现行有效）."""
    held = "" if citation.source == "text" else "，要点（未导入原文）"
    where = f"{citation.address.article}{citation.address.place}"
    return f"[{citation.n}] 《{citation.title}》{where}（{citation.address.edition} 文本，{citation.status}{held}）"
