"""What holds in each square of a crossed cell? Most points of such a cell are answered by it, without any test.

A square that no edge touches gets the shade of what holds all over it: one of at most three of the cell, for where
more than three sets of areas meet, nobody needs a fast answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.index.arcs import Ints, distinct
from geo.index.patch import Bits, Crossed, Packed, Patch, Runs, middles
from geo.index.tables import FINE, SQUARES, TEST

Bytes = NDArray[np.uint8]
_IN_A_BYTE: Final = 4


@dataclass(frozen=True, slots=True)
class Shades:
    """The shades of every cell, and the faces (sets of areas, as bits in the order of the cell's group) behind them.

    `codes` are four squares a byte. `face` numbers the faces of the shades, -1 where a cell has fewer.
    """

    codes: Bytes
    face: Ints
    face_bits: Bits
    face_group: Ints
    face_start: Ints


def shade(patch: Patch, crossed: Crossed, runs: Runs, packed: Packed) -> Shades:
    """Shades the squares of packed cells."""
    flipped = _flips_at_squares(patch, crossed, runs)[:, packed.run]
    start = packed.run_start
    several = np.diff(start) > 1
    used = np.ones((len(packed.cell), TEST), dtype=np.bool_)
    used[~several, 2] = False
    bits = np.zeros((len(packed.cell), TEST), dtype=np.uint32)
    touched = _squares(packed.squares.view(np.uint8).reshape(-1, FINE))
    shades = np.zeros((len(packed.cell), SQUARES), dtype=np.uint8)

    alone = start[:-1][~several]
    bits[~several, 0] = packed.base[~several]
    bits[~several, 1] = packed.base[~several] ^ packed.run_bits[alone]
    shades[~several] = _squares(np.ascontiguousarray(flipped[:, alone].T))
    shades[touched == 1] = TEST

    at_squares = _bits_at_squares(packed, flipped, np.flatnonzero(several), start)
    shades[several], bits[several], used[several] = _three_of(at_squares, touched[several] == 0)

    group = packed.group.astype(np.uint64) << np.uint64(32)
    keys = group[:, None] | bits
    faces = distinct(np.concatenate([keys[used], (group[several][:, None] | at_squares).ravel()]))
    face_group = (faces >> np.uint64(32)).astype(np.int64)
    return Shades(
        codes=_packed(shades),
        face=np.where(used, np.searchsorted(faces, keys), -1),
        face_bits=(faces & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        face_group=face_group,
        face_start=np.searchsorted(face_group, np.arange(len(packed.group_start))),
    )


def _flips_at_squares(patch: Patch, crossed: Crossed, runs: Runs) -> Bytes:
    """Returns, for every row of squares and every run, a bit for each square at whose middle its areas are flipped."""
    x, y = middles(patch, crossed)
    left, low = x - 0.5, y - 0.5
    owner, lines = crossed.owner, crossed.lines
    run_of = np.repeat(np.arange(len(runs.owner)), runs.last - runs.first + 1)
    flipped = np.zeros((FINE, len(runs.owner)), dtype=np.uint8)
    whole = np.uint8((1 << FINE) - 1)
    for row in range(FINE):
        height = low + (row + 0.5) / FINE
        level = height[owner]
        met = np.flatnonzero((lines.y1 > level) != (lines.y2 > level))
        across = (lines.take(met).x_at(level[met]) - left[owner[met]]) * FINE
        to_its_left = np.clip(np.ceil(across - 0.5), 0, FINE).astype(np.int64)
        np.bitwise_xor.at(flipped[row], run_of[met], ((1 << to_its_left) - 1).astype(np.uint8))
        level = height[runs.owner]
        flipped[row][runs.leaves_first & (lines.y1[runs.first] > level)] ^= whole
        flipped[row][runs.leaves_last & (lines.y2[runs.last] > level)] ^= whole
    return flipped


def _squares(rows: Bytes) -> Bytes:
    """Returns 0 or 1 for every square, from a byte for each row of squares."""
    return np.unpackbits(rows, axis=1, bitorder="little")


def _bits_at_squares(packed: Packed, flipped: Bytes, cells: Ints, start: Ints) -> Bits:
    """Returns the areas, as bits, at the middle of every square of the given cells."""
    found = np.empty((len(cells), SQUARES), dtype=np.uint32)
    if len(cells) == 0:
        return found
    counts = (start[1:] - start[:-1])[cells]
    first = np.cumsum(counts) - counts
    run = np.repeat(start[cells] - first, counts) + np.arange(int(counts.sum()))
    bits = packed.run_bits[run]
    for square in range(SQUARES):
        flips = (flipped[square // FINE, run] >> np.uint8(square % FINE)) & 1
        met = np.bitwise_xor.reduceat(np.where(flips == 1, bits, np.uint32(0)), first)
        found[:, square] = packed.base[cells] ^ met
    return found


def _three_of(bits: Bits, free: NDArray[np.bool_]) -> tuple[Bytes, Bits, NDArray[np.bool_]]:
    """Gives every cell up to three faces among its free squares; returns (shades, their bits, which are in use)."""
    rows = np.arange(len(bits))
    shades = np.full(bits.shape, TEST, dtype=np.uint8)
    chosen = np.zeros((len(bits), TEST), dtype=np.uint32)
    used = np.zeros((len(bits), TEST), dtype=np.bool_)
    left = free.copy()
    for number in range(TEST):
        used[:, number] = left.any(axis=1)
        chosen[:, number] = bits[rows, np.argmax(left, axis=1)]
        same = left & (bits == chosen[:, number, None])
        shades[same] = number
        left &= ~same
    return shades, chosen, used


def _packed(shades: Bytes) -> Bytes:
    """Returns four squares a byte, the first in the lowest bits."""
    places = shades.reshape(len(shades), SQUARES // _IN_A_BYTE, _IN_A_BYTE) << np.arange(
        0, 2 * _IN_A_BYTE, 2, dtype=np.uint8
    )
    packed: Bytes = np.bitwise_or.reduce(places, axis=2)
    return packed
