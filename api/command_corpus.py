"""`shezu corpus …`: import, list, show, compare and audit laws."""

from __future__ import annotations

import argparse
import re
import sys
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from tqdm import tqdm

from api import command_fetch, command_layer
from api.settings import Settings
from api.speech import OK, PROBLEMS, day, out_json, say, today_of
from corpus.article import Address, Law
from corpus.audit import audit, audit_outside, notices
from corpus.catalog import catalog_from
from corpus.coverage import coverage, report
from corpus.difference import compare
from corpus.errors import CorpusError
from corpus.intake import Texts, files_in, import_files
from corpus.library import Library, knowledge_at
from corpus.references import ARTICLE, article_label
from corpus.timeline import in_force, status


def add_parsers(commands: Any) -> None:
    """The corpus commands."""
    corpus = commands.add_parser("corpus", help="导入、列出、查看、核对文件").add_subparsers(dest="action", required=True, metavar="动作")
    bring = corpus.add_parser("import", help="导入官方文本（文件、文件夹或官网网址）")
    bring.add_argument("paths", nargs="*")
    bring.add_argument("--knowledge", type=Path, default=None, help="导入 shezu corpus export 写出的文件夹")
    bring.add_argument("--replace", action="store_true", help="和 --knowledge 一起用：文件夹里没有的本局内容也去掉")
    bring.add_argument("--json", action="store_true")
    bring.set_defaults(run=run_import)
    command_fetch.add_parser(corpus)
    command_layer.add_parser(corpus)
    listing = corpus.add_parser("list", help="列出文件和版本")
    listing.add_argument("--date", type=day, default=None)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    show = corpus.add_parser("show", help="查看一条：shezu corpus show 慈善法 第二十二条")
    show.add_argument("law")
    show.add_argument("article", nargs="?")
    show.add_argument("--date", type=day, default=None)
    show.set_defaults(run=run_show)
    diff = corpus.add_parser("diff", help="对照两个版本：shezu corpus diff 慈善法 2020-01-01 2026-01-01")
    diff.add_argument("law")
    diff.add_argument("before", type=day)
    diff.add_argument("after", type=day)
    diff.set_defaults(run=run_diff)
    audit = corpus.add_parser("audit", help="核对要点、指南与条文")
    audit.add_argument("--date", type=day, default=None)
    audit.add_argument("--json", action="store_true")
    audit.add_argument("--guide", type=Path, default=None, help="核对外来的办事指南（docx、html、pdf、md、txt）")
    audit.set_defaults(run=run_audit)
    cover = corpus.add_parser("coverage", help="要点和指南覆盖了多少")
    cover.add_argument("--json", action="store_true")
    cover.set_defaults(run=run_coverage)


def run_import(args: argparse.Namespace, settings: Settings) -> int:
    """Import files, folders, web addresses, or an office's own layer; a later `shezu index build` puts them into a release."""
    if args.knowledge:
        return command_layer.run_take_in(args, settings)
    if not args.paths:
        raise CorpusError("请写明要导入的文件、文件夹或网址，或用 --knowledge 指明本局语料的文件夹")
    urls = [place for place in args.paths if re.match(r"https?://", place)]
    paths = [Path(place) for place in args.paths if place not in urls]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise CorpusError(f"没有这个文件或文件夹：{'、'.join(missing)}")
    files = files_in(paths)
    if not files and not urls:
        raise CorpusError("里面没有可导入的文件（md、txt、html、docx、pdf）")
    started = time.perf_counter()
    catalog = catalog_from(knowledge_at(settings.home)["catalog"])
    with tqdm(total=len(files) + len(urls), desc="导入", unit="件", file=sys.stderr) as progress:
        reports = import_files(files, Texts(settings.home / "texts"), catalog, lambda report: _advance(progress)) if files else []
        reports += command_fetch.import_addresses(urls, settings, catalog, lambda report: _advance(progress))
    if args.json:
        out_json([asdict(report) for report in reports])
    else:
        for report in reports:
            what = f"《{report.law}》{report.edition}，{report.articles} 条；{'；'.join(report.checks)}" if report.law else report.reason
            say(f"{report.outcome} {report.file}：{what}")
        counts = {outcome: sum(r.outcome == outcome for r in reports) for outcome in ("已导入", "无变化", "已跳过", "未导入")}
        say(f"共 {len(reports)} 件：" + "，".join(f"{k} {v}" for k, v in counts.items()) + f"；用时 {time.perf_counter() - started:.1f} 秒")
        if counts["已导入"]:
            say("运行 shezu index build 后，新导入的原文才会用于回答。")
    return PROBLEMS if any(report.failed for report in reports) else OK


