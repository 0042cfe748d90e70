"""Jobs: done once however often they are handed out, never lost, and a bad one holds nobody up."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from actions import jobs as rows
from actions.jobs import JobView
from actions.ports import Deps
from models.rules.states import State
from models.store.unit import Store
from tests.clock import Clock
from tests.make import filed, make_wired, seen
from workers import runtime
from workers.hints import CHANNEL, Hinter, Listener
from workers.jobs import DELAYS, VERBS, perform_here
from workers.queues import NOTIFY, PLACE, Queues, connect
from workers.relay import Relay
from workers.runtime import Loop, Runtime

fork = multiprocessing.get_context("fork")


class Silent:
    """A sender that counts how often it is asked."""

    def __init__(self) -> None:
        self.drained = 0

    async def drain(self) -> int:
        """Sends nothing."""
        self.drained += 1
        return 0

    async def download(self, file_id: str) -> bytes:
        """Knows no file."""
        raise FileNotFoundError(file_id)


def relay(deps: Deps, queues: Queues | None = None) -> tuple[Relay, Silent]:
    sender = Silent()
    return Relay(Runtime(deps, sender), queues, "relay-test"), sender


async def test_without_redis_the_relay_routes_and_sends_by_itself(deps: Deps) -> None:
    case_no = await filed(deps)
    own, sender = relay(deps)
    await own.hand_on()

    assert (await seen(deps, case_no)).facts.state is State.DISPATCHED
    assert sender.drained == 1


async def test_a_redis_that_does_not_answer_delays_nothing(deps: Deps) -> None:
    case_no = await filed(deps)
    away, sender = relay(deps, Queues(connect("redis://127.0.0.1:1/0")))
    await away.hand_on()

    assert (await seen(deps, case_no)).facts.state is State.DISPATCHED
    assert sender.drained == 1


async def test_a_job_handed_out_twice_is_done_once(deps: Deps) -> None:
    case_no = await filed(deps)
    here = Runtime(deps, Silent())
    [row] = await rows.claim(deps, "one", tuple(VERBS))
    await asyncio.gather(perform_here(here, row.verb, [row.job_id]), perform_here(here, row.verb, [row.job_id]))
    await perform_here(here, row.verb, [row.job_id])

    assert [line.tag for line in (await seen(deps, case_no)).history].count("case:dispatched") == 1


async def test_a_job_that_fails_for_ever_is_set_aside_and_the_others_of_its_batch_are_done(
    deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = await filed(deps), await filed(deps)
    real = VERBS["route"]

    async def work(here: Runtime, batch: Sequence[JobView]) -> None:
        if any(row.args["case_no"] == bad for row in batch):
            raise ZeroDivisionError("this case cannot be routed")
        await real(here, batch)

    monkeypatch.setitem(VERBS, "route", work)
    own, _ = relay(deps)
    await own.hand_on()
    assert (await seen(deps, good)).facts.state is State.DISPATCHED
    for delay in DELAYS:
        clock.forward(delay + timedelta(seconds=rows.LEASE_S))
        await own.hand_on()

    async with deps.store.read() as unit:
        [dead] = await unit.jobs.buried()
    assert dead.job.args["case_no"] == bad
    assert "this case cannot be routed" in dead.error
    async with deps.store.begin() as unit:
        told = [m.body["template"] for m in await unit.messages.claim("t", 100, clock(), 60)]
    assert "notice.job_dead" in told


def serve(url: str, database: str, hold: Path | None) -> None:
    """Runs a worker of the placing queue until its queue is empty; with `hold` it stops in the middle of a job."""
    loop = Loop()

    async def wired() -> Deps:
        return make_wired(await Store.open(database))

    deps = loop.call(wired())
    if hold is not None:
        mark = hold.touch

        async def stop_here(_: Runtime, __: Sequence[JobView]) -> None:
            mark()
            await asyncio.Event().wait()

        VERBS["route"] = stop_here
    runtime.install(loop, Runtime(deps, Silent()))
    Queues(connect(url)).worker(PLACE).work(burst=hold is None, logging_level="WARNING")


async def test_a_real_worker_performs_what_the_relay_hands_on(deps: Deps, database_url: str, redis_url: str) -> None:
    case_no = await filed(deps)
    queues = Queues(connect(redis_url))
    own, sender = relay(deps, queues)
    await own.hand_on()
    assert (queues.waiting(PLACE), queues.waiting(NOTIFY), sender.drained) == (1, 1, 0)
    worker = fork.Process(target=serve, args=(redis_url, database_url, None))
    worker.start()
    await asyncio.to_thread(worker.join, 60)

    assert worker.exitcode == 0
    assert (await seen(deps, case_no)).facts.state is State.DISPATCHED


async def test_the_job_of_a_killed_worker_comes_back_and_is_done_once(
    deps: Deps, clock: Clock, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    case_no = await filed(deps)
    own, _ = relay(deps, Queues(connect(redis_url)))
    await own.hand_on()
    started = tmp_path / "started"
    worker = fork.Process(target=serve, args=(redis_url, database_url, started))
    worker.start()
    while not started.exists() and worker.is_alive():
        await asyncio.to_thread(worker.join, 0.05)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    await asyncio.to_thread(worker.join, 10)
    assert (await seen(deps, case_no)).facts.state is State.REGISTERED

    clock.forward(seconds=rows.LEASE_S + 1)
    alone, _ = relay(deps)
    await alone.hand_on()
    history = [line.tag for line in (await seen(deps, case_no)).history]
    assert history.count("case:dispatched") == 1


async def test_a_flushed_redis_loses_nothing(deps: Deps, clock: Clock, redis_url: str) -> None:
    case_no = await filed(deps)
    queues = Queues(connect(redis_url))
    own, _ = relay(deps, queues)
    await own.hand_on()
    queues.connection.flushall()
    clock.forward(seconds=rows.LEASE_S + 1)
    await own.hand_on()

    assert queues.waiting(PLACE) == 1
    alone, _ = relay(deps)
    clock.forward(seconds=rows.LEASE_S + 1)
    await alone.hand_on()
    assert (await seen(deps, case_no)).facts.state is State.DISPATCHED


async def test_a_hint_wakes_the_relay_at_once(redis_url: str) -> None:
    listener, hinter = Listener(redis_url), Hinter(redis_url)
    await listener.wait(0.01)
    queues = Queues(connect(redis_url))
    while not queues.connection.pubsub_numsub(CHANNEL)[0][1]:
        await listener.wait(0.01)
    waiting = asyncio.create_task(listener.wait(60))
    hinter()
    await asyncio.wait_for(waiting, 30)
    await hinter.close()
    await listener.close()
