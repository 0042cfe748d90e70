"""The job rows as the workers see them: which wait, which are done, which were set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from actions.alarms import tell_admins
from actions.ports import Deps

LEASE_S = 90.0
"""Longer than a job may run, so that no row is handed out twice while its job runs."""
LONGEST_WAIT = timedelta(minutes=45)
"""Nothing waits longer by rule; what does was written by a clock that was ahead and has been set back since."""
BATCH = 250
URGENT = 0
"""The priority of what concerns a life in danger."""


@dataclass(frozen=True, slots=True)
class JobView:
    """One row: what to do, and how often it was tried."""

    job_id: int
    verb: str
    args: Mapping[str, object]
    priority: int
    tries: int
    origin: str | None = None


async def claim(deps: Deps, owner: str, verbs: Sequence[str], *, urgent_only: bool = False) -> list[JobView]:
    """Claims rows that wait, most urgent first; a claim ends by itself after `LEASE_S`."""
    at_least = URGENT if urgent_only else None
    async with deps.store.begin() as unit:
        rows = await unit.jobs.claim(owner, list(verbs), BATCH, deps.clock(), LEASE_S, at_least=at_least)
    return [JobView(r.job_id, r.verb, r.args, r.priority, r.tries, r.origin) for r in rows]


async def take(deps: Deps, ids: Sequence[int]) -> list[JobView]:
    """Reads the rows that are still to be done."""
    async with deps.store.read() as unit:
        rows = await unit.jobs.undone(list(ids))
    return [JobView(r.job_id, r.verb, r.args, r.priority, r.tries, r.origin) for r in rows]


async def finish(deps: Deps, ids: Sequence[int]) -> None:
    """Marks rows as done."""
    async with deps.store.begin() as unit:
        await unit.jobs.done(list(ids))


async def set_back(deps: Deps, row: JobView, fault: str, delays: Sequence[timedelta]) -> None:
    """Tries a row again later, or sets it aside after the last delay and tells the admins."""
    async with deps.store.begin() as unit:
        if row.tries < len(delays):
            await unit.jobs.fail(row.job_id, fault, deps.clock() + delays[row.tries])
            return
        await unit.jobs.bury(row.job_id, fault)
        await tell_admins(deps, "notice.job_dead", {"verb": row.verb, "job_id": row.job_id})


async def messages_wait(deps: Deps) -> bool:
    """Tells whether a message could be sent now."""
    async with deps.store.read() as unit:
        return await unit.messages.waiting(deps.clock())


async def forget_wrong_clock(deps: Deps) -> int:
    """Lets go of what a clock that was ahead put off for hours; counts the rows."""
    async with deps.store.begin() as unit:
        now = deps.clock()
        freed = await unit.messages.let_go(now, LONGEST_WAIT)
        freed += await unit.jobs.let_go(now, LONGEST_WAIT)
        freed += await unit.inbox.let_go(now, LONGEST_WAIT)
        if freed:
            unit.after_commit(deps.hint)
    return freed