def _advance(progress: Any) -> None:
    progress.update()


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    """List laws with the edition in force on a day, whether its text is held, and how sure the catalog is of it."""
    library, on = Library.at(settings.home), args.date or today_of(settings)
    rows = [_row(library, law, on) for law in library.catalog]
    if args.json:
        out_json(rows)
        return OK
    for row in rows:
        sure = "" if row["confidence"] == "高" else f"｜可信度{row['confidence']}"
        say(f"{row['rank']}｜{row['title']}｜{row['edition'] or '—'}｜{row['status']}｜{'已导入原文' if row['held'] else '未导入原文'}{sure}")
    editions = [(law, edition) for law in library.catalog for edition in law.editions]
    held = sum((law.slug, edition.date) in library.held for law, edition in editions)
    exact, site = sum(bool(edition.url) for _, edition in editions), sum(bool(edition.url or law.url) for law, edition in editions)
    say(f"共 {len(rows)} 件 {len(editions)} 个版本：已导入原文 {held}；有官方网址的 {site}（其中具体到该版本网页的 {exact}）")
    return OK


def _row(library: Library, law: Law, on: date) -> dict[str, Any]:
    edition = in_force(law, on)
    held = edition is not None and (law.slug, edition.date) in library.held
    newer = law.newer is not None and edition == law.editions[-1] and law.editions[-1].date < law.newer.date
    return {
        "slug": law.slug,
        "title": law.title,
        "rank": law.rank,
        "region": law.region,
        "edition": edition.date if edition else None,
        "status": status(law, edition, on) if edition else "该日没有施行中的版本",
        "held": held,
        "text": "known-newer-edition" if newer else "held" if held else "missing",
        "confidence": law.confidence,
        "url": (edition.url if edition else "") or law.url,
    }


def run_show(args: argparse.Namespace, settings: Settings) -> int:
    """Show an article, or the list of articles."""

    library, on = Library.at(settings.home), args.date or today_of(settings)
    law = library.law(args.law)
    edition = library.edition(law, on)
    if edition is None:
        raise CorpusError(f"《{law.title}》在 {on} 没有施行中的版本，已知：{'、'.join(e.date for e in law.editions)}")
    say(f"《{law.title}》{edition.date} 文本，{status(law, edition, on)}")
    if not args.article:
        say("、".join(library.labels(law, edition)))
        return OK
    match = ARTICLE.fullmatch(args.article)
    label = article_label(match[1], match[2]) if match else args.article
    entry = library.entry(Address(law.slug, edition.date, label))
    if entry is None:
        raise CorpusError(f"《{law.title}》{edition.date} 文本里没有“{label}”")
    if entry.article:
        say(f"{entry.label}　{entry.article.text}")
    if entry.digest:
        say(f"\n要点（{entry.digest.topic}）：")
        for point in entry.digest.points:
            say(f"· {point.say}")
    return OK


def run_diff(args: argparse.Namespace, settings: Settings) -> int:
    """Two editions article by article."""

    library = Library.at(settings.home)
    for line in compare(library, library.law(args.law), args.before, args.after):
        say(line)
    return OK


def run_audit(args: argparse.Namespace, settings: Settings) -> int:
    """Check digests and guides against the texts and the calendar of editions, or an outside guide against what holds now."""
    library, on = Library.at(settings.home), args.date or today_of(settings)
    findings = audit_outside(args.guide, library, on) if args.guide else list(audit(library, on))
    if args.json:
        out_json([asdict(finding) for finding in findings])
        return PROBLEMS if findings else OK
    for finding in findings:
        say(f"{finding.kind}｜{finding.where}｜{finding.what}")
    if args.guide:
        say(f"核对了 {args.guide.name}：发现问题 {len(findings)} 处；没有列出的不等于都对")
        return PROBLEMS if findings else OK
    for notice in notices(library, on):
        say(f"提示｜{notice.where}｜{notice.what}")
    held = len(library.held)
    say(f"核对了要点 {len(library.digests)} 条、指南 {len(library.guides)} 份，对照原文 {held} 件；发现问题 {len(findings)} 处")
    if not held:
        say("没有导入原文，数额时限未能对照；先运行 shezu corpus import 再核对。")
    return PROBLEMS if findings else OK


def run_coverage(args: argparse.Namespace, settings: Settings) -> int:
    """How much of the laws that matter has digests and guides."""
    found = coverage(Library.at(settings.home))
    if args.json:
        out_json(asdict(found))
    else:
        for line in report(found):
            say(line)
    return OK if found.complete else PROBLEMS
