"""What a job finds in its process: the wired `Deps`, the courier, and the loop that both live on.

rq calls plain functions from its main thread; the loop runs beside it in one thread for the whole life of the
worker, so that connections are opened once and never cross a fork.
"""

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from actions.ports import Deps
from config.loops import new_loop

Result = TypeVar("Result")


class Sender(Protocol):
    """What a job needs of `bot.outgoing`."""

    async def drain(self) -> int:
        """Sends every message that waits now; counts those sent."""

    async def download(self, file_id: str) -> bytes:
        """Fetches a file from the channel."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The wiring of one worker process."""

    deps: Deps
    sender: Sender


class Loop:
    """An event loop in a thread of its own, for calls from rq's main thread."""

    def __init__(self) -> None:
        self._loop = new_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="jobs", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Runs a coroutine to its end; rq's time-out, raised here, cancels it there."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Stops the loop and waits for its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=2)


_here: tuple[Loop, Runtime] | None = None


def install(loop: Loop, runtime: Runtime) -> None:
    """Sets the runtime of this process, once, before its first job."""
    global _here
    _here = (loop, runtime)


def here() -> tuple[Loop, Runtime]:
    """Gives the runtime of this process; RuntimeError in a process that is no worker."""
    if _here is None:
        raise RuntimeError("no runtime: jobs run in `whistle worker` only")
    return _here
