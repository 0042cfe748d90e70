"""Months of their own for events and reports on PostgreSQL: made ahead, so that old ones can be moved or dropped.

A row whose month was not made lies in the last part, `…_rest`, so that no insert ever fails; it is moved when its
month is made. SQLite keeps each table whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import Connection, text

from models.store.errors import named_faults
from models.store.line import Line
from models.store.reports import MONTH

AHEAD = 3
"""How many months after the present one are made."""
SCHEMA = "parts"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table that is kept in parts, and the column whose value decides where a row lies."""

    table: str
    by: str

    def bound(self, month: datetime) -> str:
        """Gives the lowest value of a month, as SQL."""
        return f"'{month:%Y-%m-%d} 00:00:00+00'" if self.by == "registered_at" else str(month_number(month))


KEPT = (_Kept("case_event", "registered_at"), _Kept("report", "report_id"))


class Months:
    """The months of the tables that are kept in parts."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def make(self, now: datetime) -> list[str]:
        """Makes this month and those ahead where they are missing, and names what was made; nothing on SQLite."""
        with named_faults():
            return await self._line.connection.run_sync(make_months, now)


def month_number(moment: datetime) -> int:
    """Gives what the numbers of a month's reports begin with."""
    at = moment.astimezone(UTC)
    return (at.year * 100 + at.month) * MONTH


def make_months(connection: Connection, now: datetime, ahead: int = AHEAD) -> list[str]:
    """Makes the parts of this month and of those ahead that are missing, and names them.

    Locks both tables for the moment of making, and for as long as moving takes where rows are in the rest.
    """
    if connection.dialect.name != "postgresql":
        return []
    made = []
    for kept in KEPT:
        months = [_month(now, n) for n in range(ahead + 2)]
        for month, following in pairwise(months):
            name = f"{SCHEMA}.{kept.table}_{month:%Y_%m}"
            if not _exists(connection, name) and not _earlier(connection, kept, month):
                _make(connection, kept, name, kept.bound(month), kept.bound(following))
                made.append(name)
    return made


def parts_of(connection: Connection, table: str) -> Sequence[str]:
    """Names the parts of a table, in the order of their names; none on SQLite."""
    if connection.dialect.name != "postgresql":
        return []
    found = "select inhrelid::regclass::text from pg_inherits where inhparent = cast(:table as regclass) order by 1"
    return connection.execute(text(found), {"table": table}).scalars().all()


def _month(moment: datetime, n: int) -> datetime:
    """Gives the first day of the n-th month after a moment's own."""
    at = moment.astimezone(UTC)
    years, month = divmod(at.month - 1 + n, 12)
    return datetime(at.year + years, month + 1, 1, tzinfo=UTC)


def _exists(connection: Connection, name: str) -> bool:
    return connection.execute(text("select to_regclass(:name)"), {"name": name}).scalar() is not None


def _earlier(connection: Connection, kept: _Kept, month: datetime) -> bool:
    """Tells whether a month belongs to what was there before tables were kept in parts."""
    bounds = "select pg_get_expr(relpartbound, oid) from pg_class where oid = to_regclass(:name)"
    name = f"{SCHEMA}.{kept.table}_earlier"
    told = str(connection.execute(text(bounds), {"name": name}).scalar() or "")
    end = told.rpartition("TO (")[2].rstrip(")").strip("'")
    if not end:
        return False
    return month < datetime.fromisoformat(end) if kept.by == "registered_at" else month_number(month) < int(end)


def _make(connection: Connection, kept: _Kept, name: str, low: str, high: str) -> None:
    """Makes one part; what the rest holds of it is moved, unseen by others until all of it is there."""
    rest = f"{SCHEMA}.{kept.table}_rest"
    mine = f"{kept.by} >= {low} and {kept.by} < {high}"
    connection.execute(text(f"lock table {kept.table} in access exclusive mode"))
    if connection.execute(text(f"select exists (select from {rest} where {mine})")).scalar():
        _make_and_move(connection, kept, name, rest, mine, f"from ({low}) to ({high})")
    else:
        connection.execute(text(f"create table {name} partition of {kept.table} for values from ({low}) to ({high})"))


def _make_and_move(connection: Connection, kept: _Kept, name: str, rest: str, mine: str, bounds: str) -> None:
    """Moves rows out of the rest: keys that point at them are taken off meanwhile, and checked when put back."""
    found = (
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'f' and conparentid = 0 and confrelid = cast(:table as regclass)"
    )
    keys = connection.execute(text(found), {"table": kept.table}).all()
    steps = [f"alter table {table} drop constraint {key}" for table, key, _ in keys]
    steps += [
        f"alter table {rest} disable trigger user",
        f"create table {name} (like {rest} including defaults including constraints)",
        f"insert into {name} select * from {rest} where {mine}",
        f"delete from {rest} where {mine}",
        f"alter table {rest} enable trigger user",
        f"alter table {kept.table} attach partition {name} for values {bounds}",
    ]
    steps += [f"alter table {table} add constraint {key} {told}" for table, key, told in keys]
    for step in steps:
        connection.execute(text(step))
