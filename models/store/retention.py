"""Deletes what was kept long enough, a page at a time. What a page did stays done, so it may stop at any moment."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Table, and_, delete, exists, func, or_, select, tuple_, update

from models.rules.retention import Kept
from models.rules.states import State
from models.store.line import Line
from models.tables.access import SigninLink, WebSession
from models.tables.case import Case
from models.tables.columns import table
from models.tables.draft import Draft
from models.tables.inbox import Inbox
from models.tables.media import Evidence, Media, ReportMedia
from models.tables.outbox import Job, Message
from models.tables.person import BindAttempt, BindingRequest, Chat, Invite, Person, Post
from models.tables.report import Report

MESSAGES, MEDIA, PEOPLE, POSTS = table(Message), table(Media), table(Person), table(Post)
CASES, EVIDENCE, REPORT_MEDIA, REPORTS = table(Case), table(Evidence), table(ReportMedia), table(Report)
LASTING = ("template", "case_no")
"""What stays of the body of a message: which notice it was, of which case."""


class Over(NamedTuple):
    """Rows of a table that were kept long enough."""

    table: Table
    keys: tuple[Column[Any], ...]
    condition: Callable[[datetime], ColumnElement[bool]]


def _older(model: type[Any], key: str | tuple[str, ...], *columns: str, like: tuple[str, str] | None = None) -> Over:
    """Gives rows of which the first of these times that is known lies before a moment."""
    rows = table(model)
    moment = func.coalesce(*(rows.c[name] for name in columns)) if len(columns) > 1 else rows.c[columns[0]]
    keys = (key,) if isinstance(key, str) else key

    def condition(before: datetime) -> ColumnElement[bool]:
        old: ColumnElement[bool] = moment < before
        return old if like is None else and_(old, rows.c[like[0]].startswith(like[1]))

    return Over(rows, tuple(rows.c[name] for name in keys), condition)


DELETED: Mapping[Kept, tuple[Over, ...]] = {
    Kept.INBOX: (_older(Inbox, "inbox_id", "done_at"),),
    Kept.TALKS: (_older(Draft, "key", "updated_at", like=("key", "talk:")),),
    Kept.JOBS: (_older(Job, "job_id", "done_at"),),
    Kept.ATTEMPTS: (_older(BindAttempt, "attempt_id", "at"),),
    Kept.CODES: (_older(Invite, "code_hash", "used_at", "expires_at"),),
    Kept.BINDINGS: (_older(BindingRequest, "request_id", "decided_at"),),
    Kept.SESSIONS: (_older(SigninLink, "link_hash", "expires_at"), _older(WebSession, "session_hash", "expires_at")),
    Kept.CHATS: (_older(Chat, ("channel", "chat_id"), "unbound_at"),),
}
"""Sorts whose rows are simply deleted."""


class Retention:
    """Counts and deletes what was kept long enough."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def count(self, kept: Kept, before: datetime) -> int:
        """Counts what would be deleted of a sort."""
        match kept:
            case Kept.MESSAGES:
                counted = select(func.count()).select_from(MESSAGES).where(_wordy(before))
            case Kept.LOOSE_PHOTOS | Kept.VOID_PHOTOS:
                counted = select(func.count()).select_from(MEDIA).where(_photos(kept, before))
            case Kept.LEFT_PEOPLE:
                counted = select(func.count()).select_from(PEOPLE).where(_left(before))
            case _:
                found = [
                    select(func.count()).select_from(over.table).where(over.condition(before)) for over in DELETED[kept]
                ]
                return sum([int(await self._line.scalar(one)) for one in found])
        return int(await self._line.scalar(counted))

    async def delete(self, kept: Kept, before: datetime, limit: int) -> int:
        """Deletes up to that many rows of each table of a sort; counts them."""
        n = 0
        for over in DELETED[kept]:
            page = select(*over.keys).where(over.condition(before)).limit(limit)
            rows = [tuple(row) for row in await self._line.rows(page)]
            if rows:
                same = over.keys[0].in_([row[0] for row in rows]) if len(over.keys) == 1 else _any(over.keys, rows)
                n += await self._line.run(delete(over.table).where(same, over.condition(before)))
        return n

    async def thin_messages(self, before: datetime, after: int, limit: int) -> tuple[int, int | None]:
        """Takes the words out of a page of messages: how many, and where to go on, None at the end."""
        page = select(MESSAGES.c.row_id, MESSAGES.c.body).where(_wordy(before), MESSAGES.c.row_id > after)
        rows = await self._line.rows(page.order_by(MESSAGES.c.row_id).limit(limit))
        now = self._line.clock()
        for row in rows:
            body = {name: row.body[name] for name in LASTING if name in row.body}
            thin = update(MESSAGES).where(MESSAGES.c.row_id == row.row_id)
            await self._line.run(thin.values(body=body, thinned_at=now))
        return len(rows), rows[-1].row_id if len(rows) == limit else None

    async def photos(self, kept: Kept, before: datetime, limit: int) -> list[int]:
        """Lists pictures to be deleted."""
        page = select(MEDIA.c.media_id).where(_photos(kept, before)).order_by(MEDIA.c.media_id)
        return await self._line.column(page.limit(limit))

    async def own_bytes(self, media_id: int) -> str | None:
        """Gives the key of a picture's bytes unless they are those of another one, too."""
        other = MEDIA.alias()
        shared = exists().where(other.c.key == MEDIA.c.key, other.c.media_id != MEDIA.c.media_id)
        key: str | None = await self._line.scalar(select(MEDIA.c.key).where(MEDIA.c.media_id == media_id, ~shared))
        return key

    async def forget_photo(self, media_id: int) -> None:
        """Notes that a picture is no more; that there was one stays."""
        nothing = dict.fromkeys(("key", "sha256", "phash", "file_id", "taken_at", "taken_latitude", "taken_longitude"))
        gone = update(MEDIA).where(MEDIA.c.media_id == media_id)
        await self._line.run(gone.values(status="refused", refused_why="kept_long_enough", **nothing))

    async def left(self, before: datetime, limit: int) -> list[int]:
        """Lists people who left before that moment and still have a name here."""
        return await self._line.column(
            select(PEOPLE.c.person_id).where(_left(before)).order_by(PEOPLE.c.person_id).limit(limit)
        )


