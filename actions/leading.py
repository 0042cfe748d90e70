"""Which of several processes does a duty of which there may be one: who holds its lease in the database.

No clock is trusted: the holder changes its row at every beat, and a row that has not changed for the life of a lease,
by the watcher's own stopwatch, has no living holder. Two leaders for a moment would be harmless, as every row of work
is claimed; without one nothing would move.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from actions.ports import Deps, LeaseRow

LIFE_S = 9.0
"""How long a row may stay unchanged; with a beat more, another process has taken over."""
BEAT_S = 3.0
STALE_PART = 2 / 3
"""After this part of a lease's life without a beat its holder stops, before anybody may take over."""


class Leading:
    """One candidate for a duty. `owner` must be another name in every process, and after every start."""

    def __init__(
        self,
        deps: Deps,
        duty: str,
        owner: str,
        *,
        life_s: float = LIFE_S,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deps = deps
        self._duty = duty
        self._owner = owner
        self._life_s = life_s
        self._stopwatch = stopwatch
        self._seen: LeaseRow | None = None
        self._seen_at = stopwatch()
        self._beat_at: float | None = None

    @property
    def leads(self) -> bool:
        """Tells whether this process does the duty now."""
        return self._beat_at is not None and self._stopwatch() - self._beat_at < self._life_s * STALE_PART

    async def beat(self) -> bool:
        """Keeps the lease, or takes it when its holder shows no life; tells whether it is held here."""
        at = self._stopwatch()
        async with self._deps.store.begin() as unit:
            held = await unit.kv.holder(self._duty)
            if held != self._seen:
                self._seen, self._seen_at = held, at
            mine = held is not None and held.owner == self._owner
            if held is not None and not mine and at - self._seen_at < self._life_s:
                self._beat_at = None
                return False
            until = self._deps.clock() + timedelta(seconds=self._life_s)
            if held is not None:
                # It must change although the clock may stand or go back.
                until = max(until, held.until + timedelta(milliseconds=1)) if mine else until
            taken = await unit.kv.hold(self._duty, self._owner, until, held)
        self._beat_at = at if taken else None
        return taken

    async def resign(self) -> None:
        """Gives the lease back, so that another takes over at its next beat."""
        self._beat_at = None
        async with self._deps.store.begin() as unit:
            await unit.kv.release(self._duty, self._owner)
