import importlib
import pkgutil
import sqlite3
import threading
from datetime import datetime

import pytest
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import JSON, create_engine, inspect, text

import api
from api import dump
from api.command import main
from api.migrations import history
from api.store import Base, Store, new_id

# What the program made before there were migrations (the revision before api/migrations came).
BEFORE = """
CREATE TABLE messages (id VARCHAR(32) NOT NULL, conversation VARCHAR(32) NOT NULL, created DATETIME NOT NULL, question TEXT NOT NULL,
  answer JSON NOT NULL, PRIMARY KEY (id));
CREATE INDEX ix_messages_conversation ON messages (conversation);
CREATE TABLE feedback (id VARCHAR(32) NOT NULL, message VARCHAR(32) NOT NULL, created DATETIME NOT NULL, rating INTEGER NOT NULL,
  reasons JSON NOT NULL, text TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(message) REFERENCES messages (id) ON DELETE CASCADE);
CREATE INDEX ix_feedback_message ON feedback (message);
INSERT INTO messages VALUES ('m1', 'c1', '2026-11-22 10:00:00.000000', '要几个会员', '{"status": "answered"}');
INSERT INTO feedback VALUES ('f1', 'm1', '2026-11-22 10:01:00.000000', 1, '["没答到"]', '');
"""


def every_model():
    for module in pkgutil.walk_packages(api.__path__, "api."):
        if module.name not in ("api.command", "api.mcp") and ".node_modules" not in module.name and not module.name.startswith("api.miniprogram"):
            importlib.import_module(module.name)
    return Base.metadata


@pytest.fixture
def url(database):
    return database


@pytest.fixture
def sqlite(tmp_path):
    return f"sqlite:///{tmp_path}/shezu.sqlite"


def missing_steps(url):
    """What a new step would have to do, as Python; "" where migrations and models agree."""
    Store(url).close()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found = produce_migrations(context, every_model()).upgrade_ops
            return "" if found.is_empty() else render_python_code(found)
    finally:
        engine.dispose()


def test_models_and_migrations_agree(url):
    """A failure prints what the next file of api/migrations/versions has to hold."""
    assert missing_steps(url) == ""


def test_steps_stand_in_one_line():
    steps = list(history.steps().walk_revisions())
    assert [len(step.nextrev) for step in steps] == [0] + [1] * (len(steps) - 1)
    assert not any(step.is_merge_point for step in steps)


def test_a_database_of_the_program_before_keeps_what_it_holds(tmp_path, sqlite):
    with sqlite3.connect(tmp_path / "shezu.sqlite") as old:
        old.executescript(BEFORE)
    old.close()
    store = Store(sqlite)
    assert store.message("m1") == {"status": "answered"}
    assert store.questions("c1") == ("要几个会员",)
    store.close()
    assert missing_steps(sqlite) == ""


def test_opening_again_takes_no_step(url):
    store = Store(url)
    engine = create_engine(url)
    assert history.upgrade(engine) == []
    engine.dispose()
    store.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(url, monkeypatch):
    def fail():
        raise RuntimeError("half way")

    last = history.steps().get_revision(history.head()).module
    monkeypatch.setattr(last, "upgrade", fail)
    with pytest.raises(RuntimeError, match="half way"):
        Store(url)
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    monkeypatch.undo()
    Store(url).close()


def test_a_database_of_a_newer_program_is_refused(url):
    Store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(history.StoreProblem, match="9999"):
        Store(url)


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(sqlite, monkeypatch):
    """SQLite rebuilds a table by dropping the old one, which would cascade."""
    store = Store(sqlite)
    message = new_id()
    store.keep(message, "c", "问", {"status": "answered"})
    rated = store.rate(message, 1, [], "")
    store.close()
    engine = create_engine(sqlite)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    def rebuild():
        from alembic import op

        for table in ("staff_ledger", "staff_sessions"):
            assert inspect(op.get_bind()).has_table(table)
        with op.batch_alter_table("messages", recreate="always"):
            pass

    monkeypatch.setattr(history.steps().get_revision("0002").module, "upgrade", rebuild)
    monkeypatch.setattr(history, "head", lambda: "0002")
    assert history.upgrade(engine) == ["0002"]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT id FROM feedback")) == rated
    engine.dispose()


def test_many_that_start_at_once_upgrade_once(url):
    stores, problems = [], []

    def start():
        try:
            stores.append(Store(url))
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert problems == []
    assert len(stores) == 8


VALUES = {"int": 7, "str": "文\n字", "bool": True, "datetime": datetime(2026, 11, 23, 1, 2, 3, 4), "float": 0.1, "bytes": b"\0\xff"}


