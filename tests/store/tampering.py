"""Somebody who can write to the database changes it behind the back of the service."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, text

from models.store import schema


async def tamper(url: str, *statements: str, work: Callable[[Connection], None] | None = None) -> None:
    """Runs statements with the guard of the events taken away, as an owner of the database could."""

    def change(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("set local session_replication_role = replica"))
        else:
            connection.execute(text("pragma defer_foreign_keys = on"))
            for verb in ("update", "delete"):
                connection.execute(text(f"drop trigger if exists case_event_no_{verb}"))
        for statement in statements:
            connection.execute(text(statement))
        if work is not None:
            work(connection)

    await asyncio.to_thread(schema.on_connection, url, change)
