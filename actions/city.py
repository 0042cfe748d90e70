"""Takes over what a city brings: boundaries as a new edition, units, routing rules."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from actions.ports import Store, Unit
from geo.areas import Area, AreaIndex, BadIndexFile, Level, Shape
from geo.editions import edition_of
from geo.gazetteer import Alias, Gazetteer, Landmark
from models.rules.catalogue import Catalogue
from models.rules.units import Place, expand
from models.store.rows import AreaShape, UnitRow

EDITION_BEFORE: Final = "edition_before"
"""The mark that holds which edition was in force before the one that is: one command leads back to it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of boundaries did; `fresh` is False when this very edition was known."""

    edition: str
    n_areas: int
    fresh: bool


async def import_boundaries(store: Store, shapes: Sequence[Shape], now: datetime) -> Imported:
    """Saves boundaries as the edition in force, in one transaction."""
    edition = edition_of(shapes)
    rows = [
        AreaShape(
            code=s.area.code,
            level=s.area.level.value,
            name=s.area.name,
            parent_code=s.area.parent_code,
            wkb=s.wkb,
            synthetic=s.area.synthetic,
        )
        for s in shapes
    ]
    async with store.begin() as unit:
        before = await unit.areas.edition()
        fresh = await unit.areas.save_edition(edition, rows, now)
        if before is not None and before != edition:
            await unit.kv.put(EDITION_BEFORE, before)
    return Imported(edition, len(rows), fresh)


async def import_units(unit: Unit, catalogue: Catalogue, areas: Iterable[Area], language: str) -> int:
    """Saves the units that the catalogue names or gives a pattern for; counts them."""
    places = [Place(a.code, a.level.value, a.name) for a in areas]
    units = expand(catalogue.units, places)
    rows = [UnitRow(code=u.code, name=u.label.in_(language), area_code=u.area_code) for u in units]
    await unit.units.save(rows)
    return len(rows)


async def open_index(store: Store, folder: Path) -> AreaIndex | None:
    """Opens the index of the edition in force, building its file first when it is missing; None without one."""
    async with store.read() as unit:
        edition = await unit.areas.edition()
        if edition is None:
            return None
        path = folder / f"{edition}.index"
        try:
            return await asyncio.to_thread(AreaIndex.open, path)
        except (FileNotFoundError, BadIndexFile):
            # Never built, of an older program, or cut short: the database has it all.
            rows = await unit.areas.shapes(edition)
    shapes = [Shape(Area(r.code, r.name, Level(r.level), r.parent_code, synthetic=r.synthetic), r.wkb) for r in rows]
    return await asyncio.to_thread(_built, shapes, edition, path)


def _built(shapes: Sequence[Shape], edition: str, path: Path) -> AreaIndex:
    path.parent.mkdir(parents=True, exist_ok=True)
    AreaIndex.build(shapes, edition).save(path)
    return AreaIndex.open(path)


def gazetteer_of(index: AreaIndex, aliases: Iterable[Alias], landmarks: Iterable[Landmark] = ()) -> Gazetteer:
    """Builds the names of a city; what names areas that this edition does not have is left out."""
    rows = [(a.code, a.name, a.level.value, a.parent_code) for a in index.areas.values()]
    known = [(one, tuple(code for code in one.street_codes if code in index.areas)) for one in landmarks]
    return Gazetteer.build(
        rows,
        [alias for alias in aliases if alias.code in index.areas],
        [replace(one, street_codes=codes) for one, codes in known if codes],
    )
