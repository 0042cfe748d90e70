"""What does a record hold? Reads many of them at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.index.arcs import Ints, ranks
from geo.index.tables import (
    MANY,
    PALETTE_BASE,
    PALETTE_BITS,
    PALETTE_THIRD,
    PALETTE_WORDS,
    RECORD_PALETTE,
    RECORD_PROFILES,
    RECORD_RUN,
    RECORD_WORDS,
    RUN_WORDS,
    Tables,
    Words,
)


def runs_of(tables: Tables, record: Ints) -> tuple[Ints, Words]:
    """Returns (row, run) for every run of the given records: the only one of most, several of some."""
    records = tables.records.reshape(-1, RECORD_WORDS)[record, RECORD_RUN:]
    runs = tables.runs.reshape(-1, RUN_WORDS)
    several = (records[:, 1] & MANY) != 0
    counts = np.where(several, records[:, 1] & (MANY - 1), 1).astype(np.int64)
    row = np.repeat(np.arange(len(record)), counts)
    found: NDArray[np.uint32] = np.column_stack([records, _palette(tables, record)[:, PALETTE_BITS]])[row]
    beside = several[row]
    found[beside] = runs[(records[row, 0] + ranks(counts))[beside]]
    return row, found


def base_of(tables: Tables, record: Ints) -> Words:
    """Returns the areas, as bits, of which every given record starts out."""
    return _palette(tables, record)[:, PALETTE_BASE]


def groups_of(tables: Tables, record: Ints) -> Ints:
    """Returns the group of every given record."""
    return _palette(tables, record)[:, 0].astype(np.int64)


def shades_of(tables: Tables, record: Ints, shade: Ints) -> Ints:
    """Returns the profile that a shade stands for in every given record."""
    records = tables.records.reshape(-1, RECORD_WORDS)
    profile: Ints = records[record, RECORD_PROFILES + np.minimum(shade, 1)].astype(np.int64)
    third = np.flatnonzero(shade == 2)
    profile[third] = _palette(tables, record[third])[:, PALETTE_THIRD]
    return profile


def _palette(tables: Tables, record: Ints) -> Words:
    number = tables.records.reshape(-1, RECORD_WORDS)[record, RECORD_PALETTE]
    found: NDArray[np.uint32] = tables.palettes.reshape(-1, PALETTE_WORDS)[number]
    return found
