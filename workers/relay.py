"""Hands committed job and message rows on to rq, at once when hinted and every second anyway.

Where Redis does not answer, the rows are performed here, slower but without loss: the database is the truth.
"""

import asyncio

import structlog

from actions.jobs import URGENT, claim, messages_wait
from config.drills import crash_point
from workers.jobs import VERBS, perform_here
from workers.orphans import take_back
from workers.queues import NOTIFY, PLACE, QueueDown, Queues
from workers.runtime import Runtime

log = structlog.get_logger(__name__)
ROUNDS = 20
BATCHES = {"route": 250, "assign_check": 50}
"""How many rows of a verb share a job; one that fails is repeated row by row."""
FEW = 10
"""The same for every other verb: pictures to fetch take seconds each."""


class Relay:
    """One relay; several at once are harmless because rows are claimed."""

    def __init__(self, here: Runtime, queues: Queues | None, owner: str) -> None:
        self._here = here
        self._queues = queues
        self._owner = owner

    async def hand_on(self) -> int:
        """Hands on what waits, as far as the workers keep up, and always what is urgent; counts the rows."""
        handed = 0
        for _ in range(ROUNDS):
            full = await self._full()
            rows = await claim(self._here.deps, self._owner, tuple(VERBS), urgent_only=full)
            if not rows:
                break
            crash_point("relay.claimed")
            for verb, urgent in dict.fromkeys((row.verb, row.priority <= URGENT) for row in rows):
                ids = [row.job_id for row in rows if (row.verb, row.priority <= URGENT) == (verb, urgent)]
                for start in range(0, len(ids), BATCHES.get(verb, FEW)):
                    await self._hand(verb, ids[start : start + BATCHES.get(verb, FEW)], urgent=urgent)
            handed += len(rows)
        if await messages_wait(self._here.deps):
            await self._notify()
        return handed

    async def take_back(self) -> int:
        """Frees rows whose holder on this machine died, or that the queue forgot; counts them."""
        return await take_back(self._here.deps, self._queues)

    async def _full(self) -> bool:
        """Tells whether only what is urgent should be handed on; where Redis is away the rows are performed here."""
        if self._queues is None:
            return False
        try:
            return await asyncio.to_thread(self._queues.full, PLACE)
        except QueueDown:
            return False

    async def _hand(self, verb: str, ids: list[int], *, urgent: bool) -> None:
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
