"""Which areas hold this point? The index of one generation of boundaries, on every level at once.

Coordinates are WGS-84 degrees. Knows nothing of fixes, accuracy or people: see `locate`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datum import Point, metres_per_degree

Floats = NDArray[np.float64]


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


@dataclass(frozen=True, slots=True)
class Hit:
    """The code on each level at a point, None where no area covers it.

    On a shared border the winner is fixed: the area that comes first when the tree is walked by code (city,
    then district, and so on down); `on_border` is then true.
    """

    city: str | None
    district: str | None
    street: str | None
    community: str | None
    grid: str | None
    on_border: bool = False

    def code(self, level: Level) -> str | None:
        """Returns the code on that level."""
        found: str | None = getattr(self, level.value)
        return found


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An area near a point and the metres to it; 0 when it covers the point."""

    area: Area
    distance_m: float


class BadBoundaries(ValueError):
    """A set of shapes that cannot become an index; the text names the area."""


class AreaIndex:
    """All areas of one edition. Build it once, save it, and open it in as many processes as wanted."""

    def __init__(self, shapes: tuple[Shape, ...], edition: str) -> None:
        self.edition = edition
        self._shapes = shapes
        self.areas: Mapping[str, Area] = {shape.area.code: shape.area for shape in shapes}
        self._by_level = {
            level: sorted(
                (shape for shape in shapes if shape.area.level is level),
                key=lambda s: self._path(s.area.code),
            )
            for level in LEVELS
        }
        self._polygons = {
            level: shapely.from_wkb([shape.wkb for shape in found]) for level, found in self._by_level.items()
        }
        self._trees = {level: shapely.STRtree(polygons) for level, polygons in self._polygons.items()}
        self._borders = {level: shapely.STRtree(shapely.boundary(p)) for level, p in self._polygons.items()}

    @classmethod
    def build(cls, shapes: Iterable[Shape], edition: str) -> AreaIndex:
        """Builds the index; raises BadBoundaries for a code given twice."""
        found = tuple(shapes)
        seen: set[str] = set()
        for shape in found:
            if shape.area.code in seen:
                raise BadBoundaries(f"code {shape.area.code} ({shape.area.name}) is given twice")
            seen.add(shape.area.code)
        return cls(found, edition)

    def save(self, path: Path) -> None:
        """Writes the index to one file."""
        rows = [asdict(shape.area) | {"wkb": shape.wkb.hex()} for shape in self._shapes]
        path.write_text(json.dumps({"edition": self.edition, "areas": rows}), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> AreaIndex:
        """Opens a saved index."""
        held = json.loads(path.read_text(encoding="utf-8"))
        shapes = tuple(
            Shape(
                Area(row["code"], row["name"], Level(row["level"]), row["parent_code"], row["synthetic"]),
                bytes.fromhex(row["wkb"]),
            )
            for row in held["areas"]
        )
        return cls(shapes, held["edition"])

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that have outlines, coarsest first."""
        return tuple(level for level in LEVELS if self._by_level[level])

    def chain(self, code: str) -> AreaChain:
        """Returns the area with its ancestors; raises KeyError for a code that this edition does not know."""
        links: dict[str, Area | None] = {level.value: None for level in LEVELS}
        for area in self._ancestry(code):
            links[area.level.value] = area
        return AreaChain(**links)

    def at(self, point: Point) -> Hit:
        """Returns what covers the point. Nonsense coordinates are covered by nothing."""
        if not point.is_place:
            return Hit(None, None, None, None, None)
        where = shapely.Point(point.longitude, point.latitude)
        codes: dict[str, str | None] = {}
        on_border = False
        for level in LEVELS:
            covering = sorted(self._trees[level].query(where, predicate="intersects").tolist())
            codes[level.value] = self._by_level[level][covering[0]].area.code if covering else None
            on_border |= any(self._polygons[level][i].boundary.intersects(where) for i in covering)
        return Hit(**codes, on_border=on_border)

    def at_many(self, latitude: Floats, longitude: Floats) -> list[Hit]:
        """The vectorised twin of `at`."""
        return [self.at(Point(float(a), float(b))) for a, b in zip(latitude, longitude, strict=True)]

    def border_distance_m(self, point: Point, level: Level) -> float | None:
        """Returns the metres to the nearest border of that level, or None when the level is empty."""
        return min((n.distance_m for n in self._borders_near(point, None, level)), default=None)

    def neighbours(self, point: Point, radius_m: float, level: Level) -> tuple[Neighbour, ...]:
        """Returns the areas within the radius, nearest first, those that cover the point at 0 m."""
        found = {n.area.code: n for n in self._borders_near(point, radius_m, level)}
        where = shapely.Point(point.longitude, point.latitude)
        for i in self._trees[level].query(where, predicate="intersects").tolist():
            area = self._by_level[level][i].area
            found[area.code] = Neighbour(area, 0.0)
        return tuple(sorted(found.values(), key=lambda n: (n.distance_m, n.area.code)))

    def nearest(self, point: Point, level: Level) -> Neighbour | None:
        """Returns the nearest area of that level, however far, or None when the level is empty."""
        here = self.neighbours(point, 0.0, level)
        if here:
            return here[0]
        return min(self._borders_near(point, None, level), key=lambda n: n.distance_m, default=None)

    def _borders_near(self, point: Point, radius_m: float | None, level: Level) -> Iterator[Neighbour]:
        north_m, east_m = metres_per_degree(point.latitude)
        here = (point.longitude * east_m, point.latitude * north_m)
        for shape, polygon in zip(self._by_level[level], self._polygons[level], strict=True):
            flat = shapely.transform(polygon.boundary, lambda xy: xy * (east_m, north_m))
            distance_m = flat.distance(shapely.Point(here))
            if radius_m is None or distance_m <= radius_m:
                yield Neighbour(shape.area, float(distance_m))

    def _ancestry(self, code: str) -> Iterator[Area]:
        area: Area | None = self.areas[code]
        while area is not None:
            yield area
            area = self.areas.get(area.parent_code) if area.parent_code else None

    def _path(self, code: str) -> tuple[str, ...]:
        return tuple(area.code for area in self._ancestry(code))[::-1]
