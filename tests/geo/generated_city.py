"""A city that nobody lives in: five levels, ragged shared borders, exclaves and holes, of any size, from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.areas import Area, Level, Shape

Floats = NDArray[np.float64]

# Each halving bends by 0.6 of the one before: the sum of all angles stays under a third of a right angle,
# so that the borders which meet in a corner never cross.
_BEND = 0.12
_DAMPING = 0.6


@dataclass(frozen=True)
class Plan:
    """The size of the city in grids, how many of them make the sides of the areas above, and where it lies."""

    columns: int = 24
    rows: int = 20
    community: int = 2
    street: int = 6
    district: int = 12
    halvings: int = 4
    border_edges: int = 0
    """How many edges of each border are kept; 0 for all 2 ** halvings."""
    exclaves: int = 3
    holes: int = 2
    west: float = 103.9
    south: float = 30.5
    side_deg: float = 0.004
    seed: int = 7


def generate(plan: Plan) -> list[Shape]:
    """Returns the shapes of all five levels, coarsest first; the coarser ones are exact unions of the finer."""
    draw = np.random.default_rng(plan.seed)
    outlines = _grids(plan, draw)
    row, column = np.divmod(np.arange(plan.rows * plan.columns), plan.columns)
    kept = np.ones(len(outlines), dtype=bool)
    kept[draw.choice(len(outlines), plan.holes, replace=False)] = False
    block = {
        Level.COMMUNITY: _blocks(row, column, plan.community),
        Level.STREET: _blocks(row, column, plan.street),
        Level.DISTRICT: _blocks(row, column, plan.district),
        Level.CITY: np.zeros(len(outlines), dtype=int),
    }
    for lost in draw.choice(len(outlines), plan.exclaves, replace=False):
        owner = draw.integers(len(outlines))
        for level in block:
            block[level][lost] = block[level][owner]
    shapes: list[Shape] = []
    codes: dict[Level, list[str]] = {}
    for level in (Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY):
        codes[level] = [f"{level.value[:2].upper()}{number:05d}" for number in block[level]]
        above = codes[list(Level)[list(Level).index(level) - 1]] if level is not Level.CITY else None
        shapes += _unions(level, codes[level], above, outlines, kept)
    wkb = shapely.to_wkb(outlines)
    shapes += [
        Shape(Area(f"G{number:05d}", f"grid {number}", Level.GRID, codes[Level.COMMUNITY][number], True), wkb[number])
        for number in np.flatnonzero(kept)
    ]
    return shapes


def only(shapes: list[Shape], level: Level) -> list[Shape]:
    """Returns the shapes of one level."""
    return [shape for shape in shapes if shape.area.level is level]


def _blocks(row: NDArray[np.int64], column: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    across = int(column.max()) // side + 1
    return row // side * across + column // side


def _unions(
    level: Level, codes: list[str], above: list[str] | None, outlines: NDArray[np.object_], kept: NDArray[np.bool_]
) -> list[Shape]:
    members: dict[str, list[int]] = {}
    for number in np.flatnonzero(kept):
        members.setdefault(codes[number], []).append(int(number))
    return [
        Shape(
            Area(code, f"{level.value} {code}", level, above[held[0]] if above else None, True),
            shapely.to_wkb(shapely.coverage_union_all(outlines[held])),
        )
        for code, held in sorted(members.items())
    ]


def _grids(plan: Plan, draw: np.random.Generator) -> NDArray[np.object_]:
    """Draws every border once, ragged, and puts the four around each grid together."""
    x, y = np.meshgrid(np.arange(plan.columns + 1.0), np.arange(plan.rows + 1.0))
    corners = np.stack([x, y], axis=-1) + draw.uniform(-0.12, 0.12, (plan.rows + 1, plan.columns + 1, 2))
    corners = np.array([plan.west, plan.south]) + corners * plan.side_deg
    level = _ragged(corners[:, :-1].reshape(-1, 2), corners[:, 1:].reshape(-1, 2), plan, draw)
    upright = _ragged(corners[:-1].reshape(-1, 2), corners[1:].reshape(-1, 2), plan, draw)
    level = level.reshape(plan.rows + 1, plan.columns, -1, 2)
    upright = upright.reshape(plan.rows, plan.columns + 1, -1, 2)
    south, north = level[:-1], level[1:, :, ::-1]
    west, east = upright[:, :-1, ::-1], upright[:, 1:]
    rings = np.concatenate([south[:, :, :-1], east[:, :, :-1], north[:, :, :-1], west], axis=2)
    return np.asarray(shapely.polygons(rings.reshape(-1, *rings.shape[2:])))


def _ragged(start: Floats, end: Floats, plan: Plan, draw: np.random.Generator) -> Floats:
    line = np.stack([start, end], axis=1)
    for step in range(plan.halvings):
        way = line[:, 1:] - line[:, :-1]
        across = np.stack([-way[..., 1], way[..., 0]], axis=-1)
        bend = draw.uniform(-1, 1, way.shape[:2])[..., None] * _BEND * _DAMPING**step
        middle = (line[:, :-1] + line[:, 1:]) / 2 + bend * across
        finer = np.empty((len(line), line.shape[1] * 2 - 1, 2))
        finer[:, 0::2], finer[:, 1::2] = line, middle
        line = finer
    if plan.border_edges:
        line = line[:, np.linspace(0, line.shape[1] - 1, plan.border_edges + 1).round().astype(int)]
    return line
