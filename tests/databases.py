"""Fresh databases for tests: always SQLite, and PostgreSQL where `WHISTLE_TEST_POSTGRES_URL` names a server.

Each test gets a copy of a template that was migrated once, so that a fresh database costs milliseconds.
"""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.store import Store, schema
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
def postgres_template() -> Iterator[str]:
    """Migrates one PostgreSQL database that tests copy, and drops it afterwards."""
    if POSTGRES_URL is None:
        pytest.skip("WHISTLE_TEST_POSTGRES_URL is not set")
    name = f"whistle_template_{uuid.uuid4().hex[:12]}"
    _on_server(f"create database {name}")
    schema.upgrade(_url(name))
    yield name
    _on_server(f"drop database {name} with (force)")


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """Gives a fresh, migrated PostgreSQL database and drops it afterwards."""
    name = f"whistle_test_{uuid.uuid4().hex[:12]}"
    _on_server(f"create database {name} template {postgres_template} strategy file_copy")
    yield _url(name)
    _on_server(f"drop database {name} with (force)")


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
    name = f"whistle_empty_{uuid.uuid4().hex[:12]}"
    _on_server(f"create database {name}")
    yield _url(name)
    _on_server(f"drop database {name} with (force)")


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    """Opens a store on a fresh database; its clock is the test's."""
    opened = await Store.open(database_url, clock=clock)
    yield opened
    await opened.close()


def _url(name: str) -> str:
    assert POSTGRES_URL is not None
    return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)


def _on_server(statement: str) -> None:
    """Runs a statement that no transaction may contain."""

    async def run() -> None:
        assert POSTGRES_URL is not None
        engine = create_async_engine(POSTGRES_URL, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
