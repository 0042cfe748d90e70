"""Small named values of the service, and leases on duties of which there is one."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select

from models.store.line import Line, meeting
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

    async def lease(self, name: str, owner: str, until: datetime, now: datetime | None = None) -> bool:
        """Takes or keeps a duty until that time; False while somebody else has it."""
        row = {"name": name, "owner": owner, "until": until}
        asked = meeting(self._line.sqlite, LEASES).values(row)
        free = or_(LEASES.c.owner == owner, LEASES.c.until <= (now or self._line.clock()))
        taken = asked.on_conflict_do_update(index_elements=["name"], set_={"owner": owner, "until": until}, where=free)
        return await self._line.scalar(taken.returning(LEASES.c.name)) is not None

    async def release(self, name: str, owner: str) -> None:
        """Gives a duty back before its time."""
        await self._line.run(delete(LEASES).where(LEASES.c.name == name, LEASES.c.owner == owner))
