"""A run as a user has it: asked, kept, scored again without asking, compared, reported, published; and what goes wrong said in Chinese."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from api import command
from evals import publish, record, report, run
from evals.ask import Asker
from evals.case import Case, Nugget, load
from evals.record import Cited, Record, Statement, Whole
from evals.run import EvalProblem, Run

EXTERNAL = re.compile(r"""(?:src|href)\s*=|url\(|@import|<script|<link|<iframe|https?://""")


@pytest.fixture(scope="module")
def home(shipped_home: Path) -> Path:
    return shipped_home


def shezu(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = command.main(list(arguments))
    return code, capsys.readouterr().out


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The command line over the shared home, with runs and results kept aside."""
    monkeypatch.setenv("SHEZU_HOME", str(home))
    monkeypatch.setattr("evals.run.RUNS", tmp_path / "runs")
    return tmp_path


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    cited = Cited(1, "甲法", "第一条", "2020-01-01", "现行有效", "引文", "k", True, "2020-01-01", "")
    whole = Record(
        "x",
        "answered",
        "answered",
        "template",
        "话",
        (Statement("句", (1, 2), "table", "warn", True),),
        (cited,),
        (("甲法", "第一条"),),
        {"due": "2026-01-01"},
        "k",
        "2026-11-23",
        3.5,
        whole=Whole("answered", "整句的话"),
    )
    bare = Record("y", "refused")
    record.write_records(tmp_path / "r.jsonl", [whole, bare])
    assert record.read_records(tmp_path / "r.jsonl") == {"x": whole, "y": bare}


def test_an_exception_becomes_a_record_with_its_error(shipped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(shipped, "ask", fails)
    found = Asker(shipped).ask(next(case for case in load() if case.set == "answer"))
    assert (found.outcome, found.error) == ("error", "RuntimeError: broken")


def test_a_dialogue_is_asked_a_second_time_whole(shipped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = shipped.ask
    asked: list[tuple[str, tuple[str, ...]]] = []

    def heard(question: str, **said: Any) -> Any:
        asked.append((question, tuple(said.get("history", ()))))
        if question == case.whole and len(asked) > 2:
            raise RuntimeError("broken")
        return ask(question, **said)

    monkeypatch.setattr(shipped, "ask", heard)
    case = next(case for case in load() if case.set == "dialogue" and case.split == "dev")
    found = Asker(shipped).ask(case)
    assert asked == [(case.turns[-1], case.turns[:-1]), (case.whole, ())]
    assert found.whole and found.whole.answer
    failed = Asker(shipped).ask(case)
    assert failed.whole == Whole("error", error="RuntimeError: broken")
    assert failed.answer == found.answer


def test_run_score_compare_and_report(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = shezu(capsys, "eval", "run", "--split", "dev", "--task", "deadline", "--task", "name")
    assert code == 0, said
    (folder,) = (at_home / "runs").iterdir()
    assert {path.name for path in folder.iterdir()} == {"records.jsonl", "sources.json", "settings.json", "scores.json", "report.html"}
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    assert settings["split"] == "dev"
    assert settings["corpus"] and settings["cases"] and settings["release"]
    before = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    code, _ = shezu(capsys, "eval", "score", str(folder), "--against", folder.name)
    assert code == 0
    assert json.loads((folder / "scores.json").read_text(encoding="utf-8")) == before
    assert "退步的题：0 道" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_record_taken_away_scores_zero_and_is_an_error(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shezu(capsys, "eval", "run", "--split", "dev", "--task", "name")
    (folder,) = (at_home / "runs").iterdir()
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    lost = json.loads(lines[0])["case"]
    (folder / "records.jsonl").write_text("\n".join(lines[1:]) + "\n", encoding="utf-8")
    code, said = shezu(capsys, "eval", "score", str(folder), "--gate")
    assert code == 1
    assert f"评测出错：{lost}：没有记录" in said
    assert json.loads((folder / "scores.json").read_text(encoding="utf-8"))["cases"][lost]["scores"]["verdict"] == 0
    assert lost in (folder / "report.html").read_text(encoding="utf-8")


def test_a_run_that_is_broken_off_keeps_what_it_has(home: Path, tmp_path: Path) -> None:
    def stopping(cases, what):
        yield from list(cases)[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.run(home, "dev", ["name"], stopping, tmp_path / "run")
    kept = run.read_run(tmp_path / "run")
    assert len(kept.records) == 5
    rows, errors = kept.scored()
    assert sum(row.scores["verdict"] for row in rows) == 5
    assert len(errors) == len(rows) - 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--task", "nothing"), "没有“nothing”这组用例"),
        (("run", "--task", "name", "--against", "1999"), "没有“1999”这次评测的记录"),
        (("score", "1999"), "没有“1999”这次评测的记录"),
        (("publish", "1999"), "没有“1999”这次评测的记录"),
    ],
)
def test_what_cannot_be_done_is_said(at_home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str) -> None:
    code, said = shezu(capsys, "eval", *arguments)
    assert code == 1
    assert told in said


def test_broken_records_are_named(tmp_path: Path) -> None:
    for name in ("settings.json", "sources.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    (tmp_path / "records.jsonl").write_text("{oops\n", encoding="utf-8")
    with pytest.raises(EvalProblem, match="读不出来"):
        run.read_run(tmp_path)


SETTINGS = {
    "at": "20261123T080000",
    "today": "2026-11-23",
    "release": "r",
    "corpus": "c" * 64,
    "texts": 0,
    "digests": 1,
    "guides": 1,
    "embedder": "",
    "cases": "d" * 64,
    "revision": "e" * 40,
    "split": "all",
    "tasks": None,
}


def invented(monkeypatch: pytest.MonkeyPatch, good: bool, number: int = 20) -> Run:
    """A run of invented cases, each answered rightly or each wrongly."""
    cases = [
        Case(
            f"ans-{n}",
            "answer",
            "dev",
            (f"第{n}问<b>？",),
            "answered",
            ((("甲法", "第一条"),),),
            (Nugget("回答", (("回答",),)),),
            style="everyday",
            type="社会团体",
            matter="成立",
        )
        for n in range(number)
    ]
    monkeypatch.setattr(run, "load", lambda: cases)
    cited = Cited(1, "甲法", "第一条", "2020-01-01", "现行有效", "秘密原文", "k", True, "2020-01-01")
    said = Statement("秘密回答", (1,))
    outcome, shown = ("answered", (cited,)) if good else ("refused", ())
    records = {case.id: Record(case.id, outcome, "s", "template", "秘密回答", (said,), shown, ms=1.0) for case in cases}
    return Run(SETTINGS, records, {"k": "秘密原文"})


class Shape(HTMLParser):
    """Tags that are open, figures with and without their table, and what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.counts: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in ("meta", "rect", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "path"):
            assert self.open.pop() == tag


def shape(page: str) -> Shape:
    found = Shape()
    found.feed(page)
    found.close()
    assert found.open == []
    return found


def test_the_report_stands_alone_and_every_chart_has_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, now = invented(monkeypatch, True), invented(monkeypatch, False)
    rows, errors = now.scored()
    page = report.page(report.Content(SETTINGS, rows, errors, ["answer 门槛"], earlier))
    assert not EXTERNAL.search(page)
    found = shape(page)
    assert found.counts["svg"] == found.counts["figure"] == found.counts["details"] == found.counts["desc"] > 3
    assert found.counts["table"] >= found.counts["figure"]
    assert "退步的题：20 道" in page
    assert page.count("秘密回答") == 40
    assert "第3问&lt;b&gt;？" in page
    assert "最弱的一项" in page


def test_what_is_published_holds_no_answer_and_no_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = invented(monkeypatch, True)
    place = publish.publish(found, "0.2.0", tmp_path)
    assert {path.name for path in place.iterdir()} == {"scores.json", "settings.json", "report.html"}
    assert not any("秘密" in path.read_text(encoding="utf-8") for path in place.iterdir())
    assert json.loads((place / "scores.json").read_text(encoding="utf-8"))["cases"]["ans-3"]["scores"]["behaviour"] == 1
    shape((place / "report.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("changes", "name", "told"), [({"split": "dev"}, "0.2.0", "只跑了一部分"), ({"tasks": ["name"]}, "", "只跑了一部分"), ({}, "../x", "不能作文件夹名")]
)
def test_a_partial_run_or_a_strange_name_is_not_published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: dict, name: str, told: str) -> None:
    found = invented(monkeypatch, True)
    with pytest.raises(EvalProblem, match=told):
        publish.publish(Run({**SETTINGS, **changes}, found.records, found.sources), name, tmp_path)
    assert not list(tmp_path.iterdir())
