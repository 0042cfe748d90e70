"""What people sent: filed once an update, joined to a case, never changed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from types import ModuleType
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Executable

from models.store.case_lists import seen_from
from models.store.line import Line
from models.store.rows import ReportRow, Viewpoint
from models.tables.case import Case
from models.tables.columns import table
from models.tables.report import Report, ReportOrigin

REPORTS, ORIGINS, CASES = table(Report), table(ReportOrigin), table(Case)
MONTH = 10**9
"""On PostgreSQL the number of a report is its month, as 202611, times this, and a consecutive number.

So the month that parts are made by is in the primary key, which stays one column and unique.
"""
NUMBERS = "report_report_id_seq"
BATCH = 500
"""How many cases are asked for at once."""
NAMES = tuple(f.name for f in fields(ReportRow) if f.name != "report_no")


def report_no(report_id: int, created_at: datetime) -> str:
    """Gives the number that its reporter sees, as `R2026-0000123`."""
    return f"R{created_at.astimezone(UTC).year}-{report_id % MONTH:07d}"


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
            "by_hand": False,
        }
        values |= more | {"channel": channel, "update_id": update_id, "person_id": person_id, "kind": kind}
        values |= {"created_at": created_at, "text": text, "case_no": case_no}
        report_id = await (self._number_then_file(values) if self._line.sqlite else self._file_at_once(values))
        if report_id is not None:
            return int(report_id), report_no(report_id, created_at)
        known = await self.by_update(channel, update_id)
        assert known is not None
        return known.report_id, known.report_no

    async def _number_then_file(self, values: dict[str, Any]) -> int | None:
        """Files in two statements; SQLite has one writer, so that nobody takes the number in between."""
        origin = {f"b_{name}": values[name] for name in ("channel", "update_id")}
        report_id: int | None = await self._line.scalar(_TAKING_HERE, origin)
        if report_id is not None:
            await self._line.add_many(REPORTS, [values | {"report_id": report_id}])
        return report_id

    async def _file_at_once(self, values: dict[str, Any]) -> int | None:
        """Files in one statement; None when the update has made a report already, whoever filed it."""
        at = values["created_at"].astimezone(UTC)
        bound = {f"b_{name}": value for name, value in values.items()}
        found = await self._line.scalar(_filing(tuple(values)), bound | {"b_month": (at.year * 100 + at.month) * MONTH})
        return None if found is None else int(found)

    async def attach(self, report_id: int, case_no: str) -> None:
        """Lets a report join a case."""
        await self._line.run(update(REPORTS).where(REPORTS.c.report_id == report_id).values(case_no=case_no))

    async def get(self, report_id: int) -> ReportRow | None:
        """Finds a report."""
        return _first(await self._line.rows(_select().where(REPORTS.c.report_id == report_id)))

    async def by_no(self, number: str) -> ReportRow | None:
        """Finds a report by the number that its reporter sees."""
        said = re.fullmatch(r"R(\d{4})-(\d{7,9})", number, re.ASCII)
        if said is None:
            return None
        year, n = int(said[1]), int(said[2])
        # The month of filing is a part of the key, where there is one; around midnight years differ by zone.
        months = [*(year * 100 + month for month in range(1, 13)), year * 100 - 88, year * 100 + 101]
        ids = [n, *(month * MONTH + n for month in months)]
        found = [_row(row) for row in await self._line.rows(_select().where(REPORTS.c.report_id.in_(ids)))]
        return next((row for row in found if row.report_no == number), None)

    async def by_update(self, channel: str, update_id: int) -> ReportRow | None:
        """Finds the report that an update made."""
        origin = select(ORIGINS.c.report_id).where(ORIGINS.c.channel == channel, ORIGINS.c.update_id == update_id)
        mine = _select().where(REPORTS.c.report_id == origin.scalar_subquery())
        return _first(await self._line.rows(mine))

    async def of_case(self, case_no: str) -> list[ReportRow]:
        """Lists the reports of a case; the first is the one that opened it."""
        found = _select().where(REPORTS.c.case_no == case_no).order_by(REPORTS.c.report_id)
        return [_row(row) for row in await self._line.rows(found)]

    async def first_of(self, case_nos: Iterable[str]) -> dict[str, ReportRow]:
        """Gives for each case the report that opened it."""
        numbers, found = list(case_nos), dict[str, ReportRow]()
        for start in range(0, len(numbers), BATCH):
            of = REPORTS.c.case_no.in_(numbers[start : start + BATCH])
            for row in await self._line.rows(_select().where(of).order_by(REPORTS.c.report_id)):
                found.setdefault(row.case_no, _row(row))
        return found

    async def by_person(self, person_id: int, *, limit: int = 20) -> list[ReportRow]:
        """Lists somebody's reports, newest first."""
        found = _select().where(REPORTS.c.person_id == person_id).order_by(REPORTS.c.report_id.desc())
        return [_row(row) for row in await self._line.rows(found.limit(limit))]

    async def seen_from(
        self,
        view: Viewpoint,
        street_codes: Iterable[str],
        *,
        mine: bool = False,
        after: int | None = None,
        limit: int = 50,
    ) -> list[ReportRow]:
        """Lists what somebody may see, the newest first: their own reports, those of cases that they may see, and
        observations without a case from these streets. `after` pages on."""
        found = _select().join(CASES, CASES.c.case_no == REPORTS.c.case_no, isouter=True)
        streets = sorted(set(street_codes))
        ways = [and_(REPORTS.c.case_no.is_not(None), *seen_from(view))]
        if view.person_id is not None:
            ways.append(REPORTS.c.person_id == view.person_id)
        if streets:
            ways.append(and_(REPORTS.c.case_no.is_(None), REPORTS.c.street_code.in_(streets)))
        found = found.where(or_(*ways))
        if mine:
            found = found.where(REPORTS.c.person_id == view.person_id)
        if after is not None:
            found = found.where(REPORTS.c.report_id < after)
        rows = await self._line.rows(found.order_by(REPORTS.c.report_id.desc()).limit(limit))
        return [_row(row) for row in rows]

    async def reporters(self, case_no: str) -> list[int]:
        """Lists everybody who reported a case, each once, the first reporter first."""
        found = select(REPORTS.c.person_id).where(REPORTS.c.case_no == case_no, REPORTS.c.person_id.is_not(None))
        return list(dict.fromkeys(await self._line.column(found.order_by(REPORTS.c.report_id))))

    async def reporters_of(self, case_nos: Iterable[str]) -> dict[str, list[int]]:
        """Lists for each case everybody who reported it, as `reporters` does."""
        numbers = list(case_nos)
        found: dict[str, list[int]] = {number: [] for number in numbers}
        for start in range(0, len(numbers), BATCH):
            some = REPORTS.c.case_no.in_(numbers[start : start + BATCH])
            rows = select(REPORTS.c.case_no, REPORTS.c.person_id).where(some, REPORTS.c.person_id.is_not(None))
            for row in await self._line.rows(rows.order_by(REPORTS.c.report_id)):
                found[row.case_no].append(row.person_id)
        return {number: list(dict.fromkeys(people)) for number, people in found.items()}


