"""aiogram's conversation state in our own database, so that a talk survives a restart and obeys the transaction.

Joins the transaction of the update: what a failed handler set is gone with the rest of its effect.
"""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from actions.ports import Deps, Unit


class DraftStorage(BaseStorage):
    """Keeps each talk in one row of `draft`, which disappears when neither a state nor data is left."""

    def __init__(self, deps: Deps, channel: str) -> None:
        self._deps = deps
        self._channel = channel

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Sets which answer the talk waits for."""
        name = state.state if isinstance(state, State) else state
        async with self._deps.store.begin() as unit:
            _, data = await unit.drafts.get(self._row(key))
            await self._put(unit, key, name, data)

    async def get_state(self, key: StorageKey) -> str | None:
        """Tells which answer the talk waits for."""
        async with self._deps.store.read() as unit:
            state, _ = await unit.drafts.get(self._row(key))
        return state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replaces what the talk remembers."""
        async with self._deps.store.begin() as unit:
            state, _ = await unit.drafts.get(self._row(key))
            await self._put(unit, key, state, dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Gives what the talk remembers."""
        async with self._deps.store.read() as unit:
            _, data = await unit.drafts.get(self._row(key))
        return data

    async def close(self) -> None:
        """Has nothing of its own to close: the store is closed by whoever opened it."""

    async def _put(self, unit: Unit, key: StorageKey, state: str | None, data: dict[str, Any]) -> None:
        if state is None and not data:
            await unit.drafts.clear(self._row(key))
        else:
            await unit.drafts.put(self._row(key), state, data)

    def _row(self, key: StorageKey) -> str:
        return f"talk:{self._channel}:{key.chat_id}:{key.user_id}:{key.destiny}"
