"""`shezu corpus export DIR` and `shezu corpus import --knowledge DIR`: the office's own layer and texts as files, for git or another machine."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.settings import Settings
from api.speech import OK, out_json, say
from api.staff.ledger import Ledger
from api.store import Store
from corpus import portable
from corpus.library import shipped_knowledge
from corpus.proposal import KINDS


def add_parser(corpus: Any) -> None:
    """`corpus export`; `import --knowledge` stands with the other imports."""
    out = corpus.add_parser("export", help="把本局的要点、指南、目录、办事机构和原文写成文件，供 git 保管")
    out.add_argument("folder", type=Path, help="写到哪个文件夹，如 ~/yuliao")
    out.add_argument("--json", action="store_true")
    out.set_defaults(run=run_export)


def run_export(args: argparse.Namespace, settings: Settings) -> int:
    """Write the layer and texts out."""
    return _told(portable.export(settings.home, args.folder), args, f"已写到 {args.folder}")


def run_take_in(args: argparse.Namespace, settings: Settings) -> int:
    """Take a folder in; the audit log keeps that it came by command."""
    carried = portable.take_in(settings.home, args.knowledge, shipped_knowledge(), replace=args.replace)
    store = Store(settings.database_url)
    try:
        Ledger(store).record(None, "命令行", "导入本局语料", str(args.knowledge), _words(carried))
    finally:
        store.close()
    code = _told(carried, args, "有变化的")
    if not args.json and (carried.texts or any(carried.items.values())):
        say("运行 shezu index build 后才会用于回答。")
    return code


def _told(carried: portable.Carried, args: argparse.Namespace, words: str) -> int:
    if args.json:
        out_json(asdict(carried))
    else:
        say(f"{words}：{_words(carried)}")
    return OK


def _words(carried: portable.Carried) -> str:
    return "，".join([*(f"{KINDS[kind]} {count}" for kind, count in carried.items.items()), f"原文 {carried.texts}"])
