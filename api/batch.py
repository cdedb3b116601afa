"""The batch contract of the command: one JSON object a line in, one a line out."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.pipeline import Assistant
from assistant.render import labelled
from assistant.slots import date_in
from assistant.turn import Citation, Turn, as_json
from corpus.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Result:
    """One answered question with its time in milliseconds."""

    turn: Turn
    ms: float

    @property
    def text(self) -> str:
        """The answer as plain text with its sources."""
        assert self.turn.answer
        return labelled(self.turn.answer)

    def as_json(self) -> dict[str, Any]:
        """The structured answer with text, date and timing."""
        assert self.turn.answer
        stages = [{"stage": s.stage, "decided": s.decided, "ms": round(s.ms, 2)} for s in self.turn.steps]
        return {
            "question": self.turn.question,
            "answer": labelled(self.turn.answer, sources=False),
            **as_json(self.turn.answer),
            "date": self.turn.day.isoformat(),
            "ms": round(self.ms, 1),
            "stages": stages,
        }


def ask_once(
    assistant: Assistant,
    question: str,
    today: date,
    *,
    history: tuple[str, ...] = (),
    on: date | None = None,
    region: str = "",
    audience: str = "applicant",
    maker: str = "template",
) -> Result:
    """Ask one question and time it."""
    started = time.perf_counter()
    turn = assistant.ask(question, today=today, history=history, on=on, region=region, audience=audience, maker=maker)
    return Result(turn, (time.perf_counter() - started) * 1000)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file. Raises CorpusError naming the line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path.name}：读不出来，请确认文件存在并且是 UTF-8 编码") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row.get("turns"), list) or not row["turns"] or not all(isinstance(t, str) for t in row["turns"]):
                raise ValueError("缺少 turns（问题的列表）")
            if row.get("date"):
                date.fromisoformat(row["date"])
        except (ValueError, AttributeError) as error:
            raise CorpusError(f'{path.name} 第 {number} 行不合要求（{error}），应为 {{"id": …, "turns": ["…"]}}') from error
        rows.append(row)
    return rows


def ask_line(assistant: Assistant, row: dict[str, Any], today: date, maker: str = "template") -> dict[str, Any]:
    """One batch line in → one out; the turns before the last are the conversation so far."""
    turns = row["turns"]
    on = date.fromisoformat(row["date"]) if row.get("date") else None
    result = ask_once(
        assistant, turns[-1], today, history=tuple(turns[:-1]), on=on, region=row.get("region") or "", audience=row.get("audience") or "applicant", maker=maker
    )
    answer = result.turn.answer
    assert answer
    return {
        "id": row.get("id", ""),
        "outcome": answer.outcome.value,
        "status": answer.status.value,
        "answer": labelled(answer, sources=False),
        "citations": [citation_line(c) for c in answer.citations],
        "ms": round(result.ms, 1),
    }


def citation_line(citation: Citation) -> dict[str, Any]:
    """A citation as the batch contract gives it."""
    return {
        "n": citation.n,
        "title": citation.title,
        "article": citation.address.article,
        "edition": citation.address.edition,
        "status": citation.status,
        "quote": citation.quote,
        "verified": citation.verified,
    }


def search_line(assistant: Assistant, row: dict[str, Any], today: date, top: int) -> dict[str, Any]:
    """One search batch line in → one out; a guide stands for the articles it cites first, so hits are always articles."""
    search = assistant.search
    question = row["turns"][-1]
    started = time.perf_counter()
    on = date.fromisoformat(row["date"]) if row.get("date") else date_in(question, search.library.catalog, today)
    found = assistant.retrieve(question, today=today, history=tuple(row["turns"][:-1]), on=on, region=row.get("region") or "", top=top)
    ms = (time.perf_counter() - started) * 1000
    hits = [{"title": h.title, "article": h.address.article, "edition": h.address.edition, "score": round(h.score, 4)} for h in found]
    return {"id": row.get("id", ""), "hits": hits, "ms": round(ms, 1)}
