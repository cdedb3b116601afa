"""Which measures apply to a case, and their means over groups of cases; a measure that raises is an error in the report, not a gap."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.guide import SECTIONS
from evals import measures, support
from evals.case import Case
from evals.record import UNASKED, Record, Whole, missing
from evals.support import Sources

Scores = dict[str, float]
Measure = Callable[[Case, Record, Sources], float]
OTHER_SECTIONS = tuple(key for key in SECTIONS if key not in ("materials", "steps"))
TOOLS = ("name", "checklist", "eligibility")
SMALLEST_SLICE = 8


def _edition(case: Case, record: Record, _: Sources) -> float:
    right = measures.edition_right(case, [(citation.address, citation.edition) for citation in record.citations])
    return math.nan if right is None else float(right)


def _precision(case: Case, record: Record, sources: Sources) -> float:
    vital = [nugget for nugget in case.nuggets if nugget.vital]
    texts = {citation.address: measures.normalise(sources.get(citation.source, "")) for citation in record.citations}
    supporting = [address for address, text in texts.items() if any(measures.present(nugget, text) for nugget in vital)]
    return measures.citation_precision(case, record.cited, supporting)


def _lines(record: Record) -> Mapping[str, Sequence[str]]:
    lines: Mapping[str, Sequence[str]] = record.tool.get("sections") or {}
    return lines


def _rules(case: Case, record: Record) -> float:
    flagged = set(record.tool.get("rules") or ())
    return len(set(case.rules) & flagged) / len(case.rules) if case.rules else math.nan


BEHAVED: dict[str, Measure] = {"behaviour": lambda case, record, _: float(measures.behaved(case, record.outcome))}
RANKED: dict[str, Measure] = {
    "recall@1": lambda case, record, _: measures.recall_at(case, record.hits, 1),
    "recall@5": lambda case, record, _: measures.recall_at(case, record.hits, 5),
    "recall@10": lambda case, record, _: measures.recall_at(case, record.hits, 10),
    "recall@20": lambda case, record, _: measures.recall_at(case, record.hits, 20),
    "mrr": lambda case, record, _: measures.reciprocal_rank(case, record.hits),
    "ndcg@10": lambda case, record, _: measures.ndcg(case, record.hits),
}
CITED: dict[str, Measure] = {
    "citation_recall": lambda case, record, _: measures.citation_recall(case, record.cited) if record.cited else 0.0,
    "quotes": lambda _, record, sources: support.quotes_exact(record, sources),
    "in_force": lambda _, record, __: support.editions_stand(record),
}
RESTING: dict[str, Measure] = {
    "alce_recall": lambda _, record, sources: support.alce_recall(record, sources),
    "alce_precision": lambda _, record, sources: support.alce_precision(record, sources),
    "figures": lambda _, record, sources: support.figures_exact(record, sources),
}
SAID: dict[str, Measure] = {
    "fact_recall": lambda case, record, _: measures.nugget_recall(case, record.answer),
    "fact_recall_all": lambda case, record, _: measures.nugget_recall(case, record.answer, vital=False),
    "wrong": lambda case, record, _: float(measures.has_forbidden(case, record.answer)),
    "edition": _edition,
    "length": lambda _, record, __: float(len(record.answer)) if record.answer else math.nan,
}
FOUND: dict[str, dict[str, Measure]] = {
    "name": {
        "verdict": lambda case, record, _: float(record.tool.get("verdict") == case.verdict),
        "rules": lambda case, record, _: _rules(case, record),
    },
    "deadline": {"due": lambda case, record, _: float(record.tool.get("due") == case.due)},
    "checklist": {
        "guide": lambda case, record, _: float(record.tool.get("guide") == case.guide),
        "materials": lambda case, record, _: measures.section_recall(case, _lines(record), ("materials",)),
        "steps": lambda case, record, _: measures.section_recall(case, _lines(record), ("steps",)),
        "chat": lambda case, record, _: measures.nugget_recall(case, record.answer),
        "lines": lambda case, record, _: measures.section_recall(case, _lines(record), OTHER_SECTIONS),
    },
    "eligibility": {
        "best": lambda case, record, _: float(record.tool.get("best") == case.type),
        "verdict": lambda case, record, _: float(record.tool.get("verdict") == case.verdict),
        "rules": lambda case, record, _: _rules(case, record),
    },
}
# The last turn asked whole; `scores` sees to it that there is a record of that.
WHOLE: dict[str, Measure] = {
    "whole_behaviour": lambda case, record, _: float(measures.behaved(case, _whole(record).outcome)),
    "whole_fact_recall": lambda case, record, _: measures.nugget_recall(case, _whole(record).answer),
    "gap": lambda case, record, _: measures.gap(case, _whole(record).answer, record.answer),
}
PRIVATE: dict[str, Measure] = {"secrets": lambda case, record, _: float(not measures.leaks(case, record.answer, record.kept, *_shown(record)))}
UPPER = ("wrong", "gap")  # lower is better; a missing answer is wrong, and lost
UNSCORED = ("length",)  # told, not judged


def _whole(record: Record) -> Whole:
    return record.whole or UNASKED


def _shown(record: Record) -> list[str]:
    return [statement.text for statement in record.statements] + [citation.quote for citation in record.citations]


def applying(case: Case) -> dict[str, Measure]:
    """The measures of a case, by name."""
    found = dict(BEHAVED)
    if case.set == "retrieval":
        return found | RANKED
    if case.expect == "answered":
        found |= CITED
        found |= {} if case.set in TOOLS else SAID | {"citation_precision": _precision}
        found |= {} if case.set in FOUND else RESTING
        found |= WHOLE if case.whole else {}
    found |= FOUND.get(case.set, {})
    if case.secrets:
        found |= PRIVATE
    return found


def scores(case: Case, record: Record, sources: Sources) -> tuple[Scores, list[str]]:
    """Every measure that applies, and the errors of those that failed; a record that is missing or an error scores zero."""
    found: Scores = {}
    whole = _whole(record).error if case.whole and not record.error else ""
    errors = [f"{case.id}：{error}" for error in (record.error, whole) if error]
    for name, measure in applying(case).items():
        if record.error or (whole and name in WHOLE):
            found |= {} if name in UNSCORED else {name: float(name in UPPER)}
            continue
        try:
            value = measure(case, record, sources)
        except Exception as error:
            errors.append(f"{case.id} {name}：{type(error).__name__}: {error}")
            value = float(name in UPPER)
        if not math.isnan(value):
            found[name] = value
    return found, errors


@dataclass(frozen=True, slots=True)
class Scored:
    """A case with its record and scores."""

    case: Case
    record: Record
    scores: Scores


def score_all(cases: Iterable[Case], records: Mapping[str, Record], sources: Sources) -> tuple[list[Scored], list[str]]:
    """Every case scored, whether or not it has a record, and the errors."""
    rows: list[Scored] = []
    errors: list[str] = []
    for case in cases:
        record = records.get(case.id) or missing(case.id)
        found, failed = scores(case, record, sources)
        rows.append(Scored(case, record, found))
        errors += failed
    return rows, errors


def means(rows: Sequence[Scored]) -> Scores:
    """The mean of every measure over the cases it applies to, with their number and times and lengths (median and 95th percentile)."""
    names = sorted({name for row in rows for name in row.scores} - set(UNSCORED))
    table = {"cases": float(len(rows))} | {name: round(measures.mean([row.scores[name] for row in rows if name in row.scores]), 4) for name in names}
    table |= abstention(rows)
    times = [row.record.ms for row in rows]
    lengths = [row.scores["length"] for row in rows if "length" in row.scores]
    for name, values in (("ms", times), ("length", lengths)):
        if values:
            table |= {f"{name}_p50": quantile(values, 0.5), f"{name}_p95": quantile(values, 0.95)}
    return table


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def abstention(rows: Sequence[Scored]) -> Scores:
    """Refusals and questions back, by RefusalBench's definitions (arXiv 2510.10390); a part is left out where nothing defines it.

    abstention_precision = refused ∧ should be refused / refused; abstention_recall = refused ∧ should be / should be refused;
    over_refusal = refused ∧ answerable / answerable; clarify_precision and clarify_recall likewise for asking back.
    """
    asked = [row for row in rows if row.case.set not in TOOLS]
    found: Scores = {}
    for outcome, name in (("refused", "abstention"), ("clarify", "clarify")):
        did = [row for row in asked if row.record.outcome == outcome]
        should = [row for row in asked if row.case.expect == outcome]
        both = sum(row.case.expect == outcome for row in did)
        if should:
            found |= {f"{name}_recall": round(both / len(should), 4), f"{name}_precision": round(both / len(did), 4) if did else 0.0}
    answerable = [row for row in asked if row.case.expect == "answered"]
    if answerable:
        found["over_refusal"] = round(sum(row.record.outcome == "refused" for row in answerable) / len(answerable), 4)
    return found


def table(rows: Sequence[Scored]) -> dict[str, Scores]:
    """Means by set and split (answer/dev), by set, by split (all/dev), and over everything (all)."""
    groups: dict[str, list[Scored]] = defaultdict(list)
    for row in rows:
        for name in (f"{row.case.set}/{row.case.split}", row.case.set, f"all/{row.case.split}", "all"):
            groups[name].append(row)
    return {name: means(group) for name, group in sorted(groups.items())}


def slices(rows: Sequence[Scored], measure: str, field: str) -> dict[str, list[float]]:
    """A measure's values by style, type or matter of the case, slices of fewer than `SMALLEST_SLICE` cases left out."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if measure in row.scores and getattr(row.case, field):
            found[getattr(row.case, field)].append(row.scores[measure])
    return {name: values for name, values in sorted(found.items()) if len(values) >= SMALLEST_SLICE}


def worst(rows: Sequence[Scored], measure: str, fields: Sequence[str] = ("style", "type", "matter")) -> tuple[str, str, float, int] | None:
    """(field, slice, mean, cases) of the slice with the worst mean, or None where no slice is large enough."""
    all_slices = [(field, name, measures.mean(values), len(values)) for field in fields for name, values in slices(rows, measure, field).items()]
    sign = -1 if measure in UPPER else 1
    return min(all_slices, key=lambda found: sign * found[2]) if all_slices else None
