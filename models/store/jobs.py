"""Jobs for workers: written with the event that needs them, leased, done, and tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.sql import Executable

from models.store.line import Line, meeting
from models.store.origin import origin_of
from models.store.rows import DeadJob, JobRow
from models.tables.columns import table
from models.tables.outbox import Job

JOBS = table(Job)
NAMES = tuple(f.name for f in fields(JobRow))
OPEN = and_(JOBS.c.done_at.is_(None), JOBS.c.buried_at.is_(None))
BURIED = and_(JOBS.c.done_at.is_(None), JOBS.c.buried_at.is_not(None))


class Jobs:
    """The outbox of jobs."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def add(
        self,
        verb: str,
        args: Mapping[str, Any],
        *,
        priority: int = 5,
        not_before: datetime | None = None,
        dedupe: str | None = None,
        now: datetime | None = None,
    ) -> int:
        """Adds a job; while one of the same `dedupe` still waits, that one's number is given instead."""
        at = now or self._line.clock()
        row = {
            "verb": verb,
            "args": dict(args),
            "priority": priority,
            "dedupe": dedupe,
            "created_at": at,
            "not_before": not_before or at,
            "tries": 0,
            "origin": origin_of(args),
        }
        return int(await self._line.scalar(_adding(self._line.sqlite), row))

    async def claim(
        self,
        owner: str,
        verbs: Sequence[str],
        n: int,
        now: datetime,
        lease_s: float,
        *,
        at_least: int | None = None,
    ) -> list[JobRow]:
        """Leases up to `n` jobs of these verbs, by priority and then by age; nobody else gets them meanwhile.

        With `at_least` only those that are at least so urgent, which is a smaller number.

        A lease that ran out counts as a failed try: whoever held it may have died of the job.
        """
        ready = select(JOBS.c.job_id).where(OPEN, JOBS.c.verb.in_(verbs), _free(now), JOBS.c.not_before <= now)
        if at_least is not None:
            ready = ready.where(JOBS.c.priority <= at_least)
        ready = ready.order_by(JOBS.c.priority, JOBS.c.job_id).limit(n)
        if not self._line.sqlite:
            ready = ready.with_for_update(skip_locked=True)
        taken = update(JOBS).where(JOBS.c.job_id.in_(ready.scalar_subquery()), OPEN)
        # From here on the job reads the present: whoever asks for the same thing now gets a job of their own.
        taken = taken.values(
            lease_owner=owner,
            lease_until=now + timedelta(seconds=lease_s),
            tries=JOBS.c.tries + case((JOBS.c.lease_owner.is_not(None), 1), else_=0),
            dedupe=None,
        )
        rows = await self._line.rows(taken.returning(*(JOBS.c[name] for name in NAMES)))
        return sorted((JobRow(**row._asdict()) for row in rows), key=lambda job: (job.priority, job.job_id))

    async def undone(self, job_ids: Sequence[int]) -> list[JobRow]:
        """Gives those of the jobs that are neither done nor set aside."""
        found = select(*(JOBS.c[name] for name in NAMES)).where(JOBS.c.job_id.in_(job_ids), OPEN)
        rows = await self._line.rows(found.order_by(JOBS.c.priority, JOBS.c.job_id))
        return [JobRow(**row._asdict()) for row in rows]

    async def renew(self, job_ids: Sequence[int], owner: str, until: datetime) -> int:
        """Keeps the lease of jobs that take longer; counts those that are still the owner's."""
        mine = update(JOBS).where(JOBS.c.job_id.in_(job_ids), JOBS.c.lease_owner == owner, OPEN)
        return await self._line.run(mine.values(lease_until=until))

    async def done(self, job_ids: Sequence[int], now: datetime | None = None) -> int:
        """Marks jobs as done and counts those that were not yet."""
        open_jobs = update(JOBS).where(JOBS.c.job_id.in_(job_ids), OPEN)
        values = {"done_at": now or self._line.clock(), "lease_owner": None, "dedupe": None}
        return await self._line.run(open_jobs.values(values))

    async def fail(self, job_id: int, error: str, next_at: datetime) -> None:
        """Gives a job back that failed, to be tried again at that time."""
        back = update(JOBS).where(JOBS.c.job_id == job_id, OPEN)
        values = {"error": error, "not_before": next_at, "lease_owner": None, "lease_until": None}
        await self._line.run(back.values(values | {"tries": JOBS.c.tries + 1}))

    async def let_go(self, now: datetime, longest: timedelta) -> int:
        """Frees jobs that wait or are held longer than anything may: a clock that was wrong wrote that; counts."""
        far = now + longest
        values = {
            "not_before": case((JOBS.c.not_before > far, now), else_=JOBS.c.not_before),
            "lease_owner": case((JOBS.c.lease_until > far, None), else_=JOBS.c.lease_owner),
            "lease_until": case((JOBS.c.lease_until > far, None), else_=JOBS.c.lease_until),
        }
        wrong = or_(JOBS.c.not_before > far, JOBS.c.lease_until > far)
        return await self._line.run(update(JOBS).where(OPEN, wrong).values(values))

    async def bury(self, job_id: int, error: str) -> None:
        """Sets a job aside for a person to look at; it is kept."""
        aside = update(JOBS).where(JOBS.c.job_id == job_id, OPEN)
        values = {"buried_at": self._line.clock(), "error": error, "lease_owner": None, "dedupe": None}
        await self._line.run(aside.values(values))

    async def dig_up(self, job_id: int, now: datetime) -> bool:
        """Lets a buried job be tried again; False when it is not buried."""
        buried = update(JOBS).where(JOBS.c.job_id == job_id, BURIED)
        values = {"buried_at": None, "not_before": now, "tries": 0, "lease_until": None}
        return await self._line.run(buried.values(values)) == 1

    async def drop(self, job_id: int) -> bool:
        """Strikes a buried job off the list, as nothing to be done any more; False when it is not buried."""
        buried = update(JOBS).where(JOBS.c.job_id == job_id, BURIED)
        return await self._line.run(buried.values(done_at=self._line.clock())) == 1

    async def release_expired(self, leased_until: datetime) -> int:
        """Gives back the jobs whose lease ends by then, whoever holds them, as failed once more; counts them."""
        over = update(JOBS).where(OPEN, JOBS.c.lease_owner.is_not(None), JOBS.c.lease_until <= leased_until)
        return await self._line.run(over.values(lease_owner=None, lease_until=None, tries=JOBS.c.tries + 1))

    async def waiting(self) -> dict[str, int]:
        """Counts the jobs that are neither done nor buried, by verb."""
        counted = select(JOBS.c.verb, func.count().label("n")).where(OPEN).group_by(JOBS.c.verb)
        return {row.verb: row.n for row in await self._line.rows(counted)}

    async def oldest_at(self) -> datetime | None:
        """Tells since when the oldest job waits; metrics ask."""
        found: datetime | None = await self._line.scalar(select(func.min(JOBS.c.created_at)).where(OPEN))
        return found

    async def buried(self, limit: int = 100) -> list[DeadJob]:
        """Lists jobs that were set aside, the latest first."""
        names = (*(JOBS.c[name] for name in NAMES), JOBS.c.error, JOBS.c.buried_at)
        found = select(*names).where(BURIED).order_by(JOBS.c.buried_at.desc()).limit(limit)
        return [
            DeadJob(
                job=JobRow(**{name: getattr(row, name) for name in NAMES}),
                error=row.error or "",
                buried_at=row.buried_at,
            )
            for row in await self._line.rows(found)
        ]


@cache
def _adding(on_sqlite: bool) -> Executable:
    # The update changes nothing; it only lets the row that waits be returned, locked against a claim.
    met = meeting(on_sqlite, JOBS).on_conflict_do_update(index_elements=["dedupe"], set_={"dedupe": JOBS.c.dedupe})
    return met.returning(JOBS.c.job_id)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(JOBS.c.lease_owner.is_(None), JOBS.c.lease_until <= now)
