"""`shezu eval`: run, score, report, publish and agreement. Exit codes: 0 ok, 1 a gate or an evaluator failed, 2 usage."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

OK, PROBLEMS, USAGE = 0, 1, 2
Say = Callable[[str], None]
Bar = Callable[[Iterable[Any], str], Iterable[Any]]


class Settings(Protocol):
    """What the commands need to know of the office's settings."""

    @property
    def home(self) -> Path:
        """The folder of what is produced."""

    @property
    def embedder(self) -> Any:
        """The embedder that the office has chosen."""

    @property
    def reranker(self) -> str:
        """The folder or hub name of its cross-encoder, "" for none."""


def add_parsers(commands: Any, say: Say, bar: Bar) -> None:
    """The verbs under `shezu eval`."""
    verbs = commands.add_parser("eval", help="评测").add_subparsers(dest="action", required=True, metavar="动作")
    _add_run(verbs, say, bar)
    score = verbs.add_parser("score", help="给存下的评测记录重新打分，不再提问")
    score.add_argument("folder", metavar="RUN", help="评测文件夹或它的名字")
    score.add_argument("--judge", action="store_true", help="另请语言模型评（地址取自 SHEZU_MODEL_URL，只作参考，不作门槛）")
    _add_outcome(score)
    score.set_defaults(run=_guarded(say, lambda args, settings: _score(args, settings, say, bar)))
    publish = verbs.add_parser("publish", help="把一次评测的得分和小报告放进 evals/results/，不含法规原文")
    publish.add_argument("folder", metavar="RUN", nargs="?", default=None, help="缺省为最近一次")
    publish.add_argument("--name", default="", help="版本号或日期，缺省为当天")
    publish.set_defaults(run=_guarded(say, lambda args, settings: _publish(args, say)))
    stard = verbs.add_parser("stard", help="在 STARD 的 58531 条法条里检索它的真实提问，数据要另外取得")
    stard.add_argument("--stard", type=Path, default=Path("../shared/bench/stard"), metavar="文件夹", help="articles.jsonl.gz 和 queries.jsonl 所在")
    stard.add_argument("--into", type=Path, default=None, metavar="文件夹", help="索引建在哪里，缺省为数据文件夹下的 stard")
    stard.add_argument("--unseen", action="store_true", help="只问依据在训练部分没有出现的那些题")
    stard.set_defaults(run=lambda args, settings: _stard(args, settings, say, bar))
    agreement = verbs.add_parser("agreement", help="第二个人读同样的题，两次读法有多一致")
    agreement.add_argument("--json", action="store_true")
    agreement.set_defaults(run=_guarded(say, lambda args, settings: _agreement(args, say)))


def _add_run(verbs: Any, say: Say, bar: Bar) -> None:
    run = verbs.add_parser("run", help="跑评测用例并打分")
    run.add_argument("--split", choices=("dev", "test", "office", "all"), default="all", help="office 是本单位在工作台确认的用例")
    run.add_argument("--task", "--set", dest="tasks", action="append", default=None, help="只跑某一组，可重复")
    run.add_argument("--out", type=Path, default=None, help="记录放到哪个文件夹")
    _add_outcome(run)
    run.set_defaults(run=_guarded(say, lambda args, settings: _run(args, settings, say, bar)))


def _add_outcome(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--against", default=None, metavar="RUN", help="和另一次评测比，报告里逐题列出退步")
    verb.add_argument("--gate", action="store_true", help="不达门槛或比已发布的退步超过一分时退出码为 1")
    verb.add_argument("--json", action="store_true")


def _guarded(say: Say, verb: Callable[[argparse.Namespace, Settings], int]) -> Callable[[argparse.Namespace, Settings], int]:
    """The verb with foreseen problems said in Chinese."""

    def guarded(args: argparse.Namespace, settings: Settings) -> int:
        from evals.case import BadCase
        from evals.run import EvalProblem

        try:
            return verb(args, settings)
        except (BadCase, EvalProblem) as problem:
            say(str(problem))
            return PROBLEMS

    return guarded


def _run(args: argparse.Namespace, settings: Settings, say: Say, bar: Bar) -> int:
    from evals.run import RUNS, read_run, run

    if args.against:
        read_run(args.against)
    folder = args.out or RUNS / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    return _outcome(args, run(settings.home, args.split, args.tasks, bar, folder, settings.embedder, settings.reranker), say)


def _stard(args: argparse.Namespace, settings: Settings, say: Say, bar: Bar) -> int:
    from evals.stard import command

    if not (args.stard / "articles.jsonl.gz").is_file():
        say(f"{args.stard} 里没有 articles.jsonl.gz，请用 --stard 指明 STARD 数据所在的文件夹")
        return USAGE
    found = command(args.into or settings.home / "stard", args.stard, settings.embedder, say, bar, unseen=args.unseen)
    say(json.dumps(found, ensure_ascii=False, indent=1))
    return OK


def _score(args: argparse.Namespace, settings: Settings, say: Say, bar: Bar) -> int:
    from evals import judge
    from evals.run import read_run

    found = read_run(args.folder)
    if not args.judge:
        return _outcome(args, found, say)
    with judge.Judge.of(settings) as reading:
        judged = judge.judge_run(found, reading, bar)
    return _outcome(args, found, say, judged)


def _outcome(args: argparse.Namespace, found: Any, say: Say, judged: Any = None) -> int:
    """Score a kept run, write scores and report, say both, and hold the gates where asked."""
    from evals import gates, report
    from evals.case import OFFICE
    from evals.run import keep_scores, read_run

    rows, errors = found.scored()
    table = keep_scores(found.folder, rows, errors, found.settings)
    earlier = read_run(args.against) if args.against else None
    failed = gates.failures([row for row in rows if row.case.split != OFFICE], gates.bounds(), gates.published(found.settings["texts"])) if args.gate else []
    page = report.write(found.folder / "report.html", report.Content(found.settings, rows, errors, failed, earlier, judged))
    if args.json:
        say(json.dumps({"about": found.settings, "errors": errors, "scores": table}, ensure_ascii=False, indent=1))
    else:
        _say_table({name: row for name, row in table.items() if "/" not in name or found.settings["split"] == "all"}, say)
        say(f"记录在 {found.folder}，报告是 {page.name}")
    return _verdict(errors, failed, args.gate, say)


def _say_table(table: dict[str, dict[str, float]], say: Say) -> None:
    for name, row in table.items():
        say(f"{name}：" + "，".join(f"{measure} {value:g}" for measure, value in row.items()))


def _verdict(errors: Sequence[str], failed: Sequence[str], gate: bool, say: Say) -> int:
    for line in errors:
        say(f"评测出错：{line}")
    for line in failed:
        say(f"未达门槛：{line}")
    if gate and not failed:
        say("各项门槛都达到了")
    return PROBLEMS if errors or failed else OK


def _publish(args: argparse.Namespace, say: Say) -> int:
    from evals import publish
    from evals.run import RUNS, read_run

    name = args.folder or max((path.parent.name for path in RUNS.glob("*/settings.json")), default="")
    say(f"已发布到 {publish.publish(read_run(name), args.name)}")
    return OK


def _agreement(args: argparse.Namespace, say: Say) -> int:
    from evals import agreement

    found = agreement.measure()
    say(json.dumps(found, ensure_ascii=False, indent=1) if args.json else agreement.told(found))
    return OK
