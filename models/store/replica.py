"""A read replica of PostgreSQL: used by whoever only looks, for as long as it is there and not far behind.

How far behind it is needs no clock of either server: it is compared with the places in the log at which the primary
was seen before. A primary that cannot be asked leaves the replica in use, so that the board outlives it.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LOOK_S = 1.0
"""How long what was found out about the replica holds."""
PATIENCE_S = 1.0
MOST_PLACES = 600
WRITTEN = text("select pg_current_wal_lsn() - '0/0'::pg_lsn")
REPLAYED = text("select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() - '0/0'::pg_lsn end")
FAULTS = (DBAPIError, InterfaceError, PoolTimeoutError, OSError, TimeoutError)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """What is known about the replica. `behind_s` is 0 when it has everything, and at least so much otherwise."""

    there: bool
    behind_s: float
    usable: bool


class Replica:
    """The connections to the replica, and whether it may be asked now."""

    def __init__(self, engine: AsyncEngine, primary: AsyncEngine, most_behind_s: float) -> None:
        self._engine = engine
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._primary = primary
        self._most_behind_s = most_behind_s
        self._written: deque[tuple[float, int]] = deque()
        self._reached = False
        self._looked_at = float("-inf")
        self._state = ReplicaState(there=False, behind_s=0.0, usable=False)
        self._turn = asyncio.Lock()

    async def lend(self) -> AsyncConnection | None:
        """Lends a connection inside a read-only transaction; None when the primary must be asked instead."""
        if not (await self.state()).usable:
            return None
        try:
            connection = await self._reader.connect()
            await connection.begin()
        except FAULTS as fault:
            self.failed(fault)
            return None
        return connection

    def failed(self, fault: BaseException) -> None:
        """Notes that it did not answer; the primary is asked until the replica answers again."""
        if self._state.usable:
            log.warning("replica does not answer, the primary is asked", fault=type(fault).__name__)
        self._state = ReplicaState(there=False, behind_s=self._state.behind_s, usable=False)
        self._looked_at = time.monotonic()

    async def state(self) -> ReplicaState:
        """Tells how the replica does; what was found a second ago is still good."""
        if time.monotonic() - self._looked_at < LOOK_S:
            return self._state
        async with self._turn:
            if time.monotonic() - self._looked_at >= LOOK_S:
                before, self._state = self._state, await self._look()
                self._looked_at = time.monotonic()
                if before.usable != self._state.usable:
                    log.warning("replica", usable=self._state.usable, behind_s=round(self._state.behind_s, 1))
        return self._state

    async def _look(self) -> ReplicaState:
        written, replayed = await asyncio.gather(_asked(self._primary, WRITTEN), _asked(self._engine, REPLAYED))
        now = time.monotonic()
        if isinstance(replayed, BaseException):
            return ReplicaState(there=False, behind_s=self._state.behind_s, usable=False)
        if isinstance(written, int):
            self._written.append((now, written))
        # No standby, or a primary that is away: nothing is known to be missing here.
        if replayed is None or not isinstance(written, int):
            return ReplicaState(there=True, behind_s=0.0, usable=True)
        behind_s = self._behind(replayed, now)
        return ReplicaState(there=True, behind_s=behind_s, usable=self._reached and behind_s <= self._most_behind_s)

    def _behind(self, replayed: int, now: float) -> float:
        """Tells for how long the primary has had something that the replica lacks."""
        while self._written and self._written[0][1] <= replayed:
            self._written.popleft()
            # Until it has reached a place seen here, it may be behind by days.
            self._reached = True
        if len(self._written) > MOST_PLACES:
            del self._written[1]
        return max(now - self._written[0][0], 0.001) if self._written else 0.0

    async def close(self) -> None:
        """Closes its connections."""
        await self._engine.dispose()


async def _asked(engine: AsyncEngine, statement: object) -> int | BaseException | None:
    """Asks one number of a server; gives the fault when it does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE_S), engine.connect() as connection:
            found = (await connection.execute(statement)).scalar()  # type: ignore[call-overload]
    except FAULTS as fault:
        return fault
    return None if found is None else int(found)
