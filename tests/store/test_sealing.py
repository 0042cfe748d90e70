"""Nobody who reads the database, or a copy of it, reads a name, a number or a talk; keys can be changed meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from models.rules.roles import Role
from models.store import Store, schema
from models.store.keys import COLUMNS
from models.store.rows import RosterRow
from models.tables import METADATA
from models.tables.columns import Sealed, SealedBytes, SealedJson
from models.tables.keyring import Keyring, KeyringError, draw, parse, written
from tests.cast import STREET
from tests.clock import Clock

NAME, PHONE, TALK = "金丝雀", "13800138000", "堤上有人"
OLD, NEW = draw(), draw()
FILLED = ("person.name", "person.phone", "message.body", "draft.data", "inbox.body")


@pytest.fixture
async def sealed(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    """Opens a store with a key, in which everything that is sealed holds something."""
    store = await Store.open(database_url, clock=clock, keyring=Keyring([OLD]))
    await fill(store, clock)
    yield store
    await store.close()


async def fill(store: Store, clock: Clock) -> None:
    """Writes a person, an update, a talk and a message."""
    row = RosterRow(staff_no="S1", name=NAME, phone=PHONE, role=Role.GRID_WORKER, area_code=STREET)
    async with store.begin() as unit:
        await unit.people.import_roster([row])
        await unit.people.bind("gateway", 7, 1, clock())
        await unit.inbox.put("gateway", 1, "7", f'{{"text":"{TALK}"}}'.encode(), clock())
        await unit.drafts.put("7:7", "asking", {"text": TALK})
        await unit.messages.add(person_id=1, body={"say": {"text": TALK + NAME}}, loud=True)


def stored(url: str) -> str:
    """Reads every table that is there as it is stored."""

    def work(connection: Connection) -> str:
        there = set(inspect(connection).get_table_names())
        names = [table.name for table in METADATA.sorted_tables if table.name in there]
        rows = [connection.execute(text(f"select * from {name}")).all() for name in names]
        return "".join(
            bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
            for table in rows
            for row in table
            for value in row
        )

    return schema.on_connection(url, work)


async def read_back(store: Store) -> None:
    """Reads everything that is sealed as the service does."""
    async with store.read() as unit:
        person = await unit.people.by_staff_no("S1")
        assert person is not None
        assert (person.name, person.phone) == (NAME, PHONE)
        assert [found.staff_no for found in await unit.people.named(NAME)] == ["S1"]
        assert [found.staff_no for found in await unit.people.search("丝")] == ["S1"]
        update = await unit.inbox.get("gateway", 1)
        assert update is not None
        assert TALK in update.body.decode()
        assert await unit.drafts.get("7:7") == ("asking", {"text": TALK})


async def test_nobody_reads_names_numbers_and_talks_in_the_database(sealed: Store, database_url: str) -> None:
    await read_back(sealed)

    readable = await asyncio.to_thread(stored, database_url)
    assert [word for word in (NAME, PHONE, TALK, "金丝") if word in readable] == []


async def test_another_key_opens_nothing_and_says_which_is_missing(
    sealed: Store, database_url: str, clock: Clock
) -> None:
    other = await Store.open(database_url, clock=clock, keyring=Keyring([NEW]))
    try:
        async with other.read() as unit:
            with pytest.raises(
                KeyringError, match=f"sealed with the field key {Keyring([OLD]).newest}, which is not here"
            ):
                await unit.people.by_staff_no("S1")
    finally:
        await other.close()


async def test_a_change_of_keys_can_be_stopped_and_gone_on_with(sealed: Store, database_url: str, clock: Clock) -> None:
    both = await Store.open(database_url, clock=clock, keyring=Keyring([NEW, OLD]))
    try:
        await read_back(both)
        async with both.begin() as unit:
            await unit.keys.reseal(COLUMNS[0], None, 500)
        await read_back(both)
        for _ in range(2):
            counts = []
            for column in COLUMNS:
                async with both.begin() as unit:
                    counts.append((await unit.keys.reseal(column, None, 500))[0])
        assert counts == [0] * len(COLUMNS)
        async with both.read() as unit:
            assert {one.key_id for one in await unit.keys.census()} == {both.keyring.newest}
    finally:
        await both.close()
    fresh = await Store.open(database_url, clock=clock, keyring=Keyring([NEW]))
    await read_back(fresh)
    await fresh.close()


async def test_a_process_that_started_with_the_earlier_keys_finds_the_new_one(
    sealed: Store, database_url: str, clock: Clock
) -> None:
    running = await Store.open(database_url, clock=clock, keyring=Keyring([OLD], lambda: Keyring([NEW, OLD])))
    both = await Store.open(database_url, clock=clock, keyring=Keyring([NEW, OLD]))
    async with both.begin() as unit:
        for column in COLUMNS:
            await unit.keys.reseal(column, None, 500)

    await read_back(running)
    await both.close()
    await running.close()


async def test_a_database_of_before_the_keys_is_sealed_on_the_way_up(database_url: str, clock: Clock) -> None:
    plain = await Store.open(database_url, clock=clock)
    await fill(plain, clock)
    assert NAME in await asyncio.to_thread(stored, database_url)
    await plain.close()
    await asyncio.to_thread(schema.downgrade, database_url, "0009")
    await asyncio.to_thread(lambda: schema.upgrade(database_url, keyring=Keyring([OLD])))

    assert NAME not in await asyncio.to_thread(stored, database_url)
    store = await Store.open(database_url, clock=clock, keyring=Keyring([OLD]))
    await read_back(store)
    await store.close()
    await asyncio.to_thread(lambda: schema.downgrade(database_url, "0009", keyring=Keyring([OLD])))
    assert NAME in await asyncio.to_thread(stored, database_url)
    await asyncio.to_thread(schema.upgrade, database_url)


async def test_what_was_sealed_or_deleted_does_not_stand_in_the_file_any_more(sqlite_url: str, clock: Clock) -> None:
    path = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    plain = await Store.open(sqlite_url, clock=clock)
    await fill(plain, clock)
    await plain.close()
    assert NAME.encode() in await asyncio.to_thread(path.read_bytes)

    store = await Store.open(sqlite_url, clock=clock, keyring=Keyring([OLD]))
    async with store.begin() as unit:
        for column in COLUMNS:
            await unit.keys.reseal(column, None, 500)
    await store.close()

    left = await asyncio.to_thread(path.read_bytes)
    assert [word for word in (NAME, PHONE, TALK) if word.encode() in left] == []


async def test_rows_of_before_the_keys_are_found_and_counted(database_url: str, clock: Clock) -> None:
    plain = await Store.open(database_url, clock=clock)
    await fill(plain, clock)
    await plain.close()

    store = await Store.open(database_url, clock=clock, keyring=Keyring([OLD]))
    await read_back(store)
    async with store.read() as unit:
        found = {(one.column, one.key_id, one.n) for one in await unit.keys.census()}
    assert found == {(name, None, 1) for name in FILLED}
    await store.close()


def test_every_sealed_column_of_the_models_takes_part_in_a_change_of_keys() -> None:
    sealed = {
        column.type.purpose
        for table in METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed | SealedJson | SealedBytes)
    }

    assert sealed == {column.name for column in COLUMNS}


def test_what_was_sealed_for_one_column_does_not_open_in_another() -> None:
    ring = Keyring([OLD])
    name = ring.seal_text("person.name", NAME)

    assert name != ring.seal_text("person.name", NAME)
    for wrong in (name[:-4] + "AAAA", name[:20] + ("A" if name[20] != "A" else "B") + name[21:]):
        with pytest.raises(KeyringError, match="damaged"):
            ring.open_text("person.name", wrong)
    with pytest.raises(KeyringError, match=r"person\.phone was sealed"):
        ring.open_text("person.phone", name)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nonsense!", "field key 1 is not base64"),
        (f"{written(OLD)},AAAA", "field key 2 has 3 bytes, not 32"),
        (f"{written(OLD)} {written(OLD)}", "given twice"),
    ],
    # A key is drawn at each start: it must not be part of a test's name.
    ids=["no base64", "too short", "twice"],
)
def test_what_is_no_key_is_said_in_one_sentence(given: str, said: str) -> None:
    with pytest.raises(KeyringError, match=said):
        parse(given)


def test_keys_are_read_as_they_are_written() -> None:
    assert parse(f"{written(NEW)}, {written(OLD)}\n") == [NEW, OLD]
