"""What people sent: filed once an update, joined to a case, never changed."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from models.store.line import Line
from models.store.rows import ReportRow
from models.tables.columns import table
from models.tables.report import Report

REPORTS = table(Report)
NAMES = tuple(f.name for f in fields(ReportRow) if f.name != "report_no")


def report_no(report_id: int, created_at: datetime) -> str:
    """Gives the number that its reporter sees, as `R2026-0000123`."""
    return f"R{created_at.astimezone(UTC).year}-{report_id:07d}"


class Reports:
    """Files and finds reports."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def insert(
        self,
        *,
        channel: str,
        update_id: int,
        person_id: int | None,
        created_at: datetime,
        kind: str,
        text: str,
        case_no: str | None = None,
        **more: Any,
    ) -> tuple[int, str]:
        """Files a report and gives its number in the database and the one that its reporter sees.

        `more` are other columns of `ReportRow`. The same update of a channel gives the report that it made
        before. The case may be written later in the same transaction.
        """
        values: dict[str, Any] = {
            "fields": {},
            "figures": {},
            "danger": [],
            "place_method": "",
            "place_reason": "",
            "edition": "",
        }
        values |= more | {"channel": channel, "update_id": update_id, "person_id": person_id, "kind": kind}
        values |= {"created_at": created_at, "text": text, "case_no": case_no}
        report_id = await self._line.add_new(REPORTS, values, ("channel", "update_id"), giving="report_id")
        if report_id is not None:
            return int(report_id), report_no(report_id, created_at)
        known = await self.by_update(channel, update_id)
        assert known is not None
        return known.report_id, known.report_no

    async def attach(self, report_id: int, case_no: str) -> None:
        """Lets a report join a case."""
        await self._line.run(update(REPORTS).where(REPORTS.c.report_id == report_id).values(case_no=case_no))

    async def get(self, report_id: int) -> ReportRow | None:
        """Finds a report."""
        return _first(await self._line.rows(_select().where(REPORTS.c.report_id == report_id)))

    async def by_update(self, channel: str, update_id: int) -> ReportRow | None:
        """Finds the report that an update made."""
        mine = _select().where(REPORTS.c.channel == channel, REPORTS.c.update_id == update_id)
        return _first(await self._line.rows(mine))

    async def of_case(self, case_no: str) -> list[ReportRow]:
        """Lists the reports of a case; the first is the one that opened it."""
        found = _select().where(REPORTS.c.case_no == case_no).order_by(REPORTS.c.report_id)
        return [_row(row) for row in await self._line.rows(found)]

    async def by_person(self, person_id: int, *, limit: int = 20) -> list[ReportRow]:
        """Lists somebody's reports, newest first."""
        found = _select().where(REPORTS.c.person_id == person_id).order_by(REPORTS.c.report_id.desc())
        return [_row(row) for row in await self._line.rows(found.limit(limit))]

    async def reporters(self, case_no: str) -> list[int]:
        """Lists everybody who reported a case, each once, the first reporter first."""
        found = select(REPORTS.c.person_id).where(REPORTS.c.case_no == case_no, REPORTS.c.person_id.is_not(None))
        return list(dict.fromkeys(await self._line.column(found.order_by(REPORTS.c.report_id))))


def _select() -> Select[Any]:
    return select(*(REPORTS.c[name] for name in NAMES))


def _row(row: Row[Any]) -> ReportRow:
    return ReportRow(report_no=report_no(row.report_id, row.created_at), **row._asdict())


def _first(rows: Sequence[Row[Any]]) -> ReportRow | None:
    return _row(rows[0]) if rows else None
