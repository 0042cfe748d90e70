"""Small named values of the service, and leases on duties of which there is one."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from models.store.line import Line
from models.store.rows import LeaseRow
from models.tables.columns import table
from models.tables.mark import Lease, Mark

MARKS, LEASES = table(Mark), table(Lease)


class Marks:
    """Named values and leases."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def get(self, name: str) -> Any:
        """Gives a value; None when it was never put."""
        return await self._line.scalar(select(MARKS.c.value).where(MARKS.c.name == name))

    async def put(self, name: str, value: Any, now: datetime | None = None) -> None:
        """Keeps a value of JSON data."""
        row = {"name": name, "value": value, "updated_at": now or self._line.clock()}
        await self._line.upsert(MARKS, [row], ("name",))

    async def claim(self, name: str, now: datetime) -> bool:
        """Marks something as done once; False when somebody marked it before."""
        mark = {"name": name, "value": True, "updated_at": now}
        return await self._line.add_new(MARKS, mark, ("name",), giving="name") is not None

    async def holder(self, duty: str) -> LeaseRow | None:
        """Tells who does a duty; None when nobody does."""
        row = await self._line.one(select(LEASES.c.owner, LEASES.c.until).where(LEASES.c.name == duty))
        return None if row is None else LeaseRow(**row._asdict())

    async def hold(self, duty: str, owner: str, until: datetime, seen: LeaseRow | None) -> bool:
        """Takes or keeps a duty; False when its row is no longer as it was seen."""
        if seen is None:
            row = {"name": duty, "owner": owner, "until": until}
            return await self._line.add_new(LEASES, row, ("name",), giving="name") is not None
        as_seen = update(LEASES).where(
            LEASES.c.name == duty, LEASES.c.owner == seen.owner, LEASES.c.until == seen.until
        )
        return await self._line.run(as_seen.values(owner=owner, until=until)) == 1

    async def leases(self) -> dict[str, LeaseRow]:
        """Lists who does which duty; metrics ask."""
        rows = await self._line.rows(select(LEASES.c.name, LEASES.c.owner, LEASES.c.until))
        return {row.name: LeaseRow(row.owner, row.until) for row in rows}

    async def release(self, name: str, owner: str) -> None:
        """Gives a duty back before its time."""
        await self._line.run(delete(LEASES).where(LEASES.c.name == name, LEASES.c.owner == owner))
