"""An answer out of the packed days: the span as the cube holds it, without what changed since it was counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, or_, select

from models.rules.states import Urgency
from models.store.counting import SUMS, Cut, Place, Span
from models.store.cube import Added, Cube
from models.store.line import Line
from models.store.packs import N_CELLS, STANDING, Numbers, joined, parted
from models.store.piles import AGES, Piles, Stands, area_of
from models.store.rollups import ROLLUPS, Stale

Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked: a span, perhaps one area, all days whose series are told, times by area or not."""

    span: Span
    area_code: str | None
    days: list[date]
    timed: bool
    stale: Stale


async def add(line: Line, cube: Cube, wanted: Wanted, piles: Piles, stands: Stands) -> None:
    """Adds what was counted beforehand and is true."""
    # With their times first: the same days would be read again for them.
    await cube.days(line, wanted.span.days, timed=wanted.timed)
    kept = await cube.days(line, wanted.days)
    held = await cube.added(line, wanted.span.days, timed=wanted.timed)
    chosen = cube.where(wanted.area_code)
    gone = {day: _gone(cube, places) for day, places in wanted.stale.places.items()}
    await _put_areas(line, cube, await _without(line, cube, held, wanted, gone), chosen, wanted, piles)
    for day, one in kept.items():
        counts = chosen[one.rows] & ~gone[day][one.rows] if day in gone else chosen[one.rows]
        piles.days[day] += one.pack.sums[counts].sum(axis=0)
    await _put_kinds(line, cube, held, wanted, piles)
    _put_standing(cube, chosen, gone, stands)


def _gone(cube: Cube, places: set[Place] | None) -> Chosen:
    """Tells of every place whether what was counted of it is no longer true."""
    if places is None:
        return np.ones(len(cube.places), np.bool_)
    marked = np.zeros(len(cube.places), np.bool_)
    for place in places:
        number = cube.places.get(joined(place))
        if number is not None:
            marked[number] = True
    return marked


async def _without(line: Line, cube: Cube, held: Added, wanted: Wanted, gone: Mapping[date, Chosen]) -> Added:
    """Takes from a span what is no longer true of it."""
    days = [day for day in wanted.span.days if day in gone]
    if not days:
        return held
    left = Added(
        sums=held.sums.copy(), cells=held.cells.copy() if wanted.timed else held.cells, whole=held.whole.copy()
    )
    for day, one in (await cube.days(line, days, timed=True)).items():
        old = gone[day][one.rows]
        left.sums[one.rows[old]] -= one.pack.sums[old]
        assert one.times is not None
        times = one.times.held[old[one.times.held[:, 0]]].astype(np.int64)
        np.subtract.at(left.whole, times[:, 1], times[:, 2])
        if wanted.timed:
            np.subtract.at(left.cells.reshape(-1), one.rows[times[:, 0]] * N_CELLS + times[:, 1], times[:, 2])
    return left


async def _put_areas(line: Line, cube: Cube, known: Added, chosen: Chosen, wanted: Wanted, piles: Piles) -> None:
    """Adds the sums and the times of the places."""
    chosen = chosen[: len(known.sums)]
    for number in np.flatnonzero(chosen & known.sums.any(axis=1)):
        area = area_of(parted(cube.names[number]))
        piles.areas[area] = piles.areas.get(area, 0) + known.sums[number]
        if wanted.timed:
            piles.times[area] = piles.times.get(area, 0) + known.cells[number]
    piles.whole += known.whole if wanted.area_code is None else known.cells[chosen].sum(axis=0)


async def _put_kinds(line: Line, cube: Cube, held: Added, wanted: Wanted, piles: Piles) -> None:
    """Adds the sums of the kinds: for a street from its rollups, else from the packed days."""
    area, span, stale = wanted.area_code, wanted.span, wanted.stale
    in_span = ROLLUPS.day.between(span.first, span.last)
    meant = Cut(area_code=area).conditions(ROLLUPS)
    packed = {key: held.kinds[n] for key, n in cube.kinds.items() if area is None or area in parted(key)[:2]}
    if not packed:
        for kind, columns in await _of_rollups(line, (in_span, *meant, *stale.true_rows())):
            piles.kinds[kind] = piles.kinds.get(kind, 0) + columns
        return
    for key, columns in packed.items():
        kind = parted(key)[2]
        piles.kinds[kind] = piles.kinds.get(kind, 0) + columns
    if stale.places:
        for kind, columns in await _of_rollups(line, (in_span, *meant, or_(*stale.false_rows()))):
            piles.kinds[kind] = piles.kinds.get(kind, 0) - columns


async def _of_rollups(line: Line, where: Iterable[ColumnElement[bool]]) -> list[tuple[str, Numbers]]:
    """Sums up rollups by kind."""
    life = func.coalesce(func.sum(ROLLUPS.open).filter(ROLLUPS.urgency == str(Urgency.U1)), 0)
    sums = (func.sum(ROLLUPS[name]) for name in (*SUMS, "n_cleared_on_day"))
    rows = await line.rows(select(ROLLUPS.kind, *sums, life).where(*where).group_by(ROLLUPS.kind))
    return [(row.kind, np.array(list(row)[1:], np.int64)) for row in rows]


def _put_standing(cube: Cube, chosen: Chosen, gone: Mapping[date, Chosen], stands: Stands) -> None:
    """Adds what is open."""
    rows, days, numbers = cube.open
    counts = chosen[rows]
    for day, old in gone.items():
        counts &= ~((days == day.toordinal()) & old[rows])
    summed = np.zeros((len(cube.places), len(STANDING)), np.int64)
    np.add.at(summed, rows[counts], numbers[counts])
    for number in np.flatnonzero(summed.any(axis=1)):
        area = area_of(parted(cube.names[number]))
        stands.areas[area] = stands.areas.get(area, 0) + summed[number]
    ages = np.digitize(stands.today.toordinal() - days[counts], AGES, right=True)
    by_age = np.bincount(ages, weights=numbers[counts][:, 0], minlength=len(AGES) + 1)
    stands.ages = [have + int(more) for have, more in zip(stands.ages, by_age, strict=True)]
