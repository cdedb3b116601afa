"""The rows of a database as lines of JSON, one file a table: the same from SQLite and PostgreSQL, so that one may go back into the other."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, DateTime, Engine, LargeBinary, MetaData, Table, create_engine, func, null, select, text

from api.migrations import history

AT_ONCE = 500


class DumpProblem(Exception):
    """Rows cannot go into a database; the message names the place and the way out."""


def unload(url: str, folder: Path) -> tuple[str, dict[str, int]]:
    """Write every table into the folder as of one moment: (the step of the schema, rows by table). Raises what SQLAlchemy raises."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with _at_one_moment(engine) as connection:
            tables = _tables(connection)
            counts = {table.name: _write(connection, table, folder / f"{table.name}.jsonl") for table in tables}
            return history.state(connection), counts
    finally:
        engine.dispose()


def load(url: str, step: str, folder: Path) -> dict[str, int]:
    """Put unloaded rows into an empty database and bring it to the tables of this program; rows by table.

    Raises DumpProblem where the database holds rows already, or a newer program made the dump. All rows or none.
    """
    if not history.known(step):
        raise DumpProblem(f"备份的数据库结构（{step or '没有编号'}）比本程序新，请用做备份的那个版本（或更新）的程序恢复")
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            filled = [table.name for table in _tables(connection) if connection.execute(select(table).limit(1)).first() is not None]
        if filled:
            raise DumpProblem(f"要恢复到的数据库里已有数据（{filled[0]} 等 {len(filled)} 个表），没有动它；请换空的数据库（SHEZU_DATABASE）或新的 SHEZU_HOME")
        history.upgrade(engine, step)
        with engine.begin() as connection:
            counts = {table.name: _read(connection, table, folder / f"{table.name}.jsonl") for table in _tables(connection)}
            if engine.dialect.name == "postgresql":
                _count_on(connection)
        history.upgrade(engine)
        return counts
    finally:
        engine.dispose()


def _at_one_moment(engine: Engine) -> Connection:
    """A connection that sees one state of all tables: SQLite's transactions do, PostgreSQL's where they ask for it."""
    if engine.dialect.name == "sqlite":
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("BEGIN")
        return connection
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _tables(connection: Connection) -> list[Table]:
    """Every table but that of the schema's step, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != history.VERSIONS]


def _write(connection: Connection, table: Table, file: Path) -> int:
    count = 0
    with file.open("w", encoding="utf-8") as lines:
        for row in connection.execution_options(yield_per=AT_ONCE).execute(select(table)):
            lines.write(json.dumps({name: _plain(value) for name, value in row._mapping.items()}, ensure_ascii=False) + "\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _read(connection: Connection, table: Table, file: Path) -> int:
    if not file.exists():
        return 0
    back = {column.name: _back(column) for column in table.columns}
    count = 0
    for batch in _batches(file):
        connection.execute(table.insert(), [{name: back[name](value) for name, value in row.items()} for row in batch])
        count += len(batch)
    return count


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers; SQLite does so by itself."""
    for table in _tables(connection):
        for column in table.primary_key:
            counter = connection.scalar(text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": table.name, "column": column.name})
            last = connection.scalar(select(func.max(column))) if counter else None
            if last:
                connection.execute(text("SELECT setval(:counter, :last)"), {"counter": counter, "last": last})


def _batches(file: Path) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            batch.append(json.loads(line))
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    if batch:
        yield batch


def _back(column: Column[Any]) -> Callable[[Any], Any]:
    """From JSON to what the column takes."""
    kind = column.type
    if isinstance(kind, JSON):
        return lambda value: null() if value is None and column.nullable else value
    if isinstance(kind, DateTime):
        return lambda value: datetime.fromisoformat(value) if value else None
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64decode(value) if value is not None else None
    if isinstance(kind, Boolean):
        return lambda value: bool(value) if value is not None else None
    return lambda value: value
