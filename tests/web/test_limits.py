"""How often somebody may call: an even pace with a burst, for all processes at once where Redis is there."""

import os
import uuid

import pytest

from web.limits import Limits, Rate

SLOW = Rate(per_minute=1, burst=2)


async def test_a_burst_is_let_through_and_then_an_even_pace() -> None:
    now = 0.0
    limits = Limits(seconds=lambda: now)
    assert [await limits.wait_s("x", SLOW) for _ in range(3)] == [0, 0, 60]
    assert await limits.wait_s("y", SLOW) == 0
    now = 60.0
    assert [await limits.wait_s("x", SLOW) for _ in range(2)] == [0, 60]
    await limits.close()


@pytest.mark.servers
async def test_two_processes_count_together() -> None:
    url = os.environ.get("WHISTLE_TEST_REDIS_URL")
    if not url:
        pytest.skip("WHISTLE_TEST_REDIS_URL is not set")
    one, other, name = Limits(url), Limits(url), uuid.uuid4().hex
    waits = [await limits.wait_s(name, SLOW) for limits in (one, other, one)]
    assert waits[:2] == [0, 0]
    assert 50 < waits[2] <= 60
    await one.close()
    await other.close()


async def test_without_redis_each_process_counts_for_itself() -> None:
    limits = Limits("redis://127.0.0.1:1/0")
    assert [await limits.wait_s("x", SLOW) for _ in range(3)][:2] == [0, 0]
    await limits.close()
