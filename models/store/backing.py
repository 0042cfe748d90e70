"""Copies a whole database into a file while the service works, and puts it back: SQLite by its own online backup,
PostgreSQL by `pg_dump` of one snapshot. Both are counted and summed in the same snapshot, so that a restore is checked.
"""

import asyncio
import os
import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from models.store import schema
from models.store.driver import sqlite_module
from models.store.engine import parse, postgres_engine, sqlite_engine
from models.store.errors import StoreError, named_faults
from models.store.moving import Moved, digest_of
from models.store.partitions import SCHEMA
from models.tables import METADATA

WAIT_MS: Final = 600_000
LIVING: Final = ("person", "report", "cases", "inbox")
"""A database with a row in any of these is somebody's."""


SCHEMAS: Final = ("public", SCHEMA)


class BackupError(StoreError):
    """A copy could not be made or put back; the message says why."""


def engine_of(url: str) -> str:
    """Names the kind of database: sqlite or postgresql."""
    return parse(url).get_backend_name()


async def save(url: str, target: Path) -> list[Moved]:
    """Copies the database into a file, and gives its tables as they are in the copy."""
    parsed = parse(url)
    with named_faults():
        if parsed.get_backend_name() == "sqlite":
            await asyncio.to_thread(_copy_sqlite, Path(str(parsed.database)), target)
            return await _tables_of_sqlite(target)
        return await _dump(parsed, target)


async def restore(url: str, source: Path) -> list[Moved]:
    """Puts a copy in the place of the database, and gives its tables as they are there."""
    parsed = parse(url)
    with named_faults():
        if parsed.get_backend_name() == "sqlite":
            found = await _tables_of_sqlite(source)
            await asyncio.to_thread(_take_place, source, Path(str(parsed.database)))
            return found
        aside = await asyncio.to_thread(_clear, url)
        try:
            await _run("pg_restore", parsed, ("--single-transaction", "--exit-on-error", str(source)))
        except BaseException:
            await asyncio.to_thread(schema.on_connection, url, lambda connection: _bring_back(connection, aside))
            raise
        return await _tables_of(parsed)


