"""A small city that works for a while, and whether all of it is still there afterwards."""

from actions.ports import Deps
from actions.replay import replay_all
from config.seed.read import read
from models.rules.catalogue import build
from models.store import Store
from tests.clock import Clock
from tests.make import filed, make_deps


async def at_work(url: str, clock: Clock) -> None:
    """Lets a city work."""
    store = await Store.open(url, clock=clock)
    deps = await make_deps(store, clock, build(read()))
    for _ in range(3):
        await filed(deps)
    await store.close()


async def conserved(url: str, clock: Clock) -> int:
    """Replays every case, and counts those that are what their events say."""
    store = await Store.open(url, clock=clock)
    deps: Deps = await make_deps(store, clock, build(read()))
    agreed = [one.agrees async for one in replay_all(deps)]
    async with store.read() as unit:
        reports = [await unit.reports.of_case(number) for number in await unit.cases.all_nos("", 100)]
    await store.close()
    assert all(agreed)
    assert all(reports)
    return len(agreed)
