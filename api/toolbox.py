"""The tools' side of the shezu command: check-name, deadline, checklist, eligibility, charter-check. Exit 1 means found problems."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from api.settings import Settings
from api.speech import OK, PROBLEMS, USAGE, day, out_json, say, today_of
from assistant.tools import charter, checklist, deadlines, eligibility, names, notice, sheet_docx, sheet_page
from assistant.tools.findings import MARKS, Row, ToolProblem, Verdict, as_json
from assistant.tools.sheet import TICKS, Sheet, marks, source_line
from assistant.tools.workdays import spoken
from assistant.turn import Citation
from assistant.wording import words
from corpus.library import Library
from corpus.office import load_office

YES, NO = ("是", "有", "yes", "y", "true"), ("否", "没有", "无", "no", "n", "false")


def add_parsers(commands: Any) -> None:
    """Add the five commands to the top parser's subparsers."""
    _add_name(commands)
    _add_deadline(commands)
    _add_checklist(commands)
    _add_eligibility(commands)
    _add_charter(commands)


def _add_name(commands: Any) -> None:
    parser = commands.add_parser("check-name", help="对照名称规则逐条检查一个名称：shezu check-name 宁波市阳光养老服务中心 --type 民办非企业单位")
    parser.add_argument("name", help="拟用名称全称")
    parser.add_argument("--type", default="", help="社会团体、基金会、民办非企业单位或分支机构；不写时看结尾")
    parser.add_argument("--level", default="", help="全国性、省级、市级或县级")
    parser.add_argument("--region", default="", help="登记地，如 浙江省宁波市")
    parser.add_argument("--parent", default="", help="分支机构所属组织的全称")
    parser.add_argument("--person", action="append", default=[], help="名称里用到的人名，可重复")
    _common(parser, run_name)


def _add_deadline(commands: Any) -> None:
    parser = commands.add_parser("deadline", help="从起算事件推算最后一天：shezu deadline shetuan-close 2026-03-03")
    parser.add_argument("event", nargs="?", help="起算事件的代号，用 --list 查看")
    parser.add_argument("start", nargs="?", type=day, help="起算那天，如 2026-03-03；每年固定日期的写该年任意一天")
    parser.add_argument("--list", action="store_true", help="列出全部起算事件")
    _common(parser, run_deadline)


def _add_checklist(commands: Any) -> None:
    parser = commands.add_parser("checklist", help="材料和步骤清单：shezu checklist 社会团体 成立 --level 市级 --region 浙江省宁波市")
    parser.add_argument("type", help="组织类型")
    parser.add_argument("matter", help="事项，如 成立、变更、注销")
    parser.add_argument("--level", default="")
    parser.add_argument("--region", default="")
    parser.add_argument("--case", action="append", default=[], help="情形，如 法定代表人、住所，可重复")
    parser.add_argument("--guide", default="", help="直接指定办事指南")
    parser.add_argument("--lacking", action="append", default=[], metavar="序号=问题", help="改出一次性告知单：第几项材料缺什么，可重复")
    parser.add_argument("--applicant", default="", help="告知单上的申请人")
    parser.add_argument("--out", type=Path, default=None, help="写成 .html 或 .docx 文件")
    _common(parser, run_checklist)


def _add_eligibility(commands: Any) -> None:
    parser = commands.add_parser("eligibility", help="回答几个问题，看适合办哪一类、还缺什么")
    for name, question in words("eligibility")["questions"].items():
        choices = question.get("choices")
        shown = "；".join(f"{key}={text}" for key, text in choices.items()) if choices else question.get("unit") or "是/否"
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, default=None, help=f"{question['ask']}（{shown}）".replace("%", "%%"))
    _common(parser, run_eligibility)


def _add_charter(commands: Any) -> None:
    parser = commands.add_parser("charter-check", help="检查章程草案写全了没有：shezu charter-check 章程.docx --type 社会团体")
    parser.add_argument("file", type=Path, help="章程草案（docx、pdf、md、txt、html）")
    parser.add_argument("--type", required=True, help="社会团体、民办非企业单位或基金会")
    parser.add_argument("--charity", action="store_true", help="同时按慈善组织检查")
    _common(parser, run_charter)


def _common(parser: Any, run: Callable[[argparse.Namespace, Settings], int]) -> None:
    parser.add_argument("--date", type=day, default=None, help="适用日期，默认今天")
    parser.add_argument("--json", action="store_true", help="输出结构化结果")
    parser.set_defaults(run=_guarded(run))


def _guarded(run: Callable[[argparse.Namespace, Settings], int]) -> Callable[[argparse.Namespace, Settings], int]:
    def guarded(args: argparse.Namespace, settings: Settings) -> int:
        try:
            return run(args, settings)
        except ToolProblem as problem:
            sys.stderr.write(f"{problem}\n")
            return USAGE

    return guarded


def _library(settings: Settings) -> Library:
    return Library.at(settings.home)


def _on(args: argparse.Namespace, settings: Settings) -> date:
    return args.date or today_of(settings)


def run_name(args: argparse.Namespace, settings: Settings) -> int:
    """Check a name: 1 where a rule is broken."""
    found = names.check(
        _library(settings), args.name, args.type, on=_on(args, settings), level=args.level, region=args.region, parent=args.parent, persons=tuple(args.person)
    )
    if not args.json:
        say(f"{found.name}（{found.kind}）：{MARKS[found.verdict]}")
        say("；".join(f"{title}：{text}" for title, text in found.parts))
    return _finish(args, found, found.verdict, found.rows, found.citations, found.notices)


