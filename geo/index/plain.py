"""The look-up of many points in NumPy, and what an answer means: the road that the compiled one must equal.

An answer is twice the number of a profile, plus one on a border, or NOWHERE. Profiles that no table lists (where
several areas cover a point of a border) are numbered on from the table's end as they turn up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.index.arcs import Floats, Ints, expand, ranks, starts_of
from geo.index.exact import ERROR_BOUND, UNDERFLOW
from geo.index.runs import base_of, groups_of, runs_of, shades_of
from geo.index.tables import (
    BLOCK_SIDE,
    CROSSED,
    DIVIDED,
    FINE,
    LEAVES_FIRST,
    LEAVES_LAST,
    LEVEL_COUNT,
    NUMBER,
    RECORD_WORDS,
    RUN_LENGTH,
    TEST,
    Head,
    Tables,
)

NOWHERE: Final = -1
# Faces are remembered by group and bits; a long-lived process must not hold every border of a city.
_MOST_REMEMBERED: Final = 50_000


class Profiles:
    """The rows of areas that places lie in, one number each: those of the table, then those made up on the way."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._listed = len(tables.profiles)
        self._level_of = np.searchsorted(tables.level_start, np.arange(len(tables.synthetic)), side="right") - 1
        self._more: list[tuple[int, ...]] = []
        self._number: dict[tuple[int, ...], int] = {}
        self.remembered: dict[int, int] = {}

    def row(self, number: int) -> tuple[int, ...]:
        """Returns the area on each level, -1 for none."""
        if number < 0:
            return (-1,) * LEVEL_COUNT
        if number < self._listed:
            listed: list[int] = self._tables.profiles[number].tolist()
            return tuple(listed)
        return self._more[number - self._listed]

    def rows(self, numbers: Ints) -> NDArray[np.int32]:
        """The vectorised twin of `row`."""
        none = np.full((1, LEVEL_COUNT), -1, dtype=np.int32)
        more = np.array(self._more, dtype=np.int32).reshape(-1, LEVEL_COUNT)
        # Number -1 picks the last row.
        return np.concatenate([self._tables.profiles, more, none])[numbers]

    def of_bits(self, group: int, bits: int) -> int:
        """Returns the profile where exactly these areas of the group cover: the first on each level wins."""
        if len(self.remembered) >= _MOST_REMEMBERED:
            self.remembered.clear()
        number = self.remembered[group << 32 | bits] = self._of_bits(group, bits)
        return number

    def _of_bits(self, group: int, bits: int) -> int:
        start, end = self._tables.face_start[group : group + 2].tolist()
        for face in range(start, end):
            if int(self._tables.face_bits[face]) == bits:
                return int(self._tables.face_profile[face])
        row = [-1] * LEVEL_COUNT
        start, end = self._tables.group_start[group : group + 2].tolist()
        for position, area in enumerate(self._tables.group_areas[start:end].tolist()):
            level = int(self._level_of[area])
            if bits >> position & 1 and row[level] < 0:
                row[level] = area
        return self._numbered(tuple(row))

    def _numbered(self, row: tuple[int, ...]) -> int:
        number = self._number.get(row)
        if number is None:
            number = self._number[row] = self._listed + len(self._more)
            self._more.append(row)
        return number


def plain_many(
    head: Head, tables: Tables, ask: Callable[[float, float], int], longitude: Floats, latitude: Floats
) -> Ints:
    """Returns the answers for arrays of degrees. What NumPy cannot decide exactly is asked one by one."""
    answer = np.full(len(longitude), NOWHERE, dtype=np.int64)
    within, word, square = _words(head, tables, longitude, latitude)
    answer[within] = word * 2
    crossed = np.flatnonzero(word >= CROSSED)
    record, square = word[crossed] & NUMBER, square[crossed]
    codes = tables.records.reshape(-1, RECORD_WORDS).view(np.uint8)
    code = (codes[record, square >> 2] >> (square & 3) * 2) & 3
    known = code != TEST
    profile = shades_of(tables, record[known], code[known].astype(np.int64))
    answer[within[crossed[known]]] = profile * 2
    asked, record = within[crossed[~known]], record[~known]
    profiles, doubtful = _test_edges_many(tables, record, longitude[asked], latitude[asked])
    answer[asked] = profiles * 2
    for position in asked[doubtful]:
        answer[position] = ask(float(longitude[position]), float(latitude[position]))
    return answer


