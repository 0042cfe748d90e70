"""The relay hands on what workers keep up with, and what is urgent always."""

from actions.ports import Deps
from tests.make import filed
from workers.queues import AHEAD, PLACE, Queues, connect
from workers.relay import Relay


async def test_a_life_in_danger_passes_a_full_queue(deps: Deps, relay: Relay, redis_url: str) -> None:
    queues = Queues(connect(redis_url))
    for _ in range(AHEAD):
        queues.hand("route", [0])
    assert queues.full(PLACE)
    await filed(deps)
    assert await relay.hand_on() == 0

    await filed(deps, life_danger=True, danger=("被困",))
    assert await relay.hand_on() == 1
    assert queues.waiting(PLACE) == AHEAD + 1
