"""How far every case had come when a root was signed, and whether its events still say so."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from models.store.line import Line
from models.tables.audit import Anchor, AnchorLeaf
from models.tables.case import Case, CaseEvent
from models.tables.columns import table

ANCHORS, LEAVES = table(Anchor), table(AnchorLeaf)
CASES, EVENTS = table(Case), table(CaseEvent)
BATCH = 2_000


class Leaf(NamedTuple):
    """The last event of a case, by its hash; `before` is how far the case had come at the root before."""

    case_no: str
    seq: int
    hash: bytes
    before: int = 0


class Witness(NamedTuple):
    """A leaf beside what the events say now: the hash of that event, and whether the case has any row at all."""

    leaf: Leaf
    found: bytes | None
    case_is_there: bool


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """A root that was signed."""

    anchor_no: int
    at: datetime
    line: str


class Audit:
    """Keeps what was signed."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def changed(self, after: str, limit: int) -> list[Leaf]:
        """Pages through the cases that have events which no root covers, by number."""
        covered = select(func.coalesce(func.max(LEAVES.c.seq), 0)).where(LEAVES.c.case_no == CASES.c.case_no)
        before = covered.scalar_subquery()
        found = select(CASES.c.case_no, CASES.c.version, CASES.c.head, before.label("before"))
        found = found.where(CASES.c.case_no > after, CASES.c.version > before, CASES.c.head.is_not(None))
        rows = await self._line.rows(found.order_by(CASES.c.case_no).limit(limit))
        return [Leaf(row.case_no, row.version, bytes(row.head), row.before) for row in rows]

    async def last(self) -> AnchorRow | None:
        """Gives the latest root."""
        row = await self._line.one(select(ANCHORS).order_by(ANCHORS.c.anchor_no.desc()).limit(1))
        return None if row is None else AnchorRow(row.anchor_no, row.at, row.line)

    async def anchors(self, after: int = 0) -> list[AnchorRow]:
        """Lists the roots after one, in order."""
        rows = await self._line.rows(select(ANCHORS).where(ANCHORS.c.anchor_no > after).order_by(ANCHORS.c.anchor_no))
        return [AnchorRow(row.anchor_no, row.at, row.line) for row in rows]

    async def add(self, row: AnchorRow, leaves: list[Leaf]) -> bool:
        """Keeps a root and what it covers; False when another process was first."""
        anchor = {"anchor_no": row.anchor_no, "at": row.at, "line": row.line}
        if await self._line.add_new(ANCHORS, anchor, ("anchor_no",), giving="anchor_no") is None:
            return False
        for start in range(0, len(leaves), BATCH):
            some = leaves[start : start + BATCH]
            await self._line.add_many(
                LEAVES,
                [{"case_no": x.case_no, "seq": x.seq, "anchor_no": row.anchor_no, "hash": x.hash} for x in some],
            )
        return True

    async def witnesses(self, anchor_no: int, after: str, limit: int) -> list[Witness]:
        """Pages through what a root covers, by case number, beside what the events say now."""
        same = (EVENTS.c.case_no == LEAVES.c.case_no) & (EVENTS.c.seq == LEAVES.c.seq)
        found = select(LEAVES.c.case_no, LEAVES.c.seq, LEAVES.c.hash, EVENTS.c.hash.label("found"), CASES.c.version)
        found = found.select_from(
            LEAVES.outerjoin(EVENTS, same).outerjoin(CASES, CASES.c.case_no == LEAVES.c.case_no)
        ).where(LEAVES.c.anchor_no == anchor_no, LEAVES.c.case_no > after)
        rows = await self._line.rows(found.order_by(LEAVES.c.case_no).limit(limit))
        return [
            Witness(
                Leaf(row.case_no, row.seq, bytes(row.hash)),
                None if row.found is None else bytes(row.found),
                row.version is not None,
            )
            for row in rows
        ]
