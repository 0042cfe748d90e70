"""Fresh databases for tests: always SQLite, and PostgreSQL where `WHISTLE_TEST_POSTGRES_URL` names a server.

A fresh database costs milliseconds: SQLite files are copies of one that was migrated, and each test process has
one PostgreSQL database that it empties.
"""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.store import Store, schema
from models.tables import METADATA
from tests.clock import Clock

POSTGRES_URL = os.environ.get("WHISTLE_TEST_POSTGRES_URL")
ENGINES = ["sqlite", "postgres"] if POSTGRES_URL else ["sqlite"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrates one SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "whistle.db"
    schema.upgrade(f"sqlite+aiosqlite:///{path}")
    # The last connection that closes folds the WAL into the file, so that the file alone is the database.
    assert not path.with_name(path.name + "-wal").exists()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Gives a fresh, migrated SQLite database."""
    path = tmp_path / "whistle.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_home() -> Iterator[str]:
    """Migrates one PostgreSQL database for this test process and drops it afterwards."""
    if POSTGRES_URL is None:
        pytest.skip("WHISTLE_TEST_POSTGRES_URL is not set")
    with _database("home") as url:
        schema.upgrade(url)
        yield url


@pytest.fixture
def postgres_url(postgres_home: str) -> str:
    """Gives a migrated PostgreSQL database without rows; emptying one is ten times faster than copying one."""
    schema.on_connection(postgres_home, _empty)
    return postgres_home


def _empty(connection: Connection) -> None:
    """Removes every row, even events, and lets numbers start anew."""
    connection.execute(text("set local session_replication_role = replica"))
    for table in METADATA.sorted_tables:
        connection.execute(table.delete())
    sequences = "select setval(quote_ident(sequencename)::regclass, 1, false) from pg_sequences"
    connection.execute(text(sequences))


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """Gives a fresh, migrated database of each kind that is at hand."""
    found = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(found, str)
    return found


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Gives a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    with _database("empty") as url:
        yield url


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    """Opens a store on a fresh database; its clock is the test's."""
    opened = await Store.open(database_url, clock=clock)
    yield opened
    await opened.close()


@contextmanager
def _database(purpose: str) -> Iterator[str]:
    """Makes a database on the server and drops it afterwards."""
    assert POSTGRES_URL is not None
    name = f"whistle_{purpose}_{uuid.uuid4().hex[:12]}"
    _on_server(f"create database {name}")
    try:
        yield make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(f"drop database {name} with (force)")


def _on_server(statement: str) -> None:
    """Runs a statement that no transaction may contain."""

    async def run() -> None:
        assert POSTGRES_URL is not None
        url = make_url(POSTGRES_URL).difference_update_query(["pooler"])
        engine = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"statement_cache_size": 0}
        )
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
