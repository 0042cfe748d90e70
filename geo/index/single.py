"""The look-up of one point in plain Python: the road that is always there.

Functions over local names, and one where two would read better: in plain Python that is a third of the time. `trunc`
says the same as `int` of a double that is not negative, in a third of its time.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import trunc
from typing import Final, TypeVar

from geo.datum import Point
from geo.index.exact import ERROR_BOUND, UNDERFLOW, side
from geo.index.plain import NOWHERE, Profiles
from geo.index.tables import (
    BLOCK_SIDE,
    CROSSED,
    DIVIDED,
    FINE,
    LEAVES_FIRST,
    LEAVES_LAST,
    MANY,
    NUMBER,
    PALETTE_WORDS,
    RECORD_BASE,
    RECORD_PALETTE,
    RECORD_SHADES,
    RECORD_WORDS,
    RUN_LENGTH,
    RUN_WORDS,
    TEST,
    Head,
    Tables,
)

Found = TypeVar("Found")
# (longitude, latitude) -> answer, for a point in the raster
Ask = Callable[[float, float], int]

_UNPACKED: Final = 64
_WITHIN: Final = FINE - 1


def plain_ask(head: Head, tables: Tables, profiles: Profiles) -> Ask:
    """Returns the function that answers for a point in the raster."""
    west, south, columns = head.west, head.south, head.columns
    columns_per_degree, rows_per_degree = head.columns_per_degree, head.rows_per_degree
    cells, blocks, palettes = tables.cells.data, tables.blocks.data, tables.palettes.data
    records, codes = tables.records.data, tables.records.data.cast("B")
    test = _test(head, tables, profiles)

    def ask(longitude: float, latitude: float) -> int:
        x, y = (longitude - west) * columns_per_degree, (latitude - south) * rows_per_degree
        column, row = trunc(x), trunc(y)
        word = cells[row * columns + column]
        while word >= DIVIDED:
            x, y = (x - column) * BLOCK_SIDE, (y - row) * BLOCK_SIDE
            column, row = trunc(x), trunc(y)
            word = blocks[((word & NUMBER) * BLOCK_SIDE + row) * BLOCK_SIDE + column]
        if word < CROSSED:
            return word * 2
        record = (word & NUMBER) * RECORD_WORDS
        square = trunc((y - row) * FINE) * FINE + trunc((x - column) * FINE)
        shade = codes[(record + RECORD_SHADES) * 4 + (square >> 2)] >> (square & 3) * 2 & 3
        if shade == TEST:
            return test(record, longitude, latitude)
        profile: int = palettes[records[record + RECORD_PALETTE] * PALETTE_WORDS + 1 + shade]
        return profile * 2

    return ask


def plain_at(
    head: Head,
    tables: Tables,
    profiles: Profiles,
    hits: list[Found | None],
    hit_of: Callable[[int], Found],
) -> Callable[[Point], Found]:
    """Returns the look-up of a point; `hits` are the answers by profile, as far as they were asked for before."""
    west, south, columns = head.west, head.south, head.columns
    columns_per_degree, rows_per_degree = head.columns_per_degree, head.rows_per_degree
    width, height, whole = float(head.columns), float(head.rows), trunc
    cells, nowhere, in_crossed = tables.cells.data, hit_of(NOWHERE), _in_crossed(head, tables, profiles, hits, hit_of)

    # Every name that a function takes from outside costs a nanosecond a call: what few points need is a second one.
    def at(point: Point) -> Found:
        x = (point.longitude - west) * columns_per_degree
        y = (point.latitude - south) * rows_per_degree
        if 0.0 <= x < width and 0.0 <= y < height:  # nothing compares with what is not a number
            word = cells[whole(y) * columns + whole(x)]
            if word < CROSSED:
                return hits[word] or hit_of(word * 2)
            return in_crossed(word, x, y, point)
        return nowhere

    return at


def _in_crossed(
    head: Head,
    tables: Tables,
    profiles: Profiles,
    hits: list[Found | None],
    hit_of: Callable[[int], Found],
) -> Callable[[int, float, float, Point], Found]:
    """Returns the look-up in crossed and divided cells, given the word of the cell and where the point is in cells."""
    palettes, records, whole = tables.palettes.data, tables.records.data, trunc
    codes, listed = records.cast("B"), 2 * len(hits)
    ask, test = plain_ask(head, tables, profiles), _test(head, tables, profiles)

    def in_crossed(word: int, x: float, y: float, point: Point) -> Found:
        if word < DIVIDED:
            record = (word - CROSSED) * RECORD_WORDS
            square = (whole(y * FINE) & _WITHIN) * FINE + (whole(x * FINE) & _WITHIN)
            shade = codes[(record + RECORD_SHADES) * 4 + (square >> 2)] >> (square & 3) * 2 & 3
            if shade != TEST:
                profile = palettes[records[record + RECORD_PALETTE] * PALETTE_WORDS + 1 + shade]
                return hits[profile] or hit_of(profile * 2)
            answer = test(record, point.longitude, point.latitude)
        else:
            answer = ask(point.longitude, point.latitude)
        return (hits[answer >> 1] if answer < listed and not answer & 1 else None) or hit_of(answer)

    return in_crossed


def _test(head: Head, tables: Tables, profiles: Profiles) -> Callable[[int, float, float], int]:
    """Returns the test of the edges of a record (the position of its first word) against a point in its cell."""
    records, runs, vertices, palettes = (
        tables.records.data,
        tables.runs.data,
        tables.vertices.data,
        tables.palettes.data,
    )
    read_run = struct.Struct("=2I").unpack_from
    read_points: list[Callable[..., tuple[float, ...]]] = [
        struct.Struct(f"={2 * count}d").unpack_from for count in range(_UNPACKED)
    ]
    remembered, of_bits = profiles.remembered, profiles.of_bits
    # No product of two differences of coordinates is larger than this, so its rounding is known beforehand.
    across, along = head.columns / head.columns_per_degree, head.rows / head.rows_per_degree
    doubt = ERROR_BOUND * 4 * across * along + UNDERFLOW

    def meets(first: int, length: int, px: float, py: float) -> int:
        """Returns 1 if the ray from the point to the right meets the run an odd number of times, 2 if it is on it."""
        points = (length & RUN_LENGTH) + 1
        read = read_points[points] if points < _UNPACKED else struct.Struct(f"={2 * points}d").unpack_from
        xy = read(vertices, first * 16)
        x1, y1 = xy[0], xy[1]
        above1 = y1 > py
        flips = 0
        if y1 == py and x1 == px:
            return 2
        if length >= LEAVES_FIRST:
            if length & LEAVES_FIRST and above1:
                flips = 1
            if length & LEAVES_LAST and xy[-1] > py:
                flips ^= 1
        for k in range(2, points * 2, 2):
            x2, y2 = xy[k], xy[k + 1]
            above2 = y2 > py
            if above1 is not above2:
                if x1 > px and x2 > px:
                    flips ^= 1
                elif x1 >= px or x2 >= px:
                    turn = (x1 - px) * (y2 - py) - (y1 - py) * (x2 - px)
                    if -doubt <= turn <= doubt:
                        turn = side(x1, y1, x2, y2, px, py)
                        if turn == 0:
                            return 2
                    if (turn < 0.0) is above1:
                        flips ^= 1
            elif y2 == py and (x2 == px or (y1 == py and (x1 < px < x2 or x2 < px < x1))):
                return 2
            x1, y1, above1 = x2, y2, above2
        return flips

    def test(record: int, px: float, py: float) -> int:
        first, length = read_run(records, record * 4)
        if length < MANY:
            met = meets(first, length, px, py)
            if met < 2:
                profile: int = palettes[records[record + RECORD_PALETTE] * PALETTE_WORDS + 1 + met]
                return profile * 2
            bits, on = records[record + RECORD_BASE], records[record + 2]
        else:
            bits, on = records[record + RECORD_BASE], 0
            for run in range(first * RUN_WORDS, (first + length - MANY) * RUN_WORDS, RUN_WORDS):
                met = meets(runs[run], runs[run + 1], px, py)
                if met == 1:
                    bits ^= runs[run + 2]
                elif met == 2:
                    on |= runs[run + 2]
        bits |= on
        group = palettes[records[record + RECORD_PALETTE] * PALETTE_WORDS]
        profile = remembered.get(group << 32 | bits) or of_bits(group, bits)
        return profile * 2 + 1 if on else profile * 2

    return test
