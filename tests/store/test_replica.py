"""A read replica answers whoever only looks; when it is away or behind, the primary does, and says so."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from models.store import Store, schema
from models.store import replica as replica_module
from models.store.replica import ReplicaState
from tests.clock import Clock
from tests.store.beside_postgres import PATIENCE_S, replica

pytestmark = pytest.mark.servers


@pytest.fixture
def running(postgres_url: str) -> Iterator[tuple[str, ExitStack]]:
    """Gives a replica's URL, and what ends it."""
    with ExitStack() as stack:
        yield stack.enter_context(replica(postgres_url)), stack


async def answered_by_replica(store: Store) -> bool:
    """Tells who answers somebody that looks."""
    with store.looking():
        async with store.read() as unit:
            return bool((await unit.line.connection.execute(text("select pg_is_in_recovery()"))).scalar())


async def until(store: Store, usable: bool) -> ReplicaState:
    """Waits until the replica may be used, or may not."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            state = await store.replica()
            assert state is not None
            if state.usable is usable:
                return state
            await asyncio.sleep(0.05)


async def test_who_looks_asks_the_replica_until_it_is_behind_or_gone(
    postgres_url: str, running: tuple[str, ExitStack], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica_module, "LOOK_S", 0.05)
    read_url, stack = running
    store = await Store.open(postgres_url, clock=clock, read_url=read_url, most_behind_s=0.3)
    await until(store, usable=True)

    assert await answered_by_replica(store)
    async with store.read() as unit:
        assert not (await unit.line.connection.execute(text("select pg_is_in_recovery()"))).scalar()
    async with store.begin() as unit:
        await unit.kv.put("written", 1)
        with store.looking():
            async with store.read() as inside:
                assert await inside.kv.get("written") == 1

    await asyncio.to_thread(schema.on_connection, read_url, lambda c: c.execute(text("select pg_wal_replay_pause()")))
    async with store.begin() as unit:
        await unit.kv.put("written", 2)
    behind = await until(store, usable=False)
    assert behind.there
    assert behind.behind_s > 0.3
    assert not await answered_by_replica(store)

    await asyncio.to_thread(schema.on_connection, read_url, lambda c: c.execute(text("select pg_wal_replay_resume()")))
    await until(store, usable=True)
    assert await answered_by_replica(store)

    await asyncio.to_thread(stack.close)
    assert not await answered_by_replica(store)
    assert (await until(store, usable=False)).there is False
    await store.close()


async def test_a_replica_that_was_never_there_changes_nothing(postgres_url: str, clock: Clock) -> None:
    store = await Store.open(postgres_url, clock=clock, read_url="postgresql+asyncpg://whistle@127.0.0.1:1/whistle")
    assert not await answered_by_replica(store)
    assert await store.replica() == ReplicaState(there=False, behind_s=0.0, usable=False)
    await store.close()
