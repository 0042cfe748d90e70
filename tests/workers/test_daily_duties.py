"""What the clock does once a day: the brief on work days, the self-audit, the count of the figures."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.ports import Deps
from tests.make import filed
from tests.workers.at_work import FileClock
from tests.workers.test_jobs import told
from workers.clock import Clock
from workers.relay import Relay

TIANJIN = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 11, 24, tzinfo=TIANJIN)
"""The day after the roster came in."""


@pytest.fixture
def daily(deps: Deps) -> Clock:
    """Gives the clock of the city."""
    return Clock(deps)


def at(clock_file: FileClock, hour: int, *, days: int = 0) -> None:
    """Sets the local hour of that Tuesday, or of a day after it."""
    clock_file.set((TUESDAY + timedelta(days=days, hours=hour)).astimezone(ZoneInfo("UTC")))


async def jobs(deps: Deps, verb: str) -> int:
    """Counts the jobs of a verb that wait."""
    async with deps.store.read() as unit:
        return (await unit.jobs.waiting()).get(verb, 0)


async def test_every_supervisor_gets_one_brief_a_work_day(
    deps: Deps, daily: Clock, lone_relay: Relay, clock_file: FileClock
) -> None:
    for hour in (7, 8, 9, 11):
        at(clock_file, hour)
        await daily.tick()
        await lone_relay.hand_on()

    assert await told(deps, "zhou") == ["notice.brief"]
    assert await told(deps, "chen") == ["notice.brief"]
    assert await told(deps, "li") == []


async def test_nobody_is_briefed_on_a_day_off_or_after_noon(deps: Deps, daily: Clock, clock_file: FileClock) -> None:
    at(clock_file, 8, days=4)
    await daily.tick()
    at(clock_file, 13)
    await daily.tick()

    assert await jobs(deps, "brief") == 0


async def test_two_clocks_write_one_brief(deps: Deps, daily: Clock, clock_file: FileClock) -> None:
    at(clock_file, 8)

    await daily.tick()
    await Clock(deps).tick()

    assert await jobs(deps, "brief") == 2  # Zhou's and Chen's


async def test_the_admin_hears_of_what_the_morning_audit_found(
    deps: Deps, daily: Clock, lone_relay: Relay, clock_file: FileClock
) -> None:
    await filed(deps)
    await lone_relay.hand_on()
    async with deps.store.begin() as unit:
        await unit.messages.add(person_id=1, body={"template": "card"})
    at(clock_file, 6, days=1)

    await daily.tick()
    await daily.tick()

    assert await told(deps, "admin") == ["notice.audit"]


async def test_the_figures_are_counted_beforehand_once_a_night(
    deps: Deps, daily: Clock, lone_relay: Relay, clock_file: FileClock
) -> None:
    at(clock_file, 2)
    await daily.tick()
    assert await jobs(deps, "rollup") == 1

    await lone_relay.hand_on()
    await daily.tick()

    assert await jobs(deps, "rollup") == 0