def run_deadline(args: argparse.Namespace, settings: Settings) -> int:
    """Compute a last day, or list the events: 1 where the calendar does not reach it."""
    if args.list:
        for event in deadlines.events():
            say(f"{event.key}｜{event.matter}｜{event.event} → {event.who}{event.what}")
        return OK
    if not args.event or not args.start:
        raise ToolProblem("缺少起算事件或起算日期，例如 shezu deadline shetuan-close 2026-03-03；用 --list 查看全部事件")
    found = deadlines.compute(_library(settings), deadlines.event(args.event), args.start)
    if not args.json:
        say(f"最后一天：{spoken(found.due)}" if found.due else "最后一天：不能断定")
        if found.due and found.safe != found.due and found.safe:
            say(f"这天休息，请在 {spoken(found.safe)}前办：")
    return _finish(args, found, found.verdict, found.rows, found.citations, found.notices)


def run_checklist(args: argparse.Namespace, settings: Settings) -> int:
    """Print a checklist or a one-time notice, or write it as a page or Word file."""
    library, office = _library(settings), load_office(settings.office)
    found = checklist.checklist(
        library, args.type, args.matter, on=_on(args, settings), level=args.level, region=args.region, circumstances=args.case, guide=args.guide, office=office
    )
    value: Any = found
    sheet = checklist.sheet(found)
    if args.lacking:
        value = notice.notice(library, found, _lacking(args.lacking), applicant=args.applicant, received=_on(args, settings))
        sheet = notice.sheet(value, office)
    if args.out:
        _write(sheet, args.out)
        say(f"已写入 {args.out}")
    elif args.json:
        out_json(as_json(value))
    else:
        _print_sheet(sheet)
    return OK


def _lacking(written: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for text in written:
        number, _, reason = text.partition("=")
        if not number.strip().isdigit() or not reason.strip():
            raise ToolProblem(f"“{text}”写法不对，请写成 3=缺第二页", "lacking", text)
        found[int(number)] = reason.strip()
    return found


def _write(sheet: Sheet, out: Path) -> None:
    if out.suffix.lower() == ".docx":
        out.write_bytes(sheet_docx.document(sheet))
    elif out.suffix.lower() in (".html", ".htm"):
        out.write_text(sheet_page.page(sheet), encoding="utf-8")
    else:
        raise ToolProblem(f"{out.name}：只能写成 .html 或 .docx 文件", "out", out.name)


def _print_sheet(sheet: Sheet) -> None:
    say(sheet.title)
    for name, value in sheet.facts:
        say(f"{name}：{value}")
    for part in sheet.parts:
        say(f"\n{part.title}")
        for entry in part.entries:
            name = f"{entry.name}：" if entry.name else ""
            details = f"（{entry.details}）" if entry.details else ""
            say(f"{'☐' if part.kind == TICKS else '·'} {name}{entry.text}{marks(entry.cites)}{details}")
    _sources(sheet.citations, (*sheet.warnings, *sheet.footer))


def run_eligibility(args: argparse.Namespace, settings: Settings) -> int:
    """Assess answers: 1 where the best type still lacks something."""
    given = {name: _value(name, getattr(args, name)) for name in words("eligibility")["questions"] if getattr(args, name) is not None}
    found = eligibility.assess(_library(settings), eligibility.answers_from(given), on=_on(args, settings))
    if not args.json:
        say(f"最接近的是：{found.best}" if found.best else "按这些回答，三类社会组织都不合适。")
        for fit in found.fits:
            say(f"\n{fit.kind}：{MARKS[fit.verdict]}")
            _rows(fit.rows)
        _rows(found.advice)
    return _finish(args, found, found.verdict, (), found.citations, found.notices)


def _value(name: str, text: str) -> Any:
    question = words("eligibility")["questions"][name]
    if question.get("choices"):
        return text
    if question.get("unit"):
        if not text.isdigit():
            raise ToolProblem(f"{question['ask']}：“{text}”不是数字，请写整数（单位 {question['unit']}）", name, text)
        return int(text)
    if text.lower() in (*YES, *NO):
        return text.lower() in YES
    raise ToolProblem(f"{question['ask']}：“{text}”看不懂，请写 是 或 否", name, text)


def run_charter(args: argparse.Namespace, settings: Settings) -> int:
    """Check a charter draft: 1 where a clause is missing or doubtful."""
    if not args.file.is_file():
        raise ToolProblem(f"没有文件 {args.file}，请检查路径", "file", str(args.file))
    text = charter.text_of(args.file.read_bytes(), args.file.name)
    found = charter.check(_library(settings), text, args.type, on=_on(args, settings), charity=args.charity)
    if not args.json:
        missing = [clause.row.title for clause in found.clauses if clause.state is charter.State.MISSING]
        say(f"章程草案（{found.kind}）：{MARKS[found.verdict]}" + (f"；没有写：{'、'.join(missing)}" if missing else ""))
        for line in found.blanks:
            say(f"还没填：{line}")
    return _finish(args, found, found.verdict, found.rows, found.citations, found.notices)


def _finish(args: argparse.Namespace, found: Any, verdict: Verdict, rows: tuple[Row, ...], citations: tuple[Citation, ...], notices: tuple[str, ...]) -> int:
    if args.json:
        out_json(as_json(found))
    else:
        _rows(rows)
        _sources(citations, notices)
    return OK if verdict is Verdict.OK else PROBLEMS


def _rows(rows: tuple[Row, ...]) -> None:
    for row in rows:
        say(f"[{MARKS[row.verdict]}] {row.title}：{row.text}{marks(row.cites)}")


def _sources(citations: tuple[Citation, ...], notices: tuple[str, ...]) -> None:
    if citations:
        say("\n依据：")
    for citation in citations:
        say(source_line(citation))
    for text in notices:
        say(f"提示：{text}")
