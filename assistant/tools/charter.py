"""charter-check: a 章程 draft against what the regulation says it must contain: each clause present, missing or doubtful, with its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from assistant.tools.basis import Basis
from assistant.tools.findings import Row, ToolProblem, Verdict, overall
from assistant.turn import Citation
from assistant.wording import words
from corpus.clean import tidy
from corpus.errors import UnreadableFile
from corpus.extract import extract_bytes
from corpus.library import Library

SHORTEST, LONGEST = 60, 200_000
SNIPPET = 60


class State(StrEnum):
    """How a clause was found in the draft."""

    PRESENT = "present"
    DOUBTFUL = "doubtful"
    MISSING = "missing"


VERDICTS = {State.PRESENT: Verdict.OK, State.DOUBTFUL: Verdict.DOUBT, State.MISSING: Verdict.PROBLEM}


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing the charter must (or must not) say: how it was found, and the words of the draft that show it."""

    row: Row
    state: State
    found: str


@dataclass(frozen=True, slots=True)
class CharterCheck:
    """A checked draft: the clauses in the order of the regulation, blanks that were left, citations."""

    kind: str
    charity: bool
    on: date
    verdict: Verdict
    clauses: tuple[Clause, ...]
    blanks: tuple[str, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The clauses' rows."""
        return tuple(clause.row for clause in self.clauses)


def text_of(data: bytes, name: str) -> str:
    """The text of a draft's file (docx, pdf, md, txt, html). Raises ToolProblem with the reason and the way out."""
    try:
        return extract_bytes(data, PurePath(name).name).text
    except UnreadableFile as error:
        raise ToolProblem(str(error), "file", name) from error


def check(library: Library, text: str, kind: str, *, on: date, charity: bool = False) -> CharterCheck:
    """Check a draft of a type; `charity` adds what 慈善法 asks of a charity's charter. Raises ToolProblem."""
    table = words("charter")["types"]
    if kind not in table or kind == "慈善组织":
        raise ToolProblem(f"不认识组织类型“{kind}”，请写社会团体、民办非企业单位或基金会", "type", kind)
    body = tidy(text)
    if not SHORTEST <= len(body) <= LONGEST:
        raise ToolProblem(f"章程有 {len(body)} 个字，请提交 {SHORTEST} 到 {LONGEST} 个字的完整草案", "text", len(body))
    basis = Basis(library, on)
    wanted = [*table[kind], *(table["慈善组织"] if charity else ())]
    clauses = tuple(clause for entry in wanted if (clause := _clause(basis, entry, body)))
    blanks = tuple(_blanks(body))
    verdict = overall(clause.row for clause in clauses)
    if blanks and verdict is Verdict.OK:
        verdict = Verdict.DOUBT
    notices = (*basis.notices(), "程序只看有没有写到，不判断写得合不合适；表决比例、任期等以章程示范文本和登记机关要求为准。")
    return CharterCheck(kind, charity, on, verdict, clauses, blanks, tuple(basis.citations), notices)


def _clause(basis: Basis, entry: Mapping[str, Any], body: str) -> Clause | None:
    if "never" in entry:
        return _forbidden(basis, entry, body)
    state, found = _look(entry, body)
    said = {
        State.PRESENT: f"写了{entry['title']}。",
        State.DOUBTFUL: f"提到了有关字词，但没有看到完整的{entry['title']}条款，请补写或核对。",
        State.MISSING: f"没有写{entry['title']}，章程必须写。",
    }[state]
    verdict = VERDICTS[state]
    return Clause(Row(entry["rule"], entry["title"], verdict, said, basis.cite(entry["title"], *entry["cite"])), state, found)


def _look(entry: Mapping[str, Any], body: str) -> tuple[State, str]:
    blank = re.compile(words("charter")["blank"])
    if "every" in entry:
        hits = [_filled(pattern, body, blank) for pattern in entry["every"]]
        if all(hits):
            return State.PRESENT, _snippet(body, hits[0])
        partial = next((hit for hit in hits if hit), None)
        if partial:
            return State.DOUBTFUL, _snippet(body, partial)
    for pattern in entry.get("strong", ()):
        hit = _filled(pattern, body, blank)
        if hit:
            return State.PRESENT, _snippet(body, hit)
    weak = next((hit for pattern in entry["weak"] if (hit := re.search(pattern, body))), None)
    return (State.DOUBTFUL, _snippet(body, weak)) if weak else (State.MISSING, "")


def _filled(pattern: str, body: str, blank: re.Pattern[str]) -> re.Match[str] | None:
    """The first match whose line is not left blank right after it (名称为____)."""
    for hit in re.finditer(pattern, body):
        if not blank.match(body[hit.end() :].lstrip(' ：:“"')):
            return hit
    return None


def _forbidden(basis: Basis, entry: Mapping[str, Any], body: str) -> Clause | None:
    """A row only where the draft says what it must not."""
    hits = (hit for pattern in entry["never"] for hit in re.finditer(pattern, body))
    hit = next((hit for hit in hits if not _denied(body, hit)), None)
    if hit is None:
        return None
    text = f"“{_snippet(body, hit)}”不能写进章程：{entry['title']}。"
    return Clause(Row(entry["rule"], entry["title"], Verdict.PROBLEM, text, basis.cite(text, *entry["cite"])), State.DOUBTFUL, _snippet(body, hit))


def _denied(body: str, hit: re.Match[str]) -> bool:
    """Whether the sentence of a match forbids what it names (盈余不得在会员中分配)."""
    start = max(body.rfind(mark, 0, hit.start()) for mark in "。；\n")
    return re.search(words("charter")["denied"], body[start + 1 : hit.end() + 4]) is not None


def _snippet(body: str, hit: re.Match[str] | None) -> str:
    """The line around a match, at most SNIPPET characters."""
    if hit is None:
        return ""
    start = body.rfind("\n", 0, hit.start()) + 1
    end = body.find("\n", hit.end())
    line = body[start : end if end >= 0 else len(body)].strip()
    if len(line) <= SNIPPET:
        return line
    offset = max(0, min(hit.start() - start - 10, len(line) - SNIPPET))
    return f"…{line[offset : offset + SNIPPET]}…"


def _blanks(body: str) -> Iterator[str]:
    """Lines in which something was left to be filled in."""
    seen: dict[str, None] = {}
    for hit in re.finditer(words("charter")["blank"], body):
        seen[_snippet(body, hit)] = None
    yield from list(seen)[:20]
