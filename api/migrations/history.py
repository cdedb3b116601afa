"""Bringing a database to the tables of this program or back to those of an older one, once, whoever else starts at the same moment;
the only module that runs Alembic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, inspect, select, table, text

HERE = Path(__file__).parent
# Any number that no other program of the same PostgreSQL database takes.
LOCK = 7_305_112_023
# How long a process waits for the steps that another one takes, which may rebuild large tables.
LONGEST_STEPS_MS = 600_000
VERSIONS = "alembic_version"
BASE = "base"


class StoreProblem(Exception):
    """The database cannot be used by this program; the message says why and the way out."""


@lru_cache(maxsize=1)
def steps() -> ScriptDirectory:
    """Every step of versions/."""
    return ScriptDirectory(str(HERE), version_locations=[str(HERE / "versions")])


def head() -> str:
    """The number of the newest step. Raises alembic's CommandError where two steps follow the same one."""
    return steps().get_current_head() or ""


@dataclass(frozen=True, slots=True)
class Descent:
    """Steps taken back, newest first, and the rows that went with tables the older program does not have, by table."""

    steps: tuple[str, ...]
    lost: Mapping[str, int]


def upgrade(engine: Engine, to: str = "") -> list[str]:
    """Takes every step that the database has not taken, up to a step (the newest); returns their numbers.

    Raises StoreProblem where a newer program made it.
    """
    wanted = to or head()
    with engine.connect() as connection:
        if state(connection) == wanted:
            return []
    with _alone(engine) as connection:
        return _upwards(connection, wanted)


def downgrade(engine: Engine, to: str, losing: bool = False) -> Descent:
    """Takes steps back, newest first, down to a step that stays (BASE for none): so that the program of that step opens the database again.

    Raises StoreProblem where the step is not below the database's, or, unless `losing`, where rows would go that the older tables
    cannot hold; then nothing has changed.
    """
    with _alone(engine) as connection:
        now = _now(connection)
        below = [step.revision for step in steps().iterate_revisions(now, BASE)] if now else []
        if to not in (*below, BASE):
            raise StoreProblem(f"数据库的结构是 {now or BASE}，退不到 {to}；可以退到：{'、'.join([*below[1:], BASE])}")
        before = _counted(connection)
        taken = below if to == BASE else below[: below.index(to)]
        with Operations.context(MigrationContext.configure(connection, opts={"script": steps()})):
            for number in taken:
                steps().get_revision(number).module.downgrade()
        _stamp(connection, "" if to == BASE else to)
        after = _counted(connection)
        lost = {name: rows - after.get(name, 0) for name, rows in before.items() if rows > after.get(name, 0)}
        if lost and not losing:
            told = "、".join(f"{name} {rows} 行" for name, rows in lost.items())
            raise StoreProblem(f"退到 {to} 会丢掉旧结构放不下的数据：{told}。没有动它；请先 shezu backup，确认不要了再加 --lose")
        return Descent(tuple(taken), lost)


def known(step: str) -> bool:
    """Whether this program has that step."""
    return any(one.revision == step for one in steps().walk_revisions())


def state(connection: Connection) -> str:
    """The number of the last step that the database took, "" where it is new or older than the first."""
    if not inspect(connection).has_table(VERSIONS):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which no other process takes steps; what fails in it leaves the database as it was."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Rebuilding a table drops the old one, which would take the rows along that refer to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        waiting = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={LONGEST_STEPS_MS}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={waiting}")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _now(connection: Connection) -> str:
    now = state(connection)
    if now and not known(now):
        raise StoreProblem(
            f"数据库的结构（{now}）比本程序新，请用做过升级的那个版本的程序打开，或用那个版本运行 shezu database downgrade {head()} 退回来，或恢复升级前的备份"
        )
    return now


def _upwards(connection: Connection, wanted: str) -> list[str]:
    now = _now(connection)
    taken = []
    with Operations.context(MigrationContext.configure(connection, opts={"script": steps()})):
        for step in reversed(list(steps().iterate_revisions(wanted, now or BASE))):
            step.module.upgrade()
            taken.append(step.revision)
    _stamp(connection, wanted)
    return taken


def _counted(connection: Connection) -> dict[str, int]:
    names = sorted(set(inspect(connection).get_table_names()) - {VERSIONS})
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _stamp(connection: Connection, number: str) -> None:
    """Write down the step of the tables; "" for tables that no step made."""
    if not number:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        return
    connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("DELETE FROM alembic_version"))
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:number)"), {"number": number})
