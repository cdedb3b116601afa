"""`shezu database`: the step that the database's tables are at, and taking steps forwards and back."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.migrations import history
from api.settings import Settings
from api.speech import OK, PROBLEMS, complain, say
from api.store import engine_of


def add_parsers(commands: Any) -> None:
    """The database commands."""
    database = commands.add_parser("database", help="数据库结构：查看、升级、退回旧版本的结构")
    kinds = database.add_subparsers(dest="database", required=True, metavar="动作")
    kinds.add_parser("status", help="数据库的结构到第几步，本程序要第几步").set_defaults(run=run_status)
    kinds.add_parser("upgrade", help="升级到本程序的结构（启动服务时也会自动做）").set_defaults(run=run_upgrade)
    back = kinds.add_parser("downgrade", help="退回旧版本的结构，好让旧版本的程序打开；先停服务、先备份")
    back.add_argument("step", help=f"退到哪一步，如 0006；{history.BASE} 是没有编号以前")
    back.add_argument("--lose", action="store_true", help="知道旧结构放不下的数据会丢掉")
    back.set_defaults(run=run_downgrade)


def run_status(_: argparse.Namespace, settings: Settings) -> int:
    """Tell the step of the database and of this program; 1 where they differ."""
    return _with(settings, _told)


def run_upgrade(_: argparse.Namespace, settings: Settings) -> int:
    """Take the steps that are missing."""

    def up(engine: Engine) -> int:
        taken = history.upgrade(engine)
        say(f"已升级：{'、'.join(taken)}" if taken else f"数据库已是本程序的结构（{history.head()}），没有要做的")
        return OK

    return _with(settings, up)


def run_downgrade(args: argparse.Namespace, settings: Settings) -> int:
    """Take steps back."""

    def down(engine: Engine) -> int:
        descent = history.downgrade(engine, args.step, args.lose)
        say(f"已退回：{'、'.join(descent.steps)}" if descent.steps else f"数据库的结构已是 {args.step}，没有要做的")
        if descent.lost:
            say("旧结构放不下、已经去掉的：" + "、".join(f"{name} {rows} 行" for name, rows in descent.lost.items()))
        say("现在请换上旧版本的程序再启动；用本程序启动会重新升级")
        return OK

    return _with(settings, down)


def _told(engine: Engine) -> int:
    with engine.connect() as connection:
        now = history.state(connection)
    say(f"数据库的结构 {now or history.BASE}，本程序的结构 {history.head()}")
    if now == history.head():
        return OK
    say("启动服务或运行 shezu database upgrade 就会升级" if not now or history.known(now) else "数据库比本程序新，请换上新版本的程序")
    return PROBLEMS


def _with(settings: Settings, work: Any) -> int:
    engine = engine_of(settings.database_url)
    try:
        return int(work(engine))
    except SQLAlchemyError as error:
        complain(f"数据库用不了（{type(error).__name__}），请检查 SHEZU_DATABASE 和数据库服务")
        return PROBLEMS
    finally:
        engine.dispose()
