"""A service at work, with every update twice, late and out of order, is harmed in every way and loses nothing.

After each harm: every acknowledged report is there once, every case is what its events say, every message left.
"""

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest
from redis import Redis

from tests.faults.conftest import CITY, EMBEDDED
from tests.faults.drill import Drill
from tests.faults.servers import Servers
from tests.faults.service import CHILDREN

pytestmark = [pytest.mark.servers, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
N_REPORTERS = 8
N_KILLS = 12


async def test_kill_9_of_any_process_at_any_moment_loses_nothing(at_work: Drill, engine: str) -> None:
    names = (*CHILDREN, "valkey-server") if engine == EMBEDDED else CHILDREN

    async def harm() -> None:
        assert await at_work.kill_some(N_KILLS, names=names, pause_s=(0.2, 1.5)) == N_KILLS

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


async def test_redis_may_be_emptied_at_any_moment(at_work: Drill, engine: str) -> None:
    url = at_work.service.redis_url or f"unix://{at_work.service.data.resolve() / 'valkey.sock'}"

    async def harm() -> None:
        for _ in range(3):
            await at_work.filed(3)
            with closing(Redis.from_url(url)) as client:
                client.flushall()

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


async def test_without_redis_everything_goes_on(at_work: Drill, engine: str, request: pytest.FixtureRequest) -> None:
    if engine == EMBEDDED:
        pytest.skip("the embedded Valkey is started again at once; it is killed in the test above")
    own: Servers = request.getfixturevalue("own_servers")

    async def harm() -> None:
        await at_work.filed(3)
        await asyncio.to_thread(own.stop_redis)
        await at_work.filed(4)
        await asyncio.to_thread(own.start_redis)
        await at_work.filed(3)

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


async def test_postgresql_may_cut_connections_and_die(
    at_work: Drill, engine: str, request: pytest.FixtureRequest
) -> None:
    if engine != CITY:
        pytest.skip("there is no server to cut off")
    own: Servers = request.getfixturevalue("own_servers")

    async def harm() -> None:
        for _ in range(2):
            await at_work.filed(2)
            assert await asyncio.to_thread(own.cut) > 0
            await at_work.filed(2)
            await asyncio.to_thread(own.restart_postgres)
        await at_work.filed(3)

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


async def test_sqlite_may_be_held_for_ten_seconds_by_somebody_else(at_work: Drill, engine: str) -> None:
    if engine != EMBEDDED:
        pytest.skip("PostgreSQL has no single writer")

    async def harm() -> None:
        await at_work.filed(3)
        await asyncio.to_thread(_hold, at_work, 10.5)
        await at_work.filed(3)

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


def _hold(at_work: Drill, seconds: float) -> None:
    """Holds the only writer's place, as a backup or a curious operator does."""
    with closing(sqlite3.connect(at_work.service.sqlite_file, timeout=30, isolation_level=None)) as other:
        other.execute("begin immediate")
        time.sleep(seconds)
        other.execute("rollback")


async def test_a_new_version_may_take_over_in_the_middle_of_work(at_work: Drill) -> None:
    async def harm() -> None:
        await at_work.filed(2)
        await at_work.relieved()
        await at_work.filed(3)

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


@pytest.mark.parametrize("hours", [1, -1])
async def test_the_clock_may_jump_an_hour_and_back(at_work: Drill, hours: int) -> None:
    async def harm() -> None:
        await at_work.filed(2)
        at_work.service.wrong_by(3600 * hours)
        await at_work.filed(3)
        at_work.service.wrong_by(0)
        await at_work.filed(2)

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


async def test_the_channel_may_refuse_break_fall_silent_and_answer_in_half(at_work: Drill) -> None:
    async def harm() -> None:
        weather = at_work.telegram.weather
        weather.slow_down = weather.broken = weather.silent = weather.half = 0.06
        try:
            await at_work.filed(8)
        finally:
            weather.slow_down = weather.broken = weather.silent = weather.half = 0.0

    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []
    assert min(at_work.telegram.weather.n[kind] for kind in ("slow_down", "broken", "silent", "half")) > 0
