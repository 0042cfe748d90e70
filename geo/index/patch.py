"""One raster of the index being built: what each of its cells holds. What holds in their squares is for `shade`.

A cell that no border touches is plain. The others become records: which edges to test, which areas they bound, what
holds at a fixed point of the cell. Cells with too many edges are left for a finer patch.

How a record answers for a point p: it starts from `base`, and every edge of the cell that the ray from p to the
right meets flips the areas that the edge bounds. Edges outside the cell need no test, because within the cell their
sum is constant, but for one thing: where a string of edges leaves the cell on its right side, the ray meets the rest
of that string or not, depending on the height. Such an end is replaced by a wall straight down from it, which the ray
meets when the end is above p. No edge is ever cut, so nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.index.arcs import Arcs, Floats, Ints, distinct, group_sets, starts_of
from geo.index.raster import Lines, touched
from geo.index.tables import FINE

# How many edges are looked at in squares at a time: more of them would need more memory, not less time.
EDGES_AT_ONCE: Final = 1 << 18
MOST_EDGES: Final = 32
MOST_AREAS: Final = 32
Bits = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Patch:
    """Edges that come into one or several equal blocks of cells, in cell units from the block's corner.

    Sorted by block, then by edge.
    """

    columns: int
    rows: int
    blocks: int
    block: Ints
    edge: Ints
    lines: Lines

    @property
    def cells_in_block(self) -> int:
        """The number of cells in a block."""
        return self.columns * self.rows


@dataclass(frozen=True, slots=True)
class Crossed:
    """The cells that edges touch, with the edges of each: `row[start[c] : start[c + 1]]` are rows of the patch.

    `lines` is parallel to `row`. Bit FINE * r + c of `squares` says that an edge touches that square of the cell.
    """

    cell: Ints
    start: Ints
    row: Ints
    lines: Lines
    squares: NDArray[np.uint64]

    @property
    def owner(self) -> Ints:
        """The position in `cell` for every entry of `row`."""
        return np.repeat(np.arange(len(self.cell)), np.diff(self.start))


@dataclass(frozen=True, slots=True)
class Runs:
    """Strings of edges without a gap, all of one side, in one cell; `leaves` marks ends on the right of the cell."""

    owner: Ints
    first: Ints
    last: Ints
    side: Ints
    leaves_first: NDArray[np.bool_]
    leaves_last: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Entries:
    """Every area that matters in a crossed cell, sorted by cell and area, and whether the base lies inside it."""

    owner: Ints
    area: Ints
    base: NDArray[np.bool_]
    start: Ints


@dataclass(frozen=True, slots=True)
class Packed:
    """The areas of chosen cells as bits, and their runs, sorted by cell. `group` is the list of areas of each cell."""

    cell: Ints
    base: Bits
    squares: NDArray[np.uint64]
    group: Ints
    group_start: Ints
    group_areas: Ints
    run: Ints
    run_owner: Ints
    run_vertex: Ints
    run_edges: Ints
    run_bits: Bits
    leaves_first: NDArray[np.bool_]
    leaves_last: NDArray[np.bool_]

    @property
    def run_start(self) -> Ints:
        """Returns where the runs of every cell begin, and the end."""
        return np.searchsorted(self.run_owner, np.arange(len(self.cell) + 1))


def cross(patch: Patch) -> Crossed:
    """Finds the touched cells, and the touched squares within each."""
    lines = patch.lines
    row, column, height = touched(lines, patch.columns, patch.rows)
    cell = patch.block[row] * patch.cells_in_block + height * patch.columns + column
    order = np.lexsort((row, cell))
    cell, row = cell[order], row[order]
    start = starts_of(cell)
    squares = _touched_squares(patch, cell[start])
    return Crossed(cell[start], np.append(start, len(cell)), row, lines.take(row), squares)


def _touched_squares(patch: Patch, cells: Ints) -> NDArray[np.uint64]:
    """Returns a bit for every touched square of every given cell: those that edges touch, with a wider margin."""
    found = np.zeros(len(cells), dtype=np.uint64)
    position = np.zeros(patch.blocks * patch.cells_in_block, dtype=np.int32)
    position[cells] = np.arange(len(cells))
    for first in range(0, len(patch.lines), EDGES_AT_ONCE):
        chosen = np.arange(first, min(first + EDGES_AT_ONCE, len(patch.lines)))
        fine = patch.lines.take(chosen).moved(np.zeros(1), np.zeros(1), float(FINE))
        row, column, height = touched(fine, patch.columns * FINE, patch.rows * FINE)
        cell = patch.block[chosen[row]] * patch.cells_in_block + (height // FINE) * patch.columns + column // FINE
        square = np.uint64(1) << ((height % FINE) * FINE + column % FINE).astype(np.uint64)
        np.bitwise_or.at(found, position[cell], square)
    return found


def string(patch: Patch, arcs: Arcs, crossed: Crossed) -> Runs:
    """Joins the edges of each cell into runs."""
    owner, row = crossed.owner, crossed.row
    at, side = arcs.at[patch.edge[row]], arcs.side[patch.edge[row]]
    first = np.ones(len(row), dtype=bool)
    first[1:] = (owner[1:] != owner[:-1]) | (at[1:] != at[:-1] + 1)
    begin = np.flatnonzero(first)
    end = np.append(begin, len(row))[1:] - 1
    right = (crossed.cell % patch.columns + 1)[owner[begin]]
    return Runs(
        owner[begin],
        begin,
        end,
        side[begin],
        leaves_first=crossed.lines.x1[begin] > right,
        leaves_last=crossed.lines.x2[end] > right,
    )


def middles(patch: Patch, crossed: Crossed) -> tuple[Floats, Floats]:
    """Returns x and y of the middle of every crossed cell."""
    inner = crossed.cell % patch.cells_in_block
    row, column = np.divmod(inner, patch.columns)
    return column.astype(np.float64) + 0.5, row.astype(np.float64) + 0.5


def flips(crossed: Crossed, runs: Runs, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Returns for every run whether the path from its cell's (x, y) flips its areas."""
    if len(runs.owner) == 0:
        return np.empty(0, dtype=np.bool_)
    owner, lines = crossed.owner, crossed.lines
    flipped = np.bitwise_xor.reduceat(lines.right_of(x[owner], y[owner]), runs.first)
    height = y[runs.owner]
    flipped ^= runs.leaves_first & (lines.y1[runs.first] > height)
    flipped ^= runs.leaves_last & (lines.y2[runs.last] > height)
    return flipped


