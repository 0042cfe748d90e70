"""One process that keeps things moving: relay, clock and janitor, each in its own rhythm.

Of several such processes one works and the others wait for its lease to end.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from actions.leading import BEAT_S, Leading
from workers.clock import Clock
from workers.hints import Listener
from workers.queues import QueueDown, Queues
from workers.relay import Relay
from workers.webhooks import AT_ONCE, Messenger

RELAY_S, CLOCK_S, MESSENGER_S, JANITOR_S = 1.0, 1.0, 1.0, 12.0
log = structlog.get_logger(__name__)


async def run(
    relay: Relay,
    clock: Clock,
    queues: Queues | None,
    listener: Listener | None,
    stop: asyncio.Event,
    leading: Leading | None = None,
    messenger: Messenger | None = None,
) -> None:
    """Runs until told to stop. A round that fails is logged and tried again in the next one.

    With `leading` it works only while this process holds the lease, and gives it back at the end.
    """

    def mine() -> bool:
        return leading is None or leading.leads

    async def relay_round() -> None:
        if mine():
            await relay.hand_on()

    async def clock_round() -> None:
        if mine():
            await clock.tick()

    async def janitor_round() -> None:
        if mine():
            await clock.look_back()
            await clock.set_right()
            await clock.stand_in()
            await relay.take_back()
        if queues is not None and mine():
            try:
                await asyncio.to_thread(queues.clean)
            except QueueDown as fault:
                log.warning("janitor found the queue down", fault=type(fault).__name__)

    async def messenger_round() -> None:
        if messenger is not None and mine():
            # As long as a full hand was due, there may be more.
            while await messenger.round() >= AT_ONCE and not stop.is_set():
                pass

    async def hinted(seconds: float) -> None:
        if listener is not None:
            await listener.wait(seconds)
        else:
            await _pause(stop, seconds)

    led: bool | None = None

    async def lease_round() -> None:
        nonlocal led
        assert leading is not None
        before, led = led, await leading.beat()
        if led is not before:
            log.info("leads the schedule" if led else "another process leads the schedule")

    if leading is not None:
        # The first rounds come right after: a single process must not wait a second for itself.
        await _once("lease", lease_round)
    rounds = (
        *((_every("lease", lease_round, BEAT_S, lambda s: _pause(stop, s), stop),) if leading is not None else ()),
        _every("relay", relay_round, RELAY_S, hinted, stop),
        _every("clock", clock_round, CLOCK_S, lambda s: _pause(stop, s), stop),
        _every("webhooks", messenger_round, MESSENGER_S, lambda s: _pause(stop, s), stop),
        _every("janitor", janitor_round, JANITOR_S, lambda s: _pause(stop, s), stop),
    )
    await asyncio.gather(*rounds)
    if leading is not None:
        await _once("lease", leading.resign)


async def _every(
    name: str,
    work: Callable[[], Awaitable[None]],
    seconds: float,
    wait: Callable[[float], Awaitable[None]],
    stop: asyncio.Event,
) -> None:
    while not stop.is_set():
        if not await _once(name, work):
            await _pause(stop, seconds)
        await wait(seconds)


async def _once(name: str, work: Callable[[], Awaitable[object]]) -> bool:
    """Does one round; False when it failed."""
    try:
        await work()
    except Exception:  # the door of the schedule: one bad round must not end the others
        log.exception("round failed", round=name)
        return False
    return True


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits, but no longer than until the stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
