"""Takes back what processes of this machine held when they died, and what an emptied Redis forgot.

Only comfort: leases end by themselves. But a receipt that waits for that comes a minute and a half late.
"""

import asyncio
import os
import socket
from datetime import timedelta

import structlog

from actions.orphans import free_dead, free_forgotten
from actions.ports import Deps
from workers.queues import PLACE, QueueDown, Queues

HELD_FOR = timedelta(seconds=15)
"""So long the queue may take to show a job that was handed to it."""
log = structlog.get_logger(__name__)


async def take_back(deps: Deps, queues: Queues | None) -> int:
    """Frees both kinds; counts the rows. Performing a job twice is harmless, as it looks first whether it is done."""
    freed = await free_dead(deps, is_dead)
    if queues is not None:
        try:
            if await asyncio.to_thread(queues.knows_nothing, PLACE):
                freed += await free_forgotten(deps, HELD_FOR)
        except QueueDown as fault:
            log.info("nothing to compare with", fault=type(fault).__name__)
    if freed:
        log.warning("taken back from the dead", freed=freed)
    return freed


def is_dead(name: str) -> bool:
    """Tells whether `name@host:pid` was a process of this machine that runs no more."""
    _, _, place = name.partition("@")
    host, _, pid = place.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
