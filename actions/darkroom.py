"""Runs `develop` in a child process with limits, so that a hostile picture cannot hurt the service."""

import asyncio
import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from actions.develop import MAX_BYTES, Unusable, develop
from actions.ports import Developed
from models.rules.errors import BadPhoto

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 600
WAIT_S = 20.0


PR_SET_PDEATHSIG = 1


def _limit(parent: int) -> None:
    """Caps the child: memory for all, processor time so that a stuck decoder ends.

    It never outlives its parent, and leaves Ctrl-C of the terminal to it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the child ends with its pipe
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died while this process was starting, before it could be followed
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
        return ProcessPoolExecutor(1, mp_context=context, initializer=_limit, initargs=(os.getpid(),))
