"""How many cases have which fate, by area and by day, and how long things took. Reads only.

What each count means is said by `models.rules.measures`; it is said here once more in SQL, because a city has too
many cases to load them, and tests keep the two equal.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.rules.measures import COUNTS, TIMES, Counts
from models.rules.states import State, Urgency
from models.store.line import Line
from models.tables.case import Case
from models.tables.columns import table

CASES = table(Case).c
AREA = (CASES.district_code, CASES.street_code)
LEVELS = (CASES.city_code, CASES.district_code, CASES.street_code)
AreaKey = tuple[str | None, str | None]
"""District and street of a case; None where nobody could place it that closely."""
Minutes = Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class LocalDay:
    """One day of the city, from its midnight to the next."""

    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Which cases are meant: in an area (city, district or street), of a kind, of an urgency; None for all."""

    area_code: str | None = None
    kind: str | None = None
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The cases that were registered on some days, as they stand now; and how many were cleared on those days.

    Areas without any are left out, days are all there.
    """

    by_area: Mapping[AreaKey, Counts]
    by_day: Mapping[date, Counts]
    minutes: Mapping[AreaKey, Minutes]
    cleared_by_area: Mapping[AreaKey, int]
    cleared_by_day: Mapping[date, int]


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
        names = type(self).__slots__
        return Standing(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(slots=True)
class _Sum:
    """Counts that are being added up."""

    values: list[int] = field(default_factory=lambda: [0] * len(COUNTS))

    def add(self, more: Sequence[int]) -> None:
        self.values = [have + new for have, new in zip(self.values, more, strict=True)]

    @property
    def counts(self) -> Counts:
        return Counts(**dict(zip(COUNTS, self.values, strict=True)))


class Statistics:
    """Counts cases. Nothing here tells one person's work from another's."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def counted(self, days: Sequence[LocalDay], cut: Cut, as_of: datetime) -> Counted:
        """Counts the cases that were registered on these days, by area and by day; what fell due did so by `as_of`."""
        areas: dict[AreaKey, _Sum] = defaultdict(_Sum)
        by_day: dict[date, _Sum] = {day.day: _Sum() for day in days}
        for day in days:
            for row in await self._line.rows(_counts_of(day, cut, as_of)):
                district, street, *values = tuple(row)
                areas[district, street].add(values)
                by_day[day.day].add(values)
        cleared_by_area, cleared_by_day = await self._cleared(days, cut)
        return Counted(
            {key: found.counts for key, found in areas.items()},
            {day: found.counts for day, found in by_day.items()},
            await self._minutes(days, cut),
            cleared_by_area,
            cleared_by_day,
        )

    async def standing(self, cut: Cut) -> Mapping[AreaKey, Standing]:
        """Counts by area what is open now."""
        counted = select(
            *AREA,
            func.count().label("open"),
            _n(CASES.overdue).label("overdue"),
            _n(CASES.state == str(State.SUSPENDED)).label("suspended"),
            _n(CASES.urgency == str(Urgency.U1)).label("life_danger"),
            _n(~CASES.placed).label("unplaced"),
        ).where(CASES.closed_at.is_(None), *_within(cut))
        rows = await self._line.rows(counted.group_by(*AREA))
        return {
            (row.district_code, row.street_code): Standing(
                open=row.open,
                overdue=row.overdue,
                suspended=row.suspended,
                life_danger=row.life_danger,
                unplaced=row.unplaced,
            )
            for row in rows
        }

    async def _cleared(self, days: Sequence[LocalDay], cut: Cut) -> tuple[dict[AreaKey, int], dict[date, int]]:
        """Counts by area and by day the cases that were cleared on these days and still are, whenever registered."""
        areas: dict[AreaKey, int] = defaultdict(int)
        by_day: dict[date, int] = {day.day: 0 for day in days}
        for day in days:
            on_day = and_(CASES.closed_at >= day.starts_at, CASES.closed_at < day.ends_at)
            counted = select(*AREA, func.count()).where(on_day, CASES.state == str(State.CLEARED), *_within(cut))
            for district, street, n in map(tuple, await self._line.rows(counted.group_by(*AREA))):
                areas[district, street] += n
                by_day[day.day] += n
        return dict(areas), by_day

    async def _minutes(self, days: Sequence[LocalDay], cut: Cut) -> dict[AreaKey, Minutes]:
        """Lists by area how long each thing took in every case."""
        if not days:
            return {}
        moments = sorted({name for pair in TIMES.values() for name in pair})
        first, last = days[0].starts_at, days[-1].ends_at
        found = select(*AREA, *(CASES[name] for name in moments)).where(
            CASES.registered_at >= first, CASES.registered_at < last, *_within(cut)
        )
        areas: dict[AreaKey, dict[str, list[float]]] = defaultdict(lambda: {code: [] for code in TIMES})
        for row in await self._line.rows(found):
            for code, (start, end) in TIMES.items():
                begun, done = getattr(row, start), getattr(row, end)
                if begun is not None and done is not None and done >= begun:
                    areas[row.district_code, row.street_code][code].append((done - begun) / timedelta(minutes=1))
        return dict(areas)


