"""How do many small changes become durable together? One writer, one fsync for all who are waiting.

Statements run on the event loop (they take microseconds); only COMMIT, which waits for the disk,
runs in a thread. Whoever comes meanwhile queues up and shares the next commit.
"""

import asyncio
import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import structlog

from gateway.store.schema import FIRST_PERSON_ID, SCHEMA, SCHEMA_VERSION

T = TypeVar("T")
log = structlog.get_logger(__name__)


class DataFolderInUseError(OSError):
    """Another gateway process already writes into the folder."""


class StorageError(Exception):
    """A change could not be made durable; nothing of it was kept."""


class Tx:
    """Collects one change of the database and whom to wake once it is durable."""

    __slots__ = ("_connection", "woken")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.woken: set[Hashable] = set()

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Runs one statement inside the change."""
        return self._connection.execute(sql, values)

    def wake(self, key: Hashable) -> None:
        """Has the key's waiters woken after the commit, and not at all if there is none."""
        self.woken.add(key)


@dataclass(slots=True)
class _Batch:
    done: asyncio.Future[None]
    woken: set[Hashable] = field(default_factory=set)


class Database:
    """Owns the file: one connection that writes, one that only reads.

    A single process writes and checkpoints, which keeps clear of the fault of SQLite before 3.51.3
    with two writing connections; a lock file refuses a second process.
    """

    def __init__(self, path: Path, on_commit: Callable[[Iterable[Hashable]], None]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(path.with_suffix(".lock"))
        self._connection = _connect(path)
        _prepare(self._connection)
        self.reader = _connect(path)
        self.reader.execute("PRAGMA query_only = 1")
        self._on_commit = on_commit
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._batch: _Batch | None = None
        self._commit: asyncio.Task[None] | None = None
        self._free = asyncio.Event()
        self._free.set()

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Runs the change and returns its result once it is on the disk.

        An exception of the change undoes that change only and is passed on. Raises StorageError when
        the commit failed.
        """
        while not self._free.is_set():
            await self._free.wait()
        loop = asyncio.get_running_loop()
        if self._batch is None:
            self._connection.execute("BEGIN IMMEDIATE")
            self._batch = _Batch(loop.create_future())
            # Everybody who was woken together with us runs before this callback and shares the commit.
            loop.call_soon(self._start_commit, self._batch)
        batch = self._batch
        tx = Tx(self._connection)
        self._connection.execute("SAVEPOINT change")
        try:
            result = change(tx)
        except BaseException:
            self._connection.execute("ROLLBACK TO change")
            self._connection.execute("RELEASE change")
            raise
        self._connection.execute("RELEASE change")
        batch.woken |= tx.woken
        # Shielded: one caller that is cancelled must not cancel the future that all the others share.
        await asyncio.shield(batch.done)
        return result

    async def close(self) -> None:
        """Waits for the running commit and closes the file; the reader first, so it never checkpoints."""
        while self._batch is not None or self._commit is not None:
            await (asyncio.sleep(0) if self._commit is None else self._free.wait())
        self._executor.shutdown()
        self.reader.close()
        self._connection.close()
        os.close(self._lock)

    def _start_commit(self, batch: _Batch) -> None:
        self._batch = None
        self._free.clear()
        self._commit = asyncio.get_running_loop().create_task(self._make_durable(batch))

    async def _make_durable(self, batch: _Batch) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._executor, self._connection.execute, "COMMIT")
        except sqlite3.Error as error:
            log.error("commit failed", error=str(error))
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            batch.done.set_exception(StorageError(str(error)))
        else:
            batch.done.set_result(None)
            self._on_commit(batch.woken)
        finally:
            self._commit = None
            self._free.set()


def _lock(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise DataFolderInUseError(error.errno, "data folder is in use by another gateway", str(path.parent)) from error
    return handle


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 5000")
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    if version != 0:
        raise StorageError(f"gateway database has layout {version}, this program knows {SCHEMA_VERSION}")
    connection.executescript(
        f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION};"
        f"INSERT INTO sqlite_sequence (name, seq) VALUES ('person', {FIRST_PERSON_ID - 1}); COMMIT;"
    )
    connection.execute("INSERT INTO secret VALUES ('device_tokens', ?)", (secrets.token_bytes(32),))
