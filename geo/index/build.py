"""From outlines to the flat arrays. Slow and careful once, so that look-ups are neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.index import patch as patches
from geo.index import raster, tables
from geo.index.arcs import Arcs, Ints, collect
from geo.index.patch import Packed, Patch
from geo.index.raster import Frame, Lines
from geo.index.shade import Shades, shade
from geo.index.tables import LEVEL_COUNT

# At the sixth division a cell is some centimetres wide.
DEEPEST: Final = 6
MOST_BLOCKS: Final = 1 << 15
FEWEST_CELLS: Final = 1 << 14
MOST_CELLS: Final = 1 << 22
CELLS_AN_EDGE: Final = 64


class TooCrowded(ValueError):
    """More areas meet in one spot than a record can hold."""

    def __init__(self, areas: Ints) -> None:
        super().__init__(f"{len(areas)} areas meet or lie over each other in one spot")
        self.areas = areas


@dataclass(frozen=True, slots=True)
class Built:
    """The arrays that follow from geometry alone."""

    frame: Frame
    arcs: Arcs
    cells: NDArray[np.uint32]
    blocks: NDArray[np.uint32]
    records: NDArray[np.uint32]
    palettes: NDArray[np.uint32]
    runs: NDArray[np.uint32]
    profiles: NDArray[np.int32]
    group_start: NDArray[np.uint32]
    group_areas: NDArray[np.uint32]
    face_start: NDArray[np.uint32]
    face_bits: NDArray[np.uint32]
    face_profile: NDArray[np.uint32]


@dataclass(slots=True)
class _Draft:
    """What the patches have yielded so far."""

    level_of: Ints
    words: list[NDArray[np.uint32]] = field(default_factory=list)
    records: list[tuple[Packed, Shades]] = field(default_factory=list)
    rows: list[NDArray[np.int32]] = field(default_factory=list)
    plain: list[tuple[int, Ints, Ints]] = field(default_factory=list)
    row_count: int = 0
    record_count: int = 0
    block_count: int = 0

    def add_rows(self, rows: NDArray[np.int32]) -> int:
        """Keeps rows of areas a level; returns the number of the first."""
        self.rows.append(rows)
        self.row_count += len(rows)
        return self.row_count - len(rows)


def build(outlines: NDArray[np.object_], level_of: Ints) -> Built:
    """Builds the arrays for valid outlines, sorted by level and tree; raises TooCrowded."""
    arcs = collect(outlines)
    edges = len(arcs.at)
    wanted = int(np.clip(edges * CELLS_AN_EDGE, FEWEST_CELLS, MOST_CELLS))
    frame = raster.frame_around(arcs.vertices, wanted)
    place = frame.scaled(arcs.vertices)
    a, b = place[arcs.at], place[arcs.at + 1]
    lines = Lines(a[:, 0].copy(), a[:, 1].copy(), b[:, 0].copy(), b[:, 1].copy())
    whole = Patch(frame.columns, frame.rows, 1, np.zeros(edges, dtype=np.int64), np.arange(edges), lines)
    draft = _Draft(level_of)
    labels, several, spans = _paint(whole, arcs, level_of)
    crossed = patches.cross(whole)
    inside = _inside_at(crossed.cell, labels, several, spans, frame.columns)
    plain = np.ones(frame.columns * frame.rows, dtype=np.bool_)
    plain[crossed.cell] = False
    _plain_cells(draft, labels, np.flatnonzero(plain))
    del labels, plain
    _settle(draft, whole, arcs, crossed, inside)
    return _finish(draft, frame, arcs)


def _paint(
    whole: Patch, arcs: Arcs, level_of: Ints
) -> tuple[NDArray[np.int32], list[NDArray[np.bool_]], list[raster.Spans]]:
    """Returns the area at the middle of every cell, a row for each level."""
    crossings = raster.row_crossings(whole.lines, whole.rows)
    row, area = arcs.areas_of(arcs.side[crossings.line])
    height, x = crossings.row[row], crossings.x[row]
    labels, several, found = [], [], []
    for level in range(LEVEL_COUNT):
        mine = level_of[area] == level
        stretches = raster.spans(area[mine], height[mine], x[mine], whole.rows)
        label, doubled = raster.paint(stretches, whole.columns, whole.rows)
        labels.append(label)
        several.append(doubled)
        found.append(stretches)
    return np.stack(labels), several, found


def _inside_at(
    cell: Ints,
    labels: NDArray[np.int32],
    several: list[NDArray[np.bool_]],
    spans: list[raster.Spans],
    columns: int,
) -> tuple[Ints, Ints]:
    """Returns (cell, area) for all areas over the middles of the given cells, where they overlap all of them."""
    cells, areas = [], []
    for level in range(LEVEL_COUNT):
        label = labels[level][cell].astype(np.int64)
        cells.append(cell[label >= 0])
        areas.append(label[label >= 0])
        doubled = np.zeros_like(several[level])
        doubled[cell] = several[level][cell]
        if doubled.any():
            more_cells, more_areas = raster.covering(spans[level], doubled, columns)
            cells.append(more_cells)
            areas.append(more_areas)
    return np.concatenate(cells), np.concatenate(areas)


def _plain_cells(draft: _Draft, labels: NDArray[np.int32], plain: Ints) -> None:
    """Keeps the rows of areas for cells without a border; neighbours share one."""
    rows = labels[:, plain].T
    change = np.ones(len(plain), dtype=np.bool_)
    change[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    first = draft.add_rows(np.ascontiguousarray(rows[change]))
    draft.words.append(np.zeros(labels.shape[1], dtype=np.uint32))
    draft.plain.append((0, plain, first + np.cumsum(change) - 1))


def _settle(
    draft: _Draft, patch: Patch, arcs: Arcs, crossed: patches.Crossed, inside: tuple[Ints, Ints], depth: int = 0
) -> None:
    """Makes records of what one patch holds and goes down into what is too much for one record."""
    areas = len(draft.level_of)
    runs = patches.string(patch, arcs, crossed)
    at_crossed = np.isin(inside[0], crossed.cell)
    entries = patches.enter(patch, arcs, crossed, runs, (inside[0][at_crossed], inside[1][at_crossed]), areas)
    full = _to_divide(draft, crossed, entries, depth)
    here = len(draft.words) - 1
    packed = patches.pack(patch, arcs, crossed, runs, entries, ~full)
    draft.words[here][packed.cell] = tables.CROSSED + draft.record_count + np.arange(len(packed.cell))
    draft.records.append((packed, shade(patch, crossed, runs, packed)))
    draft.record_count += len(packed.cell)
    if not full.any():
        return
    blocks = int(full.sum())
    draft.words[here][crossed.cell[full]] = tables.DIVIDED + draft.block_count + np.arange(blocks)
    draft.block_count += blocks
    finer, middle = patches.divide(patch, arcs, crossed, runs, entries, full, tables.BLOCK_SIDE)
    below = patches.cross(finer)
    _plain_small_cells(draft, finer, below, middle)
    _settle(draft, finer, arcs, below, middle, depth + 1)


def _to_divide(draft: _Draft, crossed: patches.Crossed, entries: patches.Entries, depth: int) -> NDArray[np.bool_]:
    """Returns the cells that need a finer patch; where that would never end, raises TooCrowded."""
    over = np.diff(entries.start) > patches.MOST_AREAS
    slow = np.diff(crossed.start) > patches.MOST_EDGES
    room = 0 if depth == DEEPEST else MOST_BLOCKS - draft.block_count
    if over.sum() > room:
        worst = int(np.argmax(np.diff(entries.start)))
        raise TooCrowded(entries.area[entries.start[worst] : entries.start[worst + 1]])
    return over | slow if (over | slow).sum() <= room else over


def _plain_small_cells(draft: _Draft, finer: Patch, below: patches.Crossed, middle: tuple[Ints, Ints]) -> None:
    """The twin of `_plain_cells` for blocks: the areas at the middles come as pairs, and may overlap."""
    count = finer.blocks * finer.cells_in_block
    rows = np.full((LEVEL_COUNT, count), np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(rows, (draft.level_of[middle[1]], middle[0]), middle[1].astype(np.int32))
    rows[rows == np.iinfo(np.int32).max] = -1
    plain = np.ones(count, dtype=np.bool_)
    plain[below.cell] = False
    which = np.flatnonzero(plain)
    first = draft.add_rows(np.ascontiguousarray(rows[:, which].T))
    draft.words.append(np.zeros(count, dtype=np.uint32))
    draft.plain.append((len(draft.words) - 1, which, first + np.arange(len(which))))


def _finish(draft: _Draft, frame: Frame, arcs: Arcs) -> Built:
    """Numbers the profiles and lays all patches behind one another."""
    first_row = [draft.add_rows(_face_rows(draft, *held)) for held in draft.records]
    profiles, number = np.unique(np.concatenate(draft.rows), axis=0, return_inverse=True)
    number = number.reshape(-1)
    for position, which, rows in draft.plain:
        draft.words[position][which] = number[rows]
    record_words, run_words, palette_words = [], [], []
    group_start, group_areas, face_start, face_bits, face_profile = [], [], [], [], []
    groups = members = faces = runs = 0
    for first, (packed, shades) in zip(first_row, draft.records, strict=True):
        profile = number[first : first + len(shades.face_bits)]
        # What a cell does not use is never read.
        shaded = np.where(shades.face >= 0, profile[shades.face], 0)
        record_words.append(_record_words(packed, shades, shaded, runs))
        run_words.append(_run_words(packed)[_of_several(packed)])
        palette_words.append(_palette_words(packed, shaded, groups))
        group_start.append(packed.group_start[:-1] + members)
        face_start.append(shades.face_start[:-1] + faces)
        group_areas.append(packed.group_areas)
        face_bits.append(shades.face_bits)
        face_profile.append(profile)
        groups += len(packed.group_start) - 1
        members += len(packed.group_areas)
        faces += len(shades.face_bits)
        runs += len(run_words[-1])
    records = np.concatenate(record_words)
    palettes, palette = np.unique(np.concatenate(palette_words), axis=0, return_inverse=True)
    records[:, tables.RECORD_PALETTE] = palette.reshape(-1)
    word = np.uint32
    return Built(
        frame,
        arcs,
        cells=draft.words[0],
        blocks=np.concatenate([*draft.words[1:], np.empty(0, dtype=word)]),
        records=records.ravel(),
        palettes=palettes.ravel(),
        runs=np.concatenate(run_words).ravel(),
        profiles=profiles,
        group_start=np.append(np.concatenate(group_start), members).astype(word),
        group_areas=np.concatenate(group_areas).astype(word),
        face_start=np.append(np.concatenate(face_start), faces).astype(word),
        face_bits=np.concatenate(face_bits),
        face_profile=np.concatenate(face_profile).astype(word),
    )


def _face_rows(draft: _Draft, packed: Packed, shades: Shades) -> NDArray[np.int32]:
    """Returns the winner of each face on each level: the first area of that level whose bit is set."""
    rows = np.full((len(shades.face_bits), LEVEL_COUNT), -1, dtype=np.int32)
    owner = np.repeat(np.arange(len(packed.group_start) - 1), np.diff(packed.group_start))
    position = np.arange(len(owner)) - packed.group_start[owner]
    member_level = draft.level_of[packed.group_areas]
    for level in range(LEVEL_COUNT):
        level_bits = np.zeros(len(packed.group_start) - 1, dtype=np.uint32)
        mine = member_level == level
        np.bitwise_or.at(level_bits, owner[mine], np.uint32(1) << position[mine].astype(np.uint32))
        bits = (shades.face_bits & level_bits[shades.face_group]).astype(np.int64)
        some = np.flatnonzero(bits)
        lowest = np.log2(bits[some] & -bits[some]).astype(np.int64)
        rows[some, level] = packed.group_areas[packed.group_start[shades.face_group[some]] + lowest]
    return rows


def _record_words(packed: Packed, shades: Shades, profiles: NDArray[np.int64], runs_before: int) -> NDArray[np.uint32]:
    """Lays out records, but for their palettes."""
    words = np.empty((len(packed.base), tables.RECORD_WORDS), dtype=np.uint32)
    start = packed.run_start
    counts = np.diff(start)
    words[:, : tables.RECORD_PROFILES] = shades.codes.view(np.uint32)
    words[:, tables.RECORD_PROFILES : tables.RECORD_PALETTE] = profiles[:, :2]
    words[:, tables.RECORD_RUN :] = _run_words(packed)[start[:-1], :2]
    several = np.flatnonzero(counts > 1)
    words[several, tables.RECORD_RUN] = runs_before + np.cumsum(counts[several]) - counts[several]
    words[several, tables.RECORD_RUN + 1] = tables.MANY | counts[several]
    return words


def _palette_words(packed: Packed, profiles: NDArray[np.int64], groups_before: int) -> NDArray[np.uint32]:
    words = np.empty((len(packed.base), tables.PALETTE_WORDS), dtype=np.uint32)
    first = packed.run_start[:-1]
    words[:, 0] = packed.group + groups_before
    words[:, tables.PALETTE_BASE] = packed.base
    words[:, tables.PALETTE_BITS] = np.where(np.diff(packed.run_start) > 1, 0, packed.run_bits[first])
    words[:, tables.PALETTE_THIRD] = profiles[:, 2]
    return words


def _of_several(packed: Packed) -> NDArray[np.bool_]:
    """Tells which runs share their cell with others: only these are kept beside the records."""
    several: NDArray[np.bool_] = (np.diff(packed.run_start) > 1)[packed.run_owner]
    return several


def _run_words(packed: Packed) -> NDArray[np.uint32]:
    words = np.empty((len(packed.run_edges), tables.RUN_WORDS), dtype=np.uint32)
    words[:, 0] = packed.run_vertex
    words[:, 1] = packed.run_edges
    words[:, 1] |= np.where(packed.leaves_first, np.uint32(tables.LEAVES_FIRST), np.uint32(0))
    words[:, 1] |= np.where(packed.leaves_last, np.uint32(tables.LEAVES_LAST), np.uint32(0))
    words[:, 2] = packed.run_bits
    return words
