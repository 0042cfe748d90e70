"""Read-only questions about the figures of the boards. Changes nothing, and knows no figure of one worker.

A period counts the cases that were *registered* on its local days, as they stand at the moment of asking; beside
them stand what was cleared on those days, whenever registered, and what is open now.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from actions.ports import Deps
from geo.areas import Area, Level, Shape
from geo.coarse import feature_collection
from models.rules.errors import NoSuchItem
from models.rules.measures import TIMES, Counts, Ratio, Spread, rates, spread
from models.rules.states import Urgency
from models.store.statistics import AreaKey, Counted, Cut, LocalDay, Standing

LEVELS = ("city", "district", "street")
PERIODS: Mapping[str, int] = {"today": 1, "7d": 7, "30d": 30}
"""Periods by name and how many local days they have; each ends today."""
LONGEST_DAYS = 366
TOLERANCE_DEGREES: Mapping[str, float] = {"district": 0.002, "street": 0.001}
"""How far a coarse border may lie from the true one: 100 to 200 m, below one pixel of a map of the city."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which cases are asked about, from one local day to another (both counted), and by which areas."""

    from_on: date
    to_on: date
    level: str = "street"
    area_code: str | None = None
    kind: str | None = None
    urgency: Urgency | None = None


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


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The cases registered on one day, and how many were cleared on it."""

    day: date
    counts: Counts
    n_cleared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The answer to a question."""

    question: Question
    as_of: datetime
    city_name: str
    synthetic: bool
    total: AreaFigures
    areas: tuple[AreaFigures, ...]
    days: tuple[DayFigures, ...]


def today(deps: Deps) -> date:
    """Gives the city's date now."""
    return deps.clock().astimezone(deps.catalogue.calendar.zone).date()


def period(deps: Deps, name: str) -> tuple[date, date]:
    """Gives first and last day of a named period; KeyError for a name that is not in `PERIODS`."""
    last = today(deps)
    return last - timedelta(days=PERIODS[name] - 1), last


async def figures(deps: Deps, question: Question) -> Figures:
    """Answers a question from one snapshot; raises `NoSuchItem` for an unknown area or kind."""
    _check(deps, question)
    now = deps.clock()
    days = local_days(deps, question.from_on, question.to_on)
    cut = Cut(area_code=question.area_code, kind=question.kind, urgency=question.urgency)
    async with deps.store.read() as unit:
        counted = await unit.statistics.counted(days, cut, now)
        standing = await unit.statistics.standing(cut)
    heap = _Heap(deps, question.level)
    heap.put(counted, standing)
    whole = _Heap(deps, "city")
    whole.put(counted, standing)
    return Figures(
        question=question,
        as_of=now,
        city_name=deps.city.name,
        synthetic=deps.city.synthetic,
        total=whole.all(),
        areas=heap.areas(),
        days=tuple(DayFigures(d.day, counted.by_day[d.day], counted.cleared_by_day[d.day]) for d in days),
    )


def _check(deps: Deps, question: Question) -> None:
    """Refuses what the city does not have."""
    if question.kind is not None and question.kind not in deps.catalogue.kinds:
        raise NoSuchItem(item="kind", code=question.kind)
    if question.area_code is None:
        return
    area = deps.index.areas.get(question.area_code) if deps.index is not None else None
    if area is None or area.level.value not in LEVELS:
        raise NoSuchItem(item="area", code=question.area_code)


def local_days(deps: Deps, first: date, last: date) -> list[LocalDay]:
    """Lists the city's days with their moments, the first and the last one included."""
    zone = deps.catalogue.calendar.zone

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone).astimezone(UTC)

    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [LocalDay(day, midnight(day), midnight(day + timedelta(days=1))) for day in span]


@dataclass(slots=True)
class _Pile:
    """What is added up for one area."""

    counts: Counts = field(default_factory=Counts)
    standing: Standing = field(default_factory=Standing)
    n_cleared: int = 0
    minutes: dict[str, list[float]] = field(default_factory=lambda: {code: [] for code in TIMES})


class _Heap:
    """Adds up districts and streets to the areas of one level."""

    def __init__(self, deps: Deps, level: str) -> None:
        self._deps = deps
        self._level = level
        self._piles: dict[str | None, _Pile] = defaultdict(_Pile)

    def put(self, counted: Counted, standing: Mapping[AreaKey, Standing]) -> None:
        """Adds everything that was found."""
        for key, counts in counted.by_area.items():
            self._pile(key).counts += counts
        for key, minutes in counted.minutes.items():
            mine = self._pile(key).minutes
            for code, values in minutes.items():
                mine[code].extend(values)
        for key, n in counted.cleared_by_area.items():
            self._pile(key).n_cleared += n
        for key, found in standing.items():
            self._pile(key).standing += found

    def all(self) -> AreaFigures:
        """Gives the one sum of a heap of the whole city."""
        code = self._deps.city.code or None
        return self._figures(code, self._piles[code])

    def areas(self) -> tuple[AreaFigures, ...]:
        """Gives the areas that have anything, by code, what lies nowhere at the end."""
        order = sorted(self._piles, key=lambda code: (code is None, code or ""))
        return tuple(self._figures(code, self._piles[code]) for code in order)

    def _pile(self, key: AreaKey) -> _Pile:
        district, street = key
        code = {"city": self._deps.city.code or None, "district": district, "street": street}[self._level]
        return self._piles[code]

    def _figures(self, code: str | None, pile: _Pile) -> AreaFigures:
        area = self._deps.index.areas.get(code) if self._deps.index is not None and code is not None else None
        return AreaFigures(
            code=code,
            name=area.name if area else code or "",
            level=self._level,
            parent_code=area.parent_code if area else None,
            synthetic=area.synthetic if area else False,
            counts=pile.counts,
            times={code: spread(minutes) for code, minutes in pile.minutes.items()},
            standing=pile.standing,
            n_cleared_in_period=pile.n_cleared,
        )


async def outlines(deps: Deps, level: str) -> Mapping[str, Any]:
    """Gives coarse outlines of the areas of a level as GeoJSON, for maps; empty before any import."""
    async with deps.store.read() as unit:
        edition = await unit.areas.edition()
        rows = await unit.areas.shapes(edition) if edition is not None else []
    shapes = [
        Shape(Area(r.code, r.name, Level(r.level), r.parent_code, synthetic=r.synthetic), r.wkb)
        for r in rows
        if r.level == level
    ]
    return await asyncio.to_thread(feature_collection, shapes, TOLERANCE_DEGREES[level])
