"""Which areas hold this point? The index of one edition of the boundaries, on every level at once.

Coordinates are WGS-84 degrees; every answer is that of exact arithmetic on the doubles given, the same as shapely's
`covers` on every outline. Knows nothing of fixes, accuracy or people: see `locate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.datum import BadCoordinate, Point
from geo.directory import Directory
from geo.index import near, tables
from geo.index.build import TooCrowded, build
from geo.index.plain import NOWHERE, Profiles, plain_many
from geo.index.single import plain_ask, plain_at
from geo.index.tables import Arrays, BadIndexFile, Head, Tables
from geo.shapes import LEVELS, Area, AreaChain, BadBoundaries, Level, Shape, checked_outlines, in_tree_order

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hit:
    """The code on each level at a point, None where no area covers it.

    On a shared border the winner is fixed: the area that comes first when the tree is walked by code (city,
    then district, and so on down); `on_border` is then true.
    """

    city: str | None
    district: str | None
    street: str | None
    community: str | None
    grid: str | None
    on_border: bool = False

    def code(self, level: Level) -> str | None:
        """Returns the code on that level."""
        found: str | None = getattr(self, level.value)
        return found


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An area near a point and the metres to it; 0 when it covers the point."""

    area: Area
    distance_m: float


class Hits:
    """The answers for many points: as long as the arrays asked for, in their order."""

    def __init__(self, index: AreaIndex, answers: NDArray[np.int64]) -> None:
        self._index = index
        self._answers = answers

    def __len__(self) -> int:
        return len(self._answers)

    def __getitem__(self, position: int) -> Hit:
        return self._index.hit_of(int(self._answers[position]))

    def __iter__(self) -> Iterator[Hit]:
        return (self[position] for position in range(len(self)))

    @property
    def on_border(self) -> NDArray[np.bool_]:
        """Which points lie exactly on a border."""
        found: NDArray[np.bool_] = (self._answers >= 0) & (self._answers & 1 == 1)
        return found

    def codes(self, level: Level) -> NDArray[np.object_]:
        """Returns the codes on one level, None where no area covers the point."""
        return self._index.codes_of(self._answers, level)