def _any(keys: tuple[Column[Any], ...], rows: list[tuple[Any, ...]]) -> ColumnElement[bool]:
    return tuple_(*keys).in_(rows)


def _wordy(before: datetime) -> ColumnElement[bool]:
    """Finds messages that are done with and still have their words."""
    settled = func.coalesce(MESSAGES.c.sent_at, MESSAGES.c.buried_at)
    return and_(MESSAGES.c.thinned_at.is_(None), settled < before)


def _photos(kept: Kept, before: datetime) -> ColumnElement[bool]:
    """Finds pictures of nothing, or of nothing but voided cases."""
    there = and_(MEDIA.c.status == "ready", MEDIA.c.received_at < before)
    linked = EVIDENCE.c.media_id == MEDIA.c.media_id
    reported = REPORT_MEDIA.c.media_id == MEDIA.c.media_id
    if kept is Kept.LOOSE_PHOTOS:
        return and_(there, ~exists().where(linked), ~exists().where(reported))
    void = and_(CASES.c.state == str(State.VOIDED), CASES.c.closed_at < before)
    of_case = select(EVIDENCE.c.media_id).join_from(EVIDENCE, CASES, CASES.c.case_no == EVIDENCE.c.case_no)
    of_report = select(REPORT_MEDIA.c.media_id).join_from(
        REPORT_MEDIA, REPORTS, REPORTS.c.report_id == REPORT_MEDIA.c.report_id
    )
    of_report = of_report.outerjoin(CASES, CASES.c.case_no == REPORTS.c.case_no).where(reported)
    needed = or_(
        of_case.where(linked, ~void).exists(), of_report.where(or_(REPORTS.c.case_no.is_(None), ~void)).exists()
    )
    return and_(there, or_(of_case.where(linked, void).exists(), of_report.where(void).exists()), ~needed)


def _left(before: datetime) -> ColumnElement[bool]:
    """Finds people without a post since that moment."""
    held = exists().where(
        POSTS.c.person_id == PEOPLE.c.person_id, or_(POSTS.c.valid_to.is_(None), POSTS.c.valid_to >= before)
    )
    waits = or_(CASES.c.holder_id == PEOPLE.c.person_id, CASES.c.verifier_id == PEOPLE.c.person_id)
    needed = exists().where(CASES.c.closed_at.is_(None), waits)
    return and_(~PEOPLE.c.active, PEOPLE.c.erased_at.is_(None), PEOPLE.c.created_at < before, ~held, ~needed)
