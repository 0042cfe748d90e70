"""Read-only questions about the figures of the boards. Changes nothing, and knows no figure of one worker.

A period counts the cases that were *registered* on its local days, as they stand at the moment of asking; beside
them stand what was cleared on those days, whenever registered, and what is open now.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from actions.heaps import WHOLE, AreaFigures, Heap
from actions.ports import Deps
from geo.areas import Area, Level, Shape
from geo.coarse import feature_collection
from models.rules.errors import NoSuchItem
from models.rules.measures import Counts
from models.rules.states import Urgency
from models.store.counting import Cut, Span, day_of
from models.store.piles import AGES as AGES
from models.store.piles import Standing, bins_of

LEVELS = ("city", "district", "street", "community", "grid")
INNER = ("community", "grid")
"""Levels that are counted from the cases themselves, inside one area."""
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
    as_of: datetime | None = None
    """A past moment whose figures are wanted; None for now."""


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
    days_before: tuple[DayFigures, ...] = ()
    """As many days just before, for comparison; none of a past moment and none inside a street."""
    kinds: Mapping[str, Counts] = field(default_factory=dict)
    ages: tuple[int, ...] = ()
    """How many cases are open now since up to how many days, by the bars of `AGES` and one for the rest."""
    time_to_clear: tuple[int, ...] = ()
    """How many cases of the period were cleared within which time, by the bins of `histograms`."""
    n_stale: int = 0
    """Changes since the figures were last counted beforehand; `ask_refresh` when there are many."""


def today(deps: Deps, as_of: datetime | None = None) -> date:
    """Gives the city's date now, or at a past moment."""
    return day_of(as_of or deps.clock(), deps.catalogue.calendar.zone)


def period(deps: Deps, name: str, as_of: datetime | None = None) -> tuple[date, date]:
    """Gives first and last day of a named period; KeyError for a name that is not in `PERIODS`."""
    last = today(deps, as_of)
    return last - timedelta(days=PERIODS[name] - 1), last


async def figures(deps: Deps, question: Question) -> Figures:
    """Answers a question from one snapshot; raises `NoSuchItem` for an unknown area or kind."""
    _check(deps, question)
    now = question.as_of or deps.clock()
    span = _span(deps, question.from_on, question.to_on)
    before = Span(span.first - timedelta(days=len(span.days)), span.first - timedelta(days=1), span.zone)
    compares = question.as_of is None and question.level not in INNER and not _is_inner(deps, question.area_code)
    async with deps.store.read() as unit:
        asked = unit.statistics
        cut = Cut(area_code=question.area_code, kind=question.kind, urgency=question.urgency)
        if compares:
            counted, stand = await asked.asked(span, cut, now, before=before)
        else:
            cut = replace(cut, chain=_chain(deps, question.area_code))
            column = f"{question.level}_code"
            if question.as_of is None:
                counted, stand = await asked.inside(span, cut, now, column=column)
            else:
                counted, stand = await asked.as_of(span, cut, now, column=column)
    heap, whole = (Heap(deps, level, counted, stand.by_area) for level in (question.level, WHOLE))

    def series(days: Span) -> tuple[DayFigures, ...]:
        return tuple(DayFigures(day, counted.by_day[day], counted.cleared_by_day[day]) for day in days.days)

    return Figures(
        question=question,
        as_of=now,
        city_name=deps.city.name,
        synthetic=deps.city.synthetic,
        total=whole.whole(question.area_code or deps.city.code or None),
        areas=heap.areas(),
        days=series(span),
        days_before=series(before) if compares else (),
        kinds=counted.by_kind,
        ages=stand.ages,
        time_to_clear=tuple(bins_of(counted.whole, "time_to_clear")),
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


@dataclass(frozen=True, slots=True)
class News:
    """One event for the ticker of a board: what happened to which case, of which kind, where."""

    at: datetime
    tag: str
    case_no: str
    kind: str
    area_name: str
    life_danger: bool


NEWS_DAYS, N_NEWS = 7, 12


async def latest(deps: Deps) -> tuple[News, ...]:
    """Gives the last events of the last days, the latest first; nobody is named."""
    now = deps.clock()
    async with deps.store.read() as unit:
        found = await unit.statistics.latest(now - timedelta(days=NEWS_DAYS), N_NEWS)
    areas = deps.index.areas if deps.index is not None else {}
    return tuple(
        News(h.at, h.tag, h.case_no, h.kind, areas[h.area].name if h.area in areas else h.area, h.life_danger)
        for h in found
    )


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
    if question.area_code is not None and _area(deps, question.area_code) is None:
        raise NoSuchItem(what="area", name=question.area_code)


def _area(deps: Deps, code: str | None) -> Area | None:
    return deps.index.areas.get(code) if deps.index is not None and code is not None else None


def _is_inner(deps: Deps, code: str | None) -> bool:
    area = _area(deps, code)
    return area is not None and area.level.value in INNER


def _chain(deps: Deps, code: str | None) -> tuple[tuple[str, str], ...]:
    """Gives the columns in which an area and those around it stand, with their codes."""
    area, found = _area(deps, code), []
    while area is not None:
        found.append((f"{area.level.value}_code", area.code))
        area = _area(deps, area.parent_code)
    return tuple(found)


def _span(deps: Deps, first: date, last: date) -> Span:
    return Span(first, last, deps.catalogue.calendar.zone)


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
