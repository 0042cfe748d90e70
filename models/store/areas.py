"""Boundaries by edition. An edition is saved whole, once, and never changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from models.store.line import Line
from models.store.rows import AreaName, AreaShape, EditionRow
from models.tables.area import Area, Edition
from models.tables.columns import table

AREAS, EDITIONS = table(Area), table(Edition)


class Areas:
    """Saves and gives editions of the boundaries."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def edition(self) -> str | None:
        """Names the edition in force; None before the first import."""
        found: str | None = await self._line.scalar(select(EDITIONS.c.edition_id).where(EDITIONS.c.current))
        return found

    async def editions(self) -> list[EditionRow]:
        """Lists all editions, the latest first."""
        rows = await self._line.rows(select(EDITIONS).order_by(EDITIONS.c.saved_at.desc(), EDITIONS.c.edition_id))
        return [EditionRow(**row._asdict()) for row in rows]

    async def shapes(self, edition: str) -> list[AreaShape]:
        """Gives every area of an edition with its outline, by code."""
        names = (AREAS.c.code, AREAS.c.level, AREAS.c.name, AREAS.c.parent_code, AREAS.c.wkb, AREAS.c.synthetic)
        rows = await self._line.rows(select(*names).where(AREAS.c.edition_id == edition).order_by(AREAS.c.code))
        return [AreaShape(**row._asdict()) for row in rows]

    async def outline(self, edition: str, code: str) -> bytes | None:
        """Gives the outline of one area as WKB; None when the edition has no such area."""
        wanted = select(AREAS.c.wkb).where(AREAS.c.edition_id == edition, AREAS.c.code == code)
        found: bytes | None = await self._line.scalar(wanted)
        return found

    async def all(self, edition: str) -> list[AreaName]:
        """Gives every area of an edition without its outline, by code."""
        names = (AREAS.c.code, AREAS.c.level, AREAS.c.name, AREAS.c.parent_code, AREAS.c.synthetic)
        rows = await self._line.rows(select(*names).where(AREAS.c.edition_id == edition).order_by(AREAS.c.code))
        return [AreaName(**row._asdict()) for row in rows]

    async def names(self, codes: Iterable[str]) -> dict[str, str]:
        """Gives the names of areas in the edition in force; unknown codes are left out."""
        wanted = select(AREAS.c.code, AREAS.c.name).where(
            AREAS.c.edition_id == select(EDITIONS.c.edition_id).where(EDITIONS.c.current).scalar_subquery(),
            AREAS.c.code.in_(sorted(set(codes))),
        )
        return {row.code: row.name for row in await self._line.rows(wanted)}

    async def put_in_force(self, edition_id: str) -> bool:
        """Puts a known edition in force; False when it is not known, and then nothing changes."""
        known = await self._line.scalar(select(func.count()).where(EDITIONS.c.edition_id == edition_id))
        if not known:
            return False
        await self._line.run(update(EDITIONS).where(EDITIONS.c.current).values(current=False))
        await self._line.run(update(EDITIONS).where(EDITIONS.c.edition_id == edition_id).values(current=True))
        return True

    async def save_edition(self, edition_id: str, shapes: Sequence[AreaShape], now: datetime) -> bool:
        """Saves an edition and puts it in force; one that is known is only put in force, and False is given."""
        if await self.put_in_force(edition_id):
            return False
        await self._line.run(update(EDITIONS).where(EDITIONS.c.current).values(current=False))
        row = {"edition_id": edition_id, "saved_at": now, "current": True, "n_areas": len(shapes)}
        await self._line.run(EDITIONS.insert().values(row))
        names = ("code", "level", "name", "parent_code", "synthetic", "wkb")
        await self._line.add_many(
            AREAS,
            ({"edition_id": edition_id} | {name: getattr(shape, name) for name in names} for shape in shapes),
        )
        return True
