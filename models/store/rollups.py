"""Figures counted beforehand by day and street, and which of them are no longer true.

A change of a case marks its street and day within its own transaction (a trigger), so that a reader can always tell
what to count anew; nothing here has to have run for the figures to be right.
"""

import secrets
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from sqlalchemy import ColumnElement, and_, delete, func, select, tuple_

from models.rules.states import Urgency
from models.store import packs
from models.store.counting import KEYS, LEVELS, SUMS, Key, Place, Tally, count_day, day_of
from models.store.kv import Marks
from models.store.line import Line
from models.store.packs import pack_times
from models.tables.case import Case
from models.tables.columns import table
from models.tables.rollup import Rollup, RollupDay, RollupOpen, RollupStale

ROLLUP_TABLE, DAY_TABLE, STALE_TABLE = table(Rollup), table(RollupDay), table(RollupStale)
OPEN_TABLE = table(RollupOpen)
DAYS, OPEN = DAY_TABLE.c, OPEN_TABLE.c
ROLLUPS, MARKS = ROLLUP_TABLE.c, STALE_TABLE.c
CASES = table(Case).c
WHERE_MARKED = tuple(MARKS[name] for name in LEVELS)
WHERE_COUNTED = tuple(ROLLUPS[name] for name in LEVELS)
WHOLE_DAY = 40
"""From so many places on, a whole day is counted anew in one go."""
COLD = 5_000
"""Beyond so many marks nobody sorts out what is still true: everything is counted from the cases."""
ROUND = 1_000
"""Marks that one transaction works off; on SQLite nobody else writes meanwhile."""
REFRESH_LOCK = 7_743_004
"""Key of the advisory lock that lets one refresh at a time run on PostgreSQL; an older one must not write last."""
BATCH = 500
ONLY_ROW = 1
STAMP = "rollups"
"""Mark that changes with every change of any day."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Places by day whose rollups are not true now; None for all of a day. `cold`: nobody knows which are true."""

    n_marks: int
    cold: bool = False
    last_mark: int = 0
    places: dict[date, set[Place] | None] = field(default_factory=dict)

    def seen(self) -> Hashable:
        """Tells whether two answers were given in the same state, as long as no day changes."""
        places = ((day, frozenset(some) if some is not None else None) for day, some in self.places.items())
        return self.n_marks, self.last_mark, frozenset(places)

    def true_rows(self) -> list[ColumnElement[bool]]:
        """Lists the conditions that leave only true rows of the rollup."""
        return [~condition for condition in self.false_rows()]

    def false_rows(self) -> list[ColumnElement[bool]]:
        """Lists the conditions one of which every row meets that is not true."""
        whole = [day for day, places in self.places.items() if places is None]
        parts = [(day, *place) for day, places in self.places.items() for place in places or ()]
        found: list[ColumnElement[bool]] = []
        if whole:
            found.append(ROLLUPS.day.in_(whole))
        if parts:
            found.append(tuple_(ROLLUPS.day, *WHERE_COUNTED).in_(parts))
        return found


async def stale(line: Line, zone: tzinfo, now: datetime) -> Stale:
    """Finds what is not true: what was marked, and what holds a case that fell due since."""
    alike = (
        select(*WHERE_MARKED, MARKS.at, func.count().label("n"), func.max(MARKS.stale_id).label("last"))
        .group_by(*WHERE_MARKED, MARKS.at)
        .limit(COLD + 1)
    )
    marked = await line.rows(alike)
    n_marks, last = sum(row.n for row in marked), max((row.last for row in marked), default=0)
    if len(marked) > COLD:
        return Stale(n_marks, cold=True)
    found: dict[date, set[Place]] = defaultdict(set)
    for row in marked:
        found[day_of(row.at, zone)].add((row.city_code, row.district_code, row.street_code))
    due = select(ROLLUPS.day, *WHERE_COUNTED).where(ROLLUPS.valid_until <= now).distinct()
    for day, city, district, street in map(tuple, await line.rows(due)):
        found[day].add((city, district, street))
    return Stale(n_marks, last_mark=last, places={day: _whole_if_many(places) for day, places in found.items()})


async def refresh(line: Line, zone: tzinfo, now: datetime) -> int:
    """Counts one round of what is stale anew; counts what is true again. Running twice is harmless."""
    await alone(line)
    marks = await line.rows(select(MARKS.stale_id, *WHERE_MARKED, MARKS.at).order_by(MARKS.stale_id).limit(ROUND))
    found: dict[date, set[Place]] = defaultdict(set)
    for _, city, district, street, at in (list(row) for row in marks):
        found[day_of(at, zone)].add((city, district, street))
    due = select(ROLLUPS.day, *WHERE_COUNTED).where(ROLLUPS.valid_until <= now).distinct().limit(ROUND)
    expired = await line.rows(due)
    for day, city, district, street in map(tuple, expired):
        found[day].add((city, district, street))
    for day, places in found.items():
        await recount(line, day, zone, _whole_if_many(places), now)
    # Only what was read is taken away: a change that commits meanwhile keeps its mark.
    ids = [mark.stale_id for mark in marks]
    for start in range(0, len(ids), BATCH):
        await line.run(delete(STALE_TABLE).where(MARKS.stale_id.in_(ids[start : start + BATCH])))
    return len(ids) + len(expired)


