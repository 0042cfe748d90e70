"""The look-up in plain Python and NumPy: the road that is always there, and the one the compiled road must equal.

An answer is twice the number of a profile, plus one on a border, or NOWHERE. Profiles that no table lists (where
several areas cover a point of a border) are numbered on from the table's end as they turn up.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.index.arcs import Floats, Ints, expand, ranks, starts_of
from geo.index.exact import ERROR_BOUND, UNDERFLOW, side
from geo.index.patch import FINE
from geo.index.tables import (
    BLOCK_SIDE,
    CROSSED,
    DIVIDED,
    LEAVES_FIRST,
    LEAVES_LAST,
    LEVEL_COUNT,
    NUMBER,
    RECORD_WORDS,
    RUN_LENGTH,
    RUN_WORDS,
    TEST,
    Head,
    Tables,
)

NOWHERE: Final = -1
# Faces are remembered by group and bits; a long-lived process must not hold every border of a city.
_MOST_REMEMBERED: Final = 50_000

# (word of the cell, x and y in cells, longitude, latitude) -> answer
Crossing = Callable[[int, float, float, float, float], int]


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


def plain_crossing(tables: Tables, profiles: Profiles) -> Crossing:
    """Returns the answer for points in crossed and divided cells.

    A function over local names, and one where two would read better: in plain Python that is a third of the time.
    """
    blocks, records, runs, vertices = (
        tables.blocks.data,
        tables.records.data,
        tables.runs.data,
        tables.vertices.data,
    )
    face_start, face_profile = tables.face_start.data, tables.face_profile.data
    read_record = struct.Struct(f"={RECORD_WORDS + 1}I").unpack_from
    read_runs = [struct.Struct(f"={RUN_WORDS * count}I").unpack_from for count in range(64)]
    read_points = [struct.Struct(f"={2 * count}d").unpack_from for count in range(64)]
    remembered, of_bits = profiles.remembered, profiles.of_bits

    def crossing(word: int, x: float, y: float, px: float, py: float) -> int:
        column, row = int(x), int(y)
        while word >= DIVIDED:
            x, y = (x - column) * BLOCK_SIDE, (y - row) * BLOCK_SIDE
            column, row = int(x), int(y)
            word = blocks[((word & NUMBER) * BLOCK_SIDE + row) * BLOCK_SIDE + column]
        if word < CROSSED:
            return word * 2
        record = (word & NUMBER) * RECORD_WORDS
        square = int((y - row) * FINE) * FINE + int((x - column) * FINE)
        face = records[record + 3 + (square >> 3)] >> (square & 7) * 4 & 15
        if face != TEST:
            profile: int = face_profile[face_start[records[record + 1]] + face]
            return profile * 2
        first_run, group, bits, _, _, end_run = read_record(records, record * 4)
        count = end_run - first_run
        unpack = read_runs[count] if count < 64 else struct.Struct(f"={RUN_WORDS * count}I").unpack_from
        words = unpack(runs, first_run * (RUN_WORDS * 4))
        on = 0
        for at in range(0, count * RUN_WORDS, RUN_WORDS):
            length, mask = words[at + 1], words[at + 2]
            points = (length & RUN_LENGTH) + 1
            read = read_points[points] if points < 64 else struct.Struct(f"={2 * points}d").unpack_from
            xy = read(vertices, words[at] * 16)
            x1, y1 = xy[0], xy[1]
            above1 = y1 > py
            if y1 == py and x1 == px:
                on |= mask
            if length >= LEAVES_FIRST:
                if length & LEAVES_FIRST and above1:
                    bits ^= mask
                if length & LEAVES_LAST and xy[-1] > py:
                    bits ^= mask
            for k in range(2, points * 2, 2):
                x2, y2 = xy[k], xy[k + 1]
                above2 = y2 > py
                if above1 is not above2:
                    if x1 > px and x2 > px:
                        bits ^= mask
                    elif x1 >= px or x2 >= px:
                        turn = side(x1, y1, x2, y2, px, py)
                        if turn == 0:
                            on |= mask
                        elif (turn < 0) is above1:
                            bits ^= mask
                elif y2 == py and (x2 == px or (y1 == py and (x1 < px < x2 or x2 < px < x1))):
                    on |= mask
                x1, y1, above1 = x2, y2, above2
        if on:
            bits |= on
            return (remembered.get(group << 32 | bits) or of_bits(group, bits)) * 2 + 1
        return (remembered.get(group << 32 | bits) or of_bits(group, bits)) * 2

    return crossing


def plain_many(
    head: Head, tables: Tables, ask: Callable[[float, float], int], longitude: Floats, latitude: Floats
) -> Ints:
    """Returns the answers for arrays of degrees. What NumPy cannot decide exactly is asked one by one."""
    answer = np.full(len(longitude), NOWHERE, dtype=np.int64)
    within, word, square = _words(head, tables, longitude, latitude)
    answer[within] = word * 2
    crossed = np.flatnonzero(word >= CROSSED)
    record, square = word[crossed] & NUMBER, square[crossed]
    records = tables.records.reshape(-1, RECORD_WORDS)
    face = (records[record, 3 + square // 8].astype(np.int64) >> (square % 8 * 4)) & 15
    group = records[record, 1].astype(np.int64)
    known = face != TEST
    profile = tables.face_profile[tables.face_start[group[known]] + face[known]]
    answer[within[crossed[known]]] = profile.astype(np.int64) * 2
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
    records, runs = tables.records.reshape(-1, RECORD_WORDS), tables.runs.reshape(-1, RUN_WORDS)
    counts = records[record + 1, 0].astype(np.int64) - records[record, 0]
    point = np.repeat(np.arange(len(record)), counts)
    run = records[record, 0].astype(np.int64)[point] + ranks(counts)
    length = (runs[run, 1] & RUN_LENGTH).astype(np.int64)
    first = runs[run, 0].astype(np.int64)
    doubtful = np.zeros(len(record), dtype=np.bool_)

    owner = np.repeat(np.arange(len(run)), length)
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
    flipped ^= (runs[run, 1] & LEAVES_FIRST != 0) & (tables.vertices[first, 1] > height)
    flipped ^= (runs[run, 1] & LEAVES_LAST != 0) & (tables.vertices[first + length, 1] > height)
    bits = records[record, 2] ^ np.bitwise_xor.reduceat(np.where(flipped, runs[run, 2], np.uint32(0)), starts_of(point))
    return _profiles_of_faces(tables, records[record, 1].astype(np.int64), bits, doubtful)


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
