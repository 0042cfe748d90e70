"""Which SQLite library is used: a newer one from a wheel where it is installed, else the interpreter's own.

SQLite 3.7.0 to 3.51.2 can damage a database in WAL mode when two connections write and checkpoint at the same
moment (fixed in 3.51.3). The interpreter's library is as old as its distribution; the `pysqlite3` wheel brings
its own. Within one process a database is opened through `sqlite_module()` only: two copies of SQLite do not see
each other's locks.
"""

import importlib
import sqlite3
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi

WAL_RESET_FIXED = (3, 51, 3)


@cache
def sqlite_module() -> ModuleType:
    """Finds the newest SQLite driver that is installed."""
    try:
        wheel = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3
    return wheel if wheel.sqlite_version_info > sqlite3.sqlite_version_info else sqlite3


def sqlite_version() -> str:
    """Names the version of the SQLite library in use."""
    return str(sqlite_module().sqlite_version)


def wal_is_safe() -> bool:
    """Tells whether the SQLite in use is free of the WAL-reset fault; `doctor` asks."""
    return bool(sqlite_module().sqlite_version_info >= WAL_RESET_FIXED)


@cache
def async_driver() -> AsyncAdapt_aiosqlite_dbapi:
    """Gives SQLAlchemy's asynchronous driver over that library."""
    module: Any = sqlite_module()
    if module is sqlite3:
        return AsyncAdapt_aiosqlite_dbapi(aiosqlite, sqlite3)
    names = (
        "DatabaseError",
        "Error",
        "IntegrityError",
        "NotSupportedError",
        "OperationalError",
        "ProgrammingError",
        "sqlite_version",
        "sqlite_version_info",
    )
    bridge: Any = SimpleNamespace(
        __name__="aiosqlite",
        __version__=aiosqlite.__version__,
        Connection=aiosqlite.Connection,
        connect=_connect,
        **{name: getattr(module, name) for name in names},
    )
    return AsyncAdapt_aiosqlite_dbapi(bridge, module)


def _connect(database: str | Path, **options: Any) -> aiosqlite.Connection:
    """Opens a connection of the wheel on a thread of aiosqlite."""
    module: Any = sqlite_module()
    return aiosqlite.Connection(lambda: module.connect(str(database), **options), iter_chunk_size=64)
