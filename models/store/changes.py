"""Which cases changed since a moment that a reader remembers by a number: none is missed, none comes twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, or_, select, text

from models.store.line import Line
from models.tables.case import CaseEvent
from models.tables.change import CaseChange
from models.tables.columns import table

CHANGES, EVENTS = table(CaseChange), table(CaseEvent).c
KEPT = 200_000
"""How many changes a reader may be behind and still go on where it was."""
NUMBERING = 7_402_001
"""The advisory lock under which PostgreSQL's changes are numbered."""
NUMBER = text(
    "update case_change set no = fresh.no from ("
    " select change_id, (select coalesce(max(no), 0) from case_change)"
    "  + row_number() over (order by change_id) as no from case_change where no is null"
    ") as fresh where case_change.change_id = fresh.change_id"
)
"""Numbers what is committed and has no number yet. Whoever numbers is alone, so that the order is that of commits."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change, with its place in the order of all."""

    no: int
    case_no: str
    from_version: int
    version: int


class Changes:
    """Changes of cases."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._order = CHANGES.c.change_id if line.sqlite else CHANGES.c.no

    async def waiting(self) -> bool:
        """Tells whether changes wait for their number."""
        if self._line.sqlite:
            return False
        return bool(await self._line.scalar(select(select(CHANGES.c.change_id).where(CHANGES.c.no.is_(None)).exists())))

    async def number(self) -> None:
        """Numbers what was committed since; needed on PostgreSQL only."""
        if not self._line.sqlite:
            await self._line.run(text("select pg_advisory_xact_lock(:key)"), {"key": NUMBERING})
            await self._line.run(NUMBER)

    async def after(self, no: int, limit: int) -> list[ChangeRow]:
        """Lists the changes behind a number, in order."""
        chosen = select(self._order.label("no"), CHANGES.c.case_no, CHANGES.c.from_version, CHANGES.c.version)
        rows = await self._line.rows(chosen.where(self._order > no).order_by(self._order).limit(limit))
        return [ChangeRow(**row._asdict()) for row in rows]

    async def last(self) -> int:
        """Gives the number of the newest change; 0 before any."""
        return int(await self._line.scalar(select(func.coalesce(func.max(self._order), 0))))

    async def first(self) -> int:
        """Gives the number of the oldest change that is still there; 0 before any."""
        return int(await self._line.scalar(select(func.coalesce(func.min(self._order), 0))))

    async def tags(self, changes: Sequence[ChangeRow]) -> dict[tuple[str, int], str]:
        """Gives the tags of the events that these changes consist of, by case and number of the event."""
        spans = [
            and_(EVENTS.case_no == c.case_no, EVENTS.seq > c.from_version, EVENTS.seq <= c.version) for c in changes
        ]
        if not spans:
            return {}
        rows = await self._line.rows(select(EVENTS.case_no, EVENTS.seq, EVENTS.tag).where(or_(*spans)))
        return {(row.case_no, row.seq): row.tag for row in rows}

    async def sweep(self) -> int:
        """Drops what nobody can be behind any more; counts it."""
        return await self._line.run(delete(CHANGES).where(self._order <= await self.last() - KEPT))
