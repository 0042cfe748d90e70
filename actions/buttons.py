"""Buttons as opaque tokens: seals what a message's buttons mean before it leaves, and reads a press back.

A token is 128 random bits and the place of the button among its fellows. It says nothing, and it authorises
nothing: the action behind it asks again who presses and whether they may.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from actions.ports import Deps, Unit
from models.store.buttons import Sheet

TOKEN_SIGNS = 22
"""Signs of 128 bits in URL-safe base64."""
MOST = 60
"""Buttons on one sheet: a bit each in a 64-bit number. A keyboard of the Bot API may hold 100, ours hold 30."""
PLACES = frozenset(str(place) for place in range(MOST))
PURGED_AT_ONCE = 5000


class Void(StrEnum):
    """Why a press means nothing; for the record only, its sender is told one and the same."""

    UNKNOWN = "unknown"
    OLD = "old"
    NOT_THEIRS = "not_theirs"


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button of ours by the one it was made for. `payload` is what it meant when it was sent."""

    token: str
    index: int
    payload: str


class Seals:
    """Makes the tokens of one process for one channel; whoever waits meanwhile shares one transaction."""

    def __init__(self, deps: Deps, channel: str) -> None:
        self._deps = deps
        self._channel = channel
        self._waiting: list[Sheet] = []
        self._turn = asyncio.Lock()

    async def seal(self, chat_id: int, payloads: Sequence[str]) -> list[str]:
        """Gives a token for each payload; they are durable before the message leaves. ValueError above `MOST`."""
        if len(payloads) > MOST:
            raise ValueError(f"{len(payloads)} buttons under one message")
        token = secrets.token_urlsafe(16)
        over_at = self._deps.clock() + timedelta(days=self._deps.catalogue.numbers["button_days"])
        sheet = Sheet(token, self._channel, chat_id, tuple(payloads), over_at)
        self._waiting.append(sheet)
        try:
            async with self._turn:
                # Whoever had the turn before may have written this one along with theirs.
                if sheet in self._waiting:
                    batch = list(self._waiting)
                    async with self._deps.store.begin() as unit:
                        await unit.buttons.put(batch)
                    del self._waiting[: len(batch)]
        except BaseException:
            if sheet in self._waiting:
                self._waiting.remove(sheet)
            raise
        return [f"{token}{index}" for index in range(len(payloads))]


async def read(deps: Deps, channel: str, chat_id: int, person_id: int, data: str) -> Press | Void:
    """Gives what a press means to the one who presses; forged, foreign and old ones mean nothing."""
    token, place = data[:TOKEN_SIGNS], data[TOKEN_SIGNS:]
    if len(token) < TOKEN_SIGNS or place not in PLACES:
        return Void.UNKNOWN
    async with deps.store.read() as unit:
        sheet = await unit.buttons.get(token)
    if sheet is None or int(place) >= len(sheet.payloads):
        return Void.UNKNOWN
    if (sheet.channel, sheet.chat_id) != (channel, chat_id) or sheet.person_id not in (None, person_id):
        return Void.NOT_THEIRS
    if sheet.expires_at <= deps.clock():
        return Void.OLD
    return Press(token, int(place), sheet.payloads[int(place)])


async def spend(unit: Unit, press: Press) -> bool:
    """Uses a button up within the transaction of its deed; False when its deed was done before."""
    return await unit.buttons.spend(press.token, press.index)


async def purge(deps: Deps) -> int:
    """Strikes off every sheet that is over, some at a time so that nobody has to wait; counts them."""
    total = 0
    while True:
        async with deps.store.begin() as unit:
            n = await unit.buttons.purge(deps.clock(), PURGED_AT_ONCE)
        total += n
        if n < PURGED_AT_ONCE:
            return total
