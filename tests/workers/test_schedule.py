"""The schedule keeps things moving until it is told to stop, with and without a queue."""

import asyncio
from datetime import timedelta

from actions.ports import Deps
from models.rules.states import State
from tests.make import filed, seen
from tests.workers.at_work import FileClock
from tests.workers.test_jobs import eventually
from workers import schedule
from workers.clock import Clock
from workers.hints import Hinter, Listener
from workers.queues import Queues, connect
from workers.relay import Relay


async def test_a_report_is_dispatched_and_its_late_step_taken(
    deps: Deps, lone_relay: Relay, clock_file: FileClock
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(schedule.run(lone_relay, Clock(deps), None, None, stop))
    case_no = await filed(deps)

    async def dispatched() -> bool:
        return (await seen(deps, case_no)).facts.state is State.DISPATCHED

    async def overdue() -> bool:
        return (await seen(deps, case_no)).facts.overdue

    await eventually(dispatched, "the case is dispatched")
    clock_file.forward(timedelta(days=2))
    await eventually(overdue, "the clock noticed")
    stop.set()
    await running


async def test_a_round_that_fails_is_tried_again(deps: Deps, redis_url: str) -> None:
    stop = asyncio.Event()
    failed = asyncio.Event()

    class Stumbling(Relay):
        """A relay whose first round fails."""

        async def hand_on(self) -> int:
            if not failed.is_set():
                failed.set()
                raise RuntimeError("stumbled")
            stop.set()
            return 0

    with connect(redis_url) as connection:
        listener, hinter = Listener(redis_url), Hinter(redis_url)
        relay = Stumbling(None, None, "relay")  # type: ignore[arg-type]
        running = asyncio.create_task(schedule.run(relay, Clock(deps), Queues(connection), listener, stop))
        while not stop.is_set():
            hinter()
            await asyncio.wait({running}, timeout=0.05)
        await running
        await hinter.close()
        await listener.close()

    assert failed.is_set()
