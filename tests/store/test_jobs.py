"""Jobs: nothing is lost when a worker dies, nothing is handed out twice, what waits twice is done once."""

import asyncio
from datetime import timedelta

from models.store import Store
from tests.clock import Clock

LEASE_S = 60


async def test_a_job_is_handed_to_one_worker_only(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        for n in range(40):
            await unit.jobs.add("route", {"case_no": n})

    async def claim(owner: str) -> list[int]:
        async with store.begin() as unit:
            return [job.job_id for job in await unit.jobs.claim(owner, ["route"], 10, clock(), LEASE_S)]

    claimed = await asyncio.gather(*(claim(f"worker-{n}") for n in range(8)))
    numbers = [number for mine in claimed for number in mine]
    assert len(numbers) == len(set(numbers)) == 40


async def test_life_danger_goes_first_then_the_oldest(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        plain = await unit.jobs.add("route", {}, priority=5)
        later = await unit.jobs.add("route", {}, priority=5)
        urgent = await unit.jobs.add("route", {}, priority=0)
        await unit.jobs.add("brief", {}, priority=0)
        claimed = await unit.jobs.claim("w", ["route"], 10, clock(), LEASE_S)
    assert [job.job_id for job in claimed] == [urgent, plain, later]


async def test_the_same_wish_waits_once_but_is_done_again_after_it_was_taken(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        first = await unit.jobs.add("rollup", {"day": "x"}, dedupe="rollup:x")
        assert await unit.jobs.add("rollup", {"day": "x"}, dedupe="rollup:x") == first
        await unit.jobs.claim("w", ["rollup"], 10, clock(), LEASE_S)
        second = await unit.jobs.add("rollup", {"day": "x"}, dedupe="rollup:x")
    assert second != first
    async with store.read() as unit:
        assert await unit.jobs.waiting() == {"rollup": 2}


async def test_a_job_whose_worker_died_comes_back_and_counts_as_failed(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await unit.jobs.add("route", {})
        assert [job.tries for job in await unit.jobs.claim("w1", ["route"], 1, clock(), LEASE_S)] == [0]

    clock.forward(seconds=LEASE_S - 1)
    async with store.begin() as unit:
        assert await unit.jobs.claim("w2", ["route"], 1, clock(), LEASE_S) == []
    clock.forward(seconds=1)
    async with store.begin() as unit:
        again = await unit.jobs.claim("w2", ["route"], 1, clock(), LEASE_S)
    assert [(job.job_id, job.tries) for job in again] == [(number, 1)]


async def test_the_janitor_gives_back_what_nobody_holds_any_more(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.jobs.add("route", {})
        await unit.jobs.claim("w1", ["route"], 1, clock(), LEASE_S)
        assert await unit.jobs.release_expired(clock()) == 0
        assert await unit.jobs.release_expired(clock.forward(seconds=LEASE_S)) == 1
        assert [job.tries for job in await unit.jobs.claim("w2", ["route"], 1, clock(), LEASE_S)] == [1]


async def test_a_failed_job_rests_and_is_then_tried_again(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await unit.jobs.add("route", {})
        await unit.jobs.claim("w", ["route"], 1, clock(), LEASE_S)
        await unit.jobs.fail(number, "no network", clock() + timedelta(minutes=1))
        assert await unit.jobs.claim("w", ["route"], 1, clock(), LEASE_S) == []
        [again] = await unit.jobs.claim("w", ["route"], 1, clock.forward(minutes=1), LEASE_S)
    assert (again.job_id, again.tries) == (number, 1)


async def test_what_is_set_aside_is_kept_shown_and_can_be_tried_again(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await unit.jobs.add("route", {"case_no": "TJ-1"})
        await unit.jobs.bury(number, "unknown verb")
        assert await unit.jobs.claim("w", ["route"], 1, clock(), LEASE_S) == []
        [dead] = await unit.jobs.buried()
        assert (dead.job.job_id, dead.error, dead.buried_at) == (number, "unknown verb", clock())
        assert await unit.jobs.dig_up(number, clock())
        assert not await unit.jobs.dig_up(number, clock())
        assert len(await unit.jobs.claim("w", ["route"], 1, clock(), LEASE_S)) == 1


async def test_done_is_done_however_often_it_is_said(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await unit.jobs.add("route", {})
        assert [job.job_id for job in await unit.jobs.undone([number, 999])] == [number]
        assert await unit.jobs.done([number]) == 1
        assert await unit.jobs.done([number]) == 0
        assert await unit.jobs.undone([number]) == []
        assert await unit.jobs.waiting() == {}
        assert await unit.jobs.oldest_at() is None


async def test_a_job_of_a_transaction_that_failed_never_was(store: Store) -> None:
    try:
        async with store.begin() as unit:
            await unit.jobs.add("route", {})
            raise InterruptedError
    except InterruptedError:
        pass
    async with store.read() as unit:
        assert await unit.jobs.waiting() == {}


async def test_a_worker_may_keep_its_lease_and_only_its_own(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await unit.jobs.add("route", {})
        await unit.jobs.claim("w1", ["route"], 1, clock(), LEASE_S)
        assert await unit.jobs.renew([number], "w2", clock() + timedelta(hours=1)) == 0
        assert await unit.jobs.renew([number], "w1", clock() + timedelta(hours=1)) == 1
        assert await unit.jobs.claim("w2", ["route"], 1, clock.forward(minutes=30), LEASE_S) == []
