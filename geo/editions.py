"""Which boundaries were in force, and what did a new set change? Editions are named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.areas import AreaIndex
from geo.datum import metres_per_degree
from geo.shapes import Area, Level, Shape

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Renamed:
    """The same code under another name."""

    before: Area
    after: Area


@dataclass(frozen=True, slots=True)
class Moved:
    """The same code with another outline: ground gained and lost, and the farthest that its border went."""

    area: Area
    gained_m2: float
    lost_m2: float
    farthest_m: float


@dataclass(frozen=True, slots=True)
class Changes:
    """What one edition changed against the one before, each list in order of the codes."""

    added: tuple[Area, ...]
    gone: tuple[Area, ...]
    renamed: tuple[Renamed, ...]
    moved: tuple[Moved, ...]

    @property
    def any(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.gone or self.renamed or self.moved)


@dataclass(frozen=True, slots=True)
class Rehoused:
    """A place that another edition puts elsewhere: its position in the arrays asked, and its code then and now."""

    position: int
    before: str | None
    after: str | None


def edition_of(shapes: Iterable[Shape]) -> str:
    """Returns the edition's id: twelve hex digits of a hash over all areas and outlines, in any order."""
    whole = hashlib.sha256()
    for shape in sorted(shapes, key=lambda s: s.area.code):
        area = shape.area
        fields = (area.code, area.name, area.level.value, area.parent_code or "", str(area.synthetic))
        outline = shapely.to_wkb(shapely.normalize(shapely.from_wkb(shape.wkb)), byte_order=1)
        for part in (*(field.encode() for field in fields), outline):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    return whole.hexdigest()[:12]


def changes(before: Iterable[Shape], after: Iterable[Shape], *, tolerance_m: float = 0.5) -> Changes:
    """Compares two editions by code. Borders that went less than `tolerance_m` count as not moved."""
    old = {shape.area.code: shape for shape in before}
    new = {shape.area.code: shape for shape in after}
    both = sorted(old.keys() & new.keys())
    renamed = (Renamed(old[c].area, new[c].area) for c in both if old[c].area.name != new[c].area.name)
    moved = (_moved(old[c], new[c]) for c in both if old[c].wkb != new[c].wkb)
    return Changes(
        added=tuple(new[code].area for code in sorted(new.keys() - old.keys())),
        gone=tuple(old[code].area for code in sorted(old.keys() - new.keys())),
        renamed=tuple(renamed),
        moved=tuple(m for m in moved if m.farthest_m >= tolerance_m),
    )


def rehoused(
    before: AreaIndex, after: AreaIndex, latitude: Floats, longitude: Floats, level: Level = Level.STREET
) -> tuple[Rehoused, ...]:
    """Returns the places (of open cases, say) that lie in another area under the new edition, in their order."""
    old, new = (index.at_many(latitude, longitude).codes(level) for index in (before, after))
    return tuple(Rehoused(int(i), old[i], new[i]) for i in np.flatnonzero(old != new))


def _moved(before: Shape, after: Shape) -> Moved:
    """Measured in a plane that touches the ellipsoid at the area's middle: exact enough for a city."""
    old, new = shapely.make_valid(shapely.from_wkb([before.wkb, after.wkb]))
    middle = shapely.centroid(old).y
    north_m, east_m = metres_per_degree(middle)
    old, new = shapely.transform([old, new], lambda xy: xy * (east_m, north_m))
    return Moved(
        after.area,
        gained_m2=float(shapely.difference(new, old).area),
        lost_m2=float(shapely.difference(old, new).area),
        farthest_m=float(shapely.hausdorff_distance(old.boundary, new.boundary)),
    )
