"""Who waits for news, and how are they woken? Holds no news itself: a woken waiter looks for itself."""

import asyncio
from collections.abc import Hashable, Iterable


class Signals:
    """Wakes coroutines that wait for a change of one key (a phone, a bot's updates).

    Everything runs on one event loop, so a waiter that looked and then waits without another
    await in between cannot miss a wake.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, set[asyncio.Future[None]]] = {}
        self.closed = False

    def wake(self, keys: Iterable[Hashable]) -> None:
        """Wakes everybody who waits for one of the keys."""
        for key in keys:
            for waiter in self._waiting.pop(key, ()):
                if not waiter.done():
                    waiter.set_result(None)

    def wake_all(self) -> None:
        """Wakes every waiter, whatever it waits for."""
        self.wake(list(self._waiting))

    def close(self) -> None:
        """Wakes every waiter and lets nobody wait again: the server is going down."""
        self.closed = True
        self.wake_all()

    async def wait(self, key: Hashable, timeout_s: float) -> bool:
        """Waits for the key; returns False when the time ran out or the server goes down."""
        if self.closed or timeout_s <= 0:
            return False
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, set()).add(waiter)
        try:
            async with asyncio.timeout(timeout_s):
                await waiter
        except TimeoutError:
            return False
        finally:
            waiters = self._waiting.get(key)
            if waiters is not None:
                waiters.discard(waiter)
                if not waiters:
                    del self._waiting[key]
        return not self.closed
