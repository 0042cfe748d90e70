"""Draws the pictures of cards in a child process, so that a burst of new maps does not hold up what is sent.

A map takes some twenty milliseconds of a core; at thirty cards a second that is most of one. The child is started at
the first picture, imports nothing but the drawing, and is renewed when it ends.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import structlog

from actions.confine import confine
from bot.outgoing.composed import Sketch, compose

log = structlog.get_logger(__name__)
Photos = Sequence[tuple[bytes | None, str | None]]
"""Each photo and the colour of its rim; None for one that is not here."""


class Studio:
    """One child that draws."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def compose(self, photos: Photos, sketch: Sketch | None) -> bytes | None:
        """Gives the JPEG of a card; drawn here when the child cannot."""
        try:
            pool = self._pool = self._pool or _new_pool()
            return await asyncio.get_running_loop().run_in_executor(pool, compose, photos, sketch)
        except BrokenProcessPool:
            log.warning("the child that draws ended")
            self.close()
            return await asyncio.to_thread(compose, photos, sketch)

    def close(self) -> None:
        """Ends the child at once; it keeps nothing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def _new_pool() -> ProcessPoolExecutor:
    # Not fork: the parent holds threads and connections that no child may inherit.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=confine, initargs=(os.getpid(),))
