"""The plain reference: every outline asked by shapely, one after the other. Slow, and right."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.areas import LEVELS, AreaIndex, Shape

Floats = NDArray[np.float64]


def tree_order(shapes: list[Shape]) -> list[Shape]:
    """Sorts shapes the way the winner on a border is documented: along the tree of codes."""
    parent = {shape.area.code: shape.area.parent_code for shape in shapes}

    def path(code: str) -> list[str]:
        above = parent[code]
        return [*(path(above) if above in parent else []), code]

    return sorted(shapes, key=lambda s: path(s.area.code))


def covering(shapes: list[Shape], latitude: Floats, longitude: Floats) -> NDArray[np.object_]:
    """Returns the winner on every level for every point, a column a level, None for none."""
    found = np.full((len(latitude), len(LEVELS)), None, dtype=np.object_)
    points = shapely.points(longitude, latitude)
    for shape in reversed(tree_order(shapes)):
        outline = shapely.from_wkb(shape.wkb)
        shapely.prepare(outline)
        found[shapely.covers(outline, points), LEVELS.index(shape.area.level)] = shape.area.code
    return found


def on_borders(shapes: list[Shape], latitude: Floats, longitude: Floats) -> NDArray[np.bool_]:
    """Returns which points lie on the border of any shape."""
    found = np.zeros(len(latitude), dtype=bool)
    points = shapely.points(longitude, latitude)
    for shape in shapes:
        outline = shapely.from_wkb(shape.wkb)
        found |= shapely.covers(outline, points) & ~shapely.contains_properly(outline, points)
    return found


def answers(index: AreaIndex, latitude: Floats, longitude: Floats) -> NDArray[np.object_]:
    """Returns what the index says in bulk, in the form of `covering`."""
    hits = index.at_many(latitude, longitude)
    return np.stack([hits.codes(level) for level in LEVELS], axis=1)


def awkward_points(shapes: list[Shape], count: int, seed: int) -> tuple[Floats, Floats]:
    """Draws (latitude, longitude): anywhere around, on corners, on borders, a rounding beside them, some metres off."""
    draw = np.random.default_rng(seed)
    rings = shapely.get_rings(shapely.get_parts(shapely.from_wkb([shape.wkb for shape in shapes])))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = draw.choice(np.flatnonzero(ring[1:] == ring[:-1]), count)
    part = draw.uniform(0, 1, (count, 1))
    on_line = xy[start] * (1 - part) + xy[start + 1] * part
    low, high = xy.min(axis=0), xy.max(axis=0)
    beside = np.nextafter(xy[start], xy[start] + draw.choice([-1, 0, 1], (count, 2)))
    sets = [
        draw.uniform(low - (high - low) * 0.05, high + (high - low) * 0.05, (count, 2)),
        xy[start],
        on_line,
        beside,
        np.nextafter(on_line, on_line + draw.choice([-1, 1], (count, 2))),
        on_line + draw.normal(0, 3e-5, (count, 2)),
        np.column_stack([xy[start, 0], on_line[:, 1]]),
        np.column_stack([on_line[:, 0], xy[start, 1]]),
    ]
    points = np.concatenate(sets)
    # Products of numbers that small are lost in GEOS itself, which then says "on the border".
    points[np.abs(points) < 1e-150] = 0.0
    return np.ascontiguousarray(points[:, 1]), np.ascontiguousarray(points[:, 0])
