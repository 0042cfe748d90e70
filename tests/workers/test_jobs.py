"""Committed jobs are performed, once, whatever dies meanwhile."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from redis import Redis
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from sqlalchemy import select

from actions.jobs import LEASE_S
from actions.ports import Deps
from models.rules.states import State
from models.store.messages import MESSAGES
from tests.make import filed, seen
from tests.workers.at_work import FileClock
from tests.workers.conftest import PATIENCE_S, worker
from workers.jobs import DELAYS
from workers.queues import PLACE, Queues, connect
from workers.relay import Relay


async def eventually(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Waits for something that another process does."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while not await holds():  # noqa: ASYNC110 -- no event of another process reaches here
                await asyncio.sleep(0.02)
            return
    raise AssertionError(f"waited in vain: {what}")


async def n_dispatched(deps: Deps, case_no: str) -> int:
    """Counts how often a case was dispatched."""
    return (await seen(deps, case_no)).facts.n_dispatched


async def told(deps: Deps, staff_no: str) -> list[str]:
    """Lists what somebody was told, by the keys of the sentences."""
    async with deps.store.read() as unit:
        person = await unit.people.by_staff_no(staff_no)
        assert person is not None
        mine = select(MESSAGES.c.body).where(MESSAGES.c.person_id == person.person_id)
        return [body["template"] for body in await unit.line.column(mine)]


async def waiting(deps: Deps) -> dict[str, int]:
    """Counts the job rows that wait."""
    async with deps.store.read() as unit:
        return await unit.jobs.waiting()


async def test_a_filed_report_reaches_its_unit_through_the_queue(
    deps: Deps, relay: Relay, database_url: str, redis_url: str, clock_file: FileClock
) -> None:
    with worker(database_url, redis_url, clock_file, PLACE):
        case_no = await filed(deps)

        await relay.hand_on()

        async def done() -> bool:
            return await waiting(deps) == {}

        await eventually(done, "the job is done")
    view = await seen(deps, case_no)
    assert view.facts.state is State.DISPATCHED
    assert view.holder_name == "赵强"


async def test_a_job_that_is_handed_on_twice_is_performed_once(
    deps: Deps, relay: Relay, database_url: str, redis_url: str, clock_file: FileClock
) -> None:
    case_no = await filed(deps)
    await relay.hand_on()
    clock_file.forward(timedelta(seconds=LEASE_S + 1))
    await relay.hand_on()
    with connect(redis_url) as connection:
        queues = Queues(connection)
        assert queues.waiting(PLACE) == 2

        with worker(database_url, redis_url, clock_file, PLACE):

            async def taken() -> bool:
                return queues.waiting(PLACE) == 0 and await waiting(deps) == {}

            await eventually(taken, "both were taken")

    assert await n_dispatched(deps, case_no) == 1


async def test_the_job_of_a_killed_worker_comes_back(
    deps: Deps, relay: Relay, database_url: str, redis_url: str, clock_file: FileClock, tmp_path: Path
) -> None:
    began = tmp_path / "began"
    async with deps.store.begin() as unit:
        await unit.jobs.add("hang", {"began": str(began)})
    with worker(database_url, redis_url, clock_file, PLACE) as first:
        await relay.hand_on()
        await eventually(lambda: asyncio.to_thread(began.exists), "the job began")
        first.kill()
    assert await waiting(deps) == {"hang": 1}

    with worker(database_url, redis_url, clock_file, PLACE):
        clock_file.forward(timedelta(seconds=LEASE_S + 1))
        await relay.hand_on()

        async def done() -> bool:
            return await waiting(deps) == {}

        await eventually(done, "the job is done")


async def test_the_janitor_ends_what_a_killed_worker_had_begun(
    deps: Deps, relay: Relay, database_url: str, redis_url: str, clock_file: FileClock, tmp_path: Path
) -> None:
    began = tmp_path / "began"
    async with deps.store.begin() as unit:
        await unit.jobs.add("hang", {"began": str(began)})
    with worker(database_url, redis_url, clock_file, PLACE) as first:
        await relay.hand_on()
        await eventually(lambda: asyncio.to_thread(began.exists), "the job began")
        first.kill()
    with connect(redis_url) as connection, Redis.from_url(redis_url) as plain:
        registry = StartedJobRegistry(PLACE, connection=connection, serializer=JSONSerializer)
        # Its heartbeat is over: as if its time had passed.
        for entry in plain.zrange(registry.key, 0, -1):
            plain.zadd(registry.key, {entry: 1})

        Queues(connection).clean()

        assert plain.zcard(registry.key) == 0


async def test_without_redis_the_relay_performs_jobs_and_sends_messages_itself(deps: Deps, lone_relay: Relay) -> None:
    case_no = await filed(deps)

    await lone_relay.hand_on()

    assert (await seen(deps, case_no)).facts.state is State.DISPATCHED
    async with deps.store.read() as unit:
        assert await unit.messages.n_waiting() == 0
        assert await unit.jobs.waiting() == {}


async def test_a_poison_job_is_set_aside_after_the_last_delay_and_holds_nobody_up(
    deps: Deps, lone_relay: Relay, clock_file: FileClock
) -> None:
    async with deps.store.begin() as unit:
        poison = await unit.jobs.add("route", {"nonsense": True})
    case_no = await filed(deps)

    await lone_relay.hand_on()
    assert await n_dispatched(deps, case_no) == 1
    assert await waiting(deps) == {"route": 1}

    for delay in DELAYS:
        clock_file.forward(delay)
        await lone_relay.hand_on()

    async with deps.store.read() as unit:
        (dead,) = await unit.jobs.buried()
    assert dead.job.job_id == poison
    assert "KeyError: 'case_no'" in dead.error
    assert await waiting(deps) == {}


async def test_the_admin_hears_of_a_job_that_was_set_aside(
    deps: Deps, lone_relay: Relay, clock_file: FileClock
) -> None:
    async with deps.store.begin() as unit:
        await unit.jobs.add("route", {"nonsense": True})

    await lone_relay.hand_on()
    assert await told(deps, "admin") == []
    for delay in DELAYS:
        clock_file.forward(delay)
        await lone_relay.hand_on()

    assert await told(deps, "admin") == ["notice.job_dead"]


async def test_life_in_danger_goes_to_the_front_of_the_queue(deps: Deps, relay: Relay, redis_url: str) -> None:
    await filed(deps)
    await relay.hand_on()
    urgent = await filed(deps, life_danger=True)
    await relay.hand_on()

    with connect(redis_url) as connection:
        queue = Queues(connection)._queue(PLACE)
        first = queue.get_jobs()[0]

    async with deps.store.read() as unit:
        (row,) = await unit.jobs.undone(first.args[1])
    assert row.args == {"case_no": urgent}
