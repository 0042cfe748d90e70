"""All that is known of one person, wherever it lies: given out whole, and taken away down to a number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, and_, delete, or_, select, tuple_, update

from models.store.access import Access
from models.store.line import Line
from models.store.messages import DROPPED
from models.store.people import People
from models.store.retention import LASTING
from models.store.webhooks import Webhooks
from models.tables.access import SigninLink, WebSession
from models.tables.button import ButtonSheet
from models.tables.case import Case, CaseEvent
from models.tables.columns import METADATA, SealedBytes, table
from models.tables.draft import Draft
from models.tables.inbox import Inbox
from models.tables.media import Media
from models.tables.outbox import LiveCard, Message
from models.tables.person import Absence, BindAttempt, BindingRequest, Chat, Invite, Person
from models.tables.webhook import Webhook

PEOPLE, CHATS, MESSAGES = table(Person), table(Chat), table(Message)
EVENTS, CASES, DRAFTS, INBOX = table(CaseEvent), table(Case), table(Draft), table(Inbox)
FORGOTTEN = (
    table(Invite),
    table(BindingRequest),
    table(SigninLink),
    table(WebSession),
    table(Absence),
    table(ButtonSheet),
)
"""Tables whose rows of a person are deleted with them."""
OF_CHATS = (table(LiveCard), table(BindAttempt), table(ButtonSheet))
"""Tables whose rows of a person's chats are deleted with them."""
SECRET = ("_hash", "token", "secret")
"""How columns end that hold no data of a person but a key to something."""


class Persons:
    """Gathers and takes away."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def everything(self, person_id: int) -> dict[str, list[dict[str, Any]]]:
        """Gives every row about a person by table, in the order of their keys; secrets and hashes are left out."""
        chats = await self._chats(person_id)
        found: dict[str, list[dict[str, Any]]] = {}
        for rows in METADATA.sorted_tables:
            theirs = _theirs(rows, person_id, chats)
            if theirs is None:
                continue
            columns = [column for column in rows.columns if _speaks(column)]
            page = select(*columns).where(theirs).order_by(*rows.primary_key.columns)
            held = [_spoken(row._asdict()) for row in await self._line.rows(page)]
            if held:
                found[rows.name] = held
        return found

    async def needed(self, person_id: int) -> list[str]:
        """Lists the open cases that wait for a person."""
        waits = or_(CASES.c.holder_id == person_id, CASES.c.verifier_id == person_id)
        found = select(CASES.c.case_no).where(CASES.c.closed_at.is_(None), waits)
        return await self._line.column(found.order_by(CASES.c.case_no))

    async def erase(self, person_id: int, now: datetime) -> bool:
        """Leaves a number in the place of a person; False when that was done before.

        Cases, reports, events and pictures stay and name that number. Messages to others are left to retention.
        """
        name = f"#{person_id}"
        there = update(PEOPLE).where(PEOPLE.c.person_id == person_id, PEOPLE.c.erased_at.is_(None))
        nothing = {"phone": None, "name_index": None, "active": False, "on_duty": False}
        if await self._line.run(there.values(name=name, staff_no=name, erased_at=now, **nothing)) != 1:
            return False
        await People(self._line).end_posts(person_id, now)
        await Access(self._line).end_all_of(person_id, now)
        await self._addresses(person_id, now)
        chats = await self._chats(person_id)
        await self._messages(person_id, now)
        for rows in OF_CHATS:
            await self._line.run(delete(rows).where(_in_chats(rows, chats)))
        for rows in FORGOTTEN:
            await self._line.run(delete(rows).where(rows.c.person_id == person_id))
        for rows in (DRAFTS, INBOX):
            theirs = _theirs(rows, person_id, chats)
            assert theirs is not None
            await self._line.run(delete(rows).where(theirs))
        await self._line.run(delete(CHATS).where(CHATS.c.person_id == person_id))
        media = table(Media)
        await self._line.run(update(media).where(media.c.person_id == person_id).values(file_id=None))
        return True

    async def _addresses(self, person_id: int, now: datetime) -> None:
        """Tells their addresses no more, nor what waits for these."""
        hooks, webhooks = table(Webhook), Webhooks(self._line)
        held = select(hooks.c.webhook_id).where(hooks.c.person_id == person_id, hooks.c.ended_at.is_(None))
        for webhook_id in await self._line.column(held):
            await webhooks.end(webhook_id, now)

    async def _messages(self, person_id: int, now: datetime) -> None:
        """Leaves of the messages to a person which notice of which case it was, and when it went."""
        mine = MESSAGES.c.person_id == person_id
        unsent = and_(mine, MESSAGES.c.sent_at.is_(None), MESSAGES.c.buried_at.is_(None))
        await self._line.run(update(MESSAGES).where(unsent).values(buried_at=now, error=DROPPED))
        for row in await self._line.rows(select(MESSAGES.c.row_id, MESSAGES.c.body).where(mine)):
            body = {name: row.body[name] for name in LASTING if name in row.body}
            thin = update(MESSAGES).where(MESSAGES.c.row_id == row.row_id)
            # A number in the place of the chat: a row must tell that there was one.
            await self._line.run(thin.values(body=body, thinned_at=now, chat_id=-person_id, dedupe=None))

    async def _chats(self, person_id: int) -> list[tuple[str, int]]:
        """Lists every chat that was ever theirs and is nobody else's now."""
        rows = await self._line.rows(select(CHATS.c.channel, CHATS.c.chat_id).where(CHATS.c.person_id == person_id))
        return [(row.channel, row.chat_id) for row in rows]


def _theirs(rows: Table, person_id: int, chats: list[tuple[str, int]]) -> ColumnElement[bool] | None:
    """Tells which rows of a table are about a person; None when the table is about nobody."""
    if rows is EVENTS:
        return EVENTS.c.actor_id == person_id
    if rows is DRAFTS:
        talks = [DRAFTS.c.key.startswith(f"talk:{channel}:{chat_id}:") for channel, chat_id in chats]
        own = [DRAFTS.c.key.startswith(f"draft:{person_id}:"), DRAFTS.c.key == f"intake:{person_id}"]
        return or_(*talks, *own)
    if rows is INBOX:
        return tuple_(INBOX.c.channel, INBOX.c.chat_key).in_([(channel, str(chat_id)) for channel, chat_id in chats])
    if "person_id" in rows.c:
        return rows.c.person_id == person_id
    return None


def _in_chats(rows: Table, chats: list[tuple[str, int]]) -> ColumnElement[bool]:
    return tuple_(rows.c.channel, rows.c.chat_id).in_(chats)


def _speaks(column: Any) -> bool:
    """Tells whether a column says something to its person."""
    if column.name.endswith(SECRET):
        return False
    return isinstance(column.type, SealedBytes) or not isinstance(column.type, LargeBinary)


def _spoken(row: Mapping[str, Any]) -> dict[str, Any]:
    """Makes plain data of a row."""
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else value.decode("utf-8", "replace")
        if isinstance(value, bytes)
        else value
        for name, value in row.items()
    }
