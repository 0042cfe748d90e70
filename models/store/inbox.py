"""What came in: kept byte for byte, handled in order within a chat, set aside when it cannot be read."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, true, update

from models.store import bulk
from models.store.line import Line
from models.store.rows import InboxCounts, InboxRow
from models.tables.columns import table
from models.tables.inbox import Inbox as InboxTable

INBOX = table(InboxTable)
OLDER = INBOX.alias("older")
POISON = and_(INBOX.c.done_at.is_(None), INBOX.c.poison_at.is_not(None))
BIGGEST = 2**63 - 1
NAMES = (
    "channel",
    "update_id",
    "chat_key",
    "body",
    "received_at",
    "tries",
    "fault",
    "poison_at",
)


def key_of(update_id: int | None, body: bytes) -> int:
    """Gives the number of an update; one without a usable number gets a negative one made of its bytes."""
    if update_id is not None and 0 <= update_id <= BIGGEST:
        return update_id
    return -1 - int.from_bytes(hashlib.sha256(body).digest()[:7], "big")


class Inbox:
    """Keeps updates until they are handled, and afterwards."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def put_all(self, channel: str, updates: Sequence[tuple[int | None, str, bytes]], now: datetime) -> int:
        """Keeps updates, each as its number, chat key and bytes, in this order; counts those not known before."""
        rows = [
            {
                "channel": channel,
                "update_id": key_of(update_id, body),
                "chat_key": chat_key,
                "body": body,
                "received_at": now,
                "tries": 0,
            }
            for update_id, chat_key, body in updates
        ]
        return await bulk.add(self._line, INBOX, rows, once=("channel", "update_id"))

    async def put(self, channel: str, update_id: int | None, chat_key: str, body: bytes, now: datetime) -> bool:
        """Keeps an update; False when it is known already."""
        return await self.put_all(channel, [(update_id, chat_key, body)], now) == 1

    async def ready(self, n: int, *, channel: str, now: datetime, without: Collection[str] = ()) -> list[InboxRow]:
        """Lists updates to handle, oldest first: of each chat only the oldest, and only when its time has come.

        Chats in `without` are passed over early, which is what makes a flood from one of them cheap for the others.
        """
        same_chat = and_(OLDER.c.channel == INBOX.c.channel, OLDER.c.chat_key == INBOX.c.chat_key)
        before = and_(same_chat, OLDER.c.inbox_id < INBOX.c.inbox_id, _undone(OLDER))
        first = ~select(OLDER.c.inbox_id).where(before).exists()
        passed = INBOX.c.chat_key.not_in(sorted(without)) if without else true()
        due = or_(INBOX.c.next_try_at.is_(None), INBOX.c.next_try_at <= now)
        found = (
            _select()
            .where(INBOX.c.channel == channel, _undone(INBOX), passed, due, first)
            .order_by(INBOX.c.inbox_id)
            .limit(n)
        )
        return [_row(row) for row in await self._line.rows(found)]

    async def get(self, channel: str, update_id: int) -> InboxRow | None:
        """Finds an update, handled or not."""
        row = await self._line.one(_select().where(_is(channel, update_id)))
        return _row(row) if row else None

    async def start(self, channel: str, update_id: int) -> bool:
        """Takes an update for this transaction; False when it is done or set aside.

        Whoever comes second waits here on PostgreSQL until the first has committed, and then gets False.
        """
        undone = update(INBOX).where(_is(channel, update_id), _undone(INBOX))
        return await self._line.run(undone.values(next_try_at=None)) == 1

    async def done(self, channel: str, update_id: int, now: datetime | None = None) -> bool:
        """Marks an update as handled; False when it was not open."""
        undone = update(INBOX).where(_is(channel, update_id), _undone(INBOX))
        return await self._line.run(undone.values(done_at=now or self._line.clock())) == 1

    async def hold(self, channel: str, update_id: int, now: datetime) -> None:
        """Notes that an update of somebody unconfirmed is kept for later; whoever handles it still ends it."""
        await self._line.run(update(INBOX).where(_is(channel, update_id), _undone(INBOX)).values(held_at=now))

    async def n_held(self, channel: str, chat_key: str) -> int:
        """Counts what is kept for later of a chat."""
        return int(await self._line.scalar(select(func.count()).where(_held(channel, chat_key))) or 0)

    async def release(self, channel: str, chat_key: str) -> int:
        """Lets everything that was kept for later of a chat be handled now, in its order; counts it."""
        kept = update(INBOX).where(_held(channel, chat_key))
        return await self._line.run(kept.values(held_at=None, done_at=None, tries=0, next_try_at=None))

    async def fail(self, channel: str, update_id: int, fault: str, next_try_at: datetime) -> int:
        """Notes that an update could not be handled, and gives how often that happened."""
        undone = update(INBOX).where(_is(channel, update_id), _undone(INBOX))
        failed = undone.values(tries=INBOX.c.tries + 1, fault=fault, next_try_at=next_try_at)
        return int(await self._line.scalar(failed.returning(INBOX.c.tries)) or 0)

    async def let_go(self, now: datetime, longest: timedelta) -> int:
        """Frees updates that wait longer than any may: a clock that was wrong wrote that; counts."""
        wrong = update(INBOX).where(_undone(INBOX), INBOX.c.next_try_at > now + longest)
        return await self._line.run(wrong.values(next_try_at=None))

    async def poison(self, channel: str, update_id: int, fault: str, now: datetime | None = None) -> bool:
        """Sets an update aside for good, so that its chat goes on; it is kept."""
        undone = update(INBOX).where(_is(channel, update_id), _undone(INBOX))
        return await self._line.run(undone.values(poison_at=now or self._line.clock(), fault=fault)) == 1

    async def replay(self, channel: str, update_id: int) -> bool:
        """Lets an update that was set aside be tried again; False when it was not."""
        aside = update(INBOX).where(_is(channel, update_id), POISON)
        values = {"poison_at": None, "tries": 0, "next_try_at": None}
        return await self._line.run(aside.values(values)) == 1

    async def drop(self, channel: str, update_id: int) -> bool:
        """Strikes an update that was set aside off the list, unhandled for good; its bytes are kept."""
        aside = update(INBOX).where(_is(channel, update_id), POISON)
        return await self._line.run(aside.values(done_at=self._line.clock())) == 1

    async def poisoned(self, limit: int = 100) -> list[InboxRow]:
        """Lists what was set aside, the latest first."""
        found = _select().where(POISON).order_by(INBOX.c.poison_at.desc())
        return [_row(row) for row in await self._line.rows(found.limit(limit))]

    async def counts(self) -> InboxCounts:
        """Counts what waits and what was set aside."""
        undone = await self._line.one(
            select(func.count().label("n"), func.min(INBOX.c.received_at).label("oldest_at")).where(_undone(INBOX))
        )
        poison = await self._line.scalar(select(func.count()).where(POISON))
        assert undone is not None
        return InboxCounts(undone=undone.n, poison=int(poison), oldest_at=undone.oldest_at)


def _undone(rows: Any) -> Any:
    return and_(rows.c.done_at.is_(None), rows.c.poison_at.is_(None))


def _is(channel: str, update_id: int) -> Any:
    return and_(INBOX.c.channel == channel, INBOX.c.update_id == update_id)


def _held(channel: str, chat_key: str) -> Any:
    return and_(INBOX.c.held_at.is_not(None), INBOX.c.chat_key == chat_key, INBOX.c.channel == channel)


def _select() -> Any:
    return select(*(INBOX.c[name] for name in NAMES))


def _row(row: Row[Any]) -> InboxRow:
    return InboxRow(**row._asdict())
