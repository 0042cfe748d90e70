"""Adds up what was counted by district and street, or inside one, to the areas of one level."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from actions.ports import Deps
from models.rules.measures import Counts, Ratio, Spread, rates, total
from models.store.packs import N_CELLS, Numbers
from models.store.piles import AreaKey, Counted, Standing, spreads_of

WHOLE = "whole"
"""Stands for everything that was asked about, as one sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFigures:
    """All figures of one area; `code` is None for what lies in no area of that level."""

    code: str | None
    name: str
    level: str
    parent_code: str | None
    synthetic: bool
    counts: Counts
    times: Mapping[str, Spread]
    standing: Standing
    n_cleared_in_period: int

    @property
    def rates(self) -> Mapping[str, Ratio]:
        """Gives every rate as x of y."""
        return rates(self.counts)


class Heap:
    """Sorts what was counted by the areas of a level."""

    def __init__(self, deps: Deps, level: str, counted: Counted, standing: Mapping[AreaKey, Standing]) -> None:
        self._deps = deps
        self._level = level
        self._counts: dict[str | None, list[Counts]] = defaultdict(list)
        self._standing: dict[str | None, Standing] = defaultdict(Standing)
        self._cleared: dict[str | None, int] = defaultdict(int)
        self._cells: dict[str | None, Numbers] = {}
        for key, counts in counted.by_area.items():
            self._counts[self._code(key)].append(counts)
        for key, n in counted.cleared_by_area.items():
            self._cleared[self._code(key)] += n
        for key, found in standing.items():
            code = self._code(key)
            self._standing[code] = self._standing[code] + found if code in self._standing else found
        if level == WHOLE:
            self._cells[WHOLE] = counted.whole
            return
        for key, cells in counted.times.items():
            code = self._code(key)
            self._cells[code] = self._cells[code] + cells if code in self._cells else cells

    def whole(self, code: str | None) -> AreaFigures:
        """Gives the one sum of a heap of the whole, under the code of the area that it is of."""
        return self._figures(code, WHOLE, spreads_of(self._cells[WHOLE])[0])

    def areas(self) -> tuple[AreaFigures, ...]:
        """Gives the areas that have anything, by code, what lies nowhere at the end."""
        found = {*self._counts, *self._standing, *self._cleared}
        order = sorted(found, key=lambda code: (code is None, code or ""))
        nothing = np.zeros(N_CELLS, np.int64)
        cells = np.array([self._cells.get(code, nothing) for code in order], np.int64).reshape(-1, N_CELLS)
        return tuple(self._figures(code, code, times) for code, times in zip(order, spreads_of(cells), strict=True))

    def _code(self, key: AreaKey) -> str | None:
        """Gives the code of the area of this level that a key lies in."""
        if self._level == WHOLE:
            return WHOLE
        if self._level == "city":
            return self._deps.city.code or None
        return key[0] if self._level == "district" else key[1]

    def _figures(self, code: str | None, pile: str | None, times: Mapping[str, Spread]) -> AreaFigures:
        area = self._deps.index.areas.get(code) if self._deps.index is not None and code is not None else None
        return AreaFigures(
            code=code,
            name=area.name if area else code or "",
            level=area.level.value if area else self._level,
            parent_code=area.parent_code if area else None,
            synthetic=area.synthetic if area else False,
            counts=total(self._counts[pile]) if pile in self._counts else Counts(),
            times=times,
            standing=self._standing.get(pile, Standing()),
            n_cleared_in_period=self._cleared.get(pile, 0),
        )