def _counts_of(day: LocalDay, cut: Cut, as_of: datetime) -> Any:
    """Selects every count of the cases of a day by area, in the order of `COUNTS`."""
    counts = counting(as_of)
    columns = [counts[name].label(name) for name in COUNTS]
    on_day = and_(CASES.registered_at >= day.starts_at, CASES.registered_at < day.ends_at)
    return select(*AREA, *columns).where(on_day, *_within(cut)).group_by(*AREA)


def counting(as_of: datetime) -> dict[str, ColumnElement[int]]:
    """Gives every count of `measures.Counts` as an aggregate over rows of `cases`."""
    out = CASES.state.in_([str(State.SUSPENDED), str(State.VOIDED), str(State.MERGED)])
    fell_due = and_(CASES.due_at <= as_of, ~out)
    cleared = CASES.state == str(State.CLEARED)
    dispatched, checked = CASES.n_dispatched > 0, CASES.n_checked > 0
    return {
        "registered": func.count(),
        "dispatched": _n(dispatched),
        "cleared": _n(cleared),
        "open": _n(CASES.closed_at.is_(None)),
        "overdue": _n(CASES.overdue),
        "suspended": _n(CASES.state == str(State.SUSPENDED)),
        "voided": _n(CASES.state == str(State.VOIDED)),
        "merged": _n(CASES.state == str(State.MERGED)),
        "returned": _n(CASES.n_returned > 0),
        "reworked": _n(CASES.n_rework > 0),
        "reopened": _n(CASES.n_reopened > 0),
        "handled": _n(CASES.n_handled > 0),
        "verified": _n(checked),
        "ever_cleared": _n(or_(cleared, CASES.n_reopened > 0)),
        "fell_due": _n(fell_due),
        "cleared_on_time": _n(and_(fell_due, cleared, CASES.on_time.is_(True))),
        "signed_in_limit": _n(and_(dispatched, CASES.signed_in_limit.is_(True))),
        "never_returned": _n(and_(dispatched, CASES.n_returned == 0)),
        "first_passed": _n(and_(checked, CASES.n_rework == 0)),
        "n_dispatches": func.coalesce(func.sum(CASES.n_dispatched), 0),
        "n_returns": func.coalesce(func.sum(CASES.n_returned), 0),
    }


def _n(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Counts the rows for which something is true."""
    return func.count().filter(condition)


def _within(cut: Cut) -> list[ColumnElement[bool]]:
    """Lists the conditions of a cut."""
    limits: list[ColumnElement[bool]] = []
    if cut.area_code is not None:
        limits.append(or_(*(column == cut.area_code for column in LEVELS)))
    if cut.kind is not None:
        limits.append(CASES.kind == cut.kind)
    if cut.urgency is not None:
        limits.append(CASES.urgency == str(cut.urgency))
    return limits
