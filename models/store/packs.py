"""A day's rollups as arrays: every place with its sums and its times, every kind with its sums, in one row each.

The board's usual question reads thirty such rows instead of a hundred thousand; a process keeps them, see `cube`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.rules.histograms import N_BINS
from models.rules.measures import TIMES
from models.rules.states import Urgency
from models.store.counting import SUMS, Key, Place, Tally

Numbers = NDArray[np.int64]
COLUMNS = (*SUMS, "n_cleared_on_day", "life_danger")
"""What is summed up of a place or a kind, in the order of the arrays."""
N_CELLS = len(TIMES) * N_BINS
"""Bins of all times side by side, in the order of `TIMES`."""
STANDING = ("open", "overdue", "suspended", "life_danger", "unplaced")
STANDING_AT = [COLUMNS.index(name) for name in STANDING]
MOST = 65_535
PART, END = "\t", "\n"


@dataclass(frozen=True, slots=True)
class DayPack:
    """One day: the sums by place and by kind, and the times of all places together, cell by cell."""

    places: tuple[str, ...]
    sums: Numbers
    cells: Numbers
    kinds: tuple[str, ...]
    kind_sums: Numbers


@dataclass(frozen=True, slots=True)
class DayTimes:
    """The times of one day by place: rows of (place as the day's pack counts them, cell, how many cases)."""

    held: Numbers


def _none(width: int) -> Numbers:
    return np.zeros((0, width), np.int64)


EMPTY = DayPack((), _none(len(COLUMNS)), np.zeros(N_CELLS, np.int64), (), _none(len(COLUMNS)))
NO_TIMES = DayTimes(_none(3))


def joined(parts: Sequence[str]) -> str:
    """Writes a key as one word."""
    return PART.join(parts)


@lru_cache(maxsize=20_000)
def parted(key: str) -> tuple[str, ...]:
    """Reads a key."""
    return tuple(key.split(PART))


def values_of(key: Key, tally: Tally) -> list[int]:
    """Gives the columns of one tally."""
    life = tally.sums[SUMS.index("open")] if key[4] == str(Urgency.U1) else 0
    return [*tally.sums, tally.n_cleared_on_day, life]


def pack_times(cells: Mapping[int, int]) -> bytes:
    """Packs how many times fall into which cell; pairs of 16 bits, a cell again where one is too small."""
    pairs: list[int] = []
    for cell, n in sorted(cells.items()):
        while n > MOST:
            pairs += (cell, MOST)
            n -= MOST
        pairs += (cell, n)
    return np.array(pairs, "<u2").tobytes()


def add_times(packed: bytes, into: Numbers) -> None:
    """Adds packed times to an array of all cells."""
    pairs = np.frombuffer(packed, "<u2").reshape(-1, 2)
    np.add.at(into, pairs[:, 0], pairs[:, 1])


def replaced(
    pack: DayPack, times: DayTimes, places: set[Place] | None, tallies: Mapping[Key, Tally]
) -> tuple[DayPack, DayTimes]:
    """Puts new tallies in the stead of what was held of some places, or of all; the kinds are left as they are."""
    gone = None if places is None else {joined(place) for place in places}
    rows = [] if gone is None else [n for n, place in enumerate(pack.places) if place not in gone]
    moved = np.full(len(pack.places) + 1, -1, np.int64)
    moved[rows] = np.arange(len(rows))
    held = times.held[moved[times.held[:, 0]] >= 0]
    held = np.column_stack([moved[held[:, 0]], held[:, 1:]])
    names = [pack.places[n] for n in rows]
    numbers = {joined(key[:3]): 0 for key in tallies}
    for n, place in enumerate(numbers):
        numbers[place] = len(rows) + n
    sums = np.vstack([pack.sums[rows], np.zeros((len(numbers), len(COLUMNS)), np.int64)])
    cells: Counter[tuple[int, int]] = Counter()
    for key, tally in tallies.items():
        row = numbers[joined(key[:3])]
        sums[row] += values_of(key, tally)
        for cell, n in tally.times.items():
            cells[row, cell] += n
    added = np.array([(row, cell, n) for (row, cell), n in cells.items()], np.int64).reshape(-1, 3)
    held = np.vstack([held, added])
    whole = np.bincount(held[:, 1], weights=held[:, 2], minlength=N_CELLS).astype(np.int64)
    return DayPack((*names, *numbers), sums, whole, pack.kinds, pack.kind_sums), DayTimes(held)


def with_kinds(pack: DayPack, rows: Iterable[Sequence[Any]]) -> DayPack:
    """Adds the sums by city, district and kind: three words and the columns."""
    listed = [list(row) for row in rows]
    numbers = np.array([row[3:] for row in listed], np.int64).reshape(-1, len(COLUMNS))
    return replace(pack, kinds=tuple(joined(row[:3]) for row in listed), kind_sums=numbers)


@dataclass(frozen=True, slots=True)
class Open:
    """What stands open of all days, row by row: places (numbers in `places`), days (ordinals) and `STANDING`."""

    places: tuple[str, ...]
    rows: Numbers


NOTHING_OPEN = Open((), _none(2 + len(STANDING)))


def reopened(held: Open, day: date, pack: DayPack) -> Open:
    """Puts what stands open of a day in the stead of what was held of it."""
    known = {place: number for number, place in enumerate(held.places)}
    rows = np.flatnonzero(pack.sums[:, COLUMNS.index("open")])
    numbers = [known.setdefault(pack.places[row], len(known)) for row in rows]
    fresh = np.column_stack(
        [np.array(numbers, np.int64), np.full(len(rows), day.toordinal()), pack.sums[rows][:, STANDING_AT]]
    )
    return Open(tuple(known), np.vstack([held.rows[held.rows[:, 1] != day.toordinal()], fresh]))


def dump_open(held: Open) -> bytes:
    """Packs what stands open."""
    return _body([END.join(held.places)], [held.rows])


def load_open(body: bytes) -> Open:
    """Reads what stands open."""
    (words,), (rows,) = _parts(body, (2 + len(STANDING),))
    return Open(words, rows)


def dump(pack: DayPack) -> bytes:
    """Packs a day."""
    return _body([END.join(pack.places), END.join(pack.kinds)], [pack.sums, pack.cells, pack.kind_sums])


def load(body: bytes) -> DayPack:
    """Reads a day."""
    (places, kinds), (sums, cells, kind_sums) = _parts(body, (len(COLUMNS), 1, len(COLUMNS)))
    return DayPack(places, sums, cells[:, 0], kinds, kind_sums)


def dump_times(times: DayTimes) -> bytes:
    """Packs the times of a day in threes of 16 bits, again and again where a number is too large for that."""
    held = times.held
    parts = []
    while len(held):
        parts.append(np.column_stack([held[:, :2], np.minimum(held[:, 2], MOST)]))
        held = held[held[:, 2] > MOST] - np.array([0, 0, MOST])
    return b"".join(part.astype("<u2").tobytes() for part in parts)


def load_times(body: bytes) -> DayTimes:
    """Reads the times of a day."""
    return DayTimes(np.frombuffer(body, "<u2").reshape(-1, 3))


def _body(words: Sequence[str], arrays: Sequence[Numbers]) -> bytes:
    """Lays words and arrays behind a line of their lengths; 32 bits are enough for one day."""
    texts = [word.encode() for word in words]
    blobs = [array.astype("<i4").tobytes() for array in arrays]
    sizes = " ".join([str(len(texts)), *(str(len(part)) for part in (*texts, *blobs))])
    return b"".join([sizes.encode(), b"\0", *texts, *blobs])


@lru_cache(maxsize=256)
def _split(text: bytes) -> tuple[str, ...]:
    return tuple(text.decode().split(END)) if text else ()


def _parts(body: bytes, widths: Sequence[int]) -> tuple[list[tuple[str, ...]], list[Numbers]]:
    """Reads words and arrays of those widths."""
    at = body.index(b"\0") + 1
    n_texts, *sizes = map(int, body[: at - 1].split())
    words: list[tuple[str, ...]] = []
    arrays: list[Numbers] = []
    for number, size in enumerate(sizes):
        if number < n_texts:
            words.append(_split(body[at : at + size]))
        else:
            width = widths[number - n_texts]
            arrays.append(np.frombuffer(body, "<i4", size // 4, at).reshape(-1, width))
        at += size
    return words, arrays
