"""Behind pgbouncer in transaction mode every transaction may get another session, and nothing is left in any."""

import asyncio
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from models.store import Store, StoreMisuseError, backing, schema
from models.store.backing import BackupError
from models.store.engine import parse
from tests.clock import Clock
from tests.store.beside_postgres import pgbouncer
from tests.store.filled import on_post, registered

pytestmark = pytest.mark.servers


@pytest.fixture
def pooled_url(postgres_url: str) -> Iterator[str]:
    """Gives an empty database behind pgbouncer with three sessions."""
    with pgbouncer(postgres_url) as url:
        yield url


async def test_many_more_clients_than_sessions_file_and_read_at_once(pooled_url: str, clock: Clock) -> None:
    stores = [await Store.open(pooled_url, clock=clock) for _ in range(3)]
    await on_post(stores[0])

    filed = await asyncio.gather(*(registered(stores[n % 3], clock()) for n in range(30)))

    assert len({facts.case_no for facts in filed}) == 30
    for store in stores:
        async with store.read() as unit:
            assert len(await unit.cases.many(facts.case_no for facts in filed)) == 30
    async with stores[0].begin() as unit:
        for n in range(12):
            await unit.jobs.add("route", {"n": n})
    claims = await asyncio.gather(*(claimed(store, n, clock) for n, store in enumerate(stores)))
    assert sorted(number for claim in claims for number in claim) == sorted({n for claim in claims for n in claim})
    assert sum(len(claim) for claim in claims) == 12
    for store in stores:
        await store.close()


async def claimed(store: Store, n: int, clock: Clock) -> list[int]:
    """Claims jobs as one of several relays."""
    async with store.begin() as unit:
        return [job.job_id for job in await unit.jobs.claim(f"relay-{n}", ["route"], 12, clock(), 30)]


async def test_limits_hold_in_each_transaction_and_stay_in_none(pooled_url: str, clock: Clock) -> None:
    store = await Store.open(pooled_url, clock=clock, busy_ms=7_000)
    shown = "select current_setting('lock_timeout'), current_setting('statement_timeout')"
    async with store.begin() as unit:
        inside = (await unit.line.connection.execute(text(shown))).one()
    await store.close()
    url = parse(pooled_url).difference_update_query(["pooler"]).set(drivername="postgresql")
    words = ["psql", "-At", str(url), "-c", shown]
    plain = (await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, check=True)).stdout

    assert tuple(inside) == ("7s", "42s")
    assert plain.strip() == "0|0"


async def test_a_snapshot_is_read_only_and_does_not_move(pooled_url: str, clock: Clock) -> None:
    store = await Store.open(pooled_url, clock=clock)
    await on_post(store)
    async with store.read() as before:
        assert await before.jobs.waiting() == {}
        async with asyncio.timeout(10):
            await asyncio.create_task(added(store))
        assert await before.jobs.waiting() == {}
    with pytest.raises(StoreMisuseError):
        async with store.read() as unit:
            await unit.kv.put("x", 1, clock() + timedelta(days=1))
    await store.close()


async def added(store: Store) -> None:
    """Adds a job beside whoever reads."""
    async with store.begin() as unit:
        await unit.jobs.add("route", {})


async def test_a_backup_through_it_is_refused_in_a_sentence(pooled_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="not pgbouncer"):
        await backing.save(pooled_url, tmp_path / "dump")


async def test_a_migration_may_come_through_it_too(pooled_url: str) -> None:
    await asyncio.to_thread(schema.upgrade, pooled_url)
    assert await asyncio.to_thread(schema.at_head, pooled_url)
