"""The surroundings of a place as one picture, for whoever prints a case: the same map that the cards show."""

from __future__ import annotations

import asyncio
from typing import Final

from actions.ports import Deps
from bot.outgoing import maps
from bot.outgoing.ground import Ground

PIXELS: Final = 480
"""The size for which the names on the map are made; print enlarges it evenly."""


class Surroundings:
    """Draws maps over the boundaries in force."""

    def __init__(self, deps: Deps) -> None:
        self._ground = Ground(deps)

    async def __call__(self, latitude: float, longitude: float) -> bytes:
        """Gives the map around a place (WGS-84 degrees) as PNG."""
        outlines = await self._ground.near(latitude, longitude, maps.HALF_M)
        # Drawing takes tens of milliseconds: not on the loop that answers everybody.
        return await asyncio.to_thread(
            lambda: maps.png(maps.draw(latitude, longitude, outlines, pixels=PIXELS)),
        )
