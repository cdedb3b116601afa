"""Publish a run under evals/results/: scores, settings and a small report without answers or sources, so that nothing of a law is in it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from evals import report
from evals.case import OFFICE
from evals.gates import RESULTS
from evals.run import SETTINGS, EvalProblem, Run, keep_scores

NAME = re.compile(r"[\w.-]+")


def publish(found: Run, name: str = "", folder: Path = RESULTS) -> Path:
    """Write the scores, settings and report of a run into results/<name> (today's day by default) and say where. Raises EvalProblem."""
    name = name or date.today().isoformat()
    if not NAME.fullmatch(name) or name.startswith("."):
        raise EvalProblem(f"名称“{name}”不能作文件夹名，请用版本号或日期，如 0.2.0")
    if found.settings["split"] != "all" or found.settings["tasks"]:
        raise EvalProblem(f"{found.name} 只跑了一部分用例，发布要用全部用例：先跑 shezu eval run")
    # An office's own cases stay in the office.
    settings = {name: value for name, value in found.settings.items() if name != OFFICE}
    scored, errors = found.scored()
    rows = [row for row in scored if row.case.split != OFFICE]
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    keep_scores(place, rows, errors, settings)
    (place / SETTINGS).write_text(json.dumps(settings, ensure_ascii=False, indent=1), encoding="utf-8")
    report.write(place / "report.html", report.Content(settings, rows, errors, texts=False))
    return place
