"""The connection of one transaction as the aggregates see it: statements in, plain rows out.

Statements that run often are built once: building one costs as much time as running it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from models.store.errors import named_faults
from models.tables.columns import keys_of
from models.tables.keyring import Keyring

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One connection inside its transaction."""

    connection: AsyncConnection
    clock: Callable[[], datetime]
    writes: bool = True

    @property
    def sqlite(self) -> bool:
        """Tells whether this is SQLite."""
        return self.connection.dialect.name == "sqlite"

    @property
    def keyring(self) -> Keyring:
        """Gives the keys that seal and open here."""
        return keys_of(self.connection.dialect)

    async def run(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> int:
        """Executes and gives the number of rows that it changed."""
        with named_faults(reads_only=not self.writes):
            return (await self.connection.execute(statement, values)).rowcount

    async def rows(self, statement: Executable, values: Values | None = None) -> Sequence[Row[Any]]:
        """Gives all rows."""
        with named_faults(reads_only=not self.writes):
            return (await self.connection.execute(statement, values)).all()

    async def one(self, statement: Executable, values: Values | None = None) -> Row[Any] | None:
        """Gives the first row, if any."""
        with named_faults(reads_only=not self.writes):
            return (await self.connection.execute(statement, values)).first()

    async def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """Gives the first value of the first row, or None."""
        with named_faults(reads_only=not self.writes):
            return (await self.connection.execute(statement, values)).scalar()

    async def column(self, statement: Executable, values: Values | None = None) -> list[Any]:
        """Gives the first value of every row."""
        with named_faults(reads_only=not self.writes):
            return list((await self.connection.execute(statement, values)).scalars())

    async def add(self, table: Table, row: Values, *, giving: str) -> int:
        """Inserts a row and gives the number that the database chose for it."""
        return int(await self.scalar(_inserting(table, giving), row))

    async def add_many(self, table: Table, rows: Iterable[Values]) -> None:
        """Inserts rows that all have the same keys; nothing at all when there are none."""
        batch = list(rows)
        if batch:
            await self.run(_inserting(table, None), batch)

    async def add_new(self, table: Table, row: Values, keys: Sequence[str], *, giving: str) -> Any:
        """Inserts a row and gives one of its columns; None when one of the same keys exists."""
        return await self.scalar(_adding_new(self.sqlite, table, tuple(keys), giving), row)

    async def upsert(self, table: Table, rows: Iterable[Values], keys: Sequence[str]) -> None:
        """Inserts rows that all have the same keys, or overwrites those that exist."""
        batch = list(rows)
        if batch:
            await self.run(_upserting(self.sqlite, table, tuple(batch[0]), tuple(keys)), batch)


def meeting(on_sqlite: bool, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Gives the insert of a database that can meet conflicts."""
    return sqlite.insert(table) if on_sqlite else postgresql.insert(table)


@cache
def _inserting(table: Table, giving: str | None) -> Insert:
    return table.insert() if giving is None else table.insert().returning(table.c[giving])


@cache
def _adding_new(on_sqlite: bool, table: Table, keys: tuple[str, ...], giving: str) -> Executable:
    added = meeting(on_sqlite, table).on_conflict_do_nothing(index_elements=list(keys))
    return added.returning(table.c[giving])


@cache
def _upserting(on_sqlite: bool, table: Table, columns: tuple[str, ...], keys: tuple[str, ...]) -> Executable:
    added = meeting(on_sqlite, table)
    changed = {name: added.excluded[name] for name in columns if name not in keys}
    return added.on_conflict_do_update(index_elements=list(keys), set_=changed)
