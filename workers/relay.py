"""Hands committed job and message rows on to rq, at once when hinted and every second anyway.

Where Redis does not answer, the rows are performed here, slower but without loss: the database is the truth.
"""

import asyncio

import structlog

from actions.jobs import JobView, claim, messages_wait
from config.drills import crash_point
from workers.jobs import VERBS, perform_here
from workers.queues import NOTIFY, QueueDown, Queues
from workers.runtime import Runtime

log = structlog.get_logger(__name__)
ROUNDS = 20


class Relay:
    """One relay; several at once are harmless because rows are claimed."""

    def __init__(self, here: Runtime, queues: Queues | None, owner: str) -> None:
        self._here = here
        self._queues = queues
        self._owner = owner

    async def hand_on(self) -> int:
        """Hands everything that waits on; counts the rows."""
        handed = 0
        for _ in range(ROUNDS):
            batch = await claim(self._here.deps, self._owner, tuple(VERBS))
            if not batch:
                break
            crash_point("relay.claimed")
            for verb in dict.fromkeys(row.verb for row in batch):
                await self._hand(verb, [row for row in batch if row.verb == verb])
            handed += len(batch)
        if await messages_wait(self._here.deps):
            await self._notify()
        return handed

    async def _hand(self, verb: str, rows: list[JobView]) -> None:
        ids = [row.job_id for row in rows]
        urgent = any(row.priority == 0 for row in rows)
        if self._queues is not None:
            try:
                await asyncio.to_thread(self._queues.hand, verb, ids, first=urgent)
                crash_point("relay.handed")
                return
            except QueueDown as fault:
                log.warning("queue down, performing here", verb=verb, fault=type(fault).__name__)
        await perform_here(self._here, verb, ids)

    async def _notify(self) -> None:
        """Wakes the sending worker unless a wake-up waits already."""
        if self._queues is not None:
            try:
                if await asyncio.to_thread(self._queues.waiting, NOTIFY) == 0:
                    await asyncio.to_thread(self._queues.hand, "notify", ())
                return
            except QueueDown as fault:
                log.warning("queue down, sending here", fault=type(fault).__name__)
        await perform_here(self._here, "notify", ())
