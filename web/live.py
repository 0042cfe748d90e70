"""Hands the changes of cases to everybody who listens: one look at the database for all listeners of this process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from actions import live
from actions.live import Change
from actions.ports import Deps, StoreUnavailableError

EVERY_S = 0.3
"""How long a change waits at most until the database is looked at."""
PATIENCE_S = 2.0
"""How long the database is left alone when it cannot answer."""
LONGEST_QUEUE = 200
"""How many looks a listener may be behind; slower ones are let go, and come back where they were."""
MOST_LISTENERS = 5_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """A change, written once for everybody as it goes over the line."""

    change: Change
    frame: bytes


@dataclass(eq=False)
class Listener:
    """One who listens, from `position` on; None in the queue means that it is over."""

    position: int
    queue: asyncio.Queue[Sequence[News] | None] = field(default_factory=lambda: asyncio.Queue(LONGEST_QUEUE))


class Feed:
    """Looks for changes while anybody listens."""

    def __init__(self, deps: Deps, *, every_s: float = EVERY_S) -> None:
        self._deps = deps
        self._every_s = every_s
        self._listeners: set[Listener] = set()
        self._position = 0
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def full(self) -> bool:
        """Tells whether nobody more can listen here."""
        return self._closed or len(self._listeners) >= MOST_LISTENERS

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        """Listens from now on."""
        async with self._turn:
            if not self._listeners:
                self._position = await live.last(self._deps)
            listener = Listener(self._position)
            self._listeners.add(listener)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._look(), name="live feed")
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def close(self) -> None:
        """Tells everybody that it is over."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for listener in list(self._listeners):
            self._let_go(listener)

    async def _look(self) -> None:
        while self._listeners:
            try:
                async with self._turn:
                    found = await live.changes(self._deps, self._position)
                    if found:
                        self._position = found[-1].no
                        self._tell(news(found))
            except StoreUnavailableError as fault:
                log.info("no news for now", fault=type(fault).__name__)
                await asyncio.sleep(PATIENCE_S)
                continue
            if len(found) < live.PAGE:
                await asyncio.sleep(self._every_s)

    def _tell(self, found: Sequence[News]) -> None:
        for listener in list(self._listeners):
            try:
                listener.queue.put_nowait(found)
            except asyncio.QueueFull:
                self._let_go(listener)

    def _let_go(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        while not listener.queue.empty():
            listener.queue.get_nowait()
        listener.queue.put_nowait(None)


def news(changes: Sequence[Change]) -> list[News]:
    """Writes changes."""
    return [
        News(change, f"id: {change.no}\r\nevent: case\r\ndata: {live.told(change)}\r\n\r\n".encode())
        for change in changes
    ]


FEED = web.AppKey("feed", Feed)


async def end_streams(app: web.Application) -> None:
    """Ends every stream, because the server stops."""
    await app[FEED].close()
