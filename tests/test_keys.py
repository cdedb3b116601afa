from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import everything

from api import keys
from api.keys import Keys
from api.problems import Problem
from api.settings import Settings
from api.speech import OK, PROBLEMS
from api.store import Store


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: str):
    made = Store(database)
    yield made
    made.close()


@pytest.fixture
def book(store: Store, clock: Clock) -> Keys:
    return Keys(store, clock)


def refused(book: Keys, authorization: str, scope: str = "chat") -> Problem:
    with pytest.raises(Problem) as found:
        book.admit(authorization, scope)
    return found.value


def test_a_key_is_admitted_for_its_scopes_only(book: Keys):
    key, token = book.add("大厅", ["chat", "mcp"])
    assert book.admit(f"Bearer {token}", "chat")[0].id == key.id
    assert book.admit(f"bearer  {token} ", "mcp")[0].name == "大厅"
    assert refused(book, f"Bearer {token}", "retrieval").status == 403


def test_the_secret_is_nowhere_in_the_database(book: Keys, database: str):
    _, token = book.add("大厅", ["chat"])
    secret = token.split("-", 2)[2]
    held = str(everything(database))
    assert "大厅" in held
    assert secret not in held


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic abc", "Bearer shezu-00000000-" + "a" * 43])
def test_what_is_no_key_is_refused_with_a_challenge(book: Keys, authorization: str):
    problem = refused(book, authorization)
    assert problem.status == 401
    assert problem.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_changed_secret_is_refused(book: Keys):
    _, token = book.add("大厅", ["chat"])
    assert refused(book, f"Bearer {token[:-1]}{'A' if token[-1] != 'A' else 'B'}").status == 401


def test_a_revoked_key_is_refused_at_once(book: Keys):
    key, token = book.add("大厅", ["chat"])
    book.admit(f"Bearer {token}", "chat")
    assert book.revoke(key.id)
    assert not book.revoke(key.id)
    assert refused(book, f"Bearer {token}").status == 401


def test_a_key_has_a_rate(book: Keys):
    _, token = book.add("大厅", ["chat"], per_minute=2)
    headers = [book.admit(f"Bearer {token}", "chat")[1]["RateLimit-Remaining"] for _ in range(2)]
    assert headers == ["1", "0"]
    problem = refused(book, f"Bearer {token}")
    assert problem.status == 429
    assert int(problem.headers["Retry-After"]) > 0


def test_a_key_has_a_quota_that_ends_at_midnight_in_china(book: Keys, clock: Clock):
    _, token = book.add("大厅", ["chat"], per_minute=0, per_day=2)
    for _ in range(2):
        book.admit(f"Bearer {token}", "chat")
    problem = refused(book, f"Bearer {token}")
    assert problem.status == 429
    assert int(problem.headers["Retry-After"]) == 12 * 3600 + 1
    assert book.all()[0].used == 2
    clock.now += timedelta(hours=12)
    book.admit(f"Bearer {token}", "chat")
    assert book.all()[0].used == 1


def test_a_quota_holds_under_many_at_once(book: Keys):
    _, token = book.add("大厅", ["chat"], per_minute=0, per_day=20)

    def one(_: int) -> bool:
        try:
            book.admit(f"Bearer {token}", "chat")
        except Problem:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(60))) == 20


def test_counts_of_long_ago_are_not_kept(book: Keys, clock: Clock, database: str):
    _, token = book.add("大厅", ["chat"])
    book.admit(f"Bearer {token}", "chat")
    clock.now += timedelta(days=401)
    book.admit(f"Bearer {token}", "chat")
    assert len(everything(database)["api_uses"]) == 1


@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_a_key_needs_scopes_that_exist(book: Keys, scopes: list[str]):
    with pytest.raises(ValueError, match="chat"):
        book.add("大厅", scopes)


def run(tmp_path: Path, *arguments: str) -> int:
    import argparse

    top = argparse.ArgumentParser()
    keys.add_parsers(top.add_subparsers())
    args = top.parse_args(["key", *arguments])
    return args.run(args, Settings(home=tmp_path))


def test_the_commands_add_list_and_revoke(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "list") == OK
    assert "shezu key add" in capsys.readouterr().out
    assert run(tmp_path, "add", "大厅", "--scope", "chat", "--scope", "mcp", "--per-day", "10") == OK
    token = capsys.readouterr().out.splitlines()[0]
    assert run(tmp_path, "list", "--json") == OK
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["scopes"], row["per_day"], row["revoked"]) == ("大厅", ["chat", "mcp"], 10, None)
    assert run(tmp_path, "revoke", row["id"]) == OK
    assert run(tmp_path, "revoke", row["id"]) == PROBLEMS
    capsys.readouterr()
    assert run(tmp_path, "list") == OK
    assert "已停用" in capsys.readouterr().out
    store = Store(Settings(home=tmp_path).database_url)
    assert refused(Keys(store), f"Bearer {token}").status == 401
    store.close()


@pytest.mark.parametrize("arguments", [["add", "大厅"], ["add", "大厅", "--scope", "x"], ["add", "大厅", "--scope", "chat", "--per-day", "-1"]])
def test_a_bad_command_line_is_a_usage_error(tmp_path: Path, arguments: list[str]):
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path, *arguments)
    assert stopped.value.code == 2
