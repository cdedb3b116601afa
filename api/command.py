"""The shezu command: serve, ask, search, corpus, index, eval and the tools. Exit codes: 0 ok, 1 found problems, 2 usage."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from api import command_backup, command_corpus, command_database, command_index, configuration, expiry, keys, toolbox
from api.migrations.history import StoreProblem
from api.settings import BadSetting, Settings, from_environment
from api.speech import OK, PROBLEMS, USAGE, bar, day, out_json, say, today_of
from api.staff import commands as staff
from assistant.errors import ModelProblem
from corpus.errors import CorpusError
from index.errors import IndexProblem


class ChineseParser(argparse.ArgumentParser):
    """argparse with Chinese messages and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and how to find help."""
        for english, chinese in (
            ("the following arguments are required:", "缺少参数："),
            ("unrecognized arguments:", "不认识的参数："),
            ("invalid choice:", "不在可选值里："),
            ("expected one argument", "后面要跟一个值"),
            ("expected at least one argument", "后面至少要跟一个值"),
            ("argument ", "参数 "),
            ("choose from", "可选"),
            ("invalid", "不合要求："),
        ):
            message = message.replace(english, chinese)
        print(f"用法有误：{message}\n请用 {self.prog} --help 查看用法", file=sys.stderr)
        raise SystemExit(USAGE)


def parser() -> ChineseParser:
    """The whole command line."""
    top = ChineseParser(prog="shezu", description="社会组织登记管理问答：每句话都有条文依据")
    commands = top.add_subparsers(dest="command", required=True, metavar="命令")
    serve = commands.add_parser("serve", help="启动网页和接口")
    serve.add_argument("--host", default=None)
    serve.add_argument("--port", type=int, default=None)
    serve.set_defaults(run=run_serve)
    _add_ask(commands)
    _add_search(commands)
    command_corpus.add_parsers(commands)
    command_index.add_parsers(commands)
    command_backup.add_parsers(commands)
    command_database.add_parsers(commands)
    configuration.add_parsers(commands)
    toolbox.add_parsers(commands)
    keys.add_parsers(commands)
    staff.add_parsers(commands)
    expiry.add_parsers(commands)
    _add_eval(commands)
    return top


def _add_ask(commands: Any) -> None:
    ask = commands.add_parser("ask", help="问一个问题，或成批提问")
    ask.add_argument("question", nargs="?")
    ask.add_argument("--json", action="store_true", help="输出结构化结果")
    ask.add_argument("--date", type=day, default=None, help="适用日期，如 2020-01-01")
    ask.add_argument("--region", default="", help="地区，如 浙江省宁波市")
    ask.add_argument("--audience", choices=("applicant", "clerk"), default="applicant")
    ask.add_argument("--maker", choices=("template", "model"), default="template")
    ask.add_argument("--batch", type=Path, default=None, help="成批提问的 JSONL 文件")
    ask.add_argument("--out", type=Path, default=None, help="成批回答写到哪里")
    ask.set_defaults(run=run_ask)


def _add_search(commands: Any) -> None:
    search = commands.add_parser("search", help="只检索条文和指南")
    search.add_argument("question", nargs="?")
    search.add_argument("--json", action="store_true")
    search.add_argument("--date", type=day, default=None)
    search.add_argument("--region", default="")
    search.add_argument("--top", type=int, default=20)
    search.add_argument("--batch", type=Path, default=None)
    search.add_argument("--out", type=Path, default=None)
    search.set_defaults(run=run_search)


def _add_eval(commands: Any) -> None:
    from evals.command import add_parsers

    add_parsers(commands, say, bar)


def run_serve(args: argparse.Namespace, settings: Settings) -> int:
    """Start the server."""
    from api import exposure
    from api.app import create_app
    from api.serving import Server, share_heaps
    from index.serving import serviceable

    share_heaps()
    host, port = args.host or settings.host, args.port or settings.port
    exposure.check(settings, host)
    release, wrong = serviceable(settings.home)
    if wrong:
        say(f"注意：{wrong}，先用它之前完好的发布")
    say(f"使用发布 {release.id}：要点 {release.manifest['digests']} 条，指南 {release.manifest['guides']} 份，已导入原文 {release.manifest['texts']} 件")
    say(f"请打开 http://{host}:{port} （Ctrl+C 停止）")
    Server(create_app(settings), settings, host, port).run()
    return OK


def run_ask(args: argparse.Namespace, settings: Settings) -> int:
    """Answer one question or a file of them."""
    from api.batch import ask_line, ask_once

    if args.maker == "model" and not settings.model_url:
        raise BadSetting("--maker model 需要先设置 SHEZU_MODEL_URL 和 SHEZU_MODEL_NAME")
    if args.batch:
        return _batch(args, settings, lambda assistant, line: ask_line(assistant, line, today_of(settings), args.maker))
    if not args.question:
        parser().error("缺少问题，或用 --batch 文件")
    assistant = open_assistant(settings)
    result = ask_once(assistant, args.question, today_of(settings), on=args.date, region=args.region, audience=args.audience, maker=args.maker)
    if args.json:
        out_json(result.as_json())
    else:
        say(result.text)
    return OK


def run_search(args: argparse.Namespace, settings: Settings) -> int:
    """Search for one question or a file of them."""
    from api.batch import search_line

    if args.batch:
        return _batch(args, settings, lambda assistant, line: search_line(assistant, line, today_of(settings), args.top))
    if not args.question:
        parser().error("缺少问题，或用 --batch 文件")
    row = {"id": "", "turns": [args.question], "date": args.date.isoformat() if args.date else None, "region": args.region}
    found = search_line(open_assistant(settings), row, today_of(settings), args.top)
    if args.json:
        out_json(found)
    else:
        for hit in found["hits"]:
            say(f"{hit['score']:.3f} 《{hit['title']}》{hit['article']}（{hit['edition']}）")
    return OK


def open_assistant(settings: Settings) -> Any:
    """The assistant over the current release. Raises IndexProblem."""
    from api.service import model_of
    from assistant.pipeline import Assistant
    from index.rerank import Reranking, opened

    search = Reranking.open(settings.home, settings.embedder, settings.vector_server, opened(settings.reranker))
    return Assistant(search, model_of(settings))


def _batch(args: argparse.Namespace, settings: Settings, answer: Callable[[Any, dict[str, Any]], dict[str, Any]]) -> int:
    from api.batch import read_lines

    if not args.out:
        parser().error("--batch 要和 --out 一起用")
    rows = read_lines(args.batch)
    assistant = open_assistant(settings)
    with args.out.open("w", encoding="utf-8") as file:
        for row in bar(rows, "回答"):
            file.write(json.dumps(answer(assistant, row), ensure_ascii=False) + "\n")
    say(f"{len(rows)} 题已写入 {args.out}")
    return OK


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry point; foreseen errors are said in Chinese, with exit code 1 or 2."""
    args = parser().parse_args(arguments)
    try:
        settings = from_environment()
        code: int = args.run(args, settings)
    except BadSetting as problem:
        print(f"设置有误：{problem}", file=sys.stderr)
        return USAGE
    except (CorpusError, IndexProblem, ModelProblem, StoreProblem) as problem:
        print(str(problem), file=sys.stderr)
        return PROBLEMS
    except BrokenPipeError:
        sys.stderr.close()
        return OK
    except KeyboardInterrupt:
        print("已停止，已完成的部分都保留着", file=sys.stderr)
        return PROBLEMS
    return code


if __name__ == "__main__":
    raise SystemExit(main())
