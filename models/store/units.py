"""Responsible units: departments and contractors that rectify."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from models.store.line import Line
from models.store.rows import UnitRow
from models.tables.columns import table
from models.tables.person import Unit

UNITS = table(Unit)


class Units:
    """Finds and saves units."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def get(self, unit_code: str) -> UnitRow | None:
        """Finds a unit."""
        found = await self._line.one(_select().where(UNITS.c.unit_code == unit_code))
        return UnitRow(**found._asdict()) if found else None

    async def names(self, unit_codes: Iterable[str]) -> dict[str, str]:
        """Gives the names of units; unknown codes are left out."""
        codes = sorted(set(unit_codes))
        if not codes:
            return {}
        return {row.code: row.name for row in await self._line.rows(_select().where(UNITS.c.unit_code.in_(codes)))}

    async def all(self, area_codes: Iterable[str] | None = None) -> list[UnitRow]:
        """Lists active units: those of the areas and those of the whole city, or all."""
        found = _select().where(UNITS.c.active)
        if area_codes is not None:
            found = found.where(or_(UNITS.c.area_code.in_(sorted(set(area_codes))), UNITS.c.area_code.is_(None)))
        rows = await self._line.rows(found.order_by(UNITS.c.area_code.is_(None), UNITS.c.unit_code))
        return [UnitRow(**row._asdict()) for row in rows]

    async def save(self, rows: Sequence[UnitRow]) -> None:
        """Adds units or overwrites those that exist."""
        values = ({"unit_code": r.code, "name": r.name, "area_code": r.area_code, "active": r.active} for r in rows)
        await self._line.upsert(UNITS, values, ("unit_code",))


def _select() -> Select[Any]:
    return select(UNITS.c.unit_code.label("code"), UNITS.c.name, UNITS.c.area_code, UNITS.c.active)
