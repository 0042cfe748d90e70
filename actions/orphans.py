"""Gives rows of work back whose holder is known to be gone, long before their lease would end by itself."""

from collections.abc import Callable
from datetime import timedelta

from actions.jobs import LEASE_S
from actions.ports import Deps


async def free_dead(deps: Deps, is_dead: Callable[[str], bool]) -> int:
    """Frees what dead processes held; counts the rows."""
    async with deps.store.read() as unit:
        dead = [name for name in await unit.holders.names() if is_dead(name)]
    if not dead:
        return 0
    async with deps.store.begin() as unit:
        freed = await unit.holders.free(dead)
        unit.after_commit(deps.hint)
    return freed


async def free_forgotten(deps: Deps, held_for: timedelta) -> int:
    """Frees jobs that were handed to the queue so long ago and that it knows no more; counts them."""
    async with deps.store.begin() as unit:
        freed = await unit.jobs.release_expired(deps.clock() + timedelta(seconds=LEASE_S) - held_for)
        if freed:
            unit.after_commit(deps.hint)
    return freed