def filled(url):
    """A database of this program with a row in every table."""
    Store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in dump._tables(connection):
            row = {column.name: {"a": [None, "文"]} if isinstance(column.type, JSON) else VALUES[column.type.python_type.__name__] for column in table.columns}
            if table.name == "staff_approvals":
                row |= {"until": "2026-12-31", "state": "active", "because": []}
            connection.execute(
                table.insert(), [{name: str(value)[: table.c[name].type.length or None] if isinstance(value, str) else value for name, value in row.items()}]
            )
    return engine


def rows(engine):
    """Every row as a dict, by table."""
    with engine.connect() as connection:
        return {table.name: [dict(row._mapping) for row in connection.execute(table.select())] for table in dump._tables(connection)}


def shape(engine):
    """Columns, keys, indexes and triggers of every table."""
    with engine.connect() as connection:
        about = inspect(connection)
        triggers = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if engine.dialect.name == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        functions = "SELECT 0" if engine.dialect.name == "sqlite" else "SELECT proname FROM pg_proc WHERE proname LIKE 'staff%'"
        tables = {
            name: (
                [(column["name"], str(column["type"]), column["nullable"]) for column in about.get_columns(name)],
                about.get_pk_constraint(name)["constrained_columns"],
                sorted((key["constrained_columns"], key["referred_table"], key["options"]) for key in about.get_foreign_keys(name)),
                sorted((index["name"], index["column_names"], index["unique"]) for index in about.get_indexes(name)),
                sorted(unique["column_names"] for unique in about.get_unique_constraints(name)),
            )
            for name in set(about.get_table_names()) - {history.VERSIONS}
        }
        return tables, sorted(connection.scalars(text(triggers))), sorted(connection.scalars(text(functions)))


def test_head_to_base_and_back_loses_only_what_the_older_tables_cannot_hold(url, tmp_path):
    """Each step back leaves the tables that the program of that step makes, with the rows that they held."""
    engine = filled(url)
    shapes, before = {}, rows(engine)
    fresh = create_engine(f"sqlite:///{tmp_path}/fresh.sqlite")
    numbers = [step.revision for step in reversed(list(history.steps().walk_revisions()))]
    for number in numbers if engine.dialect.name == "sqlite" else ():
        history.upgrade(fresh, number)
        shapes[number] = shape(fresh)
    fresh.dispose()
    for number in [*reversed(numbers[:-1]), history.BASE]:
        descent = history.downgrade(engine, number, losing=True)
        assert len(descent.steps) == 1
        after = rows(engine)
        assert descent.lost == dict.fromkeys(before.keys() - after.keys(), 1)
        for name, held in after.items():
            columns = set(held[0]) - ({"state", "because"} if name == "staff_approvals" else set())
            assert [{column: row[column] for column in columns} for row in held] == [{column: row[column] for column in columns} for row in before[name]]
        before = after
        if shapes:
            assert shape(engine) == shapes[numbers[0] if number == history.BASE else number]
    assert {"messages", "feedback", "tickets", "api_keys", "wechat_users"} <= before.keys()
    with engine.connect() as connection:
        assert history.state(connection) == ""
    assert history.upgrade(engine) == numbers
    assert {name: held for name, held in rows(engine).items() if held} == before
    engine.dispose()
    assert missing_steps(url) == ""
    Store(url).close()


def test_a_step_back_that_would_lose_rows_is_refused_unless_told(url):
    engine = filled(url)
    before = rows(engine)
    with pytest.raises(history.StoreProblem, match=r"staff_cases 1 行.*没有动它"):
        history.downgrade(engine, "0005")
    assert rows(engine) == before
    with pytest.raises(history.StoreProblem, match="退不到 0009"):
        history.downgrade(engine, "0009", losing=True)
    assert history.downgrade(engine, history.head()) == history.Descent((), {})
    engine.dispose()


def test_an_answer_with_a_last_day_is_not_offered_for_ever_by_the_program_before(url):
    engine = filled(url)
    assert history.downgrade(engine, "0006") == history.Descent(("0007",), {})
    (kept,) = rows(engine)["staff_approvals"]
    assert kept["state"] == "stale"
    assert "2026-12-31" in kept["because"][0]
    engine.dispose()


def test_the_command_tells_where_the_tables_are_and_takes_them_back_and_forth(url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SHEZU_HOME", str(tmp_path))
    monkeypatch.setenv("SHEZU_DATABASE", url)
    filled(url).dispose()
    assert main(["database", "status"]) == 0
    assert main(["database", "downgrade", "0001"]) == 1
    assert "staff_ledger 1 行" in capsys.readouterr().err
    assert main(["database", "downgrade", "0001", "--lose"]) == 0
    assert "staff_ledger 1 行" in capsys.readouterr().out
    assert main(["database", "status"]) == 1
    assert "数据库的结构 0001，本程序的结构" in capsys.readouterr().out
    assert main(["database", "upgrade"]) == 0
    assert main(["database", "upgrade"]) == 0
    assert "没有要做的" in capsys.readouterr().out
    assert main(["database", "status"]) == 0