def _taking(dialect: ModuleType, report_id: ColumnElement[Any]) -> Any:
    """Builds the statement that takes an update and gives its report's number; nothing for one that is known."""
    names = {name: bindparam(f"b_{name}", type_=ORIGINS.c[name].type) for name in ("channel", "update_id")}
    taken = dialect.insert(ORIGINS).values(report_id=report_id, **names)
    return taken.on_conflict_do_nothing(index_elements=list(names)).returning(ORIGINS.c.report_id)


_TAKING_HERE = _taking(sqlite, select(func.coalesce(func.max(REPORTS.c.report_id), 0) + 1).scalar_subquery())


@cache
def _filing(names: tuple[str, ...]) -> Executable:
    """Builds the statement that takes an update and files its report."""
    number = bindparam("b_month", type_=ORIGINS.c.report_id.type) + func.nextval(NUMBERS)
    new = _taking(postgresql, number).cte("origin")
    told = [bindparam(f"b_{name}", type_=REPORTS.c[name].type) for name in names]
    filed = REPORTS.insert().from_select(["report_id", *names], select(new.c.report_id, *told))
    return filed.returning(REPORTS.c.report_id)


def _select() -> Select[Any]:
    return select(*(REPORTS.c[name] for name in NAMES))


def _row(row: Row[Any]) -> ReportRow:
    return ReportRow(report_no=report_no(row.report_id, row.created_at), **row._asdict())


def _first(rows: Sequence[Row[Any]]) -> ReportRow | None:
    return _row(rows[0]) if rows else None
