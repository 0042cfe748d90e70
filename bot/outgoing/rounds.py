"""In which order a courier works off what waits: the most urgent chat first, and the next are claimed before these end.

Knows no message and no channel. Rows are claimed by few, so that what comes later and is more urgent stands behind
few; it is looked for while the others wait.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar

SENDERS: Final = 10
"""How many chats are served at once."""
LOW: Final = 10
"""With fewer chats than these in hand the next rows are claimed."""
TICK_S: Final = 0.2
"""How often lives in danger are looked for while enough is in hand."""


class Ordered(Protocol):
    """What the order follows."""

    @property
    def id(self) -> int: ...
    @property
    def chat_id(self) -> int: ...
    @property
    def priority(self) -> int: ...


R = TypeVar("R", bound=Ordered)
Claim = Callable[[bool], Awaitable[Sequence[R]]]
"""Leases rows; True asks for lives in danger only."""
Serve = Callable[[int, list[R]], Coroutine[Any, Any, None]]
"""Works a chat's rows off and takes those off the list that are seen to."""
Failed = Callable[[list[R], Exception], Awaitable[None]]
"""Sees to the rows of a chat that could not be served."""


class Rounds(Generic[R]):
    """Works off what waits, until nothing is ready or enough was done."""

    def __init__(self, claim: Claim[R], serve: Serve[R], failed: Failed[R]) -> None:
        self._claim = claim
        self._serve = serve
        self._failed = failed
        self._waiting: list[tuple[int, int, list[R]]] = []
        self._active: dict[asyncio.Task[None], list[R]] = {}
        self._looking: asyncio.Task[Sequence[R]] | None = None
        self._urgent_only = False
        self._look_at = {False: 0.0, True: 0.0}
        """From when on it is worth looking again for anything, and for lives in danger."""
        self._fault: BaseException | None = None
        self._changed = False
        self._n = 0

    async def run(self, most: int, seconds: float) -> int:
        """Gives the number of rows taken; claims none after so many rows or so long."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + seconds
        try:
            while True:
                self._start()
                now = loop.time()
                over = self._n >= most or now >= ends_at or self._fault is not None
                urgent_only = len(self._waiting) >= LOW
                # What was just sent may have led to more, such as news of a dead address: looked for before the end.
                last = self._changed and not self._active
                if self._looking is None and not over and (last or now >= self._look_at[urgent_only]):
                    self._urgent_only, self._changed = urgent_only, self._changed and urgent_only
                    self._looking = asyncio.ensure_future(self._claim(urgent_only))
                pending = {*self._active, *({self._looking} if self._looking else ())}
                if not pending and self._fault is not None:
                    raise self._fault
                if not pending:
                    return self._n
                done, _ = await asyncio.wait(pending, timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED)
                if self._looking in done and (not self._taken() or self._urgent_only):
                    self._look_at[self._urgent_only] = loop.time() + TICK_S
                for task in done & self._active.keys():
                    await self._ended(task)
        finally:
            await self._stop()

    def _start(self) -> None:
        while self._waiting and len(self._active) < SENDERS:
            _, _, rows = heapq.heappop(self._waiting)
            self._active[asyncio.create_task(self._serve(rows[0].chat_id, rows))] = rows

    def _taken(self) -> bool:
        """Puts what was claimed in order; False when there was nothing."""
        assert self._looking is not None
        looked, self._looking = self._looking, None
        self._fault = looked.exception()
        if self._fault is not None:
            return False
        rows = looked.result()
        chats: dict[int, list[R]] = {}
        for row in rows:
            chats.setdefault(row.chat_id, []).append(row)
        for waiting in chats.values():
            first = min(waiting, key=lambda row: (row.priority, row.id))
            heapq.heappush(self._waiting, (first.priority, first.id, waiting))
        self._n += len(rows)
        return bool(rows)

    async def _ended(self, task: asyncio.Task[None]) -> None:
        rows = self._active.pop(task)
        self._changed = True
        error = task.exception()
        if isinstance(error, Exception):
            # A fault in one chat must not keep the others waiting.
            await self._failed(rows, error)
        elif error is not None:
            raise error

    async def _stop(self) -> None:
        """Cuts what is under way; its rows are free again when their lease ends."""
        tasks = [*self._active, *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
