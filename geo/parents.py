"""Whose child is each area? From the field that says so, from the codes, or from the ground it lies on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage import outlines_of
from geo.shapes import LEVELS, Area, Level, Shape

_PADDING = "000"


class Basis(StrEnum):
    """What a parent was concluded from."""

    DECLARED = "declared"
    ONLY_ONE = "only_one"
    CODE = "code"
    GROUND = "ground"


@dataclass(frozen=True, slots=True)
class Adoption:
    """A parent that was not declared, and what it was concluded from."""

    area: Area
    parent: Area
    basis: Basis


@dataclass(frozen=True, slots=True)
class Doubt:
    """An area most of which lies in another area than the parent it was given."""

    area: Area
    parent: Area
    lies_in: Area | None
    share_in_parent: float


@dataclass(frozen=True, slots=True)
class Family:
    """The shapes with their parents filled in, and what had to be concluded or could not be."""

    shapes: tuple[Shape, ...]
    adopted: tuple[Adoption, ...]
    orphans: tuple[Area, ...]
    doubts: tuple[Doubt, ...]


def find_parents(shapes: list[Shape]) -> Family:
    """Gives every area a parent of the next coarser level that is there. Unknown declared codes are concluded anew."""
    by_level = {level: [s for s in shapes if s.area.level is level] for level in LEVELS}
    present = [level for level in LEVELS if by_level[level]]
    settled = list(by_level[present[0]]) if present else []
    adopted: list[Adoption] = []
    orphans: list[Area] = []
    doubts: list[Doubt] = []
    for above, level in pairwise(present):
        parents = by_level[above]
        lies_in = _by_ground(by_level[level], parents)
        for shape, parent, basis in _concluded(by_level[level], parents, lies_in):
            if parent is None:
                orphans.append(shape.area)
                settled.append(_with_parent(shape, None))
                continue
            if basis is not Basis.DECLARED:
                adopted.append(Adoption(shape.area, parent.area, basis))
            settled.append(_with_parent(shape, parent.area.code))
        doubts += _doubts(settled[-len(by_level[level]) :], parents, lies_in)
    return Family(tuple(settled), tuple(adopted), tuple(orphans), tuple(doubts))


def coarser(level: Level, present: set[Level]) -> Level | None:
    """Returns the nearest coarser level of those present."""
    above = [other for other in LEVELS[: LEVELS.index(level)] if other in present]
    return above[-1] if above else None


def _concluded(
    shapes: list[Shape], parents: list[Shape], lies_in: NDArray[np.int64]
) -> Iterator[tuple[Shape, Shape | None, Basis]]:
    by_code = {shape.area.code: shape for shape in parents}
    by_stem = {_stem(code): shape for code, shape in by_code.items()}
    for shape, where in zip(shapes, lies_in.tolist(), strict=True):
        declared = by_code.get(shape.area.parent_code or "")
        if declared is not None:
            yield shape, declared, Basis.DECLARED
        elif len(parents) == 1:
            yield shape, parents[0], Basis.ONLY_ONE
        elif (named := _by_code(shape.area.code, by_stem)) is not None:
            yield shape, named, Basis.CODE
        else:
            yield shape, parents[where] if where >= 0 else None, Basis.GROUND


def _by_code(code: str, by_stem: dict[str, Shape]) -> Shape | None:
    """The longest code that the area's own begins with: 120101001 is of 120101, padded with zeros or not."""
    for length in range(len(code) - 1, 0, -1):
        if code[:length] in by_stem:
            return by_stem[code[:length]]
    return None


def _stem(code: str) -> str:
    """A code without the zeros that fill it up: 120101000000 is 120101, but 120110 stays."""
    while code.endswith(_PADDING) and len(code) > len(_PADDING):
        code = code.removesuffix(_PADDING)
    return code


def _by_ground(shapes: list[Shape], parents: list[Shape]) -> NDArray[np.int64]:
    """Returns the number of the parent that holds most of each area, -1 for none."""
    outlines, tree = outlines_of(shapes), shapely.STRtree(outlines_of(parents))
    found = np.full(len(shapes), -1, dtype=np.int64)
    child, parent = tree.query(outlines, predicate="covered_by")
    found[child[::-1]] = parent[::-1]
    open_ones = np.flatnonzero(found < 0)
    child, parent = tree.query(outlines[open_ones], predicate="intersects")
    shared = shapely.area(shapely.intersection(outlines[open_ones][child], tree.geometries[parent]))
    for at in np.lexsort((parent, -shared))[::-1]:
        if shared[at] > 0:
            found[open_ones[child[at]]] = parent[at]
    return found


def _doubts(shapes: list[Shape], parents: list[Shape], lies_in: NDArray[np.int64]) -> list[Doubt]:
    by_code = {shape.area.code: shape for shape in parents}
    doubts: list[Doubt] = []
    for shape, where in zip(shapes, lies_in.tolist(), strict=True):
        parent = by_code.get(shape.area.parent_code or "")
        if parent is None or (where >= 0 and parents[where] is parent):
            continue
        outline = shapely.from_wkb(shape.wkb)
        share = shapely.intersection(outline, shapely.from_wkb(parent.wkb)).area / outline.area
        if share < 0.5:
            other = parents[where].area if where >= 0 else None
            doubts.append(Doubt(shape.area, parent.area, other, float(share)))
    return doubts


def _with_parent(shape: Shape, code: str | None) -> Shape:
    return shape if shape.area.parent_code == code else Shape(replace(shape.area, parent_code=code), shape.wkb)
