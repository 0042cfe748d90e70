"""The connection of one transaction as the aggregates see it: statements in, plain rows out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import Executable

from models.store.errors import named_faults

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One connection inside its transaction. `numbers` is a side door for counters, on PostgreSQL only."""

    connection: AsyncConnection
    clock: Callable[[], datetime]
    numbers: AsyncEngine | None = None
    writes: bool = True

    @property
    def sqlite(self) -> bool:
        """Tells whether this is SQLite."""
        return self.connection.dialect.name == "sqlite"

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

    async def add_many(self, table: Table, rows: Iterable[Values]) -> None:
        """Inserts rows that all have the same keys; nothing at all when there are none."""
        batch = list(rows)
        if batch:
            await self.run(table.insert(), batch)

    def insert(self, table: Table) -> Any:
        """Gives the insert of the database at hand, which can meet conflicts."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)

    async def upsert(
        self, table: Table, rows: Iterable[Values], keys: Sequence[str], *, keep: Sequence[str] = ()
    ) -> None:
        """Inserts rows, or overwrites those that exist except for the columns to keep."""
        batch = list(rows)
        if not batch:
            return
        statement = self.insert(table)
        changed = {name: statement.excluded[name] for name in batch[0] if name not in {*keys, *keep}}
        if changed:
            await self.run(statement.on_conflict_do_update(index_elements=list(keys), set_=changed), batch)
        else:
            await self.run(statement.on_conflict_do_nothing(index_elements=list(keys)), batch)
