"""Lets go of what was kept long enough, sort by sort, as the city's table of periods says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from actions.erasure import erase
from actions.media import forget
from actions.ports import Deps
from models.rules.retention import Kept, before
from models.store.retention import DELETED

PAGE = 500


@dataclass(frozen=True, slots=True)
class LetGo:
    """How much of a sort was let go of, or would be."""

    kept: Kept
    days: int
    n: int


async def retain(deps: Deps, *, dry_run: bool = False) -> AsyncIterator[LetGo]:
    """Lets go of everything that was kept long enough, or only counts it; may be stopped at any moment."""
    for kept, days in deps.catalogue.kept_days.items():
        n = await _count(deps, kept, days) if dry_run else await _let_go(deps, kept, days)
        yield LetGo(kept, days, n)


async def _count(deps: Deps, kept: Kept, days: int) -> int:
    async with deps.store.read() as unit:
        return await unit.retention.count(kept, before(deps.clock(), days))


async def _let_go(deps: Deps, kept: Kept, days: int) -> int:
    match kept:
        case Kept.MESSAGES:
            return await _messages(deps, days)
        case Kept.LOOSE_PHOTOS | Kept.VOID_PHOTOS:
            return await _photos(deps, kept, days)
        case Kept.LEFT_PEOPLE:
            return await _people(deps, days)
    return await _rows(deps, kept, days)


async def _rows(deps: Deps, kept: Kept, days: int) -> int:
    assert kept in DELETED
    total, moment = 0, before(deps.clock(), days)
    while True:
        async with deps.store.begin() as unit:
            n = await unit.retention.delete(kept, moment, PAGE)
        total += n
        if n == 0:
            return total


async def _messages(deps: Deps, days: int) -> int:
    total, moment = 0, before(deps.clock(), days)
    after: int | None = 0
    while after is not None:
        async with deps.store.begin() as unit:
            n, after = await unit.retention.thin_messages(moment, after, PAGE)
        total += n
    return total


async def _photos(deps: Deps, kept: Kept, days: int) -> int:
    total, moment = 0, before(deps.clock(), days)
    while True:
        async with deps.store.read() as unit:
            page = await unit.retention.photos(kept, moment, PAGE)
        for media_id in page:
            async with deps.store.read() as unit:
                key = await unit.retention.own_bytes(media_id)
            # The bytes first: a crash between leaves a row that is found again, not bytes that nobody knows.
            if key is not None:
                await forget(deps, key)
            async with deps.store.begin() as unit:
                await unit.retention.forget_photo(media_id)
        total += len(page)
        if not page:
            return total


async def _people(deps: Deps, days: int) -> int:
    total, moment = 0, before(deps.clock(), days)
    while True:
        async with deps.store.read() as unit:
            page = await unit.retention.left(moment, PAGE)
        for person_id in page:
            await erase(deps, person_id)
        total += len(page)
        if not page:
            return total
