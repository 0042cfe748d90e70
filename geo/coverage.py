"""Do the areas of a level fit together? Overlaps, gaps and spills over the parent's border, in square metres."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datum import Point, metres_per_degree
from geo.shapes import Area, Shape

Outlines = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two areas of one level that both claim the same ground; `at` is a point of it."""

    first: Area
    second: Area
    area_m2: float
    at: Point


@dataclass(frozen=True, slots=True)
class Gap:
    """Ground within an area (or, without one, within the level's outer border) that no area of the level claims."""

    parent: Area | None
    area_m2: float
    at: Point


@dataclass(frozen=True, slots=True)
class Spill:
    """The part of an area that lies outside its parent."""

    area: Area
    parent: Area
    area_m2: float


def outlines_of(shapes: list[Shape]) -> Outlines:
    """Returns the outlines as an array of geometries."""
    found = np.empty(len(shapes), dtype=np.object_)
    found[:] = shapely.from_wkb([shape.wkb for shape in shapes])
    return found


def inner_point(wkb: bytes) -> Point:
    """Returns some point inside an outline, not too near to its border."""
    return _somewhere_in(shapely.from_wkb(wkb))


def area_m2(outlines: Any) -> NDArray[np.float64]:
    """Returns square metres, measured in a plane at the middle of each outline."""
    outlines = np.atleast_1d(np.asarray(outlines, dtype=np.object_))
    bounds = shapely.bounds(outlines)
    middle = np.nan_to_num((bounds[:, 1] + bounds[:, 3]) / 2)
    scale = np.array([np.prod(metres_per_degree(float(latitude))) for latitude in middle])
    return np.asarray(shapely.area(outlines) * scale, dtype=np.float64)


def fit_together(
    shapes: list[Shape], parents: dict[str, Shape], tolerance_m2: float
) -> tuple[tuple[Overlap, ...], tuple[Gap, ...], tuple[Spill, ...]]:
    """Measures one level; sizes under the tolerance are left out, the largest come first.

    Areas are compared with the parents they name. Those whose parent has no outline are compared with each other:
    what they enclose and do not claim is a gap.
    """
    outlines = outlines_of(shapes)
    # In a clean coverage no pair needs to be looked at, and dissolving shared edges is as good as a union.
    clean = bool(shapely.coverage_is_valid(outlines))
    found = () if clean else _overlaps(shapes, outlines, tolerance_m2)
    union = shapely.coverage_union_all if clean else shapely.union_all
    children: dict[str, list[int]] = defaultdict(list)
    for number, shape in enumerate(shapes):
        children[shape.area.parent_code if shape.area.parent_code in parents else ""].append(number)
    gaps: list[Gap] = []
    spills: list[Spill] = []
    for code, numbers in children.items():
        claimed = union(outlines[numbers])
        if not code:
            gaps += _parts_of(shapely.difference(_without_holes(claimed), claimed), None, tolerance_m2)
            continue
        parent = parents[code]
        whole = shapely.from_wkb(parent.wkb)
        if shapely.equals(whole, claimed):
            continue
        gaps += _parts_of(shapely.difference(whole, claimed), parent.area, tolerance_m2)
        outside_m2 = area_m2(shapely.difference(outlines[numbers], whole))
        spills += [
            Spill(shapes[number].area, parent.area, float(size_m2))
            for number, size_m2 in zip(numbers, outside_m2, strict=True)
            if size_m2 > tolerance_m2
        ]
    gaps.sort(key=lambda gap: -gap.area_m2)
    spills.sort(key=lambda spill: -spill.area_m2)
    return found, tuple(gaps), tuple(spills)


def _overlaps(shapes: list[Shape], outlines: Outlines, tolerance_m2: float) -> tuple[Overlap, ...]:
    faulty = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(outlines)))
    first, second = shapely.STRtree(outlines).query(outlines[faulty], predicate="intersects")
    first = faulty[first]
    pairs = np.unique(np.sort(np.column_stack([first, second])[first != second], axis=1), axis=0)
    shared = shapely.intersection(outlines[pairs[:, 0]], outlines[pairs[:, 1]])
    sizes_m2 = area_m2(shared)
    return tuple(
        Overlap(shapes[a].area, shapes[b].area, float(size_m2), _somewhere_in(part))
        for size_m2, (a, b), part in sorted(
            zip(sizes_m2, pairs.tolist(), shared, strict=True), key=lambda found: -found[0]
        )
        if size_m2 > tolerance_m2
    )


def _parts_of(ground: Any, parent: Area | None, tolerance_m2: float) -> list[Gap]:
    parts = shapely.get_parts(ground)
    parts = parts[shapely.get_dimensions(parts) == 2]
    return [
        Gap(parent, float(size_m2), _somewhere_in(part))
        for part, size_m2 in zip(parts, area_m2(parts), strict=True)
        if size_m2 > tolerance_m2
    ]


def _without_holes(ground: Any) -> Any:
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(ground))))


def _somewhere_in(ground: Any) -> Point:
    inside = shapely.point_on_surface(ground)
    return Point(float(inside.y), float(inside.x))
