"""Runs `develop` in a child process with limits, so that a hostile picture cannot hurt the service."""

import asyncio
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from actions.confine import confine
from actions.develop import MAX_BYTES, Unusable, develop
from actions.ports import Developed
from models.rules.errors import BadPhoto

WAIT_S = 20.0


class ChildDarkroom:
    """A `Darkroom` with one child process, started at the first picture and renewed when one kills it."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()

    async def develop(self, data: bytes) -> Developed:
        """Develops one picture; raises `BadPhoto` for what is no picture, too large, or too slow."""
        if len(data) > MAX_BYTES:
            raise BadPhoto(why="too_large")
        # Only the work itself is timed: in a storm an honest picture may wait long for its turn.
        async with self._turn:
            return await self._develop(data)

    async def _develop(self, data: bytes) -> Developed:
        pool = self._pool = self._pool or self._new_pool()
        try:
            future = asyncio.get_running_loop().run_in_executor(pool, develop, data)
            return await asyncio.wait_for(future, WAIT_S)
        except Unusable as fault:
            raise BadPhoto(why=fault.why) from fault
        except (BrokenProcessPool, TimeoutError) as fault:
            self.close()
            raise BadPhoto(why="broken") from fault

    def close(self) -> None:
        """Ends the child at once: it keeps nothing, and one that is still starting would hold up the end."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _new_pool() -> ProcessPoolExecutor:
        # Not fork: the parent holds threads and database connections that no child may inherit.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=context, initializer=confine, initargs=(os.getpid(),))
