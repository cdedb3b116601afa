"""Bringing a database to the tables of this program, once, whoever else starts at the same moment; the only module that runs Alembic."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

HERE = Path(__file__).parent
# Any number that no other program of the same PostgreSQL database takes.
LOCK = 7_305_112_023


class StoreProblem(Exception):
    """The database cannot be used by this program; the message says why and the way out."""


@lru_cache(maxsize=1)
def steps() -> ScriptDirectory:
    """Every step of versions/."""
    return ScriptDirectory(str(HERE), version_locations=[str(HERE / "versions")])


def head() -> str:
    """The number of the newest step. Raises alembic's CommandError where two steps follow the same one."""
    return steps().get_current_head() or ""


def upgrade(engine: Engine, to: str = "") -> list[str]:
    """Takes every step that the database has not taken, up to a step (the newest); returns their numbers.

    Raises StoreProblem where a newer program made it.
    """
    wanted = to or head()
    with engine.connect() as connection:
        if state(connection) == wanted:
            return []
    return _upgrade_sqlite(engine, wanted) if engine.dialect.name == "sqlite" else _upgrade_server(engine, wanted)


def known(step: str) -> bool:
    """Whether this program has that step."""
    return any(one.revision == step for one in steps().walk_revisions())


def state(connection: Connection) -> str:
    """The number of the last step that the database took, "" where it is new or older than the first."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _upgrade_sqlite(engine: Engine, wanted: str) -> list[str]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Rebuilding a table drops the old one, which would take the rows along that refer to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            taken = _steps(connection, wanted)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        finally:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        return taken


def _upgrade_server(engine: Engine, wanted: str) -> list[str]:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return _steps(connection, wanted)


def _steps(connection: Connection, wanted: str) -> list[str]:
    now = state(connection)
    if now and not known(now):
        raise StoreProblem(f"数据库的结构（{now}）比本程序新，请用做过升级的那个版本的程序打开，或恢复升级前的备份")
    context = MigrationContext.configure(connection, opts={"script": steps()})
    taken = []
    with Operations.context(context):
        for step in reversed(list(steps().iterate_revisions(wanted, now or "base"))):
            step.module.upgrade()
            taken.append(step.revision)
    _stamp(connection, wanted)
    return taken


def _stamp(connection: Connection, number: str) -> None:
    connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("DELETE FROM alembic_version"))
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:number)"), {"number": number})
