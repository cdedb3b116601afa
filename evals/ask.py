"""Put a case to the assistant, or to the tool that it is about, and record what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from time import perf_counter
from typing import Any

from assistant.pipeline import Assistant
from assistant.render import plain
from assistant.stages.verify import source_text
from assistant.tools import checklist, deadlines, eligibility, names
from assistant.tools.findings import ToolProblem, Verdict
from assistant.turn import Answer, Citation, Outcome, Turn, as_json
from corpus.article import Address
from evals.case import TODAY, Case
from evals.record import Cited, Record, Statement, Whole

FLAGGED = (Verdict.PROBLEM, Verdict.DOUBT)
Found = tuple[Mapping[str, Any], tuple[Citation, ...]]


class Asker:
    """Asks cases of one assistant; `sources` collects the text behind every citation seen, by key."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.library = assistant.search.library
        self.sources: dict[str, str] = {}
        self._tools: dict[str, Callable[[Case], Found]] = {"name": self._name, "checklist": self._checklist, "eligibility": self._eligibility}

    def ask(self, case: Case) -> Record:
        """The record of a case; an exception becomes a record with its error, which scores zero."""
        started = perf_counter()
        try:
            record = self._record(case)
        except Exception as error:
            return Record(case.id, "error", error=f"{type(error).__name__}: {error}", ms=_since(started))
        return record

    def _record(self, case: Case) -> Record:
        started = perf_counter()
        if case.set in self._tools:
            return self._tool(case, started)
        on = date.fromisoformat(case.date) if case.date else None
        history, question = case.turns[:-1], case.turns[-1]
        if case.set == "retrieval":
            hits = self.assistant.retrieve(question, today=TODAY, history=history, on=on, region=case.region)
            ranked = tuple((hit.title, hit.address.article) for hit in hits)
            return Record(case.id, "answered" if hits else "refused", hits=ranked, ms=_since(started))
        turn = self.assistant.ask(question, today=TODAY, history=history, audience=case.audience, region=case.region, on=on)
        ms = _since(started)
        assert turn.answer
        record = self._answered(case, turn, turn.answer, ms)
        return replace(record, whole=self._whole(case, on)) if case.whole else record

    def _whole(self, case: Case, on: date | None) -> Whole:
        try:
            turn = self.assistant.ask(case.whole, today=TODAY, audience=case.audience, region=case.region, on=on)
        except Exception as error:
            return Whole("error", error=f"{type(error).__name__}: {error}")
        assert turn.answer
        return Whole(turn.answer.outcome.value, plain(turn.answer, sources=False))

    def _answered(self, case: Case, turn: Turn, answer: Answer, ms: float) -> Record:
        shown = answer.citations if answer.outcome is Outcome.ANSWERED else ()
        return Record(
            case=case.id,
            outcome=answer.outcome.value,
            status=answer.status.value,
            maker=answer.maker,
            answer=plain(answer, sources=False),
            statements=statements(answer),
            citations=tuple(self._cited(citation) for citation in shown),
            hits=tuple((hit.title, hit.address.article) for hit in turn.hits if hit.kind == "article"),
            tool=self._due(case) if case.set == "deadline" else {},
            kept=kept(turn, answer) if case.secrets else "",
            day=turn.day.isoformat(),
            ms=ms,
        )

    def _cited(self, citation: Citation) -> Cited:
        address = Address(citation.address.law, citation.address.edition, citation.address.article)
        key = f"{address.law}@{address.edition}#{address.article}"
        self.sources.setdefault(key, source_text(address, self.library))
        edition = self.library.edition(self.library.law(address.law), address.edition)
        return Cited(
            n=citation.n,
            title=citation.title,
            article=citation.address.article,
            edition=citation.address.edition,
            status=citation.status,
            quote=citation.quote,
            source=key,
            held=citation.source == "text",
            start=_day(edition.in_force_from) if edition else "",
            end=_day(edition.in_force_to) if edition else "",
        )

    def _tool(self, case: Case, started: float) -> Record:
        try:
            found, citations = self._tools[case.set](case)
        except ToolProblem as problem:
            return Record(case.id, "refused", status="tool_problem", answer=str(problem), ms=_since(started))
        ms, day = _since(started), TODAY.isoformat()
        said = self._said(case) if case.set == "checklist" else ""
        return Record(case.id, "answered", status="tool", answer=said, citations=tuple(map(self._cited, citations)), tool=found, day=day, ms=ms)

    def _said(self, case: Case) -> str:
        """What the chat answers to the same wish, asked in words."""
        turn = self.assistant.ask(case.turns[-1], today=TODAY, audience=case.audience, region=case.region)
        return plain(turn.answer, sources=False) if turn.answer else ""

    def _name(self, case: Case) -> Found:
        name, kind, *level = case.turns[-1].split("|")
        found = names.check(self.library, name, kind, on=TODAY, level=level[0] if level else "")
        return {"verdict": found.verdict.value, "rules": [row.rule for row in found.rows if row.verdict in FLAGGED]}, found.citations

    def _due(self, case: Case) -> Mapping[str, Any]:
        return {"due": str(deadlines.compute(self.library, deadlines.event(case.event), date.fromisoformat(case.start)).due)}

    def _checklist(self, case: Case) -> Found:
        asked = dict(case.asked)
        found = checklist.checklist(self.library, asked.pop("type"), asked.pop("matter"), on=TODAY, region=case.region, **asked)
        lines = {section.key: [" ".join((item.name, item.say, *(value for _, value in item.details))) for item in section.items] for section in found.sections}
        return {"guide": found.guide, "sections": lines}, found.citations

    def _eligibility(self, case: Case) -> Found:
        found = eligibility.assess(self.library, eligibility.answers_from(case.asked), on=TODAY)
        flagged = [row.rule for row in found.fits[0].rows if row.verdict in FLAGGED]
        return {"best": found.best, "verdict": found.verdict.value, "rules": flagged}, found.citations


def statements(answer: Answer) -> tuple[Statement, ...]:
    """Every sentence of an answer with what its block says of it."""
    return tuple(
        Statement(sentence.text, sentence.cites, block.kind, block.tone, block.kind == "table" and number == 0)
        for block in answer.blocks
        for number, item in enumerate(block.items)
        for sentence in item
    )


def kept(turn: Turn, answer: Answer) -> str:
    """All that a run leaves behind: the question as understood, earlier turns, notes, steps and the answer."""
    left = {f.name: getattr(turn, f.name) for f in fields(turn) if f.name not in ("hits", "answer", "on_block")}
    return f"{left}\n{as_json(answer)}"


def _since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 2)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
