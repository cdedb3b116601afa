"""`make bench-peers`: our search and others' on the same questions, machine and run; quality, latency, index time, memory, with ratios.

Every system embeds with the same model on one thread, in a process of its own; peers run in an environment apart (--python).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from corpus.catalog import load_catalog
from corpus.intake import Texts, files_in, import_files
from corpus.library import Library, shipped_knowledge
from corpus.timeline import in_force
from evals import measures
from evals.case import TODAY, Case, load
from evals.peers.pieces import Law, write_laws
from evals.run import HERE, revision
from evals.scoring import quantile

OURS = ("shezu", "shezu_texts")
PEERS = ("china_law", "langchain", "llamaindex", "haystack", "txtai_hybrid")
ITEMS = 5
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
QUIET = THREADS | {"HAYSTACK_TELEMETRY_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def official_laws(folder: Path) -> list[Law]:
    """Every law of a folder of official texts, in the edition in force on the day of the cases."""
    with tempfile.TemporaryDirectory() as place:
        texts = Texts(Path(place) / "texts")
        import_files(files_in([folder]), texts, load_catalog())
        library = Library({**shipped_knowledge(), "digests": {}, "guides": {}}, texts.folder)
        held = [(library.catalog.get(slug), one) for (slug, edition), one in library.held.items()]
        return [
            Law(law.title, one.text.title or law.title, tuple((article.label, article.text) for article in one.text.articles))
            for law, one in held
            if (now := in_force(law, TODAY)) and now.date == one.edition.date
        ]


def answerable(cases: Iterable[Case], laws: Sequence[Law]) -> list[Case]:
    """The cases that one question asks of today and whose every gold group has an article among the laws."""
    held = {(law.title, label) for law in laws for label, _ in law.articles}
    return [case for case in cases if len(case.turns) == 1 and not case.date and not case.region and all(any(a in held for a in group) for group in case.gold)]


def needed(laws: Sequence[Law], cases: Sequence[Case], most: int = 0) -> list[Law]:
    """The laws that hold gold of the cases, whole, those with most of it first, up to so many articles (0: all of them)."""
    wanted = Counter(title for case in cases for title in {title for group in case.gold for title, _ in group})
    by_title = {law.title: law for law in laws}
    chosen: list[Law] = []
    for title, _ in wanted.most_common():
        law = by_title.get(title)
        if law and (not most or sum(len(one.articles) for one in (*chosen, law)) <= most):
            chosen.append(law)
    return chosen


def run_peer(module: str, python: Path, folder: Path) -> dict[str, Any]:
    """What one peer found, or why it could not run."""
    out = folder / f"{module}.json"
    command = [str(python), "-m", f"evals.peers.{module}", str(folder / "laws.jsonl"), str(folder / "questions.jsonl"), str(out)]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False, env={**os.environ, **QUIET})
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"name": module, "failed": lines[-1] if lines else f"exit code {done.returncode}"}
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def scored(found: Mapping[str, Any], cases: Sequence[Case]) -> dict[str, Any]:
    """One row of the table. Articles are ranked as the items that hold them; items@5 asks whether gold is in the first five items at all."""
    if "failed" in found:
        return dict(found)
    answers = {answer["id"]: answer for answer in found["answers"]}
    ranked = {case.id: _articles(answers[case.id]["items"]) for case in cases}
    firsts = {case.id: _articles(answers[case.id]["items"][:ITEMS]) for case in cases}
    ms, cpu = ([answer[key] for answer in answers.values()] for key in ("ms", "cpu_ms"))
    return {
        "name": found["name"],
        "indexed": found["indexed"],
        "recall@5": measures.mean([measures.recall_at(case, ranked[case.id], 5) for case in cases]),
        "recall@10": measures.mean([measures.recall_at(case, ranked[case.id], 10) for case in cases]),
        "mrr": measures.mean([measures.reciprocal_rank(case, ranked[case.id]) for case in cases]),
        "items@5": measures.mean([measures.recall_at(case, firsts[case.id], 1000) for case in cases]),
        "characters@5": measures.mean([float(sum(item["characters"] for item in answers[case.id]["items"][:ITEMS])) for case in cases]),
        "p50_ms": quantile(ms, 0.5),
        "p95_ms": quantile(ms, 0.95),
        "cpu_p50_ms": quantile(cpu, 0.5),
        "index_s": found["index_s"],
        "index_cpu_s": found["index_cpu_s"],
        "rss_mb": found["rss_mb"],
    }


def _articles(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((title, label) for item in items for title, label in item["addresses"]))


COLUMNS = (
    ("recall@5", "recall@5", 3),
    ("recall@10", "recall@10", 3),
    ("mrr", "MRR", 3),
    ("items@5", "前5项含依据", 3),
    ("characters@5", "前5项字数", 0),
    ("p50_ms", "p50 毫秒", 1),
    ("p95_ms", "p95 毫秒", 1),
    ("cpu_p50_ms", "CPU 毫秒", 1),
    ("index_s", "建索引 秒", 0),
    ("index_cpu_s", "建索引 CPU 秒", 0),
    ("rss_mb", "内存 MB", 0),
)


def markdown(title: str, rows: Sequence[Mapping[str, Any]], about: Mapping[str, Any]) -> str:
    """The table, each number followed by its ratio to the first row's."""
    head = ["系统", "索引项", *(name for _, name, _ in COLUMNS)]
    lines = [f"## {title}", "", "；".join(f"{key} {value}" for key, value in about.items()), ""]
    lines += ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    base = next((row for row in rows if "failed" not in row), {})
    for row in rows:
        if "failed" in row:
            lines.append(f"| {row['name']} | 没能运行：{row['failed'][:120]} |" + " |" * (len(head) - 2))
            continue
        cells = [_cell(row[key], base.get(key), places) for key, _, places in COLUMNS]
        lines.append("| " + " | ".join([row["name"], str(row["indexed"]), *cells]) + " |")
    return "\n".join(lines) + "\n"


