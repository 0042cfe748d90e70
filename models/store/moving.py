"""Moves everything from one database to another, whole or not at all, and checks every row afterwards.

Values are moved as they are stored: what is sealed stays sealed, JSON keeps its bytes. Writers of the source wait for
the time that takes, so that nothing is acknowledged there and missing here.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Table, TypeDecorator, cast, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import TypeEngine

from models.store import schema
from models.store.engine import parse, postgres_engine, sqlite_engine
from models.store.errors import StoreError, named_faults
from models.store.reports import MONTH, REPORTS
from models.tables import METADATA

WAIT_MS: Final = 600_000
WIDTH: Final = 1 << 256
MOVED: Final = "moved_to"
"""The mark that a source bears afterwards; a service that finds it does not start."""
PAGE: Final = 1_000
Told = Callable[[str, int, int], None]
"""Hears the name of a table, how many of its rows are moved, and how many there are."""


class MoveRefusedError(StoreError):
    """The data cannot be moved; nothing was. The message says what to do."""


class MovedAwayError(StoreError):
    """What this database held is elsewhere now; the message says where."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table: its rows, and the sum of their digests, which is the same in any order."""

    table: str
    n_rows: int
    digest: str


async def move(source_url: str, target_url: str, now: datetime, told: Told) -> list[Moved]:
    """Moves a SQLite installation to PostgreSQL; raises `MoveRefusedError`, `StoreError` and `ValueError`."""
    source, target = parse(source_url), parse(target_url)
    if not source.drivername.startswith("sqlite") or target.drivername.startswith("sqlite"):
        raise MoveRefusedError("data is moved from sqlite+aiosqlite:///… to postgresql+asyncpg://…")
    here = sqlite_engine(source, begin="BEGIN IMMEDIATE", size=1, busy_ms=10_000)
    there = postgres_engine(target, size=1, busy_ms=WAIT_MS)
    try:
        with named_faults():
            async with here.begin() as old, there.begin() as new:
                await _check(old, new, now)
                moved = [await _copy(old, new, table, told) for table in _tables()]
                await _compare(moved, new, told)
                await _set_numbers(new)
                await new.commit()
                await _mark(old, f"{target.host}/{target.database}", now)
        return moved
    finally:
        await _dispose(here, there)


async def _dispose(*engines: AsyncEngine) -> None:
    for engine in engines:
        await engine.dispose()


def _tables() -> Sequence[Table]:
    return METADATA.sorted_tables


async def _check(old: AsyncConnection, new: AsyncConnection, now: datetime) -> None:
    """Refuses a source that is at work, and a target in which there is anything."""
    beats = text("select owner from lease where until > :now")
    owner = (await old.execute(beats, {"now": now.astimezone(UTC).replace(tzinfo=None)})).scalar()
    if owner is not None:
        raise MoveRefusedError(f"the service still works there ({owner}): end it, wait ten seconds and come again")
    full = [table.name for table in _tables() if (await new.execute(select(1).select_from(table).limit(1))).first()]
    if full:
        raise MoveRefusedError(
            f"the target is not empty ({', '.join(full[:5])}{' …' if len(full) > 5 else ''}): "
            "give a new database; one that a move was broken off in is empty"
        )


def plain(table: Table) -> list[ColumnElement[Any]]:
    """Gives the columns of a table as they are stored, without what our own types make of them."""
    return [column(c.name, _stored(c.type)) for c in table.c]


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    while isinstance(kind, TypeDecorator):
        kind = kind.impl if isinstance(kind.impl, TypeEngine) else kind.impl()
    return kind


async def _copy(old: AsyncConnection, new: AsyncConnection, table: Table, told: Told) -> Moved:
    """Copies one table in one statement, so that rows may point at rows that come later."""
    total = int((await old.execute(select(func.count()).select_from(table))).scalar_one())
    tally = _Tally()

    async def records() -> AsyncIterator[tuple[Any, ...]]:
        async with old.stream(select(*plain(table)).select_from(table)) as rows:
            async for row in rows:
                yield tally.add(row)
                if tally.n % PAGE == 0:
                    told(table.name, tally.n, total)

    await new.execute(text(f"alter table {table.name} disable trigger user"))
    driver: Any = (await new.get_raw_connection()).driver_connection
    await driver.copy_records_to_table(table.name, columns=[c.name for c in table.c], records=records())
    await new.execute(text(f"alter table {table.name} enable trigger user"))
    told(table.name, tally.n, total)
    return Moved(table.name, tally.n, tally.digest)


class _Tally:
    """Counts rows and sums their digests."""

    def __init__(self) -> None:
        self.n = 0
        self._sum = 0

    def add(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Takes a row in, and gives its values as both databases mean them."""
        values = tuple(_same(value) for value in row)
        self.n += 1
        self._sum = (self._sum + int.from_bytes(sha256(repr(values).encode()).digest(), "big")) % WIDTH
        return values

    @property
    def digest(self) -> str:
        """Gives the sum."""
        return f"{self._sum:064x}"


def _same(value: Any) -> Any:
    """Gives times with their zone, which SQLite does not keep, and bytes as bytes."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


async def _compare(moved: Sequence[Moved], new: AsyncConnection, told: Told) -> None:
    """Reads everything again where it is now; raises `MoveRefusedError` for the first table that differs."""
    for one in moved:
        found = await digest_of(new, METADATA.tables[one.table])
        if found != one:
            raise MoveRefusedError(
                f"{one.table} is not the same there: {one.n_rows} rows were moved, {found.n_rows} arrived"
                f"{', some of them changed' if found.n_rows == one.n_rows else ''}; nothing was kept"
            )
        told(f"{one.table} ✓", one.n_rows, one.n_rows)


async def digest_of(connection: AsyncConnection, table: Table) -> Moved:
    """Counts the rows of a table and sums their digests."""
    tally = _Tally()
    async with connection.stream(select(*plain(table)).select_from(table)) as rows:
        async for row in rows:
            tally.add(row)
    return Moved(table.name, tally.n, tally.digest)


async def _set_numbers(new: AsyncConnection) -> None:
    """Lets each sequence go on behind the highest number; that of reports stands behind their month."""
    for table in _tables():
        keys = list(table.primary_key.columns)
        if len(keys) != 1 or not isinstance(_stored(keys[0].type), Integer):
            continue
        name = keys[0].name
        sequence = (await new.execute(text(f"select pg_get_serial_sequence('{table.name}', '{name}')"))).scalar()
        if sequence is None:
            continue
        number = keys[0] % MONTH if table is REPORTS else keys[0]
        last = (await new.execute(select(func.max(cast(number, _stored(keys[0].type)))))).scalar()
        if last:
            await new.execute(text("select setval(:sequence, :last)"), {"sequence": sequence, "last": int(last)})


async def _mark(old: AsyncConnection, where: str, now: datetime) -> None:
    """Notes in the source where its data went, so that nobody starts it again by mistake."""
    marks = METADATA.tables["kv"]
    await old.execute(marks.insert().values(name=MOVED, value={"to": where, "at": now.isoformat()}, updated_at=now))


def prepare(target_url: str) -> None:
    """Lays the schema of this code in the target."""
    schema.upgrade(target_url)
