"""What is being added up for an answer about figures: arrays by area, day and kind, whatever road they come by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

import numpy as np

from models.rules.histograms import N_BINS, VALUES
from models.rules.measures import COUNTS, TIMES, Counts, Spread
from models.store.counting import Cut, Key, Tally
from models.store.packs import COLUMNS, N_CELLS, STANDING, STANDING_AT, Numbers, values_of

AreaKey = tuple[str | None, str | None]
"""District and street of a case; None where nobody could place it that closely. Inside a street, a smaller area."""
AGES = (0, 3, 7, 14, 30)
"""Up to so many days open, each a bar of the board; what is older stands in one more."""
N_CLEARED = COLUMNS.index("n_cleared_on_day")
VALUES_AT = np.array(VALUES)


@dataclass(frozen=True, slots=True)
class Counted:
    """The cases that were registered on some days, as they stand now; and how many were cleared on those days.

    Areas without any are left out, days are all there. `times` has the cells of `packs` by area when it was asked
    for, `whole` those of everything. `n_stale` marks wait for a refresh.
    """

    by_area: Mapping[AreaKey, Counts]
    by_day: Mapping[date, Counts]
    by_kind: Mapping[str, Counts]
    times: Mapping[AreaKey, Numbers]
    whole: Numbers
    cleared_by_area: Mapping[AreaKey, int]
    cleared_by_day: Mapping[date, int]
    n_stale: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is open at this moment, whenever it was registered."""

    open: int = 0
    overdue: int = 0
    suspended: int = 0
    life_danger: int = 0
    unplaced: int = 0

    def __add__(self, other: "Standing") -> "Standing":
        """Adds up two areas."""
        return Standing(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Standing)})


@dataclass(frozen=True, slots=True)
class Stand:
    """What is open by area, and how long it has been open: cases by the bars of `AGES`."""

    by_area: Mapping[AreaKey, Standing]
    ages: tuple[int, ...]


def _columns() -> Numbers:
    return np.zeros(len(COLUMNS), np.int64)


@dataclass(slots=True)
class Piles:
    """The counts of a span, still growing; days outside of it are taken as days only."""

    span_days: set[date]
    areas: dict[AreaKey, Numbers] = field(default_factory=dict)
    days: dict[date, Numbers] = field(default_factory=dict)
    kinds: dict[str, Numbers] = field(default_factory=dict)
    times: dict[AreaKey, Numbers] = field(default_factory=dict)
    whole: Numbers = field(default_factory=lambda: np.zeros(N_CELLS, np.int64))

    def put(self, day: date, area: AreaKey | None, kind: str | None, columns: Any) -> None:
        """Adds columns to everything that they belong to."""
        self.days[day] = self.days.get(day, _columns()) + columns
        if day in self.span_days:
            if area is not None:
                self.areas[area] = self.areas.get(area, _columns()) + columns
            if kind is not None:
                self.kinds[kind] = self.kinds.get(kind, _columns()) + columns

    def put_times(self, area: AreaKey, cells: Mapping[int, int]) -> None:
        """Adds times."""
        if cells:
            mine = self.times.setdefault(area, np.zeros(N_CELLS, np.int64))
            for cell, n in cells.items():
                mine[cell] += n
                self.whole[cell] += n

    def put_tallies(self, day: date, tallies: Mapping[Key, Tally], cut: Cut) -> None:
        """Adds what was counted of one day, as far as it is meant."""
        for key, tally in tallies.items():
            if cut.means(key):
                area = area_of(key)
                self.put(day, area, key[3], values_of(key, tally))
                if day in self.span_days:
                    self.put_times(area, tally.times)

    def counted(self, n_stale: int = 0) -> Counted:
        """Gives what was added up."""
        areas = {area: columns.tolist() for area, columns in self.areas.items()}
        days = {day: self.days[day].tolist() if day in self.days else [0] * len(COLUMNS) for day in sorted(self.days)}
        kinds = {kind: columns.tolist() for kind, columns in self.kinds.items()}
        return Counted(
            by_area={area: counts_of(columns) for area, columns in areas.items() if columns[0]},
            by_day={day: counts_of(columns) for day, columns in days.items()},
            by_kind={kind: counts_of(columns) for kind, columns in kinds.items() if columns[0]},
            times=self.times,
            whole=self.whole,
            cleared_by_area={area: columns[N_CLEARED] for area, columns in areas.items() if columns[N_CLEARED]},
            cleared_by_day={day: columns[N_CLEARED] for day, columns in days.items()},
            n_stale=n_stale,
        )


@dataclass(slots=True)
class Stands:
    """What is open, still growing."""

    today: date
    areas: dict[AreaKey, Numbers] = field(default_factory=dict)
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))

    def put(self, day: date, area: AreaKey, numbers: Any) -> None:
        """Adds the open cases that were registered on a day."""
        self.areas[area] = self.areas.get(area, np.zeros(len(STANDING), np.int64)) + numbers
        self.ages[age_of(self.today - day)] += int(numbers[0])

    def put_tallies(self, day: date, tallies: Mapping[Key, Tally], cut: Cut) -> None:
        """Adds what was counted of one day, as far as it is meant."""
        for key, tally in tallies.items():
            if cut.means(key):
                columns = values_of(key, tally)
                self.put(day, area_of(key), [columns[n] for n in STANDING_AT])

    def stand(self) -> Stand:
        """Gives what was added up."""
        found = {area: standing_from(numbers.tolist()) for area, numbers in self.areas.items() if numbers[0]}
        return Stand(found, tuple(self.ages))


def age_of(age: timedelta) -> int:
    """Gives the bar of `AGES` that an age in days belongs to."""
    return sum(age.days > limit for limit in AGES)


def area_of(key: tuple[str, ...]) -> AreaKey:
    """Gives the area of a key or of a place."""
    return key[1] or None, key[2] or None


def counts_of(columns: list[int]) -> Counts:
    """Names the columns."""
    return Counts(**dict(zip(COUNTS, columns, strict=False)))


def standing_from(numbers: list[int]) -> Standing:
    """Names the numbers of `STANDING`."""
    return Standing(**dict(zip(STANDING, map(int, numbers), strict=True)))


def spreads_of(cells: Numbers) -> list[dict[str, Spread]]:
    """Gives the spreads of every time, for many areas at once: a row of cells each; as `histograms.spread_of` does."""
    if not len(cells):
        return []
    seen = np.cumsum(cells.reshape(-1, N_BINS), axis=1)
    n = seen[:, -1]
    ranks = ((n + 1) // 2, n // 2 + 1, -(-9 * n // 10))
    low, high, ninth = (
        VALUES_AT[np.minimum((seen < np.maximum(rank, 1)[:, None]).sum(axis=1), N_BINS - 1)].tolist() for rank in ranks
    )
    told = [
        Spread(number, (a + b) / 2, c) if number else Spread(0, None, None)
        for number, a, b, c in zip(n.tolist(), low, high, ninth, strict=True)
    ]
    return [dict(zip(TIMES, told[at : at + len(TIMES)], strict=True)) for at in range(0, len(told), len(TIMES))]


def bins_of(cells: Numbers, code: str) -> list[int]:
    """Gives the bins of one time."""
    at = list(TIMES).index(code) * N_BINS
    return [int(n) for n in cells[at : at + N_BINS]]
