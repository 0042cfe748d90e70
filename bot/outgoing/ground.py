"""What a card needs to know of the ground: outlines to draw, and the link that opens a place in a map.

Boundaries come out of the database as they were imported (WKB). Nothing is computed here but boxes: which area a
point lies in is said elsewhere.
"""

from __future__ import annotations

import asyncio
import math
import struct
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from actions.ports import Deps
from bot.outgoing import maps
from bot.outgoing.composed import Ring, Sketch, compose
from bot.outgoing.studio import Photos, Studio

Shift = Callable[[float, float], tuple[float, float]]
"""Turns a WGS-84 latitude and longitude into GCJ-02, as Chinese maps need them."""
_DRAWN: Final = frozenset({"street", "community", "grid"})
_POLYGON, _MULTIPOLYGON = 3, 6
_DEGREE_M: Final = 111_195.0


@dataclass(frozen=True, slots=True)
class Area:
    """An area as it is drawn: WGS-84 rings, longitude first, and the box around them."""

    name: str
    level: str
    rings: tuple[Sequence[tuple[float, float]], ...]
    west: float
    south: float
    east: float
    north: float


class Ground:
    """The outlines of the edition in force, read once a process when the first map is drawn."""

    def __init__(self, deps: Deps, shifted: Shift | None = None, studio: Studio | None = None) -> None:
        self._deps = deps
        self._studio = studio
        self._shifted = shifted
        self._edition: str | None = None
        self._areas: tuple[Area, ...] = ()
        self._reading = asyncio.Lock()

    @property
    def edition(self) -> str:
        """Names the boundaries that are drawn; empty while there are none."""
        return self._deps.index.edition if self._deps.index is not None else ""

    async def near(self, latitude: float, longitude: float, radius_m: float) -> tuple[Area, ...]:
        """Lists the streets and communities whose box touches the square around a point."""
        if not self.edition:
            return ()
        async with self._reading:
            if self._edition != self.edition:
                await self._read()
        north = radius_m / _DEGREE_M
        east = north / math.cos(math.radians(latitude))
        return tuple(
            a
            for a in self._areas
            if a.west <= longitude + east
            and a.east >= longitude - east
            and a.south <= latitude + north
            and a.north >= latitude - north
        )

    async def sketch(self, latitude: float, longitude: float, note: str) -> Sketch:
        """Gathers what the map of a place shows."""
        around = await self.near(latitude, longitude, maps.HALF_M)
        return Sketch(latitude, longitude, tuple(Ring(a.name, a.level, a.rings) for a in around), note)

    async def compose(self, photos: Photos, sketch: Sketch | None) -> bytes | None:
        """Draws a card's picture away from the loop that everybody waits for."""
        if self._studio is not None:
            return await self._studio.compose(photos, sketch)
        return await asyncio.to_thread(compose, photos, sketch)

    def map_url(self, latitude: float, longitude: float) -> str | None:
        """Gives the address that opens the place in the city's map; None when the city names no map.

        `{latitude}` and `{longitude}` in the city's template are WGS-84, with `gcj_` before them GCJ-02.
        """
        if not self._deps.city.map_link:
            return None
        gcj_latitude, gcj_longitude = self._shifted(latitude, longitude) if self._shifted else (latitude, longitude)
        return self._deps.city.map_link.format(
            latitude=latitude, longitude=longitude, gcj_latitude=gcj_latitude, gcj_longitude=gcj_longitude
        )

    async def _read(self) -> None:
        async with self._deps.store.read() as unit:
            rows = await unit.areas.shapes(self.edition)
        wanted = [(row.name, str(row.level), row.wkb) for row in rows if str(row.level) in _DRAWN]
        # Thousands of outlines take a while to read: not on the loop that everybody waits for.
        self._areas = await asyncio.to_thread(lambda: tuple(area(*one) for one in wanted))
        self._edition = self.edition


def area(name: str, level: str, wkb: bytes) -> Area:
    """Reads an area's outline; ValueError for anything but a polygon or multipolygon in two dimensions."""
    rings = tuple(_rings(wkb))
    longitudes = [x for ring in rings for x, _ in ring]
    latitudes = [y for ring in rings for _, y in ring]
    return Area(name, level, rings, min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _rings(wkb: bytes) -> Iterator[Sequence[tuple[float, float]]]:
    """Walks through well-known binary (OGC 06-103r4, 8.2): byte order, type, counts, pairs of doubles."""
    order, kind, at = _head(wkb, 0)
    if kind == _POLYGON:
        yield from _polygon(wkb, order, at)[0]
        return
    if kind != _MULTIPOLYGON:
        raise ValueError(f"an outline of type {kind} is not drawn")
    (parts,) = struct.unpack_from(f"{order}I", wkb, at)
    at += 4
    for _ in range(parts):
        inner, _, at = _head(wkb, at)
        rings, at = _polygon(wkb, inner, at)
        yield from rings


def _head(wkb: bytes, at: int) -> tuple[str, int, int]:
    """Reads byte order and type; gives where the rest begins."""
    order = "<" if wkb[at] else ">"
    (kind,) = struct.unpack_from(f"{order}I", wkb, at + 1)
    return order, kind, at + 5


def _polygon(wkb: bytes, order: str, at: int) -> tuple[list[Sequence[tuple[float, float]]], int]:
    """Reads the rings of one polygon; gives where the next part begins."""
    (n_rings,) = struct.unpack_from(f"{order}I", wkb, at)
    at += 4
    rings: list[Sequence[tuple[float, float]]] = []
    for _ in range(n_rings):
        (n,) = struct.unpack_from(f"{order}I", wkb, at)
        flat = array("d", struct.unpack_from(f"{order}{2 * n}d", wkb, at + 4))
        rings.append(list(zip(flat[::2], flat[1::2], strict=True)))
        at += 4 + 16 * n
    return rings, at
