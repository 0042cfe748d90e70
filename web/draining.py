"""What is being written when the server is asked to stop is finished first, and its sender hears that it holds."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

DRAIN_S = 8.0
"""How long that may take; a process manager that gives ten seconds need not kill."""
LOOKS = ("GET", "HEAD", "OPTIONS")


class InHand:
    """The writes that are being worked on."""

    def __init__(self) -> None:
        self._n = 0
        self._none = asyncio.Event()
        self._none.set()
        self.ending = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Counts one for as long as it is worked on."""
        self._n += 1
        self._none.clear()
        try:
            yield
        finally:
            self._n -= 1
            if self._n == 0:
                self._none.set()

    async def finished(self, within_s: float = DRAIN_S) -> bool:
        """Waits until none is left; False when that took too long. From now on connections are not kept."""
        self.ending = True
        try:
            async with asyncio.timeout(within_s):
                await self._none.wait()
        except TimeoutError:
            return False
        return True


IN_HAND = web.AppKey("in_hand", InHand)


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stands outermost and counts the writes; who only looks is sent away at once."""
    here = request.app[IN_HAND]
    if request.method in LOOKS:
        return await handler(request)
    with here.one():
        response = await handler(request)
        if here.ending:
            response.force_close()
        return response
