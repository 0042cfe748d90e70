"""Does a write once, however often it is asked: its caller names it by a key, and the answer is kept with it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from actions.ports import Deps
from models.rules.errors import KeyUsedOtherwise

KEPT_HOURS = 24
"""How long an answer is kept; a caller that repeats later is taken for a new one."""


async def once(
    deps: Deps, caller: str, key: str, fingerprint: str, write: Callable[[], Awaitable[tuple[int, str]]]
) -> tuple[int, str, bool]:
    """Does a write and keeps its status and body in the same transaction, or gives those of the first time.

    The last part tells whether it was done before. What is refused is not kept: it changed nothing, and may be
    asked again. Raises `KeyUsedOtherwise` when the key belongs to another content.
    """
    async with deps.store.begin() as unit:
        now = deps.clock()
        earlier = await unit.answers.claim(caller, key, fingerprint, now, now - timedelta(hours=KEPT_HOURS))
        if earlier is not None:
            if earlier.fingerprint != fingerprint:
                raise KeyUsedOtherwise()
            return earlier.status, earlier.body, True
        status, body = await write()
        await unit.answers.keep(caller, key, status, body)
        return status, body, False
