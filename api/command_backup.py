"""`shezu backup` and `shezu restore`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from api.backup import Kept, check, restore, save
from api.dump import DumpProblem
from api.migrations.history import StoreProblem
from api.settings import Settings
from api.speech import OK, PROBLEMS, complain, say


def add_parsers(commands: Any) -> None:
    """The backup commands."""
    backup = commands.add_parser("backup", help="备份数据库、原文、发布、审计日志和密钥（服务不用停）")
    backup.add_argument("file", type=Path, help="写到哪里，如 备份-20261123.zip")
    backup.add_argument("--without-release", action="store_true", help="不带索引发布，文件小些，恢复后要 shezu index build")
    backup.set_defaults(run=run_backup)
    back = commands.add_parser("restore", help="把备份恢复到一个新的 SHEZU_HOME 和空数据库")
    back.add_argument("file", type=Path)
    back.add_argument("--check", action="store_true", help="只演练：恢复到临时文件夹核对一遍，什么也不改")
    back.set_defaults(run=run_restore)


def run_backup(args: argparse.Namespace, settings: Settings) -> int:
    """Write a backup."""
    return _said(lambda: save(settings, args.file, not args.without_release), f"已备份到 {args.file}（只有本人可读，里面有咨询记录，请加密存放）")


def run_restore(args: argparse.Namespace, settings: Settings) -> int:
    """Restore a backup, or only prove that it can be."""
    if args.check:
        return _said(lambda: check(args.file), f"{args.file} 完好，可以恢复")
    return _said(lambda: restore(settings, args.file), f"{args.file} 已恢复到 {settings.home}")


def _said(work: Any, done: str) -> int:
    try:
        kept: Kept = work()
    except (DumpProblem, StoreProblem) as problem:
        complain(str(problem))
        return PROBLEMS
    except SQLAlchemyError as error:
        complain(f"数据库用不了（{type(error).__name__}），请检查 SHEZU_DATABASE 和数据库服务")
        return PROBLEMS
    say(done)
    rows = "、".join(f"{name} {count}" for name, count in kept.rows.items() if count) or "没有数据"
    say(f"备份时间 {kept.made}；原文和自有知识 {kept.files} 个文件；发布 {kept.release or '未带'}；数据行：{rows}")
    if kept.chain.broken is not None:
        complain(f"注意：审计日志第 {kept.chain.broken} 条{kept.chain.why}，请查明原因")
        return PROBLEMS
    say(f"审计日志 {kept.chain.entries} 条，校验链完整")
    return OK
