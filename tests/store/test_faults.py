"""When the database cannot, the store says which way it cannot, and nothing was written."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from models.store import (
    Store,
    StoreAwayError,
    StoreBusyError,
    StoreFullError,
    StoreUnavailableError,
    schema,
)
from models.store.driver import sqlite_module, sqlite_version, wal_is_safe
from tests.clock import Clock


def file_of(url: str) -> Path:
    """Gives the file of a SQLite database."""
    return Path(str(make_url(url).database))


async def test_a_database_that_others_hold_too_long_is_busy_and_not_broken(sqlite_url: str, clock: Clock) -> None:
    store = await Store.open(sqlite_url, clock=clock, busy_ms=50)
    other = sqlite_module().connect(str(file_of(sqlite_url)), isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreBusyError):
        async with store.begin():
            pytest.fail("the transaction must not open")
    async with store.read() as unit:
        assert await unit.kv.get("colour") is None
    other.execute("rollback")
    other.close()

    async with store.begin() as unit:
        await unit.kv.put("colour", "red")
    await store.close()


async def test_a_writer_of_this_process_that_never_ends_makes_the_others_busy(sqlite_url: str, clock: Clock) -> None:
    store = await Store.open(sqlite_url, clock=clock, busy_ms=50)
    inside, end = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with store.begin():
            inside.set()
            await end.wait()

    holder = asyncio.create_task(hold())
    await inside.wait()
    with pytest.raises(StoreBusyError):
        async with store.begin():
            pytest.fail("the transaction must not open")
    end.set()
    await holder
    await store.close()


async def test_a_full_disk_is_named_and_what_was_written_before_stays(sqlite_url: str, clock: Clock) -> None:
    store = await Store.open(sqlite_url, clock=clock)
    async with store.begin() as unit:
        await unit.kv.put("colour", "red")
        n_pages = (await unit.line.connection.execute(text("pragma page_count"))).scalar_one()
        await unit.line.connection.execute(text(f"pragma max_page_count = {n_pages + 2}"))
    with pytest.raises(StoreFullError):
        await flood(store, clock)

    async with store.begin() as unit:
        assert await unit.kv.get("colour") == "red"
        assert (await unit.inbox.counts()).undone == 0
    await store.close()


async def test_a_file_that_is_no_database_is_away(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is not a database" * 500)
    with pytest.raises(StoreAwayError):
        await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}", clock=clock)


async def test_a_folder_that_is_not_there_is_away(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(StoreAwayError):
        await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'x.db'}", clock=clock)


async def test_a_server_that_does_not_answer_is_away(clock: Clock, unused_tcp_port: int) -> None:
    with pytest.raises(StoreAwayError):
        await Store.open(f"postgresql+asyncpg://nobody@127.0.0.1:{unused_tcp_port}/none", clock=clock)


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite://", "mysql://x/y", "sqlite:///x"])
async def test_a_database_the_store_does_not_run_on_is_refused_with_words(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite needs a file|the store runs on"):
        await Store.open(url)


async def test_a_lost_connection_is_away_and_the_next_transaction_finds_a_new_one(
    postgres_url: str, clock: Clock
) -> None:
    store = await Store.open(postgres_url, clock=clock)
    async with store.begin() as unit:
        await unit.kv.put("colour", "red")
    with pytest.raises(StoreUnavailableError):
        await cut_off(store, postgres_url)

    async with store.begin() as unit:
        assert await unit.kv.get("colour") == "red"
    await store.close()


async def flood(store: Store, clock: Clock) -> None:
    """Writes more than there is room for."""
    async with store.begin() as unit:
        for n in range(100):
            await unit.inbox.put("t", n, "c", b"x" * 4000, clock())


async def cut_off(store: Store, url: str) -> None:
    """Loses the connection in the middle of a transaction."""
    async with store.begin() as unit:
        await unit.kv.put("colour", "blue")
        await terminate_others(url)
        await unit.kv.get("colour")


async def terminate_others(url: str) -> None:
    """Cuts every other connection to a database, as a restarting server does."""
    engine = create_async_engine(url)
    others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    async with engine.connect() as connection:
        await connection.execute(text(f"{others} and pid <> pg_backend_pid()"))
    await engine.dispose()


async def test_a_commit_is_durable_by_setting(store: Store) -> None:
    async with store.begin() as unit:
        connection = unit.line.connection
        if unit.line.sqlite:
            for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
                assert (await connection.execute(text(f"pragma {pragma}"))).scalar() == value
        else:
            assert (await connection.execute(text("show synchronous_commit"))).scalar() == "on"
            assert (await connection.execute(text("show timezone"))).scalar() == "UTC"


def test_a_store_is_not_carried_across_a_fork(sqlite_url: str) -> None:
    """A connection that two processes use damages the database, so that the child is refused."""
    program = (
        "import asyncio, os, sys\n"
        "from models.store import Store, StoreMisuseError\n"
        "async def use(store):\n"
        "    async with store.begin() as unit:\n"
        "        await unit.kv.put('by', os.getpid())\n"
        "with asyncio.Runner() as runner:\n"
        "    store = runner.run(Store.open(sys.argv[1]))\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        try:\n"
        "            asyncio.Runner().run(use(store))\n"
        "        except StoreMisuseError:\n"
        "            os._exit(0)\n"
        "        os._exit(1)\n"
        "    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
        "    runner.run(use(store))\n"
        "    runner.run(store.close())\n"
        "sys.exit(ended)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, sqlite_url], timeout=60, check=False).returncode == 0


def test_two_processes_lose_no_write(sqlite_url: str) -> None:
    """Two real processes write the same file as fast as they can."""
    program = (
        "import asyncio, sys\n"
        "from models.store import Store\n"
        "async def main():\n"
        "    store = await Store.open(sys.argv[1])\n"
        "    for _ in range(100):\n"
        "        async with store.begin() as unit:\n"
        "            await unit.kv.put('n', (await unit.kv.get('n') or 0) + 1)\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, sqlite_url]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in running] == [0, 0]

    async def count() -> object:
        store = await Store.open(sqlite_url)
        async with store.read() as unit:
            found = await unit.kv.get("n")
        await store.close()
        return found

    assert asyncio.run(count()) == 200


def test_the_sqlite_in_use_is_named(sqlite_url: str) -> None:
    assert sqlite_version() == sqlite_module().sqlite_version
    assert wal_is_safe() is (sqlite_module().sqlite_version_info >= (3, 51, 3))
    found = schema.on_connection(sqlite_url, lambda c: c.execute(text("select sqlite_version()")).scalar())
    assert found == sqlite_version()
