"""The same look-up through numba, for those who have it (`pip install whistle[fast]`). Answers equal the plain road's.

What it cannot decide exactly (differences that a double cannot hold, a face that no table lists) it leaves to the
plain road.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from geo.datum import Point
from geo.index.arcs import Floats, Ints
from geo.index.exact import ERROR_BOUND, UNDERFLOW
from geo.index.plain import NOWHERE
from geo.index.tables import (
    BLOCK_SIDE,
    CROSSED,
    DIVIDED,
    FINE,
    FRAME,
    LAYOUT,
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

_CELLS, _BLOCKS, _RECORDS, _PALETTES, _RUNS, _VERTICES, _FACE_START, _FACE_BITS, _FACE_PROFILE = range(len(LAYOUT))
_IN_A_WORD: Final = 16

Found = TypeVar("Found")

# Undecided here: the plain road knows.
ASK: Final = -2
_UNSURE: Final = 2
_TURNED: Final = ASK - 1
_SPLIT: Final = 134217729.0  # 2**27 + 1
_ANY_LENGTH: Final = 1 << 40  # never read: the words themselves say where everything ends

# The library's types do not say that these two are its own.
_array_at: Callable[..., Any] = numba.carray  # type: ignore[attr-defined]
_pointer_to: Callable[..., Any] = types.CPointer
_compile: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")


@_compile
def _two_sum(a: float, b: float) -> tuple[float, float]:
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


@_compile
def _two_product(a: float, b: float) -> tuple[float, float]:
    product = a * b
    c = _SPLIT * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = _SPLIT * b
    b_high = c - (c - b)
    b_low = b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


@_compile
def _side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """The twin of `exact.side`, or _UNSURE when a difference of two coordinates is not itself a double."""
    dax, day, dbx, dby = ax - px, ay - py, bx - px, by - py
    left, right = dax * dby, day * dbx
    turn = left - right
    doubt = ERROR_BOUND * (abs(left) + abs(right)) + UNDERFLOW
    if turn > doubt:
        return 1
    if -turn > doubt:
        return -1
    lost = abs(_two_sum(ax, -px)[1]) + abs(_two_sum(ay, -py)[1])
    lost += abs(_two_sum(bx, -px)[1]) + abs(_two_sum(by, -py)[1])
    small = 0.0 < abs(left) < UNDERFLOW or 0.0 < abs(right) < UNDERFLOW
    if lost != 0.0 or small or (left == 0.0 and dax != 0.0 and dby != 0.0):
        return _UNSURE
    if right == 0.0 and day != 0.0 and dbx != 0.0:
        return _UNSURE
    left, left_rest = _two_product(dax, dby)
    right, right_rest = _two_product(day, dbx)
    # The difference of two pairs, as four parts that do not overlap; the greatest that is not zero has the sign.
    rest, part0 = _two_sum(left_rest, -right_rest)
    high, middle = _two_sum(left, rest)
    rest, part1 = _two_sum(middle, -right)
    part3, part2 = _two_sum(high, rest)
    for part in (part3, part2, part1, part0):
        if part > 0.0:
            return 1
        if part < 0.0:
            return -1
    return 0


@_compile
def _meets(doubles: Any, vertex: int, length: int, px: float, py: float) -> Any:
    """The twin of `meets` in `single`: 0 or 1, 2 on the run, or ASK; `vertex` is where its first double lies."""
    last = vertex + 2 * np.int64(length & np.uint32(RUN_LENGTH))
    x1, y1 = doubles[vertex], doubles[vertex + 1]
    above1 = y1 > py
    flips = 0
    if y1 == py and x1 == px:
        return 2
    if length & np.uint32(LEAVES_FIRST) and above1:
        flips ^= 1
    if length & np.uint32(LEAVES_LAST) and doubles[last + 1] > py:
        flips ^= 1
    for k in range(vertex + 2, last + 2, 2):
        x2, y2 = doubles[k], doubles[k + 1]
        above2 = y2 > py
        if above1 != above2:
            if x1 > px and x2 > px:
                flips ^= 1
            elif x1 >= px or x2 >= px:
                turn = _side(x1, y1, x2, y2, px, py)
                if turn == _UNSURE:
                    return ASK
                if turn == 0:
                    return 2
                if (turn < 0) == above1:
                    flips ^= 1
        elif y2 == py and (x2 == px or (y1 == py and (x1 < px < x2 or x2 < px < x1))):
            return 2
        x1, y1, above1 = x2, y2, above2
    return flips


@_compile
def _test_edges(words: Any, doubles: Any, record: int, square: int, px: float, py: float) -> Any:
    """Answers for a point in a crossed cell, or ASK."""
    at = np.int64(words[_RECORDS]) + record * RECORD_WORDS
    shade = (words[at + square // _IN_A_WORD] >> np.uint32(square % _IN_A_WORD * 2)) & 3
    if shade < 2:
        return 2 * np.int64(words[at + RECORD_PROFILES + shade])
    palette = np.int64(words[_PALETTES]) + np.int64(words[at + RECORD_PALETTE]) * PALETTE_WORDS
    if shade != TEST:
        return 2 * np.int64(words[palette + PALETTE_THIRD])
    vertices = np.int64(words[_VERTICES])
    first, length = np.int64(words[at + RECORD_RUN]), words[at + RECORD_RUN + 1]
    bits, on = words[palette + PALETTE_BASE], np.uint32(0)
    if length < MANY:
        met = _meets(doubles, vertices + 2 * first, length, px, py)
        if met == ASK:
            return ASK
        if met < 2:
            return 2 * np.int64(words[at + RECORD_PROFILES + met])
        on = words[palette + PALETTE_BITS]
    else:
        first = np.int64(words[_RUNS]) + first * RUN_WORDS
        for run in range(first, first + np.int64(length - np.uint32(MANY)) * RUN_WORDS, RUN_WORDS):
            met = _meets(doubles, vertices + 2 * np.int64(words[run]), words[run + 1], px, py)
            if met == ASK:
                return ASK
            if met == 1:
                bits ^= words[run + 2]
            elif met == 2:
                on |= words[run + 2]
    bits |= on
    group = np.int64(words[palette])
    first_face = np.int64(words[_FACE_START]) + group
    face_bits, faces = np.int64(words[_FACE_BITS]), np.int64(words[_FACE_PROFILE])
    for face in range(np.int64(words[first_face]), np.int64(words[first_face + 1])):
        if words[face_bits + face] == bits:
            return 2 * np.int64(words[faces + face]) + (1 if on else 0)
    return ASK


@_compile
def locate(words: Any, doubles: Any, px: float, py: float) -> Any:
    """Returns the answer for a longitude and latitude, NOWHERE, or ASK."""
    x = (px - doubles[FRAME]) * doubles[FRAME + 2]
    y = (py - doubles[FRAME + 1]) * doubles[FRAME + 3]
    if not (0.0 <= x < doubles[FRAME + 4] and 0.0 <= y < doubles[FRAME + 5]):
        return NOWHERE
    column, row = np.int64(x), np.int64(y)
    word = np.int64(words[words[_CELLS] + row * np.int64(doubles[FRAME + 4]) + column])
    if word < CROSSED:
        return 2 * word
    while word >= DIVIDED:
        x, y = (x - column) * BLOCK_SIDE, (y - row) * BLOCK_SIDE
        column, row = np.int64(x), np.int64(y)
        block = ((word & NUMBER) * BLOCK_SIDE + row) * BLOCK_SIDE + column
        word = np.int64(words[words[_BLOCKS] + block])
    if word < CROSSED:
        return 2 * word
    square = np.int64((y - row) * FINE) * FINE + np.int64((x - column) * FINE)
    return _test_edges(words, doubles, word & NUMBER, square, px, py)


def _at_address(kind: Any) -> Any:
    """Makes what turns an address into a pointer within compiled code."""

    @intrinsic
    def pointer(_context: Any, _address: Any) -> Any:
        signature = _pointer_to(kind)(types.int64)

        def generate(context: Any, builder: Any, made: Any, given: Any) -> Any:
            return builder.inttoptr(given[0], context.get_value_type(made.return_type))

        return signature, generate

    return pointer


_words_at, _doubles_at = _at_address(types.uint32), _at_address(types.float64)


@_compile
def _profile_at(address: int, px: float, py: float) -> Any:
    """Returns the profile of a place that is on no border; for all else the answer, turned around under `_TURNED`.

    The tables come as their address: handing two arrays over would cost a tenth of the look-up.
    """
    words = _array_at(_words_at(address), _ANY_LENGTH)
    doubles = _array_at(_doubles_at(address), _ANY_LENGTH)
    answer = locate(words, doubles, px, py)
    return answer >> 1 if answer >= 0 and answer & 1 == 0 else _TURNED - answer


@_compile
def _locate_many(words: Any, doubles: Any, longitude: Any, latitude: Any, answer: Any) -> None:
    west, south = doubles[FRAME], doubles[FRAME + 1]
    columns_per_degree, rows_per_degree = doubles[FRAME + 2], doubles[FRAME + 3]
    width, height = doubles[FRAME + 4], doubles[FRAME + 5]
    columns = np.uint64(width)
    first = np.int64(words[_CELLS])
    cells = words[first : first + np.int64(width) * np.int64(height)]
    # A first pass without a branch, which the processor does several at a time; then what borders cross.
    for i in range(len(longitude)):
        x = (longitude[i] - west) * columns_per_degree
        y = (latitude[i] - south) * rows_per_degree
        inside = (x >= 0.0) & (x < width) & (y >= 0.0) & (y < height)
        cell = np.uint64(y) * columns + np.uint64(x) if inside else np.uint64(0)
        answer[i] = 2 * np.int64(cells[cell]) if inside else NOWHERE
    for i in range(len(longitude)):
        if answer[i] >= 2 * CROSSED:
            answer[i] = locate(words, doubles, longitude[i], latitude[i])


def compiled_at(
    tables: Tables, ask: Callable[[float, float], int], hits: list[Found | None], hit_of: Callable[[int], Found]
) -> Callable[[Point], Found]:
    """Returns the look-up of a point; the twin of `single.plain_at`."""
    # `ask` holds on to the tables, and so the address stays theirs.
    address, profile_at = tables.words.ctypes.data, _profile_at

    def at(point: Point) -> Found:
        profile = profile_at(address, point.longitude, point.latitude)
        if profile >= 0:
            return hits[profile] or hit_of(profile * 2)
        answer = _TURNED - profile
        return hit_of(ask(point.longitude, point.latitude) if answer == ASK else answer)

    return at


def compiled_many(
    head: Head, tables: Tables, ask: Callable[[float, float], int], longitude: Floats, latitude: Floats
) -> Ints:
    """Returns the answers for arrays of degrees. `ask` answers what cannot be decided here."""
    answer = np.empty(len(longitude), dtype=np.int64)
    _locate_many(tables.words, tables.doubles, longitude, latitude, answer)
    for position in np.flatnonzero(answer == ASK):
        answer[position] = ask(float(longitude[position]), float(latitude[position]))
    return answer
