"""A service at work, with updates twice, late and out of order, is harmed in every way and loses nothing.

After each harm: every acknowledged report is there once, every case is what its events say, every message left.
"""

import pytest

from tests.faults import harms
from tests.faults.conftest import CITY, EMBEDDED
from tests.faults.drill import Drill
from tests.faults.harms import Harm
from tests.faults.servers import Servers

pytestmark = [pytest.mark.servers, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
N_REPORTERS = 8


async def harmless(at_work: Drill, harm: Harm) -> None:
    """Lets everybody work while harm is done, and checks the balance."""
    await at_work.work(harm, N_REPORTERS)

    assert (await at_work.settled()).faults == []


async def test_kill_9_of_any_process_at_any_moment_loses_nothing(at_work: Drill) -> None:
    await harmless(at_work, harms.kills(at_work, 12))


async def test_redis_may_be_emptied_at_any_moment(at_work: Drill) -> None:
    await harmless(at_work, harms.flushes(at_work, 3))


async def test_without_redis_everything_goes_on(at_work: Drill, engine: str, request: pytest.FixtureRequest) -> None:
    if engine == EMBEDDED:
        pytest.skip("the embedded Valkey is started again at once; it is killed in the test above")
    own: Servers = request.getfixturevalue("own_servers")
    await harmless(at_work, harms.no_redis(at_work, own, 3.0))


async def test_postgresql_may_cut_connections_and_die(
    at_work: Drill, engine: str, request: pytest.FixtureRequest
) -> None:
    if engine != CITY:
        pytest.skip("there is no server to cut off")
    own: Servers = request.getfixturevalue("own_servers")
    await harmless(at_work, harms.postgres_dies(at_work, own, 1))


async def test_sqlite_may_be_held_for_ten_seconds_by_somebody_else(at_work: Drill, engine: str) -> None:
    if engine != EMBEDDED:
        pytest.skip("PostgreSQL has no single writer")
    await harmless(at_work, harms.sqlite_held(at_work, 10.5))


async def test_a_new_version_may_take_over_in_the_middle_of_work(at_work: Drill) -> None:
    await harmless(at_work, harms.deploy(at_work))


@pytest.mark.parametrize("hours", [1, -1])
async def test_the_clock_may_jump_an_hour_and_back(at_work: Drill, hours: int) -> None:
    await harmless(at_work, harms.clock_jump(at_work, hours))


async def test_the_channel_may_refuse_break_fall_silent_and_answer_in_half(at_work: Drill) -> None:
    await harmless(at_work, harms.bad_channel(at_work, 8, 0.06))
    assert min(at_work.telegram.weather.n[kind] for kind in ("slow_down", "broken", "silent", "half")) > 0
