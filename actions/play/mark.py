"""The mark in the database that says that some of its cases are play, so that every board can say so."""

from actions.ports import Deps

MARK = "play"


async def is_played(deps: Deps) -> bool:
    """Tells whether some of the cases are play."""
    async with deps.store.read() as unit:
        return await unit.kv.get(MARK) is not None
