"""One transaction: what is joined, what is undone alone, and what happens only after the commit."""

import asyncio
import contextvars
from datetime import timedelta

import pytest

from models.store import Store, StoreMisuseError
from tests.clock import Clock


async def spoiled(store: Store, colour: str, rang: list[str] | None = None) -> None:
    """Writes a colour, asks for a ring, and fails."""
    async with store.begin() as unit:
        await unit.kv.put("colour", colour)
        unit.after_commit(lambda: rang is not None and rang.append("relay"))
        raise ZeroDivisionError


async def test_what_was_written_is_read_after_the_commit(store: Store) -> None:
    async with store.begin() as unit:
        await unit.kv.put("colour", "red")

    async with store.read() as unit:
        assert await unit.kv.get("colour") == "red"


async def test_an_error_undoes_everything(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await spoiled(store, "red")

    async with store.read() as unit:
        assert await unit.kv.get("colour") is None


async def test_a_part_that_fails_is_undone_alone(store: Store) -> None:
    async with store.begin() as unit:
        await unit.kv.put("colour", "red")
        with pytest.raises(ZeroDivisionError):
            await spoiled(store, "blue")
        async with store.begin() as part:
            await part.kv.put("size", "large")

    async with store.read() as unit:
        assert await unit.kv.get("colour") == "red"
        assert await unit.kv.get("size") == "large"


async def test_a_read_inside_a_transaction_sees_what_it_wrote(store: Store) -> None:
    async with store.begin() as unit:
        await unit.kv.put("colour", "red")
        async with store.read() as reading:
            assert await reading.kv.get("colour") == "red"


async def test_a_read_does_not_see_what_is_not_committed(store: Store) -> None:
    async def look() -> object:
        async with store.read() as unit:
            return await unit.kv.get("colour")

    async with store.begin() as unit:
        await unit.kv.put("colour", "red")
        seen = await asyncio.create_task(look(), context=_outside())
    assert seen is None
    assert await look() == "red"


async def test_a_callback_runs_once_and_only_after_the_outermost_commit(store: Store) -> None:
    rang: list[str] = []

    def ring() -> None:
        rang.append("relay")

    async with store.begin() as unit:
        unit.after_commit(ring)
        async with store.begin() as part:
            part.after_commit(ring)
        assert rang == []
    assert rang == ["relay"]


async def test_a_callback_of_a_part_that_failed_never_runs(store: Store) -> None:
    rang: list[str] = []
    async with store.begin():
        with pytest.raises(ZeroDivisionError):
            await spoiled(store, "red", rang)
    assert rang == []


async def test_a_task_that_outlives_its_transaction_gets_its_own(store: Store) -> None:
    go = asyncio.Event()

    async def later() -> None:
        await go.wait()
        async with store.begin() as unit:
            await unit.kv.put("late", "yes")

    async with store.begin():
        task = asyncio.create_task(later())
        await asyncio.sleep(0)
    go.set()
    await task

    async with store.read() as unit:
        assert await unit.kv.get("late") == "yes"


async def test_two_parts_of_one_transaction_never_run_at_once(store: Store) -> None:
    inside, done = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with store.begin():
            inside.set()
            await done.wait()

    async with store.begin():
        task = asyncio.create_task(slow())
        await inside.wait()
        with pytest.raises(StoreMisuseError):
            async with store.begin():
                pass
        done.set()
        await task


async def test_a_write_inside_a_read_is_our_mistake(store: Store) -> None:
    with pytest.raises(StoreMisuseError):
        async with store.read() as unit:
            await unit.kv.put("colour", "red")


async def test_many_writers_of_one_process_take_turns(store: Store, clock: Clock) -> None:
    async def one(n: int) -> bool:
        async with store.begin() as unit:
            return await unit.kv.hold("duty", f"worker-{n}", clock() + timedelta(minutes=1), None)

    won = await asyncio.gather(*(one(n) for n in range(50)))
    assert sum(won) == 1


async def test_a_cancelled_transaction_is_undone_and_the_next_one_goes_on(store: Store) -> None:
    inside = asyncio.Event()

    async def stuck() -> None:
        async with store.begin() as unit:
            await unit.kv.put("colour", "red")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with store.begin() as unit:
        assert await unit.kv.get("colour") is None
        await unit.kv.put("colour", "blue")


def _outside() -> contextvars.Context:
    """Gives a context in which no transaction is open."""

    return contextvars.Context()