def _words(head: Head, tables: Tables, longitude: Floats, latitude: Floats) -> tuple[Ints, Ints, Ints]:
    """Returns which points lie in the raster, the word of the cell of each, and their squares."""
    with np.errstate(invalid="ignore", over="ignore"):
        x = (longitude - head.west) * head.columns_per_degree
        y = (latitude - head.south) * head.rows_per_degree
        within = np.flatnonzero((x >= 0) & (x < head.columns) & (y >= 0) & (y < head.rows))
    x, y = x[within], y[within]
    column, row = x.astype(np.int64), y.astype(np.int64)
    word = tables.cells[row * head.columns + column].astype(np.int64)
    while (deeper := np.flatnonzero(word >= DIVIDED)).size:
        x[deeper] = (x[deeper] - column[deeper]) * BLOCK_SIDE
        y[deeper] = (y[deeper] - row[deeper]) * BLOCK_SIDE
        column[deeper], row[deeper] = x[deeper].astype(np.int64), y[deeper].astype(np.int64)
        at = ((word[deeper] & NUMBER) * BLOCK_SIDE + row[deeper]) * BLOCK_SIDE + column[deeper]
        word[deeper] = tables.blocks[at]
    square = ((y - row) * FINE).astype(np.int64) * FINE + ((x - column) * FINE).astype(np.int64)
    return within, word, square


def _test_edges_many(tables: Tables, record: Ints, px: Floats, py: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """Returns (profile, whether it must be asked again exactly) for points in the given records."""
    if len(record) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    point, runs = runs_of(tables, record)
    length = (runs[:, 1] & RUN_LENGTH).astype(np.int64)
    first = runs[:, 0].astype(np.int64)
    doubtful = np.zeros(len(record), dtype=np.bool_)

    owner = np.repeat(np.arange(len(runs)), length)
    a = first[owner] + ranks(length)
    x, y = px[point[owner]], py[point[owner]]
    x1, y1 = tables.vertices[a, 0] - x, tables.vertices[a, 1] - y
    x2, y2 = tables.vertices[a + 1, 0] - x, tables.vertices[a + 1, 1] - y
    above1, above2 = tables.vertices[a, 1] > y, tables.vertices[a + 1, 1] > y
    straddles = above1 != above2
    left, right = x1 * y2, y1 * x2
    turn = left - right
    unsure = np.abs(turn) <= ERROR_BOUND * (np.abs(left) + np.abs(right)) + UNDERFLOW
    touches = ((y1 == 0.0) | (y2 == 0.0)) & (np.minimum(x1, x2) <= 0) & (np.maximum(x1, x2) >= 0)
    doubtful[point[owner[(straddles & unsure) | touches]]] = True
    flipped = np.bitwise_xor.reduceat(straddles & ((turn < 0) == above1), starts_of(owner))
    height = py[point]
    flipped ^= (runs[:, 1] & LEAVES_FIRST != 0) & (tables.vertices[first, 1] > height)
    flipped ^= (runs[:, 1] & LEAVES_LAST != 0) & (tables.vertices[first + length, 1] > height)
    flips = np.bitwise_xor.reduceat(np.where(flipped, runs[:, 2], np.uint32(0)), starts_of(point))
    bits = base_of(tables, record) ^ flips
    return _profiles_of_faces(tables, groups_of(tables, record), bits, doubtful)


def _profiles_of_faces(
    tables: Tables, group: Ints, bits: NDArray[np.uint32], doubtful: NDArray[np.bool_]
) -> tuple[Ints, NDArray[np.bool_]]:
    """Looks the bits up among the faces of the group; a face that is not listed is to be asked again."""
    row, face = expand(group, tables.face_start.astype(np.int64), np.arange(len(tables.face_bits)))
    same = tables.face_bits[face] == bits[row]
    number = np.full(len(group), NOWHERE, dtype=np.int64)
    number[row[same]] = tables.face_profile[face[same]]
    listed = np.zeros(len(group), dtype=np.bool_)
    listed[row[same]] = True
    return number, doubtful | ~listed
