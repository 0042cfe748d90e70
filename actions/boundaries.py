"""Looks a new set of boundaries over before it comes into force: what was repaired, what is wrong, what changes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from actions.ports import Deps, Unit
from geo.areas import LEVELS, Area, AreaIndex, Level, Shape
from geo.boundaries import STEPS, DatumFit, Report, examine, suspected_datum
from geo.editions import Changes, changes, rehoused
from models.store.rows import CaseSearch

MOST_CASES: Final = 100_000
TOLERANCE_M2: Final = 100.0
"""Overlaps, gaps and spills up to this size are taken for rounding."""
N_STEPS: Final = len(STEPS)
"""How many steps an examination has at most."""


@dataclass(frozen=True, slots=True)
class Review:
    """What an import would bring; all but `report` compares with the edition in force, if there is one.

    `datum` is the datum in which the numbers fit the known ground clearly better: to be asked about. `elsewhere`
    are open cases whose point would lie in another street; they keep the edition that they began with.
    """

    report: Report
    before: str | None = None
    changes: Changes | None = None
    datum: DatumFit | None = None
    elsewhere: tuple[str, ...] = ()

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Gives the areas as they would be kept: repaired, and with their parents."""
        return self.report.shapes

    @property
    def known(self) -> bool:
        """Tells whether this very edition is in force already."""
        return self.before == self.report.edition


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one edition changes against another, and the open cases whose point lies in another street by it."""

    changes: Changes
    elsewhere: tuple[str, ...]


async def review(
    deps: Deps,
    shapes: Sequence[Shape],
    on_step: Callable[[str], None] | None = None,
    *,
    tolerance_m2: float = TOLERANCE_M2,
) -> Review:
    """Examines a set of boundaries and compares it with the edition in force; changes nothing.

    `on_step` is told the name of each step of the examination as it begins.
    """
    report = await asyncio.to_thread(examine, list(shapes), tolerance_m2=tolerance_m2, on_step=on_step)
    async with deps.store.read() as unit:
        before = await unit.areas.edition()
        if before is None or before == report.edition or not report.shapes:
            return Review(report, before)
        old = await shapes_of(unit, before)
        points = await _open_points(unit)
    found = await asyncio.to_thread(_compared, old, report.shapes, points)
    datum = await asyncio.to_thread(suspected_datum, _coarsest(report.shapes), _coarsest(old)) if old else None
    return Review(report, before, found.changes, datum, found.elsewhere)


async def city_in_force(deps: Deps) -> Area | None:
    """Gives the city as it is called now; None before the first import."""
    async with deps.store.read() as unit:
        edition = await unit.areas.edition()
        names = await unit.areas.all(edition) if edition is not None else []
    found = next((one for one in names if one.level == Level.CITY), None)
    return Area(found.code, found.name, Level.CITY, None) if found is not None else None


async def compare(unit: Unit, before: str, after: str) -> Comparison:
    """Compares two kept editions."""
    old, new = await shapes_of(unit, before), await shapes_of(unit, after)
    return await asyncio.to_thread(_compared, old, new, await _open_points(unit))


async def shapes_of(unit: Unit, edition: str) -> list[Shape]:
    """Gives the areas of a kept edition with their outlines."""
    rows = await unit.areas.shapes(edition)
    return [Shape(Area(r.code, r.name, Level(r.level), r.parent_code, synthetic=r.synthetic), r.wkb) for r in rows]


async def _open_points(unit: Unit) -> dict[str, tuple[float, float]]:
    """Gives the points of open cases, as far as they have one."""
    numbers = await unit.cases.search(CaseSearch(is_open=True, limit=MOST_CASES))
    points = await unit.cases.points(numbers)
    return {number: points[number] for number in numbers if number in points}


def _compared(old: Sequence[Shape], new: Sequence[Shape], points: dict[str, tuple[float, float]]) -> Comparison:
    """Compares outlines, which takes seconds for a city."""
    return Comparison(changes(old, new), _elsewhere(old, new, points))


def _elsewhere(old: Sequence[Shape], new: Sequence[Shape], points: dict[str, tuple[float, float]]) -> tuple[str, ...]:
    """Lists the cases whose point lies in another street, or the coarser area that cases are placed in."""
    placing = [level for level in LEVELS[: LEVELS.index(Level.STREET) + 1] if _of(old, level) and _of(new, level)]
    if not points or not placing:
        return ()
    numbers, at = list(points), np.array(list(points.values()))
    was, is_now = (AreaIndex.build(_of(shapes, placing[-1]), "") for shapes in (old, new))
    return tuple(numbers[one.position] for one in rehoused(was, is_now, at[:, 0], at[:, 1], placing[-1]))


def _coarsest(shapes: Sequence[Shape]) -> list[Shape]:
    """Gives the areas of the coarsest level: together they are the ground of the city."""
    return next((_of(shapes, level) for level in LEVELS if _of(shapes, level)), [])


def _of(shapes: Sequence[Shape], level: Level) -> list[Shape]:
    return [shape for shape in shapes if shape.area.level is level]
