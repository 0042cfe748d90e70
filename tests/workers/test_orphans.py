"""What a dead process held, or an emptied Redis forgot, is taken back within seconds and not when its lease ends."""

import os
import socket
import subprocess
import sys

from redis import Redis

from actions.jobs import claim
from actions.ports import Deps
from tests.make import filed
from tests.workers.at_work import FileClock
from workers.orphans import HELD_FOR, is_dead, take_back
from workers.queues import Queues, connect
from workers.relay import Relay

VERBS = ("route", "brief")


def named(pid: int, host: str | None = None) -> str:
    """Names a process as it signs its leases."""
    return f"notify@{host or socket.gethostname()}:{pid}"


def a_dead_pid() -> int:
    """Gives the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_only_a_process_of_this_machine_can_be_known_to_be_dead() -> None:
    dead = a_dead_pid()

    assert is_dead(named(dead))
    assert not is_dead(named(os.getpid()))
    assert not is_dead(named(dead, "elsewhere"))
    assert not is_dead("somebody")
    assert not is_dead(named(1))


async def test_what_a_dead_process_held_is_free_and_what_a_living_one_holds_is_not(deps: Deps) -> None:
    async with deps.store.begin() as unit:
        for chat_id, words in ((1001, "of the dead"), (1002, "of the living")):
            await unit.messages.add(body={"say": words}, channel="test", chat_id=chat_id)
        await unit.messages.claim(named(a_dead_pid()), 1, deps.clock(), 90.0)
        await unit.messages.claim(named(os.getpid()), 1, deps.clock(), 90.0)
        await unit.jobs.add("route", {"case_no": "x"})
    await claim(deps, named(a_dead_pid()), VERBS)

    assert await take_back(deps, None) == 2

    async with deps.store.begin() as unit:
        rows = await unit.messages.claim("now", 10, deps.clock(), 30.0)
    assert [row.body["say"] for row in rows] == ["of the dead"]
    assert len(await claim(deps, "now", VERBS)) == 1


async def test_jobs_that_an_emptied_redis_forgot_are_handed_on_again(
    deps: Deps, relay: Relay, clock_file: FileClock, redis_url: str
) -> None:
    await filed(deps)
    await relay.hand_on()
    clock_file.forward(HELD_FOR)
    assert await relay.take_back() == 0, "the queue has it, waiting for a worker"

    with Redis.from_url(redis_url) as client:
        client.flushdb()
    assert await relay.take_back() == 1

    await relay.hand_on()
    with connect(redis_url) as connection:
        assert Queues(connection).waiting("place") == 1


async def test_without_redis_nothing_is_taken_from_whoever_works(deps: Deps, lone_relay: Relay) -> None:
    async with deps.store.begin() as unit:
        await unit.jobs.add("route", {"case_no": "x"})
    await claim(deps, named(os.getpid()), VERBS)

    assert await lone_relay.take_back() == 0
