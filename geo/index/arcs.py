"""Which lines divide the areas, each kept once? Outlines become arcs: strings of vertices, known by what they bound.

The border between two streets is also that of two communities and perhaps of two districts. It is stored once, with
the set of all areas that it bounds, so that a look-up walks it once for all levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arcs:
    """All borders. Edge e runs from vertex `at[e]` to the next one; its areas are those of its side `side[e]`.

    A side is a set of areas that some edge bounds: `side_areas[side_start[s] : side_start[s + 1]]`. Edges are
    numbered in order of their vertices.
    """

    vertices: Floats
    at: Ints
    side: Ints
    side_start: Ints
    side_areas: Ints

    def areas_of(self, sides: Ints) -> tuple[Ints, Ints]:
        """Returns (row, area) for every area of every given side."""
        return expand(sides, self.side_start, self.side_areas)


def expand(groups: Ints, start: Ints, members: Ints) -> tuple[Ints, Ints]:
    """Returns (row, member) for all members of the given groups of a table in rows of unequal length."""
    first, counts = start[groups], start[groups + 1] - start[groups]
    row = np.repeat(np.arange(len(groups)), counts)
    return row, members[first[row] + ranks(counts)]


def ranks(counts: Ints) -> Ints:
    """Returns 0, 1 … n-1 for each n of `counts`, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)


def starts_of(sorted_values: Ints) -> Ints:
    """Returns the positions at which a sorted array changes its value, the first included."""
    if len(sorted_values) == 0:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate([[True], sorted_values[1:] != sorted_values[:-1]]))


def distinct(values: Ints) -> Ints:
    """Returns the different values, sorted; many times faster on millions than the hashing of `numpy.unique`."""
    ordered = np.sort(values)
    return ordered[starts_of(ordered)]


def group_sets(owner: Ints, member: Ints) -> tuple[Ints, Ints, Ints]:
    """Finds equal sets: rows (owner, member), sorted by owner and with members in one fixed order.

    Returns (set number of each owner, start of each set, members of the sets).
    """
    start = starts_of(owner)
    counts = np.diff(np.append(start, len(owner)))
    if len(start) == 0:
        return np.empty(0, dtype=np.int64), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)
    digest = np.add.reduceat(_scatter(member), start) + _scatter(counts)
    _, chosen, group = np.unique(digest, return_index=True, return_inverse=True)
    set_counts = counts[chosen]
    set_start = np.concatenate([[0], np.cumsum(set_counts)])
    members = member[np.repeat(start[chosen], set_counts) + ranks(set_counts)]
    _, again = expand(group, set_start, members)
    if len(again) != len(member) or not np.array_equal(again, member):
        raise ArithmeticError("two different sets of areas share a digest")
    return group, set_start, members


def collect(outlines: NDArray[np.object_]) -> Arcs:
    """Turns valid polygons and multipolygons, numbered by their place in the array, into arcs."""
    parts, area_of_part = shapely.get_parts(outlines, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    area_of_ring = area_of_part[part_of_ring]
    # Finest areas come last in the array and first here: coarse rings then consist of arcs that exist already.
    order = np.argsort(-area_of_ring, kind="stable")
    rings, area_of_ring = rings[order], area_of_ring[order]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy = np.ascontiguousarray(xy + 0.0)  # makes -0.0 and 0.0 one vertex
    _, vertex = np.unique(xy.view(np.complex128).ravel(), return_inverse=True)
    first = np.flatnonzero((ring[1:] == ring[:-1]) & (vertex[1:] != vertex[:-1]))
    a, b = vertex[first], vertex[first + 1]
    _, seen_first, edge = np.unique(
        np.minimum(a, b) * np.int64(vertex.max(initial=0) + 1) + np.maximum(a, b),
        return_index=True,
        return_inverse=True,
    )
    by_edge = np.argsort(edge, kind="stable")
    side, side_start, side_areas = group_sets(edge[by_edge], area_of_ring[ring[first]][by_edge])

    kept = np.sort(seen_first)
    kept_side = side[edge[kept]]
    coordinate = first[kept]
    breaks = np.ones(len(kept), dtype=bool)
    breaks[1:] = (coordinate[1:] != coordinate[:-1] + 1) | (kept_side[1:] != kept_side[:-1])
    at = np.arange(len(kept)) + np.cumsum(breaks) - 1
    vertices = np.empty((len(kept) + int(breaks.sum()), 2))
    vertices[at] = xy[coordinate]
    vertices[at + 1] = xy[coordinate + 1]
    return Arcs(vertices, at, kept_side, side_start, side_areas)


def _scatter(values: Ints) -> NDArray[np.uint64]:
    """Spreads small numbers over 64 bits, so that sums of them tell sets apart (splitmix64)."""
    z = (values.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
