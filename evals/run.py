"""A run: cases asked, records kept in a folder with the settings they belong to, scored as often as wanted without asking again."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.pipeline import Assistant
from evals.ask import Asker
from evals.case import CASES, TODAY, Case, case_from, load
from evals.record import Record, read_records, write_records
from evals.scoring import Scored, Scores, score_all, table
from index.embed import DEFAULT, Choice
from index.rerank import Reranking, opened
from index.search import Search

HERE = Path(__file__).parent
RUNS = HERE / "runs"
RECORDS, SOURCES, SETTINGS, SCORES = "records.jsonl", "sources.json", "settings.json", "scores.json"
Bar = Callable[[Iterable[Case], str], Iterable[Case]]


class EvalProblem(Exception):
    """A run, its folder or what it is compared with cannot be used; the message is Chinese and names the way out."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked and answered: settings, records by case, and the text behind each citation."""

    settings: Mapping[str, Any]
    records: Mapping[str, Record]
    sources: Mapping[str, str]
    folder: Path | None = None

    @property
    def name(self) -> str:
        """The folder's name, or the moment of a run that was not kept."""
        return self.folder.name if self.folder else str(self.settings["at"])

    def cases(self) -> list[Case]:
        """The cases that this run was asked for, as they stand now."""
        return chosen(self.settings["split"], self.settings["tasks"], self.settings.get("office", ()))

    def scored(self) -> tuple[list[Scored], list[str]]:
        """Every case of the run scored by today's measures and gold, and the errors."""
        return score_all(self.cases(), self.records, self.sources)


def office_rows(home: Path) -> list[dict[str, Any]]:
    """The office's own cases in a home, as they lie there; a run keeps them, so that it can be scored after they changed. Raises BadCase."""
    load(home / "cases")
    return [json.loads(line) for path in sorted((home / "cases").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def chosen(split: str, tasks: Sequence[str] | None, office: Sequence[Mapping[str, Any]] = ()) -> list[Case]:
    """The cases of a split and of some tasks (all where none is named), those of an office among them.

    Raises EvalProblem for a task that no case belongs to.
    """
    cases = [*load(), *(case_from(row, str(row.get("id"))) for row in office)]
    known = list(dict.fromkeys(case.set for case in cases))
    unknown = [task for task in tasks or () if task not in known]
    if unknown:
        raise EvalProblem(f"没有“{unknown[0]}”这组用例，可选：{'、'.join(known)}")
    return [case for case in cases if split in ("all", case.split) and (not tasks or case.set in tasks)]


def ask_all(assistant: Assistant, cases: Iterable[Case]) -> tuple[dict[str, Record], dict[str, str]]:
    """The records of the cases and the sources that they cite."""
    asker = Asker(assistant)
    return {case.id: asker.ask(case) for case in cases}, asker.sources


def run(home: Path, split: str, tasks: Sequence[str] | None, bar: Bar, folder: Path | None = None, embedder: Choice = DEFAULT, reranker: str = "") -> Run:
    """Ask the chosen cases of the release in a home, and keep the run in a folder where one is given, also one that is broken off.

    Raises EvalProblem, and IndexProblem where there is no release.
    """
    office = office_rows(home)
    cases = chosen(split, tasks, office)
    search = Reranking.open(home, embedder, reranker=opened(reranker))
    settings = about(search) | {"reranker": reranker, "split": split, "tasks": list(tasks) if tasks else None, "office": office}
    asker = Asker(Assistant(search))
    records: dict[str, Record] = {}
    try:
        for case in bar(cases, "评测"):
            records[case.id] = asker.ask(case)
    finally:
        found = Run(settings, records, asker.sources, folder)
        if folder:
            keep(found, folder)
    return found


def about(search: Search) -> dict[str, Any]:
    """What a run belongs to: release and its contents, cases, revision, moment and machine."""
    manifest = search.release.manifest
    return {
        "at": f"{datetime.now(UTC):%Y%m%dT%H%M%S}",
        "today": TODAY.isoformat(),
        "release": search.release.id,
        "corpus": manifest["fingerprint"],
        "texts": manifest["texts"],
        "digests": manifest["digests"],
        "guides": manifest["guides"],
        "embedder": manifest["embedder"],
        "cases": cases_hash(),
        "revision": revision(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def cases_hash() -> str:
    """SHA-256 over the case files."""
    joined = b"".join(path.name.encode() + path.read_bytes() for path in sorted(CASES.glob("*.jsonl")))
    return hashlib.sha256(joined).hexdigest()


def keep(found: Run, folder: Path) -> None:
    """Write records, sources and settings into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_records(folder / RECORDS, found.records.values())
    _write(folder / SOURCES, found.sources)
    _write(folder / SETTINGS, found.settings)


def keep_scores(folder: Path, rows: Sequence[Scored], errors: Sequence[str], settings: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Write the scores of a run beside its records: the table, every case, and what failed."""
    found = table(rows)
    cases = {row.case.id: {"set": row.case.set, "split": row.case.split, "scores": _rounded(row.scores)} for row in rows}
    lines = [f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in cases.items()]
    head = json.dumps({"about": settings, "errors": list(errors), "table": found}, ensure_ascii=False, indent=1)
    (folder / SCORES).write_text(f'{head[:-2]},\n "cases": {{\n' + ",\n".join(lines) + "\n }\n}\n", encoding="utf-8")
    return found


def _rounded(found: Scores) -> Scores:
    return {name: round(value, 4) for name, value in found.items()}


def read_run(name: str | Path) -> Run:
    """A kept run, by folder or by its name under evals/runs. Raises EvalProblem."""
    folder = next((path for path in (Path(name), RUNS / name) if (path / RECORDS).is_file()), None)
    if folder is None:
        held = sorted(path.parent.name for path in RUNS.glob(f"*/{SETTINGS}"))
        raise EvalProblem(f"没有“{name}”这次评测的记录，可用的有：{'、'.join(held[-5:]) or '无（先跑 shezu eval run）'}")
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        sources = json.loads((folder / SOURCES).read_text(encoding="utf-8"))
        return Run(settings, read_records(folder / RECORDS), sources, folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvalProblem(f"评测记录 {folder} 读不出来（{error}），请重跑 shezu eval run") from error


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def revision() -> str:
    """The git revision of the source tree, or "" outside one."""
    found = subprocess.run(["git", "-C", str(HERE), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip()
