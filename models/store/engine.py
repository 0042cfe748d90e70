"""How connections are made: what is set on each, and how a transaction begins on either database."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from models.store.driver import async_driver, sqlite_module
from models.store.errors import StoreAwayError
from models.tables.columns import give_keys
from models.tables.keyring import Keyring

TURNS = 20
"""How often a refused pragma is tried again."""
APPLICATION = "whistle"
TRANSACTION = "transaction"
"""What `?pooler=` names: pgbouncer, which gives every transaction another session."""


def parse(url: str) -> URL:
    """Reads a database URL; ValueError for what the store does not run on."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The text may hold a password and is not repeated.
        raise ValueError("this is no database URL") from error
    if parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise ValueError(f"the store runs on sqlite+aiosqlite and postgresql+asyncpg, not {parsed.drivername}")
    if parsed.query.get("pooler", TRANSACTION) != TRANSACTION:
        raise ValueError("the only pooler that a database URL may name is ?pooler=transaction")
    if parsed.drivername.startswith("sqlite") and parsed.database in (None, "", ":memory:"):
        raise ValueError("SQLite needs a file: readers and the writer have connections of their own")
    return parsed


def sqlite_engine(
    url: URL, *, begin: str, size: int, busy_ms: int, query_only: bool = False, keyring: Keyring | None = None
) -> AsyncEngine:
    """Makes an engine on a SQLite file whose transactions start with the given BEGIN.

    StoreAwayError when the folder of the file cannot be written; size 0 keeps no connection.
    """
    folder = Path(str(url.database)).absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreAwayError(f"{folder} is no folder that can be written")
    # The driver's own transaction control is off: it would begin late, or never before a SELECT.
    pool: dict[str, Any] = {"poolclass": NullPool} if size == 0 else {"pool_size": size, "max_overflow": 0}
    engine = create_async_engine(
        url,
        module=async_driver(),
        connect_args={"isolation_level": None, "timeout": busy_ms / 1000},
        pool_reset_on_return="rollback",
        hide_parameters=True,
        **({} if size == 0 else {"pool_timeout": busy_ms / 1000}),
        **pool,
    )
    give_keys(engine.dialect, keyring)
    pragmas = [
        f"busy_timeout = {busy_ms}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        # What was deleted or sealed shall not stand in the file until its place is needed again.
        "secure_delete = ON",
        "cache_size = -16000",
        "temp_store = MEMORY",
    ]
    if query_only:
        pragmas.append("query_only = ON")

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            _set(cursor, pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _set(cursor: Any, pragma: str) -> None:
    """Sets a pragma. Where several turn a fresh file to WAL at once, SQLite refuses all but one without waiting."""
    for _ in range(TURNS):
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite_module().OperationalError:
            # An empty transaction waits its turn as the pragma should have.
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("COMMIT")
        else:
            return
    cursor.execute(f"PRAGMA {pragma}")


def postgres_engine(
    url: URL, *, size: int, busy_ms: int, asks_first: bool = False, keyring: Keyring | None = None
) -> AsyncEngine:
    """Makes an engine on PostgreSQL; size 0 keeps no connection.

    With `?pooler=transaction` nothing is left in a session: limits are set for each transaction, and statements are
    prepared under names that no other client uses. With `asks_first` a connection is tried before it is lent.
    """
    limits = {
        "lock_timeout": str(busy_ms),
        "statement_timeout": str(6 * busy_ms),
        "idle_in_transaction_session_timeout": str(6 * busy_ms),
    }
    settings = {"application_name": APPLICATION, "timezone": "UTC"}
    arguments: dict[str, Any] = {"timeout": busy_ms / 1000}
    pooled = url.query.get("pooler") == TRANSACTION
    if pooled:
        arguments |= {"server_settings": settings, "statement_cache_size": 0, "prepared_statement_cache_size": 0}
        arguments["prepared_statement_name_func"] = _name
    else:
        arguments["server_settings"] = settings | limits
    pool: dict[str, Any] = (
        {"poolclass": NullPool}
        if size == 0
        else {"pool_size": size, "max_overflow": size, "pool_timeout": busy_ms / 1000, "pool_pre_ping": asks_first}
    )
    engine = create_async_engine(
        url.difference_update_query(["pooler"]),
        connect_args=arguments,
        # The values of a statement that failed would stand in logs, names and telephone numbers among them.
        hide_parameters=True,
        **pool,
    )
    give_keys(engine.dialect, keyring)
    if pooled:
        _limit_each_transaction(engine, limits)
    return engine


def _name() -> str:
    """Names a prepared statement as nobody else does: sessions behind a pooler are shared."""
    return f"__whistle_{uuid4().hex}__"


def _limit_each_transaction(engine: AsyncEngine, limits: Mapping[str, str]) -> None:
    """Sets the limits at the start of every transaction, and for that transaction only."""
    statement = "select " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in limits.items())

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)
