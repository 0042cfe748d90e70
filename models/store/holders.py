"""Who holds rows of work, and rows given back before their lease ends because their holder is known to be gone."""

from collections.abc import Collection

from sqlalchemy import and_, select, union, update

from models.store.jobs import JOBS
from models.store.jobs import OPEN as OPEN_JOB
from models.store.line import Line
from models.store.messages import FREE_LEASE, MESSAGES
from models.store.messages import OPEN as OPEN_MESSAGE


class Holders:
    """The names on leases of jobs and messages."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def names(self) -> set[str]:
        """Lists everybody who holds a job or a message."""
        jobs = select(JOBS.c.lease_owner).where(OPEN_JOB, JOBS.c.lease_owner.is_not(None))
        messages = select(MESSAGES.c.lease_owner).where(OPEN_MESSAGE, MESSAGES.c.lease_owner.is_not(None))
        return set(await self._line.column(union(jobs, messages)))

    async def free(self, names: Collection[str]) -> int:
        """Gives back what these held, as tried once more, for they may have died of it; counts the rows."""
        held = and_(OPEN_MESSAGE, MESSAGES.c.lease_owner.in_(names))
        freed = await self._line.run(update(MESSAGES).where(held).values({"tries": MESSAGES.c.tries + 1} | FREE_LEASE))
        jobs = update(JOBS).where(OPEN_JOB, JOBS.c.lease_owner.in_(names))
        return freed + await self._line.run(jobs.values({"tries": JOBS.c.tries + 1} | FREE_LEASE))
