"""The figures of the boards: out of the rollups where those are true, out of the cases where they are not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np
from sqlalchemy import func, select

from models.rules.states import Urgency
from models.store import happenings, packed, past, rollups
from models.store.counting import CASES, LEVELS, SUMS, Cut, Key, Span, Tally, bounds, count_day, counting, day_of
from models.store.cube import Cube
from models.store.happenings import Happening
from models.store.line import Line
from models.store.packs import COLUMNS, N_CELLS, STANDING, STANDING_AT, add_times
from models.store.piles import AGES, Counted, Piles, Stand, Stands
from models.store.rollups import ROLLUPS, Stale

MANY_DAYS = 40
"""When more days than these hold something stale, what is open is counted from the open cases instead."""
Live = Mapping[date, Mapping[Key, Tally]]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked; `days` are those whose series is told."""

    span: Span
    cut: Cut
    days: list[date]
    now: datetime
    by_time: bool


class Statistics:
    """Counts cases. Nothing here tells one person's work from another's."""

    def __init__(self, line: Line, cube: Cube | None = None) -> None:
        self._line = line
        # What this transaction wrote is nobody else's to see.
        self._cube = Cube() if cube is None or line.writes else cube

    async def asked(
        self, span: Span, cut: Cut, now: datetime, *, before: Span | None = None, by_time: bool = True
    ) -> tuple[Counted, Stand]:
        """Counts the cases of a span by area, day and kind, and what is open now.

        The days of `before` are counted as days only. Without `by_time` only the times of everything are told.
        """
        stale = await rollups.stale(self._line, span.zone, now)
        days = [*(before.days if before else ()), *span.days]
        piles, stands = Piles(set(span.days)), Stands(day_of(now, span.zone))
        piles.days = {day: np.zeros(len(COLUMNS), np.int64) for day in days}
        if stale.cold:
            for day in days:
                piles.put_tallies(day, await count_day(self._line, day, span.zone, None, now), cut)
            return piles.counted(stale.n_marks), await self._stand_of_cases(cut, span.zone, now)
        key = (span, cut, before, by_time, stands.today, stale.seen())
        async with self._cube.lock:
            await self._cube.look(self._line)
            known: tuple[datetime | None, Counted, Stand] | None = self._cube.answers.get(key)
            if known is None or (known[0] is not None and known[0] <= now):
                known = await self._count(_Question(span, cut, days, now, by_time), stale, piles, stands)
                self._cube.keep(key, known)
        return known[1], known[2]

    async def _count(
        self, asked: "_Question", stale: Stale, piles: Piles, stands: Stands
    ) -> tuple[datetime | None, Counted, Stand]:
        """Counts what is not true anew, and adds what is; tells until when that is right if nothing changes."""
        cut, zone, is_open_known = asked.cut, asked.span.zone, len(stale.places) <= MANY_DAYS
        live = await self._live(stale, set(asked.days), is_open_known, zone, asked.now)
        for day, tallies in live.items():
            if day in piles.days:
                piles.put_tallies(day, tallies, cut)
            stands.put_tallies(day, tallies, cut)
        if cut.kind is None and cut.urgency is None:
            timed = asked.by_time or cut.area_code is not None
            wanted = packed.Wanted(asked.span, cut.area_code, asked.days, timed, stale)
            await packed.add(self._line, self._cube, wanted, piles, stands)
        else:
            await self._add_rollups(piles, stands, stale, cut, asked.days)
        stand = stands.stand() if is_open_known else await self._stand_of_cases(cut, zone, asked.now)
        due = [tally.valid_until for tallies in live.values() for tally in tallies.values() if tally.valid_until]
        return min(due, default=None), piles.counted(stale.n_marks), stand

    async def inside(self, span: Span, cut: Cut, now: datetime, *, column: str) -> tuple[Counted, Stand]:
        """Counts the same within a street or less by a smaller area, from the cases; `column` holds its code."""
        piles = Piles(set(span.days))
        only = cut.conditions(CASES)
        for day in span.days:
            tallies = await count_day(self._line, day, span.zone, None, now, only=only, inner=column)
            piles.days[day] = np.zeros(len(COLUMNS), np.int64)
            piles.put_tallies(day, tallies, Cut())
        return piles.counted(), await self._stand_of_cases(cut, span.zone, now, column)

    async def as_of(self, span: Span, cut: Cut, moment: datetime, *, column: str) -> tuple[Counted, Stand]:
        """Counts the same as it stood at a past moment, from the events; `column` holds the codes of the areas."""
        return await past.as_of(self._line, span, cut, moment, column)

    async def latest(self, since: datetime, limit: int) -> list[Happening]:
        """Lists what happened last since then, the latest first."""
        return await happenings.latest(self._line, since, limit)

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

    async def _live(self, stale: Stale, days: set[date], is_open_known: bool, zone: tzinfo, now: datetime) -> Live:
        """Counts what is stale from the cases, once for every use."""
        wanted = {day: places for day, places in stale.places.items() if is_open_known or day in days}
        return {day: await count_day(self._line, day, zone, places, now) for day, places in wanted.items()}

    async def _add_rollups(self, piles: Piles, stands: Stands, stale: Stale, cut: Cut, days: list[date]) -> None:
        """Adds what was counted beforehand and is true, row by row: of one kind or urgency there are few."""
        true = (*cut.conditions(ROLLUPS), *stale.true_rows())
        life = func.sum(ROLLUPS.open).filter(ROLLUPS.urgency == str(Urgency.U1))
        sums = [func.sum(ROLLUPS[name]) for name in (*SUMS, "n_cleared_on_day")]
        columns = (*sums, func.coalesce(life, 0))
        keys = (ROLLUPS.day, ROLLUPS.district_code, ROLLUPS.street_code, ROLLUPS.kind)
        wanted = select(*keys, *columns).where(ROLLUPS.day.between(days[0], days[-1]), *true).group_by(*keys)
        for row in await self._line.rows(wanted):
            day, district, street, kind, *values = list(row)
            piles.put(day, (district or None, street or None), kind, values)
        times = select(ROLLUPS.district_code, ROLLUPS.street_code, ROLLUPS.times)
        in_span = ROLLUPS.day.between(min(piles.span_days), max(piles.span_days))
        for row in await self._line.rows(times.where(in_span, *true)):
            area = (row.district_code or None, row.street_code or None)
            add_times(row.times, piles.times.setdefault(area, np.zeros(N_CELLS, np.int64)))
            add_times(row.times, piles.whole)
        standing = select(*keys[:3], *columns).where(ROLLUPS.open > 0, *true).group_by(*keys[:3])
        for row in await self._line.rows(standing):
            day, district, street, *values = list(row)
            stands.put(day, (district or None, street or None), [values[n] for n in STANDING_AT])

    async def _stand_of_cases(self, cut: Cut, zone: tzinfo, now: datetime, column: str = LEVELS[-1]) -> Stand:
        """Counts the open cases one by one."""
        today = day_of(now, zone)
        sums = counting(now)
        life = func.count().filter(CASES.urgency == str(Urgency.U1))
        numbers = (*(sums.get(name, life) for name in STANDING),)
        area = (CASES.district_code, CASES[column])
        since = [bounds(today - timedelta(days=limit), zone)[0] for limit in AGES]
        ages = [func.count().filter(CASES.registered_at >= moment) for moment in since]
        meant = (CASES.closed_at.is_(None), *cut.conditions(CASES))
        rows = await self._line.rows(select(*area, *numbers, *ages).where(*meant).group_by(*area))
        stands = Stands(today)
        for row in rows:
            district, place, *values = list(row)
            known = values[: len(STANDING)]
            within = [0, *values[len(STANDING) :], known[0]]
            stands.areas[district, place] = np.array(known, np.int64)
            stands.ages = [n + (b - a) for n, a, b in zip(stands.ages, within, within[1:], strict=False)]
        return stands.stand()
