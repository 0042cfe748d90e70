"""Pictures: which are here, which still load, and what they belong to. The bytes lie elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, select, update

from models.store.line import Line
from models.store.rows import EvidenceRow, MediaRow
from models.tables.columns import table
from models.tables.media import Evidence, ReportMedia
from models.tables.media import Media as MediaTable

MEDIA, REPORT_MEDIA, EVIDENCE = table(MediaTable), table(ReportMedia), table(Evidence)
NAMES = tuple(f.name for f in fields(MediaRow))


class Media:
    """Keeps pictures and links them."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def add(
        self,
        *,
        person_id: int | None,
        file_id: str | None,
        key: str,
        developed: Mapping[str, object],
        now: datetime,
    ) -> int:
        """Keeps a picture; the same bytes from the same person are one picture.

        `developed` are columns of `MediaRow`: sha256, phash, mime, n_bytes, width, height, taken_…
        """
        mine = MEDIA.c.person_id.is_not_distinct_from(person_id)
        same = select(MEDIA.c.media_id).where(MEDIA.c.sha256 == developed["sha256"], mine, MEDIA.c.status == "ready")
        known = await self._line.scalar(same.order_by(MEDIA.c.media_id).limit(1))
        if known is not None:
            return int(known)
        given = {"person_id": person_id, "file_id": file_id, "key": key, "received_at": now, "status": "ready"}
        return await self._line.add(MEDIA, {**developed, **given}, giving="media_id")

    async def add_loading(self, *, person_id: int | None, file_id: str, now: datetime) -> int:
        """Keeps the name of a picture whose bytes are not here yet."""
        given = {"person_id": person_id, "file_id": file_id, "received_at": now, "status": "loading"}
        return await self._line.add(MEDIA, given, giving="media_id")

    async def set_ready(self, media_id: int, *, key: str, developed: Mapping[str, object]) -> bool:
        """Fills in a picture that was loading; False when it is not loading any more."""
        loading = update(MEDIA).where(MEDIA.c.media_id == media_id, MEDIA.c.status == "loading")
        return await self._line.run(loading.values({**developed, "key": key, "status": "ready"})) == 1

    async def set_refused(self, media_id: int, why: str) -> bool:
        """Notes that a picture that was loading is none; False when it is not loading any more."""
        loading = update(MEDIA).where(MEDIA.c.media_id == media_id, MEDIA.c.status == "loading")
        return await self._line.run(loading.values(status="refused", refused_why=why)) == 1

    async def get(self, media_id: int) -> MediaRow | None:
        """Finds a picture."""
        found = await self._line.one(_select().where(MEDIA.c.media_id == media_id))
        return _row(found) if found else None

    async def many(self, media_ids: Sequence[int]) -> dict[int, MediaRow]:
        """Finds several pictures; unknown ones are left out."""
        found = await self._line.rows(_select().where(MEDIA.c.media_id.in_(media_ids)))
        return {row.media_id: _row(row) for row in found}

    async def loading(self, limit: int = 100) -> list[MediaRow]:
        """Lists pictures whose bytes are not here, the oldest first."""
        found = _select().where(MEDIA.c.status == "loading").order_by(MEDIA.c.media_id).limit(limit)
        return [_row(row) for row in await self._line.rows(found)]

    async def attach(self, case_no: str, media_id: int, role: str, event_seq: int) -> None:
        """Makes a picture evidence of a case (before, after, check, note); twice is once."""
        row = {"case_no": case_no, "media_id": media_id, "role": role, "event_seq": event_seq}
        await self._line.add_new(EVIDENCE, row, ("case_no", "media_id", "role"), giving="media_id")

    async def attach_report(self, report_id: int, media_id: int, role: str) -> None:
        """Makes a picture part of a report, which may have no case; twice is once."""
        row = {"report_id": report_id, "media_id": media_id, "role": role}
        await self._line.add_new(REPORT_MEDIA, row, ("report_id", "media_id", "role"), giving="media_id")

    async def of_case(self, case_no: str) -> list[EvidenceRow]:
        """Lists the pictures of a case in the order of its history."""
        found = _linked(EVIDENCE, EVIDENCE.c.event_seq).where(EVIDENCE.c.case_no == case_no)
        rows = await self._line.rows(found.order_by(EVIDENCE.c.event_seq, MEDIA.c.media_id))
        return [_evidence(row) for row in rows]

    async def of_report(self, report_id: int) -> list[EvidenceRow]:
        """Lists the pictures of a report."""
        found = _linked(REPORT_MEDIA).where(REPORT_MEDIA.c.report_id == report_id)
        return [_evidence(row) for row in await self._line.rows(found.order_by(MEDIA.c.media_id))]

    async def cases_of(self, media_id: int) -> list[str]:
        """Lists the cases that a picture belongs to."""
        mine = select(EVIDENCE.c.case_no).where(EVIDENCE.c.media_id == media_id).distinct()
        return await self._line.column(mine.order_by(EVIDENCE.c.case_no))


def _select() -> Select[Any]:
    return select(*(MEDIA.c[name] for name in NAMES))


def _linked(links: Table, *more: Any) -> Select[Any]:
    chosen = select(MEDIA.c.media_id, links.c.role, MEDIA.c.status, MEDIA.c.sha256, MEDIA.c.phash, *more)
    return chosen.join_from(links, MEDIA, links.c.media_id == MEDIA.c.media_id)


def _row(row: Row[Any]) -> MediaRow:
    values = row._asdict()
    return MediaRow(**(values | {"phash": values["phash"] or ""}))


def _evidence(row: Row[Any]) -> EvidenceRow:
    values = row._asdict()
    return EvidenceRow(**(values | {"phash": values["phash"] or ""}))
