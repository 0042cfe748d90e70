"""The inbox: kept byte for byte, once, in order within a chat; what nobody can read blocks nobody."""

import asyncio
from datetime import timedelta

from models.store import Store
from tests.clock import Clock


async def put(store: Store, clock: Clock, update_id: int | None, chat: str = "100", body: bytes = b"{}") -> bool:
    """Keeps an update."""
    async with store.begin() as unit:
        return await unit.inbox.put("telegram", update_id, chat, body, clock())


async def ready(store: Store, clock: Clock, n: int = 10) -> list[int]:
    """Gives what can be handled now."""
    async with store.read() as unit:
        return [row.update_id for row in await unit.inbox.ready(n, channel="telegram", now=clock())]


async def test_an_update_delivered_three_times_is_kept_once(store: Store, clock: Clock) -> None:
    kept = await asyncio.gather(*(put(store, clock, 7) for _ in range(3)))
    assert sorted(kept) == [False, False, True]


async def test_the_same_number_in_another_channel_is_another_update(store: Store, clock: Clock) -> None:
    assert await put(store, clock, 7)
    async with store.begin() as unit:
        assert await unit.inbox.put("gateway", 7, "100", b"{}", clock())
    assert await ready(store, clock) == [7]


async def test_bytes_are_kept_as_they_came(store: Store, clock: Clock) -> None:
    body = b'{"text":"\x00\xff\xfe\\ud800"}' + bytes(range(256))
    await put(store, clock, 7, body=body)
    async with store.read() as unit:
        row = await unit.inbox.get("telegram", 7)
    assert row is not None
    assert row.body == body


async def test_an_update_without_a_usable_number_is_kept_once_too(store: Store, clock: Clock) -> None:
    assert await put(store, clock, None, body=b"not json")
    assert not await put(store, clock, None, body=b"not json")
    assert await put(store, clock, 2**70, chat="200", body=b"far too large a number")
    assert not await put(store, clock, -5, chat="200", body=b"far too large a number")
    numbers = await ready(store, clock)
    assert len(numbers) == 2
    assert all(number < 0 for number in numbers)


async def test_a_chat_is_handled_in_order_and_others_go_on_meanwhile(store: Store, clock: Clock) -> None:
    for update_id, chat in ((1, "100"), (2, "100"), (3, "200")):
        await put(store, clock, update_id, chat)
    assert await ready(store, clock) == [1, 3]

    async with store.begin() as unit:
        assert await unit.inbox.start("telegram", 1)
        assert await unit.inbox.done("telegram", 1, clock())
        assert not await unit.inbox.start("telegram", 1)
    assert await ready(store, clock) == [2, 3]


async def test_a_failure_holds_up_its_chat_until_the_next_try(store: Store, clock: Clock) -> None:
    for update_id, chat in ((1, "100"), (2, "100"), (3, "200")):
        await put(store, clock, update_id, chat)
    async with store.begin() as unit:
        assert await unit.inbox.fail("telegram", 1, "ValueError", clock() + timedelta(seconds=5)) == 1
    assert await ready(store, clock) == [3]
    clock.forward(seconds=5)
    assert await ready(store, clock) == [1, 3]
    async with store.read() as unit:
        row = await unit.inbox.get("telegram", 1)
    assert row is not None
    assert (row.tries, row.fault) == (1, "ValueError")


async def test_poison_is_set_aside_counted_and_can_be_replayed(store: Store, clock: Clock) -> None:
    for update_id in (1, 2):
        await put(store, clock, update_id)
    async with store.begin() as unit:
        assert await unit.inbox.poison("telegram", 1, "unreadable", clock())
        assert not await unit.inbox.poison("telegram", 1, "unreadable", clock())
    assert await ready(store, clock) == [2]

    async with store.begin() as unit:
        counts = await unit.inbox.counts()
        assert (counts.undone, counts.poison, counts.oldest_at) == (1, 1, clock())
        assert [row.fault for row in await unit.inbox.poisoned()] == ["unreadable"]
        assert await unit.inbox.replay("telegram", 1)
        assert not await unit.inbox.replay("telegram", 1)
    assert await ready(store, clock) == [1]


async def test_a_crash_before_the_commit_leaves_the_update_to_be_done(store: Store, clock: Clock) -> None:
    await put(store, clock, 1)
    try:
        async with store.begin() as unit:
            assert await unit.inbox.start("telegram", 1)
            await unit.jobs.add("route", {})
            await unit.inbox.done("telegram", 1, clock())
            raise InterruptedError
    except InterruptedError:
        pass
    assert await ready(store, clock) == [1]
    async with store.read() as unit:
        assert await unit.jobs.waiting() == {}


async def test_two_processors_of_one_update_have_one_effect(store: Store, clock: Clock, database_url: str) -> None:
    await put(store, clock, 1)
    other = await Store.open(database_url, clock=clock)

    async def handle(through: Store) -> None:
        async with through.begin() as unit:
            if await unit.inbox.start("telegram", 1):
                await unit.jobs.add("route", {})
                await unit.inbox.done("telegram", 1, clock())

    await asyncio.gather(*(handle(each) for each in (store, other, store, other)))
    await other.close()
    async with store.read() as unit:
        assert await unit.jobs.waiting() == {"route": 1}
