"""Moving a running pilot to the database of a city."""

import asyncio
from datetime import datetime

from models.store import moving, schema
from models.store.moving import Moved as Moved
from models.store.moving import MoveRefusedError
from models.store.moving import Told as Told


async def move(source_url: str, target_url: str, now: datetime, told: Told) -> list[Moved]:
    """Moves every row, checks each, and marks the source as moved.

    All of it is one transaction: what is broken off leaves the target empty, and may simply be started again. Raises
    `MoveRefusedError`, which says what to do, and `ValueError` for what is no database URL.
    """
    if not await asyncio.to_thread(schema.at_head, source_url):
        raise MoveRefusedError("the source has not the schema of this code: run `whistle migrate` on it first")
    await asyncio.to_thread(moving.prepare, target_url)
    return await moving.move(source_url, target_url, now, told)
