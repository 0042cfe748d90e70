"""Which pictures the channel has already, so that bytes travel once a picture and not once a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from actions.ports import Deps, Unit
from bot.outgoing.content import Content, Picture

PASSING: Final = "~"
"""Ends the name of a picture that will be replaced once it is whole."""


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

    async def ready(self, content: Content, known: Mapping[str, str]) -> tuple[Content, dict[str, str | bytes]]:
        """Gives each picture as a file id or as bytes, and the content without those that are not here.

        A picture that is not whole yet gets another name, so that nobody takes it for the whole one later.
        """
        files: dict[str, str | bytes] = {}
        had: dict[str, Picture] = {}
        for picture in content.pictures:
            if picture.name in known:
                files[picture.name], had[picture.name] = known[picture.name], picture
                continue
            loaded = await picture.load()
            if loaded is not None:
                name = picture.name if loaded.whole else picture.name + PASSING
                files[name], had[picture.name] = loaded.data, replace(picture, name=name)
        return content.with_pictures(had), files

    async def keep(self, unit: Unit, file_ids: Mapping[str, str]) -> None:
        """Remembers new file ids within the transaction that marks the message as sent."""
        for name, file_id in file_ids.items():
            if not name.endswith(PASSING):
                await unit.kv.put(self._prefix + name, file_id)
