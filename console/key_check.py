"""Looks at the keys that seal names and talks, and at the roots that were signed: are they those of the database?"""

import asyncio
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import wiring
from actions.ports import Store
from actions.roots import RootsError, missing
from config.settings import Settings
from console.finding import Finding, Findings, Grade
from models.store.errors import StoreError
from models.store.keys import Sealing
from models.tables.keyring import Keyring, KeyringError

ABOUT, SIGNED = "field keys", "signed roots"
LATE = timedelta(days=2)
OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def field_keys(chosen: Settings) -> Findings:
    """Looks at the keys themselves, then at what they sealed."""
    given = bool(chosen.field_keys.get_secret_value().strip())
    path = wiring.key_file(chosen)
    try:
        ring = wiring.keyring_of(chosen, draws=False)
    except KeyringError as fault:
        yield Finding(ABOUT, Grade.FAULT, str(fault), "without the right key no name and no talk can be read")
        return
    if given:
        yield Finding(ABOUT, Grade.GOOD, f"{len(ring.ids)} given, {ring.newest} seals")
    elif not ring.ids:
        async for finding in _lost(chosen, path):
            yield finding
        return
    elif path.stat().st_mode & OTHERS:
        yield Finding(ABOUT, Grade.FAULT, f"{path} can be read by others", f"chmod 600 {path}")
    elif chosen.environment == "production" or "sqlite" not in chosen.database:
        yield Finding(
            ABOUT,
            Grade.NOTE,
            f"drawn by this installation, in {path}",
            "keep a copy apart from the backups, and set WHISTLE_FIELD_KEYS on every host",
        )
    else:
        yield Finding(ABOUT, Grade.GOOD, f"{ring.newest}, drawn by this installation, in {path}")
    for finding in _sealed(ring, await _census(chosen)):
        yield finding


async def _lost(chosen: Settings, path: Path) -> Findings:
    """Tells an installation that never had a key from one that lost it."""
    if any(one.key_id is not None for one in await _census(chosen)):
        remedy = "put it back, or give its keys in WHISTLE_FIELD_KEYS: without them no name and no talk can be read"
        yield Finding(ABOUT, Grade.FAULT, f"there is no {path}, and the database is sealed", remedy)
    else:
        yield Finding(ABOUT, Grade.GOOD, f"the first start draws one into {path}")


async def _census(chosen: Settings) -> list[Sealing]:
    """Counts what is sealed; nothing where the database is not ready, which is another check's to say."""
    try:
        if await asyncio.to_thread(wiring.database_fault, chosen) is not None:
            return []
        store = await Store.open(chosen.database)
    except StoreError:
        return []
    try:
        async with store.read() as unit:
            return await unit.keys.census()
    finally:
        await store.close()


def _sealed(ring: Keyring, found: list[Sealing]) -> Iterator[Finding]:
    """Tells whether every key that sealed something is here."""
    missing = sorted({one.key_id for one in found if one.key_id is not None and one.key_id not in ring.ids})
    if missing:
        n = sum(one.n for one in found if one.key_id in missing)
        said = f"{n} values are sealed with {', '.join(missing)}, which is not here"
        yield Finding(ABOUT, Grade.FAULT, said, "give that key too, after the newest, in WHISTLE_FIELD_KEYS")
    readable = sum(one.n for one in found if one.key_id is None)
    earlier = sum(one.n for one in found if one.key_id not in (None, ring.newest, *missing))
    if readable:
        yield Finding(ABOUT, Grade.FAULT, f"{readable} values lie in the database unsealed", "whistle keys rotate")
    if earlier:
        yield Finding(ABOUT, Grade.NOTE, f"{earlier} values are sealed with an earlier key", "whistle keys rotate")


async def signed_roots(chosen: Settings) -> Findings:
    """Looks whether the file of roots and the database tell the same, and whether the last root is of late."""
    path = wiring.roots_file(chosen)
    try:
        if await asyncio.to_thread(wiring.database_fault, chosen) is not None:
            return
        store = await Store.open(chosen.database)
    except StoreError:
        return
    try:
        async with store.read() as unit:
            signed = await unit.audit.anchors()
    finally:
        await store.close()
    try:
        lacking = await asyncio.to_thread(missing, path, [row.line for row in signed])
    except RootsError as fault:
        yield Finding(SIGNED, Grade.FAULT, str(fault), "whistle audit verify, also with the copy in the admins' chat")
        return
    if not signed:
        yield Finding(SIGNED, Grade.GOOD, "none yet: the schedule signs one every morning")
        return
    said = f"{len(signed)} in {path}, the last of {signed[-1].at:%Y-%m-%d %H:%M} UTC"
    if wiring.now() - signed[-1].at > LATE:
        yield Finding(SIGNED, Grade.NOTE, said, "is `whistle schedule` running?")
    elif lacking:
        yield Finding(SIGNED, Grade.NOTE, f"{path} lacks some that another host signed", "the next one adds them")
    else:
        yield Finding(SIGNED, Grade.GOOD, said)
