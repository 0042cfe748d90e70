"""Brings a database to the schema of this code, and tells whether it is there."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from models.store import views
from models.store.engine import parse, postgres_engine, sqlite_engine
from models.store.errors import StoreError, named_faults
from models.store.partitions import make_months
from models.tables.keyring import Keyring

MIGRATIONS = Path(__file__).parent.parent / "migrations"
MIGRATION_LOCK = 7_743_002
"""Key of the advisory lock that lets one process at a time migrate on PostgreSQL."""
WAIT_MS = 30_000

T = TypeVar("T")


def upgrade(url: str, revision: str = "head", *, keyring: Keyring | None = None) -> None:
    """Migrates forward, in one transaction, and makes the months ahead; does nothing when all of it is there.

    The keys seal what was readable before; without any it stays readable until `whistle keys rotate`.
    """

    def work(connection: Connection) -> None:
        granted = views.drop(connection)
        command.upgrade(_config(connection, keyring), revision)
        if revision == "head":
            views.make(connection, granted)
            make_months(connection, connection.execute(text("select current_timestamp")).scalar_one())

    on_connection(url, work)


def downgrade(url: str, revision: str, *, keyring: Keyring | None = None) -> None:
    """Migrates back to a revision, `base` for an empty database; the keys open what was sealed."""

    def work(connection: Connection) -> None:
        views.drop(connection)
        command.downgrade(_config(connection, keyring), revision)

    on_connection(url, work)


def revision_of(url: str) -> str | None:
    """Names the revision that a database is at; None for one that was never migrated."""
    return on_connection(url, lambda connection: MigrationContext.configure(connection).get_current_revision())


def at_head(url: str) -> bool:
    """Tells whether a database has the schema of this code."""
    return revision_of(url) == head()


def head() -> str:
    """Names the latest revision of this code."""
    found = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert found is not None
    return found


def damage(url: str) -> str | None:
    """Names the first damaged place of a SQLite file; None for a sound one, and for a server, which checks itself."""
    parsed = parse(url)
    if not parsed.drivername.startswith("sqlite") or not Path(parsed.database or "").exists():
        return None
    try:
        found = on_connection(url, lambda connection: connection.execute(text("pragma quick_check(1)")).scalar())
    except (DatabaseError, StoreError) as error:
        return str(error).splitlines()[0]
    return None if found == "ok" else str(found).splitlines()[0]


def revisions() -> list[str]:
    """Lists all revisions, the first one first."""
    walked = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return [script.revision for script in walked][::-1]


def _config(connection: Connection, keyring: Keyring | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["keyring"] = keyring or Keyring()
    return config


def on_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Runs work on a connection of its own and commits; the caller may or may not be inside an event loop."""
    parsed = parse(url)

    async def run() -> T:
        if parsed.drivername.startswith("sqlite"):
            engine = sqlite_engine(parsed, begin="BEGIN IMMEDIATE", size=0, busy_ms=WAIT_MS)
        else:
            engine = postgres_engine(parsed, size=0, busy_ms=WAIT_MS)
        try:
            async with engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    with named_faults(), ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()
