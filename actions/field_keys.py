"""Changing the keys that seal names and talks: what each of them sealed, and sealing everything with the newest."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from actions.ports import Deps
from models.store.keys import COLUMNS, Sealing

PAGE = 500


@dataclass(frozen=True, slots=True)
class Resealed:
    """How far a change of keys has come in one column."""

    column: str
    n_looked_at: int
    n_sealed: int


async def census(deps: Deps) -> list[Sealing]:
    """Counts by column and key what is sealed, and what is readable."""
    async with deps.store.read() as unit:
        return await unit.keys.census()


async def rotate(deps: Deps) -> AsyncIterator[Resealed]:
    """Seals with the newest key whatever is sealed with another or not at all; tells how far it is.

    It may be stopped and started again at any time: a page of rows is one transaction, and a row that the newest
    key sealed is left alone.
    """
    for column in COLUMNS:
        after: object = None
        looked = sealed = 0
        while True:
            async with deps.store.begin() as unit:
                n, after = await unit.keys.reseal(column, after, PAGE)
            looked, sealed = looked + PAGE, sealed + n
            yield Resealed(column.name, looked, sealed)
            if after is None:
                break
    async with deps.store.begin() as unit:
        await unit.keys.leave_probe()
