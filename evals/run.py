"""Run the cases, keep the records, score them; records can be scored again without asking anew."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from assistant.pipeline import Assistant
from assistant.render import plain
from assistant.stages.verify import source_text
from assistant.turn import Outcome
from corpus.article import Address
from corpus.catalog import read_yaml
from evals import measures
from evals.case import Case, load
from index.search import Search

TODAY = date(2026, 11, 23)
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Record:
    """What was answered to a case: outcome, text, cited addresses with editions, which sources hold vital nuggets, hits, time."""

    case: str
    outcome: str
    status: str
    answer: str
    cited: tuple[tuple[str, str], ...]
    editions: tuple[str, ...]
    supporting: tuple[tuple[str, str], ...]
    hits: tuple[tuple[str, str], ...]
    ms: float

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def answer_case(assistant: Assistant, case: Case) -> Record:
    """Ask a case and record what came; retrieval cases only search."""
    on = date.fromisoformat(case.date) if case.date else None
    history, question = case.turns[:-1], case.turns[-1]
    started = perf_counter()
    hits = assistant.retrieve(question, today=TODAY, history=history, on=on, region=case.region) if case.set == "retrieval" else []
    ranked = tuple((h.title, h.address.article) for h in hits)
    if case.set == "retrieval":
        return Record(case.id, "answered" if hits else "refused", "", "", (), (), (), ranked, (perf_counter() - started) * 1000)
    turn = assistant.ask(question, today=TODAY, history=history, audience=case.audience, region=case.region, on=on)
    ms = (perf_counter() - started) * 1000
    answer = turn.answer
    assert answer
    cited = tuple((c.title, c.address.article) for c in answer.citations) if answer.outcome is Outcome.ANSWERED else ()
    editions = tuple(c.address.edition for c in answer.citations)
    library = assistant.search.library
    vital = [n for n in case.nuggets if n.vital]
    supporting = []
    for citation in answer.citations:
        text = measures.normalise(source_text(Address(citation.address.law, citation.address.edition, citation.address.article), library))
        if any(measures.present(nugget, text) for nugget in vital):
            supporting.append((citation.title, citation.address.article))
    ranked = tuple((h.title, h.address.article) for h in turn.hits if h.kind == "article")
    return Record(case.id, answer.outcome.value, answer.status.value, plain(answer, sources=False), cited, editions, tuple(supporting), ranked, ms)


def scores(case: Case, record: Record) -> dict[str, float]:
    """Every measure that applies to a case."""
    found = {"behaviour": float(measures.behaved(case, record.outcome))}
    if case.gold and record.hits:
        found |= {f"recall@{k}": measures.recall_at(case, record.hits, k) for k in (1, 5, 10, 20)}
        found["mrr"] = measures.reciprocal_rank(case, record.hits)
    elif case.gold and case.set == "retrieval":
        found |= {f"recall@{k}": 0.0 for k in (1, 5, 10, 20)} | {"mrr": 0.0}
    if case.expect == "answered" and case.set != "retrieval":
        found["citation_recall"] = measures.citation_recall(case, record.cited) if record.cited else 0.0
        found["citation_precision"] = measures.citation_precision(case, record.cited, record.supporting)
        found["fact_recall"] = measures.nugget_recall(case, record.answer)
        found["wrong"] = float(measures.has_forbidden(case, record.answer))
        right = measures.edition_right(case, list(zip(record.cited, record.editions, strict=False)))
        if right is not None:
            found["edition"] = float(right)
    return found


def run(
    home: Path, split: str, sets: Sequence[str] | None, bar: Callable[[Iterable[Case], str], Iterable[Case]]
) -> list[tuple[Case, Record, dict[str, float]]]:
    """Ask and score the chosen cases."""
    assistant = Assistant(Search.open(home))
    chosen = [case for case in load() if split in ("all", case.split) and (not sets or case.set in sets)]
    results = []
    for case in bar(chosen, "评测"):
        record = answer_case(assistant, case)
        results.append((case, record, scores(case, record)))
    return results


def summary(results: Sequence[tuple[Case, Record, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Mean of every measure for each set and split, and over all; with the number of cases."""
    groups: dict[str, list[tuple[Case, Record, dict[str, float]]]] = {}
    for row in results:
        for name in (f"{row[0].set}/{row[0].split}", f"all/{row[0].split}", row[0].set):
            groups.setdefault(name, []).append(row)
    table = {}
    for name, rows in sorted(groups.items()):
        names = sorted({measure for _, _, found in rows for measure in found})
        table[name] = {"cases": float(len(rows))} | {m: round(measures.mean([found.get(m, math.nan) for _, _, found in rows]), 4) for m in names}
        table[name]["ms_p50"] = round(sorted(record.ms for _, record, _ in rows)[len(rows) // 2], 1)
    return table


def failures_of_gates(table: dict[str, dict[str, float]], gates: dict[str, dict[str, float]]) -> list[str]:
    """Gates that are not met, in Chinese; a gate whose group did not run fails too."""
    failed = []
    for group, wanted in gates.items():
        for measure, least in wanted.items():
            actual = table.get(group, {}).get(measure, math.nan)
            most = measure == "wrong"
            if math.isnan(actual) or (actual > least if most else actual < least):
                failed.append(f"{group} {measure}：{actual:.3f}，门槛 {'≤' if most else '≥'} {least}")
    return failed


def command(
    home: Path,
    *,
    split: str,
    sets: Sequence[str] | None,
    gate: bool,
    out: Path | None,
    as_json: bool,
    say: Callable[[str], None],
    bar: Callable[..., Iterable[Case]],
) -> int:
    """`shezu eval run`: 0 ok, 1 a gate failed."""
    results = run(home, split, sets, bar)
    table = summary(results)
    folder = out or HERE / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    keep(folder, results, table, home)
    if as_json:
        say(json.dumps(table, ensure_ascii=False, indent=1))
    else:
        for name, row in table.items():
            say(f"{name}：" + "，".join(f"{m} {v:g}" for m, v in row.items()))
        say(f"记录在 {folder}")
    failed = failures_of_gates(table, read_yaml(HERE / "gates.yaml")) if gate else []
    for line in failed:
        say(f"未达门槛：{line}")
    if gate and not failed:
        say("各项门槛都达到了")
    return 1 if failed else 0


def keep(folder: Path, results: Sequence[tuple[Case, Record, dict[str, float]]], table: dict[str, dict[str, float]], home: Path) -> None:
    """Write records, scores and what was measured (release, revision) into a folder."""
    from index.release import current

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "records.jsonl").open("w", encoding="utf-8") as file:
        for case, record, found in results:
            file.write(json.dumps({**record.as_json(), "question": case.turns[-1], "gold": case.gold, "scores": found}, ensure_ascii=False) + "\n")
    release = current(home)
    about = {"release": release.id, "fingerprint": release.manifest["fingerprint"], "revision": revision(), "today": TODAY.isoformat()}
    (folder / "scores.json").write_text(json.dumps({"about": about, "scores": table}, ensure_ascii=False, indent=1), encoding="utf-8")


def revision() -> str:
    """The git revision of the source tree, or "" outside one."""
    found = subprocess.run(["git", "-C", str(HERE), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip()
