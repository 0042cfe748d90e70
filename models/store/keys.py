"""Which key sealed what, and sealing it anew with the newest one. Values are seen here as they are stored."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from models.store.line import Line
from models.store.roster import NAME
from models.tables import METADATA
from models.tables.columns import Sealed, SealedBytes, SealedJson, table
from models.tables.keyring import HEAD, Keyring, sealed_by
from models.tables.mark import Mark

PROBE = "field_keys_probe"
"""The mark that a right keyring opens."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is sealed, with the type in which it is stored."""

    table: sa.TableClause
    key: sa.ColumnClause[Any]
    value: sa.ColumnClause[Any]
    purpose: str
    binary: bool

    @property
    def name(self) -> str:
        """Gives table and column."""
        return self.purpose


@dataclass(frozen=True, slots=True)
class Sealing:
    """How many values of a column one key sealed; None for those that are readable."""

    column: str
    key_id: str | None
    n: int


def _columns() -> tuple[Column, ...]:
    """Finds the sealed columns of all tables."""
    found = []
    for made in METADATA.sorted_tables:
        for column in made.columns:
            if isinstance(column.type, Sealed | SealedJson | SealedBytes):
                (key,) = made.primary_key.columns
                binary = isinstance(column.type, SealedBytes)
                value: sa.ColumnClause[Any] = sa.column(column.name, sa.LargeBinary() if binary else sa.Text())
                name: sa.ColumnClause[Any] = sa.column(key.name, key.type)
                as_stored = sa.table(made.name, name, value, sa.column("name_index", sa.LargeBinary()))
                found.append(
                    Column(as_stored, as_stored.c[key.name], as_stored.c[column.name], column.type.purpose, binary)
                )
    return tuple(found)


COLUMNS = _columns()
"""Every sealed column."""


class Keys:
    """Looks at sealed columns and seals them anew."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def ring(self) -> Keyring:
        """Gives the keys in use."""
        return self._line.keyring

    async def probed(self) -> bool:
        """Opens the mark that the keys must open; False when there is none yet. KeyringError for wrong keys."""
        mark = await self._line.scalar(sa.select(table(Mark).c.value).where(table(Mark).c.name == PROBE))
        if mark is None:
            return False
        self.ring.open_text(PROBE, mark)
        return True

    async def leave_probe(self) -> None:
        """Leaves a mark sealed with the newest key."""
        row = {"name": PROBE, "value": self.ring.seal_text(PROBE, "whistle"), "updated_at": self._line.clock()}
        await self._line.upsert(table(Mark), [row], ("name",))

    async def census(self) -> list[Sealing]:
        """Counts by column and key what is sealed, and what is not."""
        found = []
        for column in COLUMNS:
            head = sa.func.substr(column.value, 1, HEAD).label("head")
            heads = sa.select(head).where(column.value.is_not(None)).subquery()
            marked = (
                sa.case((heads.c.head.like("s1.%"), heads.c.head), else_=None) if not column.binary else heads.c.head
            )
            counted = sa.select(marked.label("head"), sa.func.count().label("n")).group_by(marked)
            counts: dict[str | None, int] = {}
            for row in await self._line.rows(counted):
                raw = row.head.encode() if isinstance(row.head, str) else bytes(row.head or b"")
                key_id = sealed_by(raw)
                counts[key_id] = counts.get(key_id, 0) + row.n
            found += [Sealing(column.name, key_id, n) for key_id, n in counts.items()]
        return found

    async def reseal(self, column: Column, after: Any, limit: int) -> tuple[int, Any]:
        """Seals a page of a column with the newest key: how many values, and where to go on, None at the end.

        A value that somebody changed meanwhile is left to them: they sealed it with the newest key.
        """
        page = sa.select(column.key, column.value).where(column.value.is_not(None))
        if after is not None:
            page = page.where(column.key > after)
        rows = [tuple(row) for row in await self._line.rows(page.order_by(column.key).limit(limit))]
        changed = [(key, old, new) for key, old in rows if (new := self._anew(column, old)) is not None]
        for key, old, values in changed:
            same = sa.update(column.table).where(column.key == key, column.value == old)
            await self._line.run(same.values(values))
        return len(changed), (rows[-1][0] if len(rows) == limit else None)

    def _anew(self, column: Column, stored: Any) -> dict[str, Any] | None:
        """Gives the new values of a row; None when the newest key sealed it already."""
        raw = bytes(stored[:HEAD]) if column.binary else stored[:HEAD].encode()
        if sealed_by(raw) == self.ring.newest:
            return None
        if column.binary:
            plain = self.ring.open(column.purpose, bytes(stored))
            return {column.value.name: self.ring.seal(column.purpose, plain)}
        text = self.ring.open_text(column.purpose, stored)
        values: dict[str, Any] = {column.value.name: self.ring.seal_text(column.purpose, text)}
        if column.purpose == NAME:
            values["name_index"] = self.ring.blind(NAME, text)
        return values
