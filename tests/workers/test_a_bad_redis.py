"""A Redis that is full, forgot us, or hangs costs seconds and no report."""

import asyncio
from collections.abc import Iterator

import pytest
from redis import Redis

from actions.ports import Deps
from models.rules.states import State
from tests.make import filed, seen
from tests.workers.conftest import answers, until
from workers.hints import Hinter
from workers.queues import Queues, connect
from workers.relay import Relay
from workers.runtime import Runtime


@pytest.fixture
def ill(redis_url: str) -> Iterator[Redis]:
    """Gives a client that makes Redis ill, and lets it recover afterwards."""
    with Redis.from_url(redis_url) as client:
        yield client
        until(lambda: answers(redis_url), "Redis answers again")
        client.config_set("maxmemory", 0)


async def dispatched(deps: Deps, relay: Relay) -> bool:
    """Files a report, lets the relay hand it on once, and tells whether it has reached its unit."""
    case_no = await filed(deps)
    await relay.hand_on()
    return (await seen(deps, case_no)).facts.state is State.DISPATCHED


async def test_a_redis_that_is_full_is_done_without(deps: Deps, relay: Relay, ill: Redis) -> None:
    ill.config_set("maxmemory", 1)

    assert await dispatched(deps, relay)


async def test_a_redis_that_does_not_know_us_is_done_without(deps: Deps, here: Runtime, redis_url: str) -> None:
    with connect(redis_url.replace("://", "://ghost:wrong@", 1)) as connection:
        assert await dispatched(deps, Relay(here, Queues(connection), "relay"))


async def test_a_redis_that_hangs_is_done_without_after_seconds(deps: Deps, relay: Relay, ill: Redis) -> None:
    ill.client_pause(6000, all=True)

    assert await dispatched(deps, relay)


async def test_whoever_writes_does_not_wait_for_a_redis_that_hangs(ill: Redis, redis_url: str) -> None:
    ill.client_pause(3000, all=True)
    hinter = Hinter(redis_url)

    hinter()
    await asyncio.wait_for(hinter.close(), 5)
