import importlib
import pkgutil
import sqlite3
import threading

import pytest
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

import api
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
