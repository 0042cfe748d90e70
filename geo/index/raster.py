"""Which cells of a raster does a border cross, and what lies at the middle of the others?

A cell counts as crossed already when a border comes within a millionth of its width: a point whose cell number was
rounded the wrong way still finds every border that matters in that cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.index.arcs import Floats, Ints, ranks

MARGIN: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the raster lies: its corner in degrees, its scale, its size in cells."""

    west: float
    south: float
    columns_per_degree: float
    rows_per_degree: float
    columns: int
    rows: int

    def scaled(self, degrees: Floats) -> Floats:
        """Returns cell units, by the very operations that a look-up does."""
        return np.column_stack(
            [
                (degrees[:, 0] - self.west) * self.columns_per_degree,
                (degrees[:, 1] - self.south) * self.rows_per_degree,
            ]
        )


def frame_around(vertices: Floats, cells: int) -> Frame:
    """Lays a raster of about that many cells, square on the ground, with an empty cell all round."""
    if len(vertices) == 0:
        return Frame(0.0, 0.0, 1.0, 1.0, 1, 1)
    (west, south), (east, north) = vertices.min(axis=0), vertices.max(axis=0)
    squeeze = max(0.02, float(np.cos(np.radians((south + north) / 2))))
    width, height = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    side = max((width * height / cells) ** 0.5, max(width, height) / 16_384)
    columns, rows = int(np.ceil(width / side)), int(np.ceil(height / side))
    columns_per_degree = columns / max(east - west, 1e-9)
    rows_per_degree = rows / max(north - south, 1e-9)
    return Frame(
        float(west - 1 / columns_per_degree),
        float(south - 1 / rows_per_degree),
        float(columns_per_degree),
        float(rows_per_degree),
        columns + 2,
        rows + 2,
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """Edges in cell units, as four columns of equal length."""

    x1: Floats
    y1: Floats
    x2: Floats
    y2: Floats

    def __len__(self) -> int:
        return len(self.x1)

    def take(self, rows: Ints) -> Lines:
        """Returns the chosen ones, in that order."""
        return Lines(self.x1[rows], self.y1[rows], self.x2[rows], self.y2[rows])

    def moved(self, left: Floats, down: Floats, scale: float) -> Lines:
        """Returns them relative to another origin each, and larger."""
        return Lines(
            (self.x1 - left) * scale, (self.y1 - down) * scale, (self.x2 - left) * scale, (self.y2 - down) * scale
        )

    def right_of(self, x: Floats | float, y: Floats | float) -> NDArray[np.bool_]:
        """Whether the ray from (x, y) to the right meets the edge, its lower end in, its upper end out."""
        straddles = (self.y1 > y) != (self.y2 > y)
        met: NDArray[np.bool_] = straddles & (self.x_at(y) > x)
        return met

    def x_at(self, y: NDArray[np.floating[Any]] | float) -> Floats:
        """Returns where the edge's line meets that height; anything finite for a level edge."""
        rise = self.y2 - self.y1
        part = (y - self.y1) / np.where(rise == 0.0, 1.0, rise)
        return np.asarray(self.x1 + part * (self.x2 - self.x1), dtype=np.float64)


def touched(lines: Lines, columns: int, rows: int) -> tuple[Ints, Ints, Ints]:
    """Returns (line, column, row) for every cell of the grid that a line comes into or within the margin of."""
    low = np.clip(np.floor(np.minimum(lines.y1, lines.y2) - MARGIN), 0, rows).astype(np.int64)
    high = np.clip(np.floor(np.maximum(lines.y1, lines.y2) + MARGIN), -1, rows - 1).astype(np.int64)
    line, row = _between(low, high)
    part = lines.take(line)
    lowest, highest = np.minimum(part.y1, part.y2), np.maximum(part.y1, part.y2)
    level = highest - lowest <= 2 * MARGIN
    x_low = np.where(level, part.x1, part.x_at(np.clip(row - MARGIN, lowest, highest)))
    x_high = np.where(level, part.x2, part.x_at(np.clip(row + 1 + MARGIN, lowest, highest)))
    left = np.clip(np.floor(np.minimum(x_low, x_high) - MARGIN), 0, columns).astype(np.int64)
    right = np.clip(np.floor(np.maximum(x_low, x_high) + MARGIN), -1, columns - 1).astype(np.int64)
    pick, column = _between(left, right)
    return line[pick], column, row[pick]


@dataclass(frozen=True, slots=True)
class Crossings:
    """Where edges cross the middle lines of the rows."""

    line: Ints
    row: Ints
    x: Floats


def row_crossings(lines: Lines, rows: int) -> Crossings:
    """Returns every crossing of an edge with a row's middle, its lower end in, its upper end out."""
    low = np.maximum(np.ceil(np.minimum(lines.y1, lines.y2) - 0.5), 0).astype(np.int64)
    high = np.minimum(np.ceil(np.maximum(lines.y1, lines.y2) - 0.5) - 1, rows - 1).astype(np.int64)
    line, row = _between(low, high)
    return Crossings(line, row, lines.take(line).x_at(row + 0.5))


@dataclass(frozen=True, slots=True)
class Spans:
    """For every area and row, the stretches of cells whose middles lie inside."""

    area: Ints
    row: Ints
    first: Ints
    last: Ints


def spans(area: Ints, row: Ints, x: Floats, rows: int) -> Spans:
    """Pairs the crossings of each area and row from left to right."""
    order = np.lexsort((x, area * rows + row))
    entering, leaving = order[0::2], order[1::2]
    first = np.ceil(x[entering] - 0.5).astype(np.int64)
    last = np.ceil(x[leaving] - 0.5).astype(np.int64) - 1
    kept = last >= first
    return Spans(area[entering][kept], row[entering][kept], first[kept], last[kept])


def paint(found: Spans, columns: int, rows: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Returns the first area (-1 for none) at the middle of every cell, and where there are several."""
    size = columns * rows
    begin, end = found.row * columns + found.first, found.row * columns + found.last + 1
    steps = np.bincount(begin, found.area + 1, size + 1) - np.bincount(end, found.area + 1, size + 1)
    depth = np.cumsum(np.bincount(begin, minlength=size + 1) - np.bincount(end, minlength=size + 1))[:size]
    label = np.cumsum(steps)[:size].astype(np.int64) - 1
    several = depth > 1
    if several.any():
        cell, area = covering(found, several, columns)
        label[several] = np.iinfo(np.int64).max
        np.minimum.at(label, cell, area)
    return label.astype(np.int32), several


def covering(found: Spans, chosen: NDArray[np.bool_], columns: int) -> tuple[Ints, Ints]:
    """Returns (cell, area) for every area whose stretches cover one of the chosen cells."""
    before = np.concatenate([[0], np.cumsum(chosen)])
    begin, end = found.row * columns + found.first, found.row * columns + found.last + 1
    useful = np.flatnonzero(before[end] > before[begin])
    counts = (end - begin)[useful]
    cell = np.repeat(begin[useful], counts) + ranks(counts)
    area = np.repeat(found.area[useful], counts)
    kept = chosen[cell]
    return cell[kept], area[kept]


def _between(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Returns (row, value) for every whole number from low to high, both included."""
    counts = np.maximum(high - low + 1, 0)
    row = np.repeat(np.arange(len(low)), counts)
    return row, low[row] + ranks(counts)