async def alone(line: Line) -> None:
    """Waits until nobody else counts beforehand, until the end of the transaction; SQLite has one writer anyway."""
    if not line.sqlite:
        await line.run(select(func.pg_advisory_xact_lock(REFRESH_LOCK)))


async def recount(line: Line, day: date, zone: tzinfo, places: set[Place] | None, now: datetime) -> None:
    """Replaces the rollups of a day in some places, or everywhere."""
    tallies = await count_day(line, day, zone, places, now)
    old = delete(ROLLUP_TABLE).where(ROLLUPS.day == day)
    for some in _chunks(places):
        await line.run(old if some is None else old.where(tuple_(*WHERE_COUNTED).in_(some)))
    rows = (
        {
            "day": day,
            **dict(zip(KEYS, key, strict=True)),
            **dict(zip(SUMS, tally.sums, strict=True)),
            "n_cleared_on_day": tally.n_cleared_on_day,
            "times": pack_times(tally.times),
            "valid_until": tally.valid_until,
        }
        for key, tally in tallies.items()
    )
    await line.add_many(ROLLUP_TABLE, rows)
    await _repack(line, day, places, tallies)


async def _repack(line: Line, day: date, places: set[Place] | None, tallies: Mapping[Key, Tally]) -> None:
    """Brings the packed day in step with its rollups, and tells every process that keeps days."""
    held = None if places is None else await line.one(select(DAYS.body, DAYS.times).where(DAYS.day == day))
    before = (packs.EMPTY, packs.NO_TIMES) if held is None else (packs.load(held.body), packs.load_times(held.times))
    pack, times = packs.replaced(*before, places, tallies)
    life = func.coalesce(func.sum(ROLLUPS.open).filter(ROLLUPS.urgency == str(Urgency.U1)), 0)
    key = (ROLLUPS.city_code, ROLLUPS.district_code, ROLLUPS.kind)
    sums = (func.sum(ROLLUPS[name]) for name in (*SUMS, "n_cleared_on_day"))
    by_kind = select(*key, *sums, life).where(ROLLUPS.day == day).group_by(*key).order_by(*key)
    pack = packs.with_kinds(pack, await line.rows(by_kind))
    row = {
        "day": day,
        "revision": secrets.randbits(62),
        "body": packs.dump(pack),
        "times": packs.dump_times(times),
    }
    await line.upsert(DAY_TABLE, [row], ("day",))
    held_open = await line.scalar(select(OPEN.body))
    before_open = packs.NOTHING_OPEN if held_open is None else packs.load_open(held_open)
    await _keep_open(line, packs.reopened(before_open, day, pack))
    await tell(line)


async def _keep_open(line: Line, held: packs.Open) -> None:
    await line.upsert(OPEN_TABLE, [{"row": ONLY_ROW, "body": packs.dump_open(held)}], ("row",))


async def tell(line: Line) -> None:
    """Lets every process that keeps days look which of them changed."""
    await Marks(line).put(STAMP, secrets.token_hex(8))


async def first_day(line: Line, zone: tzinfo) -> date | None:
    """Gives the day of the first case ever; None when there is none."""
    moment: datetime | None = await line.scalar(select(func.min(CASES.registered_at)))
    return None if moment is None else day_of(moment, zone)


async def clear_outside(line: Line, first: date, last: date) -> None:
    """Drops the rollups of days on which no case can lie."""
    await line.run(delete(ROLLUP_TABLE).where(~and_(ROLLUPS.day >= first, ROLLUPS.day <= last)))
    await line.run(delete(DAY_TABLE).where(~and_(DAYS.day >= first, DAYS.day <= last)))
    held = await line.scalar(select(OPEN.body))
    if held is not None:
        known = packs.load_open(held)
        inside = (known.rows[:, 1] >= first.toordinal()) & (known.rows[:, 1] <= last.toordinal())
        await _keep_open(line, packs.Open(known.places, known.rows[inside]))
    await tell(line)


def _whole_if_many(places: set[Place]) -> set[Place] | None:
    return None if len(places) > WHOLE_DAY else places


def _chunks(places: set[Place] | None) -> Iterable[Sequence[Place] | None]:
    """Splits places into as many as one statement takes; None stands for everywhere."""
    if places is None:
        yield None
        return
    ordered = sorted(places)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
