"""One process that keeps things moving: relay, clock and janitor, each in its own rhythm."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from workers.clock import Clock
from workers.hints import Listener
from workers.queues import QueueDown, Queues
from workers.relay import Relay

RELAY_S, CLOCK_S, JANITOR_S = 1.0, 1.0, 12.0
log = structlog.get_logger(__name__)


async def run(
    relay: Relay, clock: Clock, queues: Queues | None, listener: Listener | None, stop: asyncio.Event
) -> None:
    """Runs until told to stop. A round that fails is logged and tried again in the next one."""

    async def relay_round() -> None:
        await relay.hand_on()

    async def clock_round() -> None:
        await clock.tick()

    async def janitor_round() -> None:
        if queues is not None:
            try:
                await asyncio.to_thread(queues.clean)
            except QueueDown as fault:
                log.warning("janitor found the queue down", fault=type(fault).__name__)

    async def hinted(seconds: float) -> None:
        if listener is not None:
            await listener.wait(seconds)
        else:
            await _pause(stop, seconds)

    rounds = (
        _every("relay", relay_round, RELAY_S, hinted, stop),
        _every("clock", clock_round, CLOCK_S, lambda s: _pause(stop, s), stop),
        _every("janitor", janitor_round, JANITOR_S, lambda s: _pause(stop, s), stop),
    )
    await asyncio.gather(*rounds)


async def _every(
    name: str,
    work: Callable[[], Awaitable[None]],
    seconds: float,
    wait: Callable[[float], Awaitable[None]],
    stop: asyncio.Event,
) -> None:
    while not stop.is_set():
        try:
            await work()
        except Exception:  # the door of the schedule: one bad round must not end the others
            log.exception("round failed", round=name)
            await _pause(stop, seconds)
        await wait(seconds)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits, but no longer than until the stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