class AreaIndex:
    """All areas of one edition. Build it once, save it, and open it in as many processes as wanted.

    With `compiled`, look-ups in the cells that borders cross and all of `at_many` go through numba: the answers are
    the same, but the first one waits for the compiler (a second or two with its cache).
    """

    at: Callable[[Point], Hit]
    """Returns what covers a point. Nonsense coordinates are covered by nothing."""

    def __init__(self, head: Head, held: Tables, *, compiled: bool = False) -> None:
        self.edition = head.edition
        self._head, self._tables = head, held
        self._profiles = Profiles(held)
        self._directory = Directory(held)
        self._ask = plain_ask(head, held, self._profiles)
        self._hits: list[Hit | None] = [None] * len(held.profiles)
        self._rare_hits: dict[int, Hit] = {NOWHERE: Hit(None, None, None, None, None)}
        self._many = plain_many
        self.at = plain_at(head, held, self._profiles, self._hits, self.hit_of)
        if compiled:
            from geo.index.compiled import compiled_at, compiled_many

            self._many = compiled_many
            self.at = compiled_at(held, self._ask, self._hits, self.hit_of)

    @classmethod
    def build(cls, shapes: Iterable[Shape], edition: str, *, compiled: bool = False) -> AreaIndex:
        """Builds the index; raises BadBoundaries, which names the area, for what `boundaries` would have repaired."""
        ordered = in_tree_order(shapes)
        outlines = checked_outlines(ordered)
        areas = [shape.area for shape in ordered]
        levels = np.array([LEVELS.index(area.level) for area in areas], dtype=np.int64)
        try:
            made = build(outlines, levels)
        except TooCrowded as fault:
            named = ", ".join(f"{areas[a].code} ({areas[a].name})" for a in fault.areas[:3])
            raise BadBoundaries(f"{fault}: {named} …") from fault
        frame = made.frame
        head = Head(
            edition,
            frame.west,
            frame.south,
            frame.columns_per_degree,
            frame.rows_per_degree,
            frame.columns,
            frame.rows,
        )
        arrays = Arrays(
            made.cells,
            made.blocks,
            made.records,
            made.palettes,
            made.runs,
            made.arcs.vertices,
            made.profiles,
            made.group_start,
            made.group_areas,
            made.face_start,
            made.face_bits,
            made.face_profile,
            level_start=np.searchsorted(levels, np.arange(len(LEVELS) + 1)).astype(np.uint32),
            synthetic=np.array([area.synthetic for area in areas], dtype=np.uint8),
            codes=tables.pack_texts([area.code for area in areas]),
            names=tables.pack_texts([area.name for area in areas]),
            parent_codes=tables.pack_texts([area.parent_code or "" for area in areas]),
        )
        return cls(head, tables.in_memory(head, arrays), compiled=compiled)

    def save(self, path: Path) -> None:
        """Writes the index to one file, whole or not at all."""
        tables.write(path, self._head, self._tables)

    @classmethod
    def open(cls, path: Path, *, compiled: bool = False) -> AreaIndex:
        """Maps a saved index into memory, shared by all processes that do; raises BadIndexFile."""
        return cls(*tables.read(path), compiled=compiled)

    @staticmethod
    def verify(path: Path) -> None:
        """Reads a whole saved index and compares its digest; raises BadIndexFile. For `doctor`, not for every start."""
        tables.verify(path)

    @property
    def areas(self) -> Mapping[str, Area]:
        """All areas by code, coarsest level first."""
        return self._directory

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that have outlines, coarsest first."""
        counts = np.diff(self._tables.level_start.astype(np.int64))
        return tuple(level for level, count in zip(LEVELS, counts, strict=True) if count)

    def chain(self, code: str) -> AreaChain:
        """Returns the area with its ancestors; raises KeyError for a code that this edition does not know."""
        links: dict[str, Area | None] = {level.value: None for level in LEVELS}
        area: Area | None = self.areas[code]
        while area is not None and links[area.level.value] is None:
            links[area.level.value] = area
            area = self.areas.get(area.parent_code) if area.parent_code else None
        return AreaChain(**links)

    def at_many(self, latitude: Floats, longitude: Floats) -> Hits:
        """The vectorised twin of `at`; raises ValueError unless both are flat and equally long."""
        latitude = np.ascontiguousarray(latitude, dtype=np.float64)
        longitude = np.ascontiguousarray(longitude, dtype=np.float64)
        if latitude.ndim != 1 or latitude.shape != longitude.shape:
            raise ValueError(f"{latitude.shape} latitudes and {longitude.shape} longitudes are no list of points")
        return Hits(self, self._many(self._head, self._tables, self._ask, longitude, latitude))

    def border_distance_m(self, point: Point, level: Level) -> float | None:
        """Returns the metres to the nearest border of that level; None when the level is empty or no place is given."""
        if not point.is_place:
            return None
        found = near.nearest_border(self._head, self._tables, LEVELS.index(level), point)
        return float(found.distance_m.min()) if len(found.area) else None

    def neighbours(self, point: Point, radius_m: float, level: Level) -> tuple[Neighbour, ...]:
        """Returns the areas within the radius, nearest first; the one that `at` names comes first, at 0 m."""
        if not point.is_place:
            return ()
        found = near.borders_within(self._head, self._tables, LEVELS.index(level), point, radius_m)
        return self._ranked(point, level, found)

    def nearest(self, point: Point, level: Level) -> Neighbour | None:
        """Returns the nearest area of that level, however far; None when the level is empty or no place is given."""
        if not point.is_place:
            return None
        ranked = self._ranked(point, level, near.nearest_border(self._head, self._tables, LEVELS.index(level), point))
        return ranked[0] if ranked else None

    def hit_of(self, answer: int) -> Hit:
        """Returns the hit for an answer of the look-up; the same object each time."""
        number, on_border = answer >> 1, answer & 1 == 1
        plain = not on_border and 0 <= number < len(self._hits)
        hit = self._hits[number] if plain else self._rare_hits.get(answer)
        if hit is None:
            city, district, street, community, grid = (
                self._directory.codes[area] if area >= 0 else None for area in self._profiles.row(number)
            )
            hit = Hit(city, district, street, community, grid, on_border)
            if plain:
                self._hits[number] = hit
            else:
                self._rare_hits[answer] = hit
        return hit

    def codes_of(self, answers: NDArray[np.int64], level: Level) -> NDArray[np.object_]:
        """Returns the codes on one level for answers of the look-up."""
        found = self._profiles.rows(answers >> 1)[:, LEVELS.index(level)]
        return np.array([*self._directory.codes, None], dtype=np.object_)[found]

    def _ranked(self, point: Point, level: Level, found: near.Borders) -> tuple[Neighbour, ...]:
        winner = self.at(point).code(level)
        near_by = {
            self._directory.codes[a]: m for a, m in zip(found.area.tolist(), found.distance_m.tolist(), strict=True)
        }
        if winner is not None:
            near_by[winner] = 0.0
        order = sorted(near_by, key=lambda code: (code != winner, near_by[code], code))
        return tuple(Neighbour(self.areas[code], near_by[code]) for code in order)


__all__ = [
    "LEVELS",
    "Area",
    "AreaChain",
    "AreaIndex",
    "BadBoundaries",
    "BadCoordinate",
    "BadIndexFile",
    "Hit",
    "Hits",
    "Level",
    "Neighbour",
    "Point",
    "Shape",
]
