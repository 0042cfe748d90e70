"""How cases are counted in SQL: the counts of `models.rules.measures` as aggregates, and which cases are meant.

They are said here once more because a city has too many cases to load them; tests keep the two equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.rules.histograms import N_BINS, bin_of
from models.rules.measures import COUNTS, TIMES
from models.rules.states import State, Urgency
from models.store.line import Line
from models.tables.case import Case
from models.tables.columns import table
from models.tables.rollup import NOWHERE

CASES = table(Case).c
Place = tuple[str, str, str]
"""City, district and street, `NOWHERE` where nobody could place the case that closely."""
Key = tuple[str, str, str, str, str]
"""A place, a kind and an urgency."""
LEVELS = ("city_code", "district_code", "street_code")
KEYS = (*LEVELS, "kind", "urgency")
PLACE = tuple(func.coalesce(CASES[name], NOWHERE) for name in LEVELS)
KEY = (*PLACE, CASES.kind, CASES.urgency)
MOMENTS = tuple(sorted({name for pair in TIMES.values() for name in pair}))
ENDS = tuple(sorted({end for _, end in TIMES.values()}))
SUMS = (*COUNTS, "unplaced")
AT_ONCE = 50
"""Places in one statement: each is a branch of an OR that has its own way through an index."""


@dataclass(frozen=True, slots=True)
class Span:
    """Local days of a city, from the first to the last one, both included."""

    first: date
    last: date
    zone: tzinfo

    @property
    def days(self) -> list[date]:
        """Lists the days."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Which cases are meant: in an area, of a kind, of an urgency; None for all.

    `chain` may say in which columns the area and those around it stand, so that an index finds its cases.
    """

    area_code: str | None = None
    chain: tuple[tuple[str, str], ...] = ()
    kind: str | None = None
    urgency: Urgency | None = None

    def means(self, key: Key) -> bool:
        """Tells whether the cases of a key are meant."""
        *place, kind, urgency = key
        return (
            (self.area_code is None or self.area_code in place)
            and (self.kind is None or self.kind == kind)
            and (self.urgency is None or self.urgency == urgency)
        )

    def conditions(self, columns: Any) -> list[ColumnElement[bool]]:
        """Lists the same in SQL, over columns of these names."""
        limits: list[ColumnElement[bool]] = []
        if self.chain:
            limits += [columns[name] == code for name, code in self.chain]
        elif self.area_code is not None:
            limits.append(or_(*(columns[name] == self.area_code for name in LEVELS)))
        if self.kind is not None:
            limits.append(columns.kind == self.kind)
        if self.urgency is not None:
            limits.append(columns.urgency == str(self.urgency))
        return limits


@dataclass(slots=True)
class Tally:
    """What was counted of one key on one day: sums in the order of `SUMS`, what was cleared on it.

    `times` says how many cases have a time in which cell; a cell is a bin of `histograms` of one of `TIMES`.
    """

    sums: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    times: dict[int, int] = field(default_factory=dict)
    n_cleared_on_day: int = 0
    valid_until: datetime | None = None


def day_of(moment: datetime, zone: tzinfo) -> date:
    """Gives the local day of a moment."""
    return moment.astimezone(zone).date()


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Gives the moments at which a local day begins and ends."""
    begins, ends = (datetime.combine(d, time(), zone).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    return begins, ends


def counting(as_of: datetime) -> dict[str, ColumnElement[int]]:
    """Gives every sum as an aggregate over rows of `cases`; what fell due did so by `as_of`."""
    fell_due = and_(CASES.due_at <= as_of, ~_out())
    cleared = CASES.state == str(State.CLEARED)
    dispatched, checked = CASES.n_dispatched > 0, CASES.n_checked > 0
    is_open = CASES.closed_at.is_(None)
    return {
        "registered": func.count(),
        "dispatched": _n(dispatched),
        "cleared": _n(cleared),
        "open": _n(is_open),
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
        "unplaced": _n(and_(is_open, ~CASES.placed)),
    }


async def count_day(
    line: Line,
    day: date,
    zone: tzinfo,
    places: set[Place] | None,
    as_of: datetime,
    *,
    only: Sequence[ColumnElement[bool]] = (),
    inner: str | None = None,
) -> Mapping[Key, Tally]:
    """Counts the cases of one day in some places, or everywhere, from the cases themselves.

    `inner` names a column of a smaller area that stands in the place of the street in every key.
    """
    begins, ends = bounds(day, zone)
    tallies: dict[Key, Tally] = {}
    sums = counting(as_of)
    keyed = KEY if inner is None else (*PLACE[:2], func.coalesce(CASES[inner], NOWHERE), *KEY[3:])
    until = func.min(CASES.due_at).filter(and_(CASES.due_at > as_of, ~_out()))
    for where in _at(places):
        on_day = and_(CASES.registered_at >= begins, CASES.registered_at < ends, where, *only)
        counted = select(*keyed, until, *(sums[name] for name in SUMS)).where(on_day).group_by(*keyed)
        for row in await line.rows(counted):
            values = list(row)
            tally = tallies.setdefault(_key(values), Tally())
            tally.valid_until, tally.sums = values[len(KEYS)], values[len(KEYS) + 1 :]
        timed = and_(on_day, or_(*(CASES[name].is_not(None) for name in ENDS)))
        for row in await line.rows(select(*keyed, *(CASES[name] for name in MOMENTS)).where(timed)):
            take_times(tallies[_key(list(row))].times, dict(zip(MOMENTS, list(row)[len(KEYS) :], strict=True)))
        closed = and_(CASES.closed_at >= begins, CASES.closed_at < ends, where, *only)
        cleared = select(*keyed, func.count()).where(closed, CASES.state == str(State.CLEARED)).group_by(*keyed)
        for row in await line.rows(cleared):
            tallies.setdefault(_key(list(row)), Tally()).n_cleared_on_day = row[len(KEYS)]
    return tallies


def take_times(into: dict[int, int], moments: Mapping[str, datetime | None]) -> None:
    """Adds to the cells how long each thing took in one case."""
    for number, (start, end) in enumerate(TIMES.values()):
        begun, done = moments[start], moments[end]
        if begun is not None and done is not None and done >= begun:
            cell = number * N_BINS + bin_of((done - begun) / timedelta(minutes=1))
            into[cell] = into.get(cell, 0) + 1


def _out() -> ColumnElement[bool]:
    """Tells of what no due time is asked."""
    return CASES.state.in_([str(State.SUSPENDED), str(State.VOIDED), str(State.MERGED)])


def _n(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Counts the rows for which something is true."""
    return func.count().filter(condition)


def _at(places: set[Place] | None) -> list[ColumnElement[bool]]:
    """Gives the conditions under which a case lies in one of the places, so many places each."""
    if places is None:
        return [CASES.case_no.is_not(None)]
    ordered = sorted(places)
    return [or_(*map(_in_place, ordered[n : n + AT_ONCE])) for n in range(0, len(ordered), AT_ONCE)]


def _in_place(place: Place) -> ColumnElement[bool]:
    return and_(
        *(
            CASES[name].is_(None) if code == NOWHERE else CASES[name] == code
            for name, code in zip(LEVELS, place, strict=True)
        )
    )


def _key(values: list[Any]) -> Key:
    city, district, street, kind, urgency = values[: len(KEYS)]
    return city, district, street, kind, urgency
