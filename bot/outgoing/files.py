"""Which pictures the channel has already, so that bytes travel once a picture and not once a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.ports import Deps
from bot.outgoing.content import Content


class Files:
    """The file ids of one bot; those of another bot are useless to it."""

    def __init__(self, deps: Deps, bot_id: int) -> None:
        self._deps = deps
        self._prefix = f"file:{bot_id}:"

    async def known(self, content: Content) -> dict[str, str]:
        """Looks up the file ids of a content's pictures."""
        if not content.pictures:
            return {}
        found: dict[str, str] = {}
        async with self._deps.store.read() as unit:
            for picture in content.pictures:
                file_id = await unit.kv.get(self._prefix + picture.name)
                if file_id is not None:
                    found[picture.name] = str(file_id)
        return found

    async def ready(self, content: Content, known: Mapping[str, str]) -> dict[str, str | bytes]:
        """Gives each picture as a file id or as bytes; one that is not here is left out."""
        files: dict[str, str | bytes] = {}
        for picture in content.pictures:
            held = known.get(picture.name) or await picture.load()
            if held is not None:
                files[picture.name] = held
        return files

    async def keep(self, unit: Any, file_ids: Mapping[str, str]) -> None:
        """Remembers new file ids within the transaction that marks the message as sent."""
        for name, file_id in file_ids.items():
            await unit.kv.put(self._prefix + name, file_id)
