"""Composes the one picture of a card out of photos and a map. Pure drawing: a child process imports only this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.outgoing import maps, sheets


class Ring(NamedTuple):
    """An area as it is drawn."""

    name: str
    level: str
    rings: tuple[Sequence[tuple[float, float]], ...]


class Sketch(NamedTuple):
    """The map to draw: where the pin stands, what lies around it, and the note under it."""

    latitude: float
    longitude: float
    outlines: tuple[Ring, ...]
    note: str


def compose(photos: Sequence[tuple[bytes | None, str | None]], sketch: Sketch | None) -> bytes | None:
    """Puts photos and map beside each other, as a JPEG; None when there is neither."""
    tiles = [sheets.tile(data, rim) for data, rim in photos if data is not None]
    if sketch is not None:
        tiles.append(
            maps.draw(sketch.latitude, sketch.longitude, sketch.outlines, pixels=sheets.TILE_PX, note=sketch.note)
        )
    return sheets.beside(tiles) if tiles else None
