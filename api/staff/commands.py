"""`shezu staff …`: the first admin, a new password where nobody can sign in, and the check of the audit log."""

from __future__ import annotations

import argparse
import getpass
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.settings import Settings
from api.speech import OK, PROBLEMS, out_json, say
from api.staff import passwords
from api.staff.accounts import Accounts, BadAccount
from api.staff.guesses import Guesses
from api.staff.ledger import Ledger
from api.staff.passwords import WeakPassword
from api.staff.roles import Role, called
from api.store import Store

ANCHOR = re.compile(r"(\d{1,9}):([0-9a-f]{64})")
CONSOLE = "命令行"


def add_parsers(commands: Any) -> None:
    """The staff commands."""
    staff = commands.add_parser("staff", help="工作台的账号和审计日志").add_subparsers(dest="action", required=True, metavar="动作")
    add = staff.add_parser("add-admin", help="开一个管理员账号（第一个管理员只能这样开）")
    add.add_argument("name", help="登录名：小写字母、数字、点、短横或下划线")
    add.add_argument("--display", default="", help="姓名")
    _add_password(add)
    add.set_defaults(run=run_add_admin)
    reset = staff.add_parser("reset", help="重置一个账号的密码，并解除登录锁定")
    reset.add_argument("name", help="登录名")
    _add_password(reset)
    reset.set_defaults(run=run_reset)
    listed = staff.add_parser("list", help="列出账号")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=run_list)
    verify = staff.add_parser("verify-ledger", help="逐条核对审计日志有没有被改过")
    verify.add_argument("--since", type=_anchor, default=None, metavar="编号:校验码", help="以前记下的最后一条，查末尾有没有被删掉")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=run_verify)


def _add_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-file", type=Path, default=None, help="从文件第一行读一次性密码；不给就随机生成并显示一次")
    parser.add_argument("--ask", action="store_true", help="在终端里输入一次性密码")


def run_add_admin(args: argparse.Namespace, settings: Settings) -> int:
    """Open an admin's account with a one-time password."""
    with _opened(settings) as store:
        try:
            password, shown = _password(args)
            account = Accounts(store).add(args.name, args.display, [Role.ADMIN], password)
        except (BadAccount, WeakPassword) as bad:
            say(str(bad))
            return PROBLEMS
        Ledger(store).record(None, CONSOLE, "开账号", account.staff.name, f"角色：{called(account.staff.roles)}")
    _tell(shown, f"管理员 {args.name} 已开通，请打开 {settings.base_url}/console/ 登录，第一次登录要改密码")
    return OK


def run_reset(args: argparse.Namespace, settings: Settings) -> int:
    """Give an account a one-time password."""
    with _opened(settings) as store:
        accounts = Accounts(store)
        account = accounts.named(args.name)
        if account is None:
            say(f"没有登录名为“{args.name}”的账号，用 shezu staff list 查看")
            return PROBLEMS
        try:
            password, shown = _password(args)
            accounts.reset(account.staff.id, password)
        except (BadAccount, WeakPassword) as bad:
            say(str(bad))
            return PROBLEMS
        Guesses(store).forgive(args.name)
        Ledger(store).record(None, CONSOLE, "重置密码", args.name, "成功")
    _tell(shown, f"{args.name} 的密码已重置，原来的登录已退出，下次登录要改密码")
    return OK


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    """Print all accounts."""
    with _opened(settings) as store:
        found = Accounts(store).all()
    if args.json:
        rows = [{"name": one.staff.name, "display": one.staff.display, "roles": sorted(one.staff.roles), "disabled": bool(one.disabled)} for one in found]
        out_json(rows)
        return OK
    for one in found:
        state = "已停用" if one.disabled else "等待首次改密" if one.once else "在用"
        say(f"{one.staff.name} {one.staff.display} {state}：{called(one.staff.roles) or '没有角色'}")
    if not found:
        say("还没有账号，开第一个管理员：shezu staff add-admin 登录名")
    return OK


def run_verify(args: argparse.Namespace, settings: Settings) -> int:
    """Read the whole chain; 1 where it does not hold."""
    with _opened(settings) as store:
        found = Ledger(store).verify(args.since)
    if args.json:
        out_json(asdict(found))
    elif found.broken is not None:
        say(f"第 {found.broken} 条有问题：{found.why}（之前 {found.entries} 条完好）")
    else:
        say(f"{found.entries} 条全部完好。最后一条 {found.entries}:{found.last}")
        say("把这一行抄在别处，以后用 --since 对照，可以查出末尾有没有被删")
    if found.backwards and not args.json:
        say(f"注意：第 {'、'.join(map(str, found.backwards[:10]))} 条的时间早于上一条，请检查服务器时钟")
    return OK if found.broken is None else PROBLEMS


def _password(args: argparse.Namespace) -> tuple[str, str]:
    """The one-time password, and what of it is to be shown: only what was made here. Raises BadAccount where the file is not read."""
    if args.password_file:
        try:
            return (args.password_file.read_text(encoding="utf-8").splitlines() or [""])[0].strip(), ""
        except (OSError, UnicodeDecodeError):
            raise BadAccount(f"读不到密码文件 {args.password_file}，请检查路径和权限") from None
    if args.ask:
        return getpass.getpass("一次性密码："), ""
    made = passwords.once()
    return made, made


def _tell(password: str, words: str) -> None:
    if password:
        say(password)
        words = f"上面是一次性密码，只显示这一次。{words}"
    say(words)


def _anchor(text: str) -> tuple[int, str]:
    found = ANCHOR.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError(f"“{text}”要写成 编号:校验码，照抄以前显示的那一行")
    return int(found[1]), found[2]


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    try:
        yield store
    finally:
        store.close()
