"""The figures of the boards: out of the rollups where those are true, out of the cases where they are not."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import func, select

from models.rules.measures import COUNTS, Counts
from models.rules.states import Urgency
from models.store import rollups
from models.store.counting import (
    CASES,
    SUMS,
    Cut,
    Key,
    Span,
    Tally,
    count_day,
    counting,
)
from models.store.line import Line
from models.store.rollups import ROLLUPS, Stale

AreaKey = tuple[str | None, str | None]
"""District and street of a case; None where nobody could place it that closely."""
Minutes = Mapping[str, list[float]]
MANY_DAYS = 40
"""When more days than these hold something stale, what is open is counted from the open cases instead."""
STANDING = ("open", "overdue", "suspended", "unplaced")


@dataclass(frozen=True, slots=True)
class Counted:
    """The cases that were registered on some days, as they stand now; and how many were cleared on those days.

    Areas without any are left out, days are all there. `n_stale` marks wait for a refresh.
    """

    by_area: Mapping[AreaKey, Counts]
    by_day: Mapping[date, Counts]
    minutes: Mapping[AreaKey, Minutes]
    cleared_by_area: Mapping[AreaKey, int]
    cleared_by_day: Mapping[date, int]
    n_stale: int


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


@dataclass(slots=True)
class _Pile:
    """What is being added up for an area or a day."""

    sums: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    n_cleared: int = 0

    def add(self, sums: list[int], n_cleared: int) -> None:
        self.sums = [have + more for have, more in zip(self.sums, sums, strict=True)]
        self.n_cleared += n_cleared

    @property
    def counts(self) -> Counts:
        return Counts(**dict(zip(COUNTS, self.sums[: len(COUNTS)], strict=True)))


class Statistics:
    """Counts cases. Nothing here tells one person's work from another's."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def counted(self, span: Span, cut: Cut, as_of: datetime) -> Counted:
        """Counts the cases of a span by area and by day; what fell due did so by `as_of`, which is now."""
        stale = await rollups.stale(self._line, span.zone, as_of)
        mine = _within(stale, span)
        areas: dict[AreaKey, _Pile] = defaultdict(_Pile)
        days: dict[date, _Pile] = {day: _Pile() for day in span.days}
        minutes: dict[AreaKey, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        if not stale.cold:
            await self._add_rollups(span, cut, mine, areas, days, minutes)
        for day, places in mine.places.items():
            for key, tally in (await count_day(self._line, day, span.zone, places, as_of)).items():
                if cut.means(key):
                    areas[_area(key)].add(tally.sums, tally.n_cleared_on_day)
                    days[day].add(tally.sums, tally.n_cleared_on_day)
                    _gather(minutes[_area(key)], tally.minutes)
        return Counted(
            by_area={area: pile.counts for area, pile in areas.items() if pile.counts.registered},
            by_day={day: pile.counts for day, pile in days.items()},
            minutes={area: dict(taken) for area, taken in minutes.items() if taken},
            cleared_by_area={area: pile.n_cleared for area, pile in areas.items() if pile.n_cleared},
            cleared_by_day={day: pile.n_cleared for day, pile in days.items()},
            n_stale=stale.n_marks,
        )

    async def standing(self, cut: Cut, zone: tzinfo, now: datetime) -> Mapping[AreaKey, Standing]:
        """Counts by area what is open now."""
        stale = await rollups.stale(self._line, zone, now)
        if stale.cold or len(stale.places) > MANY_DAYS:
            return await self._standing_of_cases(cut, now)
        found: dict[AreaKey, Standing] = defaultdict(Standing)
        life = func.sum(ROLLUPS.open).filter(ROLLUPS.urgency == str(Urgency.U1))
        sums = (*(func.sum(ROLLUPS[name]) for name in STANDING), func.coalesce(life, 0))
        area = (ROLLUPS.district_code, ROLLUPS.street_code)
        true = select(*area, *sums).where(ROLLUPS.open > 0, *cut.conditions(ROLLUPS), *stale.true_rows())
        for row in await self._line.rows(true.group_by(*area)):
            district, street, *values = list(row)
            found[district or None, street or None] += _standing(values)
        for day, places in stale.places.items():
            for key, tally in (await count_day(self._line, day, zone, places, now)).items():
                if cut.means(key):
                    found[_area(key)] += _standing_of(key, tally)
        return {area_key: standing for area_key, standing in found.items() if standing.open}

    async def refresh(self, zone: tzinfo, now: datetime) -> int:
        """Counts one round of what is stale anew; counts what is true again, 0 when all was."""
        return await rollups.refresh(self._line, zone, now)

    async def first_day(self, zone: tzinfo) -> date | None:
        """Gives the local day of the first case ever."""
        return await rollups.first_day(self._line, zone)

    async def rebuild_day(self, day: date, zone: tzinfo, now: datetime) -> None:
        """Counts a whole day anew from the cases, whatever was thought true of it."""
        await rollups.alone(self._line)
        await rollups.recount(self._line, day, zone, None, now)

    async def forget_outside(self, span: Span) -> None:
        """Drops what was counted of days outside a span."""
        await rollups.clear_outside(self._line, span.first, span.last)

    async def _add_rollups(
        self,
        span: Span,
        cut: Cut,
        stale: Stale,
        areas: dict[AreaKey, _Pile],
        days: dict[date, _Pile],
        minutes: dict[AreaKey, dict[str, list[float]]],
    ) -> None:
        """Adds what was counted beforehand and is true."""
        where = (ROLLUPS.day.between(span.first, span.last), *cut.conditions(ROLLUPS), *stale.true_rows())
        sums = [func.sum(ROLLUPS[name]) for name in (*SUMS, "n_cleared_on_day")]
        area = (ROLLUPS.district_code, ROLLUPS.street_code)
        for row in await self._line.rows(select(*area, *sums).where(*where).group_by(*area)):
            district, street, *values = list(row)
            areas[district or None, street or None].add(values[:-1], values[-1])
        for row in await self._line.rows(select(ROLLUPS.day, *sums).where(*where).group_by(ROLLUPS.day)):
            day, *values = list(row)
            days[day].add(values[:-1], values[-1])
        for row in await self._line.rows(select(*area, ROLLUPS.minutes).where(*where)):
            _gather(minutes[row.district_code or None, row.street_code or None], row.minutes)

    async def _standing_of_cases(self, cut: Cut, now: datetime) -> Mapping[AreaKey, Standing]:
        """Counts the open cases one by one."""
        sums = counting(now)
        life = func.count().filter(CASES.urgency == str(Urgency.U1))
        area = (CASES.district_code, CASES.street_code)
        counted = select(*area, *(sums[name] for name in STANDING), life)
        rows = await self._line.rows(counted.where(CASES.closed_at.is_(None), *cut.conditions(CASES)).group_by(*area))
        return {(row.district_code, row.street_code): _standing(list(row)[2:]) for row in rows}


def _within(stale: Stale, span: Span) -> Stale:
    """Gives what is stale within a span; all of it when nobody knows."""
    if stale.cold:
        return Stale(stale.n_marks, cold=True, places=dict.fromkeys(span.days))
    return Stale(stale.n_marks, places={d: p for d, p in stale.places.items() if span.first <= d <= span.last})


def _area(key: Key) -> AreaKey:
    return key[1] or None, key[2] or None


def _gather(into: dict[str, list[float]], minutes: Minutes) -> None:
    for code, values in minutes.items():
        into[code].extend(values)


def _standing(values: list[Any]) -> Standing:
    """Names the sums of `STANDING`, which life in danger follows."""
    *sums, life_danger = values
    return Standing(**dict(zip(STANDING, sums, strict=True)), life_danger=life_danger)


def _standing_of(key: Key, tally: Tally) -> Standing:
    sums = dict(zip(SUMS, tally.sums, strict=True))
    return _standing([*(sums[name] for name in STANDING), sums["open"] if key[4] == str(Urgency.U1) else 0])
