"""Is this set of boundaries fit to become an edition? Repairs what has one right repair, measures and lists the rest.

Pure: shapes in, a report out. Reading files is for `loaders`, showing the report and keeping the edition for the
callers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage import Gap, Overlap, Spill, area_m2, fit_together, outlines_of
from geo.datum import Datum, to_wgs84_many
from geo.editions import edition_of
from geo.parents import Adoption, Doubt, coarser, find_parents
from geo.shapes import LEVELS, Area, BadBoundaries, Level, Shape, checked_outlines

# Levels that the set does not have are passed over.
STEPS: Final = ("repair", "parents", *(level.value for level in LEVELS))

# A datum is questioned when the outline fits this much better under another one.
_CLEARLY_BETTER = 0.02


@dataclass(frozen=True, slots=True)
class Repaired:
    """An outline that was invalid: what was wrong, and how much ground the repair gained or lost."""

    area: Area
    fault: str
    changed_m2: float


@dataclass(frozen=True, slots=True)
class Refused:
    """An area that cannot be used, with the reason."""

    area: Area
    reason: str


@dataclass(frozen=True, slots=True)
class DatumFit:
    """How well an outline fits known ground when its numbers are read in a datum: shared over total ground."""

    datum: Datum
    overlap: float


@dataclass(frozen=True, slots=True)
class Report:
    """What an import holds. `shapes` are ready for `AreaIndex.build`; the lists are for the eyes of the operator."""

    shapes: tuple[Shape, ...]
    edition: str
    repaired: tuple[Repaired, ...]
    refused: tuple[Refused, ...]
    adopted: tuple[Adoption, ...]
    orphans: tuple[Area, ...]
    doubts: tuple[Doubt, ...]
    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    spills: tuple[Spill, ...]
    tolerance_m2: float

    @property
    def counts(self) -> dict[Level, int]:
        """How many areas each level has."""
        return {level: sum(s.area.level is level for s in self.shapes) for level in LEVELS}

    @property
    def clean(self) -> bool:
        """Whether nothing was refused, left without a parent, doubted, or lies over or outside anything else."""
        return not (self.refused or self.orphans or self.doubts or self.overlaps or self.gaps or self.spills)


def examine(
    shapes: list[Shape], *, tolerance_m2: float = 100.0, on_step: Callable[[str], None] | None = None
) -> Report:
    """Repairs, gives parents, and measures a whole set of boundaries in WGS-84; never raises for what shapes hold.

    `tolerance_m2` is the size up to which an overlap, gap or spill is taken for rounding and not listed. `on_step` is
    told the name of each step, one of STEPS, as it begins.
    """
    began = on_step or (lambda step: None)
    began("repair")
    usable, refused = _unique(shapes)
    usable, repaired, broken = _repair(usable)
    began("parents")
    family = find_parents(usable)
    by_level = {level: [s for s in family.shapes if s.area.level is level] for level in LEVELS}
    present = {level for level in LEVELS if by_level[level]}
    over: list[Overlap] = []
    gaps: list[Gap] = []
    spills: list[Spill] = []
    for level in LEVELS:
        if level not in present:
            continue
        began(level.value)
        above = coarser(level, present)
        parents = {s.area.code: s for s in by_level[above]} if above else {}
        found = fit_together(by_level[level], parents, tolerance_m2)
        over += found[0]
        gaps += found[1]
        spills += found[2]
    return Report(
        family.shapes,
        edition_of(family.shapes),
        tuple(repaired),
        (*refused, *broken),
        family.adopted,
        family.orphans,
        family.doubts,
        tuple(over),
        tuple(gaps),
        tuple(spills),
        tolerance_m2,
    )


def fits(shapes: list[Shape], known: list[Shape]) -> tuple[DatumFit, ...]:
    """Compares the ground of shapes as they were read with known ground in WGS-84, best fit first.

    Raises BadBoundaries when there is nothing to compare. The shapes are taken as raw numbers: if they were declared
    in a datum and converted, the fit of WGS-84 stands for that datum.
    """
    if not shapes or not known:
        raise BadBoundaries("nothing to compare the datum with")
    ground = shapely.union_all(shapely.make_valid(outlines_of(known)))
    raw = shapely.union_all(shapely.make_valid(outlines_of(shapes)))
    found = [DatumFit(datum, _shared(_as(raw, datum), ground)) for datum in Datum if datum is not Datum.CGCS2000]
    return tuple(sorted(found, key=lambda fit: -fit.overlap))


def suspected_datum(shapes: list[Shape], known: list[Shape]) -> DatumFit | None:
    """Returns the datum to ask about: one that fits clearly better than the numbers as they are; else None."""
    ranked = fits(shapes, known)
    as_read = next(fit for fit in ranked if fit.datum is Datum.WGS84)
    return ranked[0] if ranked[0].overlap > as_read.overlap + _CLEARLY_BETTER else None


def _unique(shapes: list[Shape]) -> tuple[list[Shape], list[Refused]]:
    """Sets aside what has no code and every further area of a code; outlines are not looked at."""
    seen: dict[str, Shape] = {}
    refused: list[Refused] = []
    for shape in shapes:
        code = shape.area.code
        if not code or "\0" in code + shape.area.name:
            refused.append(Refused(shape.area, "no usable code"))
        elif code in seen:
            refused.append(Refused(shape.area, f"code {code} was given to {seen[code].area.name} already"))
        else:
            seen[code] = shape
    return list(seen.values()), refused


def _repair(shapes: list[Shape]) -> tuple[list[Shape], list[Repaired], list[Refused]]:
    """Repairs invalid rings, keeps what has a surface, and refuses what has none."""
    usable: list[Shape] = []
    repaired: list[Repaired] = []
    outlines = outlines_of(shapes)
    valid = shapely.is_valid(outlines)
    for shape, outline, sound in zip(shapes, outlines, valid.tolist(), strict=True):
        if not sound:
            mended = _mended(outline)
            changed_m2 = abs(float(area_m2(mended)[0] - area_m2(outline)[0]))
            repaired.append(Repaired(shape.area, str(shapely.is_valid_reason(outline)), changed_m2))
            shape = replace(shape, wkb=shapely.to_wkb(mended))
        usable.append(shape)
    usable, refused = _indexable(usable)
    kept = {shape.area.code for shape in usable}
    return usable, [mending for mending in repaired if mending.area.code in kept], refused


def _indexable(shapes: list[Shape]) -> tuple[list[Shape], list[Refused]]:
    """Sets aside what no index would take, found by halving: one call when nothing is at fault."""
    try:
        checked_outlines(shapes)
    except BadBoundaries as fault:
        if len(shapes) == 1:
            return [], [Refused(shapes[0].area, str(fault))]
        half = len(shapes) // 2
        first, first_refused = _indexable(shapes[:half])
        second, second_refused = _indexable(shapes[half:])
        return first + second, first_refused + second_refused
    return shapes, []


def _mended(outline: Any) -> Any:
    """The surfaces of a valid reading of the rings; lines and points that fall out of it are dropped."""
    parts = shapely.get_parts(shapely.make_valid(outline, method="structure", keep_collapsed=False))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _as(raw: Any, datum: Datum) -> Any:
    def converted(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        latitude, longitude = to_wgs84_many(degrees[:, 1].copy(), degrees[:, 0].copy(), datum)
        return np.column_stack([longitude, latitude])

    return shapely.transform(raw, converted)


def _shared(ground: Any, known: Any) -> float:
    total = shapely.union(ground, known).area
    return float(shapely.intersection(ground, known).area / total) if total else 0.0
