"""Looks a new set of boundaries over before it comes into force: what was repaired, what is wrong, what changes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from actions.ports import Deps, Unit
from geo.areas import Area, AreaIndex, Level, Shape
from geo.boundaries import STEPS, DatumFit, Report, examine, suspected_datum
from geo.editions import Changes, changes, rehoused
from models.store.rows import CaseSearch

MOST_CASES: Final = 100_000
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


async def review(deps: Deps, shapes: Sequence[Shape], on_step: Callable[[str], None] | None = None) -> Review:
    """Examines a set of boundaries and compares it with the edition in force; changes nothing.

    `on_step` is told the name of each step of the examination as it begins.
    """
    report = await asyncio.to_thread(examine, list(shapes), on_step=on_step)
    async with deps.store.read() as unit:
        before = await unit.areas.edition()
        if before is None or before == report.edition or not report.shapes:
            return Review(report, before)
        rows = await unit.areas.shapes(before)
        points = await _open_points(unit)
    old = [Shape(Area(r.code, r.name, Level(r.level), r.parent_code, synthetic=r.synthetic), r.wkb) for r in rows]
    return await asyncio.to_thread(_compared, report, before, old, points)


async def _open_points(unit: Unit) -> dict[str, tuple[float, float]]:
    """Gives the points of open cases, as far as they have one."""
    numbers = await unit.cases.search(CaseSearch(is_open=True, limit=MOST_CASES))
    points = {number: await unit.cases.point(number) for number in numbers}
    return {number: point for number, point in points.items() if point is not None}


def _compared(report: Report, before: str, old: list[Shape], points: dict[str, tuple[float, float]]) -> Review:
    """Compares outlines, which takes seconds for a city."""
    ground, known = _coarsest(report.shapes), _coarsest(old)
    datum = suspected_datum(ground, known) if ground and known else None
    return Review(report, before, changes(old, report.shapes), datum, _elsewhere(report, before, old, points))


def _elsewhere(
    report: Report, before: str, old: list[Shape], points: dict[str, tuple[float, float]]
) -> tuple[str, ...]:
    """Lists the cases whose point lies in another street under the new boundaries."""
    if not points:
        return ()
    numbers, at = list(points), np.array(list(points.values()))
    was, is_now = AreaIndex.build(old, before), AreaIndex.build(report.shapes, report.edition)
    return tuple(numbers[one.position] for one in rehoused(was, is_now, at[:, 0], at[:, 1]))


def _coarsest(shapes: Sequence[Shape]) -> list[Shape]:
    """Gives the areas of the coarsest level: together they are the ground of the city."""
    for level in Level:
        found = [shape for shape in shapes if shape.area.level is level]
        if found:
            return found
    return []
