"""Read-only questions about the figures of the boards. Changes nothing, and knows no figure of one worker.

A period counts the cases that were *registered* on its local days, as they stand at the moment of asking; beside
them stand what was cleared on those days, whenever registered, and what is open now.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from actions.ports import Deps
from geo.areas import Area, Level, Shape
from geo.coarse import feature_collection
from models.rules.errors import NoSuchItem
from models.rules.measures import TIMES, Counts, Ratio, Spread, rates, spread
from models.rules.states import Urgency
from models.store.counting import Cut, Span, day_of
from models.store.statistics import AreaKey, Counted, Standing

LEVELS = ("city", "district", "street")
WHOLE = "whole"
"""Stands for everything that was asked about, as one sum."""
PERIODS: Mapping[str, int] = {"today": 1, "7d": 7, "30d": 30}
"""Periods by name and how many local days they have; each ends today."""
LONGEST_DAYS = 366
ENOUGH_STALE = 200
"""So many changes are counted on the spot without anybody noticing; more of them are worth a job."""
REFRESH_PRIORITY = 9
"""After everything that people wait for."""
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
    n_stale: int = 0
    """Changes since the figures were last counted beforehand; `ask_refresh` when there are many."""


def today(deps: Deps) -> date:
    """Gives the city's date now."""
    return day_of(deps.clock(), deps.catalogue.calendar.zone)


def period(deps: Deps, name: str) -> tuple[date, date]:
    """Gives first and last day of a named period; KeyError for a name that is not in `PERIODS`."""
    last = today(deps)
    return last - timedelta(days=PERIODS[name] - 1), last


async def figures(deps: Deps, question: Question) -> Figures:
    """Answers a question from one snapshot; raises `NoSuchItem` for an unknown area or kind."""
    _check(deps, question)
    now = deps.clock()
    span = _span(deps, question.from_on, question.to_on)
    cut = Cut(area_code=question.area_code, kind=question.kind, urgency=question.urgency)
    async with deps.store.read() as unit:
        counted = await unit.statistics.counted(span, cut, now)
        standing = await unit.statistics.standing(cut, span.zone, now)
    heap, whole = _Heap(deps, question.level), _Heap(deps, WHOLE)
    for pile in (heap, whole):
        pile.put(counted, standing)
    return Figures(
        question=question,
        as_of=now,
        city_name=deps.city.name,
        synthetic=deps.city.synthetic,
        total=whole.all(question.area_code or deps.city.code or None),
        areas=heap.areas(),
        days=tuple(DayFigures(day, counted.by_day[day], counted.cleared_by_day[day]) for day in span.days),
        n_stale=counted.n_stale,
    )


@dataclass(frozen=True, slots=True)
class Gauge:
    """One main figure as a monitor reads it; labels name an area or nothing, never a person."""

    name: str
    labels: Mapping[str, str]
    value: float


GAUGE_PERIOD = "30d"


async def gauges(deps: Deps) -> tuple[Gauge, ...]:
    """Gives the main figures for a monitor: what is open now by district, and the city's rates of thirty days.

    Names are `open`, `overdue`, `suspended`, `life_danger`, `unplaced` (label `district`, empty for what lies in
    none), `registered` and `cleared_in_period` of today, and every rate in percent (left out when it is of nothing).
    """
    first, last = period(deps, GAUGE_PERIOD)
    month = await figures(deps, Question(from_on=first, to_on=last, level="district"))
    told = [
        Gauge(part.name, {"district": area.code or ""}, getattr(area.standing, part.name))
        for area in month.areas
        for part in fields(Standing)
    ]
    latest = month.days[-1]
    told += [Gauge("registered", {}, latest.counts.registered), Gauge("cleared_in_period", {}, latest.n_cleared)]
    rated = ((code, ratio.percent) for code, ratio in month.total.rates.items())
    return (*told, *(Gauge(code, {}, percent) for code, percent in rated if percent is not None))


async def ask_refresh(deps: Deps) -> None:
    """Lets a worker count beforehand what changed; one such job waits at a time."""
    async with deps.store.begin() as unit:
        await unit.jobs.add("rollup", {}, priority=REFRESH_PRIORITY, dedupe="rollup")
        unit.after_commit(deps.hint)


async def refresh(deps: Deps) -> int:
    """Counts beforehand what changed, in short transactions; counts the changes. Safe at any time, and twice."""
    total = 0
    while True:
        async with deps.store.begin() as unit:
            gone = await unit.statistics.refresh(deps.catalogue.calendar.zone, deps.clock())
        total += gone
        if gone == 0:
            return total


async def rebuild(deps: Deps) -> int:
    """Counts every day anew from the cases, a day a transaction; counts the days."""
    zone = deps.catalogue.calendar.zone
    async with deps.store.read() as unit:
        first = await unit.statistics.first_day(zone)
    span = _span(deps, first or today(deps), today(deps))
    async with deps.store.begin() as unit:
        await unit.statistics.forget_outside(span)
    for day in span.days:
        async with deps.store.begin() as unit:
            await unit.statistics.rebuild_day(day, zone, deps.clock())
    await refresh(deps)
    return len(span.days)


def _check(deps: Deps, question: Question) -> None:
    """Refuses what the city does not have."""
    if question.kind is not None and question.kind not in deps.catalogue.kinds:
        raise NoSuchItem(what="kind", name=question.kind)
    if question.area_code is None:
        return
    area = deps.index.areas.get(question.area_code) if deps.index is not None else None
    if area is None or area.level.value not in LEVELS:
        raise NoSuchItem(what="area", name=question.area_code)


def _span(deps: Deps, first: date, last: date) -> Span:
    return Span(first, last, deps.catalogue.calendar.zone)


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

    def all(self, code: str | None) -> AreaFigures:
        """Gives the one sum of a heap of the whole, under the code of the area that it is of."""
        return self._figures(code, self._piles[WHOLE])

    def areas(self) -> tuple[AreaFigures, ...]:
        """Gives the areas that have anything, by code, what lies nowhere at the end."""
        order = sorted(self._piles, key=lambda code: (code is None, code or ""))
        return tuple(self._figures(code, self._piles[code]) for code in order)

    def _pile(self, key: AreaKey) -> _Pile:
        district, street = key
        codes = {WHOLE: WHOLE, "city": self._deps.city.code or None, "district": district, "street": street}
        return self._piles[codes[self._level]]

    def _figures(self, code: str | None, pile: _Pile) -> AreaFigures:
        area = self._deps.index.areas.get(code) if self._deps.index is not None and code is not None else None
        return AreaFigures(
            code=code,
            name=area.name if area else code or "",
            level=area.level.value if area else self._level,
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
