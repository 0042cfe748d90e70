"""A pilot on SQLite becomes a city on PostgreSQL: every row is there afterwards, and the same."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from actions.moving import Moved, move
from config.seed.read import read
from models.rules.catalogue import build
from models.store import Store, schema
from models.store.moving import MOVED, MoveRefusedError
from tests.clock import Clock
from tests.make import filed, make_deps, seen


@pytest.fixture
def new_url(empty_url: str) -> str:
    """Gives a PostgreSQL database without anything."""
    if empty_url.startswith("sqlite"):
        pytest.skip("the move leads to PostgreSQL")
    return empty_url


async def pilot(url: str, clock: Clock) -> list[str]:
    """Lets a small city work for a while."""
    store = await Store.open(url, clock=clock)
    deps = await make_deps(store, clock, build(read()))
    numbers = [await filed(deps) for _ in range(3)]
    async with store.begin() as unit:
        await unit.inbox.put("telegram", 9, "5", "{积水\u0001}".encode(), clock())
        await unit.kv.put("colour", {"a": [1, None, "红"]})
        await unit.drafts.put("telegram:5", "asking", {"text": "半句"}, clock())
    await store.close()
    return numbers


async def moved(source: str, target: str, clock: Clock) -> dict[str, Moved]:
    """Moves everything and gives what arrived, by table."""
    heard: list[str] = []
    found = await move(source, target, clock(), lambda table, n, total: heard.append(table))
    assert heard[-1].endswith("✓")
    return {one.table: one for one in found}


async def test_everything_is_there_and_work_goes_on(sqlite_url: str, new_url: str, clock: Clock) -> None:
    numbers = await pilot(sqlite_url, clock)
    old = await Store.open(sqlite_url, clock=clock)
    before = [await seen(await make_deps(old, clock, build(read())), number) for number in numbers]
    await old.close()

    found = await moved(sqlite_url, new_url, clock)

    assert (found["cases"].n_rows, found["report"].n_rows, found["inbox"].n_rows) == (3, 3, 1)
    assert found["case_event"].n_rows >= 3
    store = await Store.open(new_url, clock=clock)
    deps = await make_deps(store, clock, build(read()))
    assert [await seen(deps, number) for number in numbers] == before
    fresh = await filed(deps)
    async with store.read() as unit:
        assert await unit.kv.get("colour") == {"a": [1, None, "红"]}
        (row,) = await unit.inbox.ready(5, channel="telegram", now=clock())
        assert row.body == "{积水\u0001}".encode()
        reports = [report for number in (*numbers, fresh) for report in await unit.reports.of_case(number)]
    await store.close()
    assert fresh not in numbers
    assert len({report.report_no for report in reports}) == len(reports) == 4
    assert fresh == f"{numbers[-1][:-6]}{int(numbers[-1][-6:]) + 1:06d}"


async def test_the_old_database_says_where_its_data_is(sqlite_url: str, new_url: str, clock: Clock) -> None:
    await pilot(sqlite_url, clock)
    await moved(sqlite_url, new_url, clock)
    store = await Store.open(sqlite_url, clock=clock)
    async with store.read() as unit:
        assert "127.0.0.1/whistle_empty_" in (await unit.kv.get(MOVED))["to"]
    await store.close()
    with pytest.raises(MoveRefusedError, match="not empty"):
        await move(sqlite_url, new_url, clock(), lambda *_: None)


async def test_a_service_that_still_works_is_not_moved(sqlite_url: str, new_url: str, clock: Clock) -> None:
    store = await Store.open(sqlite_url, clock=clock)
    async with store.begin() as unit:
        await unit.kv.hold("schedule", "schedule@here:1", clock() + timedelta(seconds=9), None)
    with pytest.raises(MoveRefusedError, match="schedule@here:1"):
        await move(sqlite_url, new_url, clock(), lambda *_: None)
    clock.forward(seconds=10)
    assert await move(sqlite_url, new_url, clock(), lambda *_: None)
    await store.close()


async def test_a_move_that_is_broken_off_leaves_nothing_and_may_be_started_again(
    sqlite_url: str, new_url: str, clock: Clock
) -> None:
    await pilot(sqlite_url, clock)

    def pulled(table: str, *_: int) -> None:
        if table == "report":
            raise ConnectionAbortedError("somebody pulled the plug")

    with pytest.raises(Exception, match="plug"):
        await move(sqlite_url, new_url, clock(), pulled)
    assert (await moved(sqlite_url, new_url, clock))["cases"].n_rows == 3


async def test_a_row_that_arrives_otherwise_is_noticed(sqlite_url: str, new_url: str, clock: Clock) -> None:
    await pilot(sqlite_url, clock)
    await asyncio.to_thread(schema.upgrade, new_url)

    def coarsen(connection: Connection) -> None:
        connection.execute(text("alter table report alter column latitude type real"))

    await asyncio.to_thread(schema.on_connection, new_url, coarsen)
    with pytest.raises(MoveRefusedError, match="report is not the same"):
        await move(sqlite_url, new_url, clock(), lambda *_: None)


@pytest.mark.parametrize("target", ["sqlite+aiosqlite:///{0}/other.db", "postgresql+asyncpg://whistle@127.0.0.1:1/x"])
async def test_a_target_that_is_none_is_refused(sqlite_url: str, tmp_path: Path, clock: Clock, target: str) -> None:
    with pytest.raises(Exception, match=r"postgresql|Connect"):
        await move(sqlite_url, target.format(tmp_path), clock(), lambda *_: None)
