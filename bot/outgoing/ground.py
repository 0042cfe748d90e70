"""What a card needs to know of the ground: outlines to draw, and the link that opens a place in a map.

The doors may not reach into geography: whoever wires the process hands both in as functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.outgoing.maps import Outline

Outlines = Callable[[float, float, float], Sequence[Outline]]
"""Gives the streets and communities within metres of a WGS-84 latitude and longitude."""
Shift = Callable[[float, float], tuple[float, float]]
"""Turns a WGS-84 latitude and longitude into GCJ-02, as Chinese maps need them."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The two functions; without a shift a link can only use WGS-84."""

    outlines: Outlines
    shifted: Shift | None = None


def _nothing(latitude: float, longitude: float, radius_m: float) -> Sequence[Outline]:
    return ()


NO_GROUND = Ground(_nothing)
"""A city without boundaries: maps show the pin alone."""


def map_url(template: str, latitude: float, longitude: float, shifted: Shift | None = None) -> str:
    """Fills a map's address: `{latitude}` and `{longitude}` are WGS-84, with `gcj_` before them GCJ-02."""
    gcj_latitude, gcj_longitude = shifted(latitude, longitude) if shifted else (latitude, longitude)
    return template.format(
        latitude=latitude, longitude=longitude, gcj_latitude=gcj_latitude, gcj_longitude=gcj_longitude
    )
