"""What an area is, and which outlines an index accepts. Judging and repairing a whole import is for `boundaries`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray


class Level(StrEnum):
    """The five levels of a city, coarsest first."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


LEVELS: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the city. `synthetic` says that its outline is invented and must be shown as such."""

    code: str
    name: str
    level: Level
    parent_code: str | None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """An area and its outline: a polygon or multipolygon as WKB, WGS-84, longitude first."""

    area: Area
    wkb: bytes


@dataclass(frozen=True, slots=True)
class AreaChain:
    """An area with all that contain it; what is finer than it is None."""

    city: Area | None
    district: Area | None
    street: Area | None
    community: Area | None
    grid: Area | None

    def of(self, level: Level) -> Area | None:
        """Returns the link on that level."""
        found: Area | None = getattr(self, level.value)
        return found


class BadBoundaries(ValueError):
    """A set of shapes that cannot become an index; the text names the area."""


def in_tree_order(shapes: Iterable[Shape]) -> list[Shape]:
    """Sorts by level, then by the codes from the city down; raises BadBoundaries for a code given twice."""
    by_code: dict[str, Shape] = {}
    for shape in shapes:
        code, name = shape.area.code, shape.area.name
        if not code or "\0" in code + name:
            raise BadBoundaries(f"{name or 'an area'} has no usable code or name: {code!r}")
        if code in by_code:
            raise BadBoundaries(f"code {code} is given twice: {by_code[code].area.name}, {name}")
        by_code[code] = shape

    def path(code: str) -> tuple[str, ...]:
        links: list[str] = []
        while code in by_code and code not in links:
            links.append(code)
            code = by_code[code].area.parent_code or ""
        return tuple(reversed(links))

    return sorted(by_code.values(), key=lambda s: (LEVELS.index(s.area.level), path(s.area.code)))


def checked_outlines(shapes: list[Shape]) -> NDArray[np.object_]:
    """Reads the outlines; raises BadBoundaries for what has no inside that everyone agrees on."""
    outlines = np.empty(len(shapes), dtype=np.object_)
    try:
        outlines[:] = shapely.from_wkb([shape.wkb for shape in shapes])
    except shapely.errors.GEOSException as fault:
        raise BadBoundaries(f"an outline is no WKB: {fault}") from fault
    outlines = shapely.force_2d(outlines)
    kinds = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    bounds = shapely.bounds(outlines)
    on_earth = (np.abs(bounds) <= np.array([180.0, 90.0, 180.0, 90.0])).all(axis=1)
    complaints = (
        (shapely.is_empty(outlines), "has an empty outline"),
        (~np.isin(shapely.get_type_id(outlines), kinds), "is no polygon"),
        (~on_earth, "has an outline that is not on earth in degrees"),
        (_spans_half_the_earth(outlines), "crosses the antimeridian: cut it there into two parts"),
        (~shapely.is_valid(outlines), "has an invalid outline"),
    )
    for faulty, words in complaints:
        if faulty.any():
            worst = int(np.argmax(faulty))
            why = f": {shapely.is_valid_reason(outlines[worst])}" if words.endswith("invalid outline") else ""
            area = shapes[worst].area
            raise BadBoundaries(f"{area.code} ({area.name}) {words}{why}")
    return outlines


def _spans_half_the_earth(outlines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether some part is wider than 180 degrees: an outline drawn the wrong way round the earth."""
    parts, owner = shapely.get_parts(outlines, return_index=True)
    bounds = shapely.bounds(parts)
    wide = np.zeros(len(outlines), dtype=np.bool_)
    wide[owner[bounds[:, 2] - bounds[:, 0] > 180.0]] = True
    return wide