def _cell(value: float, base: float | None, places: int) -> str:
    shown = f"{value:.{places}f}"
    return f"{shown}（×{value / base:.2f}）" if base else shown


def measure(title: str, laws: Sequence[Law], cases: Sequence[Case], modules: Sequence[str], python: Path) -> dict[str, Any]:
    """Run every system on one corpus and its cases."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_laws(folder / "laws.jsonl", list(laws))
        asked = "".join(json.dumps({"id": case.id, "question": case.turns[-1]}, ensure_ascii=False) + "\n" for case in cases)
        (folder / "questions.jsonl").write_text(asked, encoding="utf-8")
        rows = []
        for module in modules:
            sys.stderr.write(f"{title}：{module}\n")
            rows.append(scored(run_peer(module, Path(sys.executable) if module in OURS else python, folder), cases))
    about = {"文件": len(laws), "条": sum(len(law.articles) for law in laws), "题": len(cases)}
    return {"title": title, "about": about, "rows": rows}


def stard(folder: Path, most: int, seed: int = 20261123) -> tuple[list[Law], list[Case]]:
    """STARD's laws and questions; a sample keeps whole laws: those that hold the gold of randomly drawn questions, up to so many articles."""
    from evals.stard import articles, questions

    grouped: dict[str, list[tuple[str, str]]] = {}
    for row in articles(folder):
        grouped.setdefault(row["title"], []).append((row["article"], row["text"]))
    laws = {title: Law(title, title, tuple(found)) for title, found in grouped.items()}
    asked = questions(folder)
    drawn = random.Random(seed).sample(asked, len(asked))
    chosen: dict[str, Law] = {}
    kept: list[Case] = []
    for case in drawn:
        wanted = {title: laws[title] for group in case.gold for title, _ in group if title not in chosen}
        if most and sum(len(law.articles) for law in (*chosen.values(), *wanted.values())) > most:
            continue
        chosen |= wanted
        kept.append(case)
    return (list(chosen.values()) if most else list(laws.values())), kept


def main() -> int:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, default=HERE.parent / ".venv-peers" / "bin" / "python", help="the peers' interpreter")
    parser.add_argument("--texts", type=Path, default=HERE.parent.parent / "shared" / "official-texts", help="a folder of official texts")
    parser.add_argument("--stard", type=Path, default=None, help="a folder with STARD's queries.jsonl and articles.jsonl.gz")
    parser.add_argument("--most", type=int, default=2000, help="about so many articles of each data set: 2000 take some 20 minutes on two idle cores")
    parser.add_argument("--full", action="store_true", help="all laws, not only those that hold gold; all of STARD: hours on two cores")
    parser.add_argument("--only", action="append", default=None, choices=(*OURS, *PEERS))
    parser.add_argument("--split", choices=("dev", "test", "all"), default="all")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    args = parser.parse_args()
    modules = args.only or (*OURS, *PEERS)
    laws = official_laws(args.texts)
    cases = answerable([case for case in load() if case.set == "retrieval" and args.split in ("all", case.split)], laws)
    pool = laws if args.full else needed(laws, cases, args.most)
    tables = [measure("我们的检索题", pool, answerable(cases, pool), modules, args.python)]
    if args.stard:
        tables.append(measure("STARD", *stard(args.stard, 0 if args.full else args.most), modules, args.python))
    about = {"日期": date.today().isoformat(), "版本": revision()[:12], "机器": f"{platform.machine()}，{platform.system()}", "线程": 1}
    args.out.mkdir(parents=True, exist_ok=True)
    name = f"peers-{date.today().isoformat()}"
    (args.out / f"{name}.json").write_text(json.dumps({"about": about, "tables": tables}, ensure_ascii=False, indent=1), encoding="utf-8")
    text = "\n".join(markdown(found["title"], found["rows"], {**about, **found["about"]}) for found in tables)
    (args.out / f"{name}.md").write_text(f"# 同类系统对比\n\n{text}", encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
