"""A commit wakes the relay at once; without Redis it only waits."""

import asyncio
from pathlib import Path

from workers.hints import Hinter, Listener


async def test_a_hint_wakes_the_listener(redis_url: str) -> None:
    listener, hinter = Listener(redis_url), Hinter(redis_url)
    waiting = asyncio.create_task(listener.wait(3600))

    while not waiting.done():
        hinter()
        await asyncio.wait({waiting}, timeout=0.05)

    await waiting
    await hinter.close()
    await listener.close()


async def test_a_listener_that_was_woken_waits_again(redis_url: str) -> None:
    listener, hinter = Listener(redis_url), Hinter(redis_url)
    await listener.wait(0.01)
    hinter()
    await listener.wait(3600)

    again = asyncio.create_task(listener.wait(3600))
    await asyncio.wait({again}, timeout=0.2)

    assert not again.done()
    again.cancel()
    await asyncio.wait({again})
    await hinter.close()
    await listener.close()


async def test_without_redis_hints_are_lost_and_waiting_ends_by_itself(tmp_path: Path) -> None:
    url = f"unix://{tmp_path / 'nowhere.sock'}"
    listener, hinter = Listener(url), Hinter(url)

    hinter()
    await listener.wait(0.01)

    await hinter.close()
    await listener.close()


async def test_many_hints_of_one_moment_are_one(redis_url: str) -> None:
    listener, hinter = Listener(redis_url), Hinter(redis_url)
    await listener.wait(0.01)
    for _ in range(100):
        hinter()
    await listener.wait(3600)

    again = asyncio.create_task(listener.wait(3600))
    await asyncio.wait({again}, timeout=0.2)

    assert not again.done()
    again.cancel()
    await asyncio.wait({again})
    await hinter.close()
    await listener.close()
