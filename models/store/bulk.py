"""Many rows in one statement: what batches of a hundred and more write, without building a statement a row.

SQLAlchemy's own insert of many rows writes out a VALUES list and processes each row in it (some 20 µs a row);
here PostgreSQL unfolds one array a column, and SQLite repeats one prepared statement. COPY cannot meet conflicts.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Dialect, Table, Update, bindparam, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from models.store.errors import named_faults
from models.store.line import Line, Values

ROWS_AT_ONCE: Final = 2_000
"""Keeps one statement's arrays within a few megabytes."""
GUARD: Final = "b_"
"""Marks in `change` the names that say which row it is."""
Processor = Callable[[Any], Any] | None


async def add(
    line: Line,
    table: Table,
    rows: Sequence[Values],
    *,
    once: tuple[str, ...] | None = None,
    over: tuple[str, ...] | None = None,
) -> int:
    """Inserts rows that all have the same keys, in their order, and counts those written.

    With `once` a row whose keys exist is passed over, with `over` it is overwritten.
    """
    if not rows:
        return 0
    names = tuple(rows[0])
    n = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        n += await _run(line, table, names, rows[start : start + ROWS_AT_ONCE], once, over)
    return n


async def change(line: Line, table: Table, rows: Sequence[Values]) -> set[Any]:
    """Updates rows that all have the same names, each guarded: a name `b_x` says what `x` must be, the others
    what they become.

    Gives the first guard's value of each row that was found. What does not match all of its guards, such as a
    version that others raised meanwhile, is left as it is. The rows are different ones.
    """
    found: set[Any] = set()
    if not rows:
        return found
    names = tuple(rows[0])
    first = next(name for name in names if name.startswith(GUARD))
    if line.sqlite:
        # Nobody else writes meanwhile, and a statement is no journey.
        for row in rows:
            if await line.run(_changing(table, names), {f"g_{name}": value for name, value in row.items()}) == 1:
                found.add(row[first])
        return found
    statement = _changing_all(table, names, line.connection.dialect)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        given: Any = tuple(_columns(line, table, names, rows[start : start + ROWS_AT_ONCE]))

        def run(sync: Connection, given: Any = given) -> Sequence[Any]:
            return sync.exec_driver_sql(statement, given).scalars().all()

        with named_faults():
            found |= set(await line.connection.run_sync(run))
    return found


def _columns(line: Line, table: Table, names: tuple[str, ...], rows: Sequence[Values]) -> list[list[Any]]:
    """Turns rows into one list a column, each value as the driver takes it."""
    columns = []
    for name, process in zip(names, processors(table, names, line.connection.dialect), strict=True):
        values = [row[name] for row in rows]
        columns.append(values if process is None else [process(value) for value in values])
    return columns


@cache
def _changing(table: Table, names: tuple[str, ...]) -> Update:
    parts = {name: bindparam(f"g_{name}", type_=table.c[name.removeprefix(GUARD)].type) for name in names}
    found = update(table).where(*(table.c[n.removeprefix(GUARD)] == p for n, p in parts.items() if n.startswith(GUARD)))
    return found.values({name: part for name, part in parts.items() if not name.startswith(GUARD)})


@cache
def _changing_all(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    quote, target = dialect.identifier_preparer.quote, dialect.identifier_preparer.format_table(table)
    arrays = ", ".join(f"${at}::{array_of(table, name, dialect)}" for at, name in enumerate(names, 1))
    guards = [name for name in names if name.startswith(GUARD)]
    changed = ", ".join(f"{quote(name)} = given.{quote(name)}" for name in names if name not in guards)
    matched = " and ".join(f"{target}.{quote(g.removeprefix(GUARD))} = given.{quote(g)}" for g in guards)
    source = f"unnest({arrays}) as given({', '.join(map(quote, names))})"
    return f"update {target} set {changed} from {source} where {matched} returning given.{quote(guards[0])}"


async def _run(
    line: Line,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Values],
    once: tuple[str, ...] | None,
    over: tuple[str, ...] | None,
) -> int:
    columns = _columns(line, table, names, rows)
    statement = _statement(line.sqlite, table, names, once, over, line.connection.dialect)
    given: Any = list(zip(*columns, strict=True)) if line.sqlite else tuple(columns)
    with named_faults():
        return await _counted(line.connection, statement, given)


async def _counted(connection: AsyncConnection, statement: str, given: Any) -> int:
    def run(sync: Connection) -> int:
        return sync.exec_driver_sql(statement, given).rowcount

    return await connection.run_sync(run)


@cache
def processors(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[Processor, ...]:
    """Gives what each column does to a value on its way in, such as cleaning, JSON or a seal."""
    return tuple(table.c[name.removeprefix(GUARD)].type.dialect_impl(dialect).bind_processor(dialect) for name in names)


def array_of(table: Table, name: str, dialect: Dialect) -> str:
    """Names the PostgreSQL array of a column's values."""
    return f"{table.c[name.removeprefix(GUARD)].type.dialect_impl(dialect).compile(dialect)}[]"


@cache
def _statement(
    on_sqlite: bool,
    table: Table,
    names: tuple[str, ...],
    once: tuple[str, ...] | None,
    over: tuple[str, ...] | None,
    dialect: Dialect,
) -> str:
    prepared = dialect.identifier_preparer
    listed = ", ".join(prepared.quote(name) for name in names)
    if on_sqlite:
        source = f"values ({', '.join('?' * len(names))})"
    else:
        arrays = ", ".join(f"${at}::{array_of(table, name, dialect)}" for at, name in enumerate(names, 1))
        source = f"select * from unnest({arrays})"
    statement = f"insert into {prepared.format_table(table)} ({listed}) {source}"
    if once is not None:
        statement += f" on conflict ({', '.join(once)}) do nothing"
    if over is not None:
        changed = ", ".join(
            f"{prepared.quote(name)} = excluded.{prepared.quote(name)}" for name in names if name not in over
        )
        statement += f" on conflict ({', '.join(over)}) do update set {changed}"
    return statement