def enter(patch: Patch, arcs: Arcs, crossed: Crossed, runs: Runs, inside: tuple[Ints, Ints], areas: int) -> Entries:
    """Lists the areas of every crossed cell. `inside` are (cell, area) pairs that hold at the cells' middles."""
    position = np.searchsorted(crossed.cell, inside[0])
    inside_key = distinct(position * areas + inside[1])
    seen = distinct(runs.owner * np.int64(len(arcs.side_start)) + runs.side)
    row, area = arcs.areas_of(seen % len(arcs.side_start))
    bounded_key = (seen // len(arcs.side_start))[row] * areas + area
    keys = distinct(np.concatenate([inside_key, bounded_key]))
    base = np.zeros(len(keys), dtype=np.bool_)
    base[np.searchsorted(keys, inside_key)] = True
    x, y = middles(patch, crossed)
    base ^= _flipped_entries(arcs, runs, flips(crossed, runs, x, y), keys, areas)
    owner = keys // areas
    start = np.searchsorted(owner, np.arange(len(crossed.cell) + 1))
    return Entries(owner, keys % areas, base, start)


def pack(
    patch: Patch,
    arcs: Arcs,
    crossed: Crossed,
    runs: Runs,
    entries: Entries,
    chosen: NDArray[np.bool_],
) -> Packed:
    """Packs the chosen cells: areas become bits, in the order of their numbers."""
    number = np.cumsum(chosen) - 1
    held = chosen[entries.owner]
    owner, area = number[entries.owner[held]], entries.area[held]
    group, group_start, group_areas = group_sets(owner, area)
    entry_start = np.concatenate([[0], np.cumsum(np.diff(entries.start)[chosen])])
    bit = np.uint32(1) << (np.arange(len(owner)) - entry_start[owner]).astype(np.uint32)
    base = np.zeros(int(chosen.sum()), dtype=np.uint32)
    np.bitwise_or.at(base, owner[entries.base[held]], bit[entries.base[held]])
    kept = np.flatnonzero(chosen[runs.owner])
    run_owner = number[runs.owner[kept]]
    return Packed(
        cell=crossed.cell[chosen],
        base=base,
        squares=crossed.squares[chosen],
        group=group,
        group_start=group_start,
        group_areas=group_areas,
        run=kept,
        run_owner=run_owner,
        run_vertex=arcs.at[patch.edge[crossed.row[runs.first[kept]]]],
        run_edges=runs.last[kept] - runs.first[kept] + 1,
        run_bits=_bits_of_sides(arcs, group[run_owner], runs.side[kept], group_start, group_areas),
        leaves_first=runs.leaves_first[kept],
        leaves_last=runs.leaves_last[kept],
    )


def divide(
    patch: Patch, arcs: Arcs, crossed: Crossed, runs: Runs, entries: Entries, chosen: NDArray[np.bool_], by: int
) -> tuple[Patch, tuple[Ints, Ints]]:
    """Makes each chosen cell a block of by x by cells; returns the patch and what holds at their middles."""
    number = np.cumsum(chosen) - 1
    held = chosen[crossed.owner]
    block, row = number[crossed.owner[held]], crossed.row[held]
    inner = crossed.cell[chosen] % patch.cells_in_block
    left, down = (inner % patch.columns).astype(np.float64), (inner // patch.columns).astype(np.float64)
    lines = patch.lines.take(row).moved(left[block], down[block], float(by))
    finer = Patch(by, by, int(chosen.sum()), block, patch.edge[row], lines)

    kept = chosen[runs.owner]
    shift = np.cumsum(~held)  # how many edges before each were left behind
    run = Runs(
        number[runs.owner[kept]],
        runs.first[kept] - shift[runs.first[kept]],
        runs.last[kept] - shift[runs.last[kept]],
        runs.side[kept],
        runs.leaves_first[kept],
        runs.leaves_last[kept],
    )
    start = np.concatenate([[0], np.cumsum(np.diff(crossed.start)[chosen])])
    no_squares = np.zeros(finer.blocks, dtype=np.uint64)
    whole = Crossed(np.arange(finer.blocks), start, np.arange(len(row)), lines, no_squares)
    mine = chosen[entries.owner]
    owner, area, base = number[entries.owner[mine]], entries.area[mine], entries.base[mine]
    areas = int(area.max(initial=0)) + 1
    cells: list[Ints] = []
    found: list[Ints] = []
    for small in range(by * by):
        x, y = np.full(finer.blocks, small % by + 0.5), np.full(finer.blocks, small // by + 0.5)
        flipped = flips(whole, run, x, y)
        there = np.flatnonzero(base ^ _flipped_entries(arcs, run, flipped, owner * areas + area, areas))
        cells.append(owner[there] * by * by + small)
        found.append(area[there])
    return finer, (np.concatenate(cells), np.concatenate(found))


def _flipped_entries(arcs: Arcs, runs: Runs, flipped: NDArray[np.bool_], keys: Ints, areas: int) -> NDArray[np.bool_]:
    """Returns for every (cell, area) key whether an odd number of flipped runs bounds the area."""
    chosen = np.flatnonzero(flipped)
    row, area = arcs.areas_of(runs.side[chosen])
    position = np.searchsorted(keys, runs.owner[chosen][row] * areas + area)
    odd: NDArray[np.bool_] = np.bincount(position, minlength=len(keys)) % 2 == 1
    return odd


def _bits_of_sides(arcs: Arcs, group: Ints, side: Ints, group_start: Ints, group_areas: Ints) -> Bits:
    """Returns, for every (group, side), the bits that the side's areas have in the group."""
    sides = np.int64(len(arcs.side_start))
    pairs, back = np.unique(group * sides + side, return_inverse=True)
    bits = np.zeros(len(pairs), dtype=np.uint32)
    if len(pairs) == 0:
        return bits
    row, area = arcs.areas_of(pairs % sides)
    top = np.int64(max(int(group_areas.max(initial=0)), int(area.max(initial=0))) + 1)
    members = np.repeat(np.arange(len(group_start) - 1), np.diff(group_start)) * top + group_areas
    in_group = (pairs // sides)[row]
    position = np.searchsorted(members, in_group * top + area) - group_start[in_group]
    np.bitwise_or.at(bits, row, np.uint32(1) << position.astype(np.uint32))
    return bits[back]
