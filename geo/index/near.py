"""How far is the nearest border, and whose is it? Asked only where a person may have to choose.

Distances are straight lines in a plane laid round the point, each degree of longitude taken at the middle latitude:
two millimetres off at a kilometre, some metres at a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.datum import Point, metres_per_degree
from geo.index.arcs import Ints, ranks
from geo.index.runs import groups_of, runs_of
from geo.index.tables import BLOCK_SIDE, CROSSED, DIVIDED, NUMBER, RUN_LENGTH, Head, Tables


@dataclass(frozen=True, slots=True)
class Borders:
    """Areas of one level whose border comes near, and the metres to it; sorted by area."""

    area: Ints
    distance_m: NDArray[np.float64]


_NONE = Borders(np.empty(0, dtype=np.int64), np.empty(0))


def borders_within(head: Head, tables: Tables, level: int, point: Point, radius_m: float) -> Borders:
    """Returns the areas of that level whose border comes within the radius."""
    window = _window(head, point, radius_m)
    found = _nearest_of_each(tables, level, point, _records_in(head, tables, window))
    kept = found.distance_m <= radius_m
    return Borders(found.area[kept], found.distance_m[kept])


def nearest_border(head: Head, tables: Tables, level: int, point: Point) -> Borders:
    """Returns the areas of that level at the nearest border, however far; empty when the level is."""
    if tables.level_start[level] == tables.level_start[level + 1]:
        return _NONE
    north_m, east_m = metres_per_degree(point.latitude)
    radius_m = 2 * max(north_m / head.rows_per_degree, east_m / head.columns_per_degree)
    while True:
        window = _window(head, point, radius_m)
        found = _nearest_of_each(tables, level, point, _records_in(head, tables, window))
        nearest_m = float(found.distance_m.min(initial=np.inf))
        if nearest_m <= radius_m or window == (0, head.columns, 0, head.rows):
            closest = found.distance_m <= nearest_m
            return Borders(found.area[closest], found.distance_m[closest])
        # One look in a window that is sure to hold the nearest, once anything is in sight.
        radius_m = nearest_m * 1.001 if np.isfinite(nearest_m) else radius_m * 4


def _window(head: Head, point: Point, radius_m: float) -> tuple[int, int, int, int]:
    """Returns the columns and rows (first, end, first, end) that the circle may reach."""
    north_m, east_m = metres_per_degree(point.latitude)
    across = radius_m / max(east_m, 1e-3) * head.columns_per_degree
    along = radius_m / north_m * head.rows_per_degree
    x = (point.longitude - head.west) * head.columns_per_degree
    y = (point.latitude - head.south) * head.rows_per_degree
    left, right = np.clip([x - across - 1, x + across + 2], 0, head.columns)
    low, high = np.clip([y - along - 1, y + along + 2], 0, head.rows)
    return int(left), int(right), int(low), int(high)


def _records_in(head: Head, tables: Tables, window: tuple[int, int, int, int]) -> Ints:
    """Returns the records of the window's cells, those in divided cells included."""
    left, right, low, high = window
    words = tables.cells.reshape(head.rows, head.columns)[low:high, left:right].ravel()
    words = words[words >= CROSSED]
    found = [words[words < DIVIDED]]
    while (words := words[words >= DIVIDED]).size:
        cells = BLOCK_SIDE * BLOCK_SIDE
        block = (words & NUMBER).astype(np.int64)
        words = tables.blocks.reshape(-1, cells)[block].ravel()
        words = words[words >= CROSSED]
        found.append(words[words < DIVIDED])
    return (np.concatenate(found) & NUMBER).astype(np.int64)


def _nearest_of_each(tables: Tables, level: int, point: Point, record: Ints) -> Borders:
    holder, runs = runs_of(tables, record)
    group = groups_of(tables, record)[holder]
    row, area, bit = _members(tables, group)
    low, high = tables.level_start[level : level + 2].astype(np.int64)
    bounded = (area >= low) & (area < high) & ((runs[row, 2] >> bit) & 1 == 1)
    row, area = row[bounded], area[bounded]
    if len(row) == 0:
        return _NONE
    useful, back = np.unique(row, return_inverse=True)
    distance_m = _distance_of_runs(tables, point, runs[useful])
    areas, position = np.unique(area, return_inverse=True)
    nearest_m = np.full(len(areas), np.inf)
    np.minimum.at(nearest_m, position, distance_m[back])
    return Borders(areas, nearest_m)


def _members(tables: Tables, group: Ints) -> tuple[Ints, Ints, NDArray[np.uint32]]:
    """Returns (row, area, bit) for the members of every given group."""
    start = tables.group_start[group].astype(np.int64)
    counts = tables.group_start[group + 1].astype(np.int64) - start
    row = np.repeat(np.arange(len(group)), counts)
    bit = ranks(counts)
    return row, tables.group_areas[start[row] + bit].astype(np.int64), bit.astype(np.uint32)


def _distance_of_runs(tables: Tables, point: Point, words: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Returns the metres from the point to the nearest edge of every run."""
    length = (words[:, 1] & RUN_LENGTH).astype(np.int64)
    first = np.cumsum(length) - length
    a = np.repeat(words[:, 0].astype(np.int64), length) + ranks(length)
    start = _flat(tables.vertices[a], point)
    way = _flat(tables.vertices[a + 1], point) - start
    square = (way**2).sum(axis=1)
    part = np.clip(-(start * way).sum(axis=1) / np.where(square == 0.0, 1.0, square), 0.0, 1.0)
    nearest = start + part[:, None] * way
    return np.asarray(np.minimum.reduceat(np.hypot(nearest[:, 0], nearest[:, 1]), first), dtype=np.float64)


def _flat(degrees: NDArray[np.float64], point: Point) -> NDArray[np.float64]:
    """Returns metres east and north of the point."""
    up = degrees[:, 1] - point.latitude
    middle = np.radians(np.clip(point.latitude + up / 2, -89.99, 89.99))
    north_m, east_m = metres_per_degree(point.latitude)
    squeeze = np.cos(middle) / max(np.cos(np.radians(point.latitude)), 1e-9)
    return np.column_stack([(degrees[:, 0] - point.longitude) * east_m * squeeze, up * north_m])
