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
    PALETTE_BASE,
    PALETTE_BITS,
    PALETTE_THIRD,
    PALETTE_WORDS,
    RECORD_PALETTE,
    RECORD_PROFILES,
    RECORD_RUN,
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
_TWICE: Final = 2 * FINE
# Twice the number of a square in its row: where its shade begins, when a row is one number.
_EVEN: Final = 2 * (FINE - 1)


def plain_ask(head: Head, tables: Tables, profiles: Profiles) -> Ask:
    """Returns the function that answers for a point in the raster."""
    west, south, columns = head.west, head.south, head.columns
    columns_per_degree, rows_per_degree = head.columns_per_degree, head.rows_per_degree
    cells, blocks, palettes = tables.cells.data, tables.blocks.data, tables.palettes.data
    records, shades = tables.records.data, _halves(tables)
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
        shade = shades[record * 2 + trunc((y - row) * FINE)] >> trunc((x - column) * FINE) * 2 & 3
        if shade == TEST:
            return test(record, longitude, latitude)
        if shade < 2:
            profile: int = records[record + RECORD_PROFILES + shade]
        else:
            profile = palettes[records[record + RECORD_PALETTE] * PALETTE_WORDS + PALETTE_THIRD]
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
    cells, records, shades = tables.cells.data, tables.records.data, _halves(tables)
    # A name from outside is read a little faster than one of the module.
    crossed, divided = CROSSED, DIVIDED
    nowhere, tested, asked = hit_of(NOWHERE), *_in_border(head, tables, profiles, hits, hit_of)

    # What few points need is a function of its own: every name that one takes from outside costs a nanosecond a call.
    def at(point: Point) -> Found:
        x = (point.longitude - west) * columns_per_degree
        y = (point.latitude - south) * rows_per_degree
        if 0.0 <= x < width and 0.0 <= y < height:  # nothing compares with what is not a number
            if (word := cells[whole(y) * columns + whole(x)]) < crossed:
                return hits[word] or hit_of(word * 2)
            if word < divided:
                record = (word - crossed) * RECORD_WORDS
                shade = shades[record * 2 + (whole(y * FINE) & _WITHIN)] >> (whole(x * _TWICE) & _EVEN) & 3
                if shade < 2:
                    profile = records[record + RECORD_PROFILES + shade]
                    return hits[profile] or hit_of(profile * 2)
                if shade == TEST:
                    return tested(record, point)
            return asked(point)
        return nowhere

    return at


def _in_border(
    head: Head,
    tables: Tables,
    profiles: Profiles,
    hits: list[Found | None],
    hit_of: Callable[[int], Found],
) -> tuple[Callable[[int, Point], Found], Callable[[Point], Found]]:
    """Returns the look-ups in a square that an edge touches, given its record, and in any other place."""
    ask, test, listed = plain_ask(head, tables, profiles), _test(head, tables, profiles), 2 * len(hits)

    def tested(record: int, point: Point) -> Found:
        answer = test(record, point.longitude, point.latitude)
        return (hits[answer >> 1] if answer < listed and not answer & 1 else None) or hit_of(answer)

    def asked(point: Point) -> Found:
        answer = ask(point.longitude, point.latitude)
        return (hits[answer >> 1] if answer < listed and not answer & 1 else None) or hit_of(answer)

    return tested, asked


def _halves(tables: Tables) -> memoryview:
    """Returns the records in halves of words: a row of squares is one."""
    return tables.records.data.cast("B").cast("H")


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
        first, length = read_run(records, (record + RECORD_RUN) * 4)
        if length < MANY:
            met = meets(first, length, px, py)
            if met < 2:
                profile: int = records[record + RECORD_PROFILES + met]
                return profile * 2
            palette = records[record + RECORD_PALETTE] * PALETTE_WORDS
            bits, on = palettes[palette + PALETTE_BASE], palettes[palette + PALETTE_BITS]
        else:
            palette = records[record + RECORD_PALETTE] * PALETTE_WORDS
            bits, on = palettes[palette + PALETTE_BASE], 0
            for run in range(first * RUN_WORDS, (first + length - MANY) * RUN_WORDS, RUN_WORDS):
                met = meets(runs[run], runs[run + 1], px, py)
                if met == 1:
                    bits ^= runs[run + 2]
                elif met == 2:
                    on |= runs[run + 2]
        bits |= on
        group = palettes[palette]
        profile = remembered.get(group << 32 | bits) or of_bits(group, bits)
        return profile * 2 + 1 if on else profile * 2

    return test
