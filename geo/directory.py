"""Which areas does an index know, by code? Made one by one as they are asked for: a city has fifty thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from geo.index.tables import Tables, unpack_texts
from geo.shapes import LEVELS, Area, Level


class Directory(Mapping[str, Area]):
    """All areas by code, in the order of their numbers: coarsest level first, then along the tree."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._made: dict[str, Area] = {}

    def __getitem__(self, code: str) -> Area:
        area = self._made.get(code)
        if area is None:
            number = self._number[code]
            area = self._made[code] = Area(
                code,
                self._names[number],
                self._level_of(number),
                self._parent_codes[number] or None,
                bool(self._tables.synthetic[number]),
            )
        return area

    def __iter__(self) -> Iterator[str]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self._tables.synthetic)

    @cached_property
    def codes(self) -> list[str]:
        """The code of every area number."""
        return unpack_texts(self._tables.codes, len(self))

    @cached_property
    def _number(self) -> dict[str, int]:
        return dict(zip(self.codes, range(len(self)), strict=True))

    @cached_property
    def _names(self) -> list[str]:
        return unpack_texts(self._tables.names, len(self))

    @cached_property
    def _parent_codes(self) -> list[str]:
        return unpack_texts(self._tables.parent_codes, len(self))

    def _level_of(self, number: int) -> Level:
        return LEVELS[int(np.searchsorted(self._tables.level_start, number, side="right")) - 1]
