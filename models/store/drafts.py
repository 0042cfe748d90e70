"""Half-finished talks, one a key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from models.store.line import Line
from models.store.rows import DraftRow
from models.tables.columns import table
from models.tables.draft import Draft

DRAFTS = table(Draft)


class Drafts:
    """Keeps the state and the data of conversations."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def get(self, key: str) -> tuple[str | None, dict[str, Any]]:
        """Gives state and data; None and nothing when there is no such talk."""
        row = await self._line.one(select(DRAFTS.c.state, DRAFTS.c.data).where(DRAFTS.c.key == key))
        return (None, {}) if row is None else (row.state, row.data)

    async def put(self, key: str, state: str | None, data: Mapping[str, Any], now: datetime | None = None) -> None:
        """Keeps state and data."""
        row = {"key": key, "state": state, "data": dict(data), "updated_at": now or self._line.clock()}
        await self._line.upsert(DRAFTS, [row], ("key",))

    async def clear(self, key: str) -> None:
        """Forgets a talk."""
        await self._line.run(delete(DRAFTS).where(DRAFTS.c.key == key))

    async def idle(self, prefix: str, since: datetime, n: int) -> list[DraftRow]:
        """Lists talks whose key begins so and that nobody touched after that moment, the oldest first."""
        found = select(DRAFTS.c.key, DRAFTS.c.state, DRAFTS.c.data, DRAFTS.c.updated_at)
        old = found.where(DRAFTS.c.key.startswith(prefix, autoescape=True), DRAFTS.c.updated_at <= since)
        rows = await self._line.rows(old.order_by(DRAFTS.c.updated_at, DRAFTS.c.key).limit(n))
        return [DraftRow(**row._asdict()) for row in rows]

    async def clear_idle(self, key: str, since: datetime) -> bool:
        """Forgets a talk unless somebody touched it after that moment."""
        old = delete(DRAFTS).where(DRAFTS.c.key == key, DRAFTS.c.updated_at <= since)
        return await self._line.run(old) == 1

    async def of_person(self, prefix: str) -> list[DraftRow]:
        """Lists the talks whose key begins so, the latest first."""
        found = select(DRAFTS.c.key, DRAFTS.c.state, DRAFTS.c.data, DRAFTS.c.updated_at)
        mine = found.where(DRAFTS.c.key.startswith(prefix, autoescape=True))
        rows = await self._line.rows(mine.order_by(DRAFTS.c.updated_at.desc(), DRAFTS.c.key))
        return [DraftRow(**row._asdict()) for row in rows]
