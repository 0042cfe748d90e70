"""Every kind of harm, once: what the tests do shortly and `bench.faults` does at length."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

from redis import Redis

from models.store.driver import sqlite_module
from tests.faults.drill import Drill
from tests.faults.servers import Servers
from tests.faults.service import CHILDREN

Harm = Callable[[], Awaitable[None]]
HOUR_S = 3600.0


def kills(at_work: Drill, n: int) -> Harm:
    """Ends processes at random moments as a power cut does, the embedded Valkey too."""
    names = CHILDREN if at_work.service.redis_url else (*CHILDREN, "valkey-server")

    async def harm() -> None:
        done = await at_work.kill_some(n, names=names, pause_s=(0.2, 1.5))
        assert done == n, f"only {done} of {n} could be killed"

    return harm


def flushes(at_work: Drill, times: int) -> Harm:
    """Empties Redis."""
    url = at_work.service.redis_url or f"unix://{at_work.service.data.resolve() / 'valkey.sock'}"

    async def harm() -> None:
        for _ in range(times):
            await at_work.filed(3)
            with closing(Redis.from_url(url)) as client:
                client.flushall()

    return harm


def no_redis(at_work: Drill, own: Servers, seconds: float) -> Harm:
    """Stops Redis for a while and starts it empty."""

    async def harm() -> None:
        await at_work.filed(3)
        await asyncio.to_thread(own.stop_redis)
        until = time.monotonic() + seconds
        await at_work.filed(4)
        await asyncio.sleep(max(0.0, until - time.monotonic()))
        await asyncio.to_thread(own.start_redis)
        await at_work.filed(3)

    return harm


def postgres_dies(at_work: Drill, own: Servers, times: int) -> Harm:
    """Cuts every connection, then lets PostgreSQL die and come back."""

    async def harm() -> None:
        for _ in range(times):
            await at_work.filed(2)
            assert await asyncio.to_thread(own.cut) > 0
            await at_work.filed(2)
            await asyncio.to_thread(own.restart_postgres)
        await at_work.filed(3)

    return harm


def sqlite_held(at_work: Drill, seconds: float) -> Harm:
    """Takes the only writer's place, as a backup or a curious operator does."""

    # Not the interpreter's own library: two copies of SQLite in one process undo each other's locks, and one older
    # than 3.51.3 may damage a database that others write to. Both happened here.
    driver: Any = sqlite_module()

    def hold() -> None:
        with closing(driver.connect(str(at_work.service.sqlite_file), timeout=30, isolation_level=None)) as other:
            other.execute("begin immediate")
            time.sleep(seconds)
            other.execute("rollback")

    async def harm() -> None:
        await at_work.filed(3)
        await asyncio.to_thread(hold)
        await at_work.filed(3)

    return harm


def clock_jump(at_work: Drill, hours: int) -> Harm:
    """Sets every clock of the service wrong, and right again."""

    async def harm() -> None:
        await at_work.filed(2)
        at_work.service.wrong_by(HOUR_S * hours)
        await at_work.filed(3)
        at_work.service.wrong_by(0)
        await at_work.filed(2)

    return harm


def bad_channel(at_work: Drill, n_reports: int, part: float) -> Harm:
    """Lets the channel answer a part of all calls with 429, 5xx, nothing and half an answer each."""

    async def harm() -> None:
        weather = at_work.telegram.weather
        weather.slow_down = weather.broken = weather.silent = weather.half = part
        try:
            await at_work.filed(n_reports)
        finally:
            weather.slow_down = weather.broken = weather.silent = weather.half = 0.0

    return harm


def deploy(at_work: Drill) -> Harm:
    """Lets a new version take over."""

    async def harm() -> None:
        await at_work.filed(2)
        await at_work.relieved()
        await at_work.filed(3)

    return harm
