"""Cases for the evaluation out of what went wrong: drafted with one click, confirmed by somebody else, kept as files that `shezu eval run` reads."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from api.staff.roles import Staff
from api.store import Base, Store
from corpus.numerals import quantities

SET = "office"
MOST_FACTS = 6
LONGEST_FACT = 60


class CaseState(StrEnum):
    """How far a case is."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class OwnCase(ValueError):
    """Somebody would confirm what they wrote themselves."""


class CaseRow(Base):
    """One case: `row` as evals/cases has it, who drafted it and wrote on it (ids), who decided, and why it was rejected."""

    __tablename__ = "staff_cases"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    work: Mapped[str] = mapped_column(String(32), unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(String(80))
    writers: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    row: Mapped[dict[str, Any]] = mapped_column(JSON)
    decided: Mapped[datetime | None]
    reviewer: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as others see it."""

    id: str
    work: str
    at: datetime
    by: str
    writers: tuple[str, ...]
    state: CaseState
    row: Mapping[str, Any]
    decided: datetime | None
    reviewer: str
    why: str


class Casebook:
    """The cases of one office; confirmed ones lie in `folder`, one file each."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._folder, self._clock = store, folder, clock

    def draft(self, work: str, row: Mapping[str, Any], by: Staff) -> Case:
        """The case of an item on the worklist: the one that is there, or a new draft."""
        with self._store.begin() as session, session.begin():
            found = session.scalar(select(CaseRow).where(CaseRow.work == work))
            if found is None:
                number = f"{SET}-{secrets.token_hex(5)}"
                found = CaseRow(id=number, work=work, at=self._clock(), by=by.display, writers=[by.id], state=CaseState.DRAFT.value, row={**row, "id": number})
                found.decided, found.reviewer, found.why = None, "", ""
                session.add(found)
            return _case(found)

    def all(self, state: CaseState) -> list[Case]:
        """The cases in a state, oldest first."""
        with self._store.begin() as session:
            return [_case(row) for row in session.scalars(select(CaseRow).where(CaseRow.state == state.value).order_by(CaseRow.at))]

    def get(self, case: str) -> Case | None:
        """The case of an id."""
        with self._store.begin() as session:
            row = session.get(CaseRow, case)
            return _case(row) if row else None

    def write(self, case: str, row: Mapping[str, Any], by: Staff) -> Case:
        """Change a case that is not confirmed; a rejected one becomes a draft again."""
        with self._store.begin() as session, session.begin():
            found = session.get_one(CaseRow, case)
            found.row, found.state, found.why = {**row, "id": case}, CaseState.DRAFT.value, ""
            found.writers = sorted({*found.writers, by.id})
            return _case(found)

    def confirm(self, case: str, by: Staff) -> Case:
        """From now on the evaluation asks it. Raises OwnCase for somebody who wrote on it."""
        with self._store.begin() as session, session.begin():
            found = session.get_one(CaseRow, case)
            if by.id in found.writers:
                raise OwnCase("自己起草或改过的用例要由另一个人确认")
            found.state, found.decided, found.reviewer = CaseState.CONFIRMED.value, self._clock(), by.display
            found.row = {**found.row, "reviewer": by.display}
            made = _case(found)
            self._keep(made)
            return made

    def reject(self, case: str, why: str, by: Staff) -> Case:
        """Lay a case aside with the reason; a confirmed one is asked no more."""
        with self._store.begin() as session, session.begin():
            found = session.get_one(CaseRow, case)
            found.state, found.decided, found.reviewer, found.why = CaseState.REJECTED.value, self._clock(), by.display, why
            self._path(case).unlink(missing_ok=True)
            return _case(found)

    def _keep(self, case: Case) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(case.id)
        passing = path.with_suffix(f".{secrets.token_hex(4)}")
        passing.write_text(json.dumps(case.row, ensure_ascii=False) + "\n", encoding="utf-8")
        passing.replace(path)

    def _path(self, case: str) -> Path:
        return self._folder / f"{case}.jsonl"


def drafted(about: Mapping[str, Any], source: str, by: str, matter: str, day: str) -> dict[str, Any]:
    """A case as far as it can be drafted: from a correction its citations and figures, else the question with what was cited."""
    right = about.get("corrected")
    answer = right or about.get("answer") or {"citations": (), "blocks": ()}
    gold = list(dict.fromkeys((each["title"], each["article"]) for each in answer["citations"]))
    facts = figures_of(right["blocks"]) if right else []
    row: dict[str, Any] = {"id": "", "set": SET, "split": SET, "matter": matter, "type": "", "style": "everyday", "audience": "applicant"}
    row |= {"turns": [about["question"]], "date": None, "region": None, "expect": "answered", "status": None}
    row |= {"gold": [[{"title": title, "article": article}] for title, article in gold[:MOST_FACTS]], "nuggets": facts, "forbidden": [], "edition": None}
    return row | {"source": source, "author": by, "written": day}


def figures_of(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A fact for each figure of an answer's sentences, each once."""
    found: dict[str, dict[str, Any]] = {}
    for sentence in (sentence["text"] for block in blocks for item in block["items"] for sentence in item):
        for figure in quantities(sentence):
            written = sentence[figure.start : figure.end].strip()
            found.setdefault(written, {"fact": sentence[:LONGEST_FACT], "match": [[written]], "vital": True})
    return list(found.values())[:MOST_FACTS]


def _case(row: CaseRow) -> Case:
    return Case(row.id, row.work, row.at, row.by, tuple(row.writers), CaseState(row.state), row.row, row.decided, row.reviewer, row.why)