def living(url: str) -> list[str]:
    """Names the tables of people's data in which there are rows; none for a database that is not there yet."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return []

    def look(connection: Connection) -> list[str]:
        there = set(inspect(connection).get_table_names())
        tables = [METADATA.tables[name] for name in LIVING if name in there]
        return [t.name for t in tables if connection.execute(select(1).select_from(t).limit(1)).first() is not None]

    return schema.on_connection(url, look)


def holder(url: str, now: datetime) -> str | None:
    """Names the process that leads a service at work on the database; None when none does."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return None
    at = now.astimezone(UTC).replace(tzinfo=None) if parsed.get_backend_name() == "sqlite" else now

    def look(connection: Connection) -> str | None:
        if "lease" not in inspect(connection).get_table_names():
            return None
        found = connection.execute(text("select owner from lease where until > :now"), {"now": at}).scalar()
        return None if found is None else str(found)

    return schema.on_connection(url, look)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copies page by page while others write; the copy is whole and of one moment."""
    driver: Any = sqlite_module()
    if not source.exists():
        raise BackupError(f"there is no database at {source}")
    with closing(driver.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(driver.connect(target)) as new:
        old.backup(new)
        new.execute("pragma journal_mode = delete")


async def _tables_of_sqlite(path: Path) -> list[Moved]:
    driver: Any = sqlite_module()
    with closing(driver.connect(path)) as connection:
        found = connection.execute("pragma integrity_check").fetchone()[0]
    if found != "ok":
        raise BackupError(f"{path.name} is damaged ({found})")
    engine = sqlite_engine(parse(f"sqlite+aiosqlite:///{path}"), begin="BEGIN", size=1, busy_ms=10_000)
    try:
        async with engine.connect() as connection:
            return await _summed(connection)
    finally:
        await engine.dispose()


def _take_place(source: Path, target: Path) -> None:
    """Lets a file be the database; the former one stays beside it under another name."""
    if target.exists():
        driver: Any = sqlite_module()
        with closing(driver.connect(target)) as connection:
            # What stands in the log belongs to the former file, and must not be found beside the new one.
            connection.execute("pragma wal_checkpoint(truncate)")
        target.replace(target.with_name(f"{target.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
    for rest in ("-wal", "-shm"):
        target.with_name(target.name + rest).unlink(missing_ok=True)
    fresh = target.with_name(target.name + ".new")
    shutil.copyfile(source, fresh)
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    fresh.replace(target)


def _clear(url: str) -> str:
    """Makes room: a schema with data is set aside under another name, which is given; an empty one is dropped."""
    aside = f"replaced_{datetime.now(UTC):%Y%m%dT%H%M%S}".lower() if living(url) else ""

    def work(connection: Connection) -> None:
        if "alembic_version" not in inspect(connection).get_table_names():
            return
        for name in SCHEMAS:
            if aside:
                connection.execute(text(f"alter schema {name} rename to {aside}_{name}"))
            else:
                connection.execute(text(f"drop schema {name} cascade"))
        connection.execute(text("create schema public"))

    schema.on_connection(url, work)
    return aside


def _bring_back(connection: Connection, aside: str) -> None:
    """Undoes that after a restore that failed."""
    if aside:
        connection.execute(text("drop schema public"))
        for name in SCHEMAS:
            connection.execute(text(f"alter schema {aside}_{name} rename to {name}"))


async def _dump(url: URL, target: Path) -> list[Moved]:
    """Dumps one snapshot, and sums the same one."""
    engine = postgres_engine(url, size=0, busy_ms=WAIT_MS)
    snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        async with snapshots.connect() as connection:
            snapshot = (await connection.execute(text("select pg_export_snapshot()"))).scalar_one()
            options = ("--format=custom", f"--snapshot={snapshot}", "--exclude-schema=replaced_*", f"--file={target}")
            await _run("pg_dump", url, options)
            return await _summed(connection)
    finally:
        await engine.dispose()


async def _tables_of(url: URL) -> list[Moved]:
    engine = postgres_engine(url, size=0, busy_ms=WAIT_MS)
    try:
        async with engine.connect() as connection:
            return await _summed(connection)
    finally:
        await engine.dispose()


async def _summed(connection: AsyncConnection) -> list[Moved]:
    """Counts and sums every table that is there; an older copy may lack some."""
    there = await connection.run_sync(_there)
    return [await digest_of(connection, METADATA.tables[name]) for name in sorted(there)]


def _there(connection: Connection) -> set[str]:
    """Finds the tables that have all the columns of this code."""
    found = inspect(connection)
    names = set(found.get_table_names()) & set(METADATA.tables)
    return {n for n in names if {c.name for c in METADATA.tables[n].c} <= {c["name"] for c in found.get_columns(n)}}


async def _run(program: str, url: URL, options: Sequence[str]) -> None:
    """Runs a program of PostgreSQL; the password goes through the environment, where no list of processes shows it."""
    if "pooler" in url.query:
        raise BackupError(
            f"{program} needs PostgreSQL itself and not pgbouncer: name the server in WHISTLE_DATABASE_URL"
        )
    words = [program, "--no-owner", "--no-privileges", *options]
    words += [f"--dbname={url.database}"]
    login = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = os.environ | {name: str(value) for name, value in login.items() if value is not None}
    try:
        process = await asyncio.create_subprocess_exec(
            *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
    except OSError as fault:
        raise BackupError(f"{program} is missing: install PostgreSQL's client programs") from fault
    _, said = await process.communicate()
    if process.returncode != 0:
        raise BackupError(f"{program} failed: {said.decode(errors='replace').strip().splitlines()[-1:]}")
