"""Messages for chats: in order within a chat, the urgent chats first, each sent by one sender at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, text, tuple_, update

from models.store import bulk
from models.store.chats import Chats
from models.store.line import Line
from models.store.message_order import Waiting, pick
from models.store.origin import origin_of
from models.store.rows import DeadMessage, MessageNew, MessageRow
from models.store.undelivered import Late, late
from models.tables.columns import table
from models.tables.outbox import MESSAGE_ASIDE, MESSAGE_NOT_NEEDED, Message

MESSAGES = table(Message)
EARLIER = MESSAGES.alias("earlier")
OPEN = and_(MESSAGES.c.sent_at.is_(None), MESSAGES.c.buried_at.is_(None))
ROW_NAMES = ("row_id", *(f.name for f in fields(MessageRow) if f.name != "id"))
WAITING_NAMES = tuple(f.name for f in fields(Waiting))
CLAIM_LOCK = 7_743_001
"""Key of the advisory lock that makes claims take turns on PostgreSQL: order within a chat needs it."""
OF_A_CHAT = 50
"""So many messages of one chat are looked at together, for order and folding."""
NO_CHAT = "no_chat"
EXPIRED = "expired"
FOLDED = "folded"
DROPPED = "dropped"
NOT_NEEDED = MESSAGE_NOT_NEEDED
FREE_LEASE = {"lease_owner": None, "lease_until": None}


class Messages:
    """The outbox of messages."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def add(
        self,
        *,
        body: Mapping[str, Any],
        person_id: int | None = None,
        channel: str | None = None,
        chat_id: int | None = None,
        card_key: str | None = None,
        loud: bool = True,
        priority: int = 5,
        dedupe: str | None = None,
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        lease_owner: str | None = None,
        lease_s: float = 30.0,
        now: datetime | None = None,
    ) -> list[int]:
        """Adds a message for one chat, or for every chat that reaches a person; gives the new rows' numbers.

        The smaller `priority` goes first. With a `dedupe` a chat is told once, for ever. With a `lease_owner`
        nobody else takes the rows for `lease_s` seconds. Nothing is given for what was said before, nor when
        no chat reaches the person: the message is then kept as set aside.
        """
        at = now or self._line.clock()
        row: dict[str, Any] = {"body": dict(body), "person_id": person_id, "card_key": card_key, "loud": loud}
        row |= {"priority": priority, "dedupe": dedupe, "created_at": at, "not_before": not_before or at}
        row |= {"expires_at": expires_at, "tries": 0, "origin": origin_of(body)}
        if chat_id is not None and channel is None:
            raise ValueError("a chat is a channel and a number")
        if chat_id is not None:
            chats = [(channel, chat_id)]
        else:
            assert person_id is not None
            chats = list(await Chats(self._line).live(person_id, channel))
        if not chats:
            await self._line.add(MESSAGES, row | {"buried_at": at, "error": NO_CHAT}, giving="row_id")
            return []
        if lease_owner is not None:
            row |= {"lease_owner": lease_owner, "lease_until": at + timedelta(seconds=lease_s)}
        told = [row | {"channel": name, "chat_id": number} for name, number in chats]
        once = ("dedupe", "channel", "chat_id")
        numbers = [await self._line.add_new(MESSAGES, one, once, giving="row_id") for one in told]
        return [number for number in numbers if number is not None]

    async def add_all(self, said: Sequence[MessageNew]) -> None:
        """Adds many messages in their order, each for every chat that reaches its person, as `add` does one."""
        at = self._line.clock()
        chats = await Chats(self._line).live_all({one.person_id for one in said})
        rows = []
        for one in said:
            row = one._asdict() | {"created_at": at, "not_before": at, "tries": 0, "origin": origin_of(one.body)}
            reached = chats.get(one.person_id, [])
            rows += [row | {"channel": c, "chat_id": n, "buried_at": None, "error": None} for c, n in reached]
            if not reached:
                rows.append(row | {"channel": None, "chat_id": None, "buried_at": at, "error": NO_CHAT})
        await bulk.add(self._line, MESSAGES, rows)

    async def claim(
        self,
        owner: str,
        n: int,
        now: datetime,
        lease_s: float,
        *,
        ids: Sequence[int] | None = None,
        channel: str | None = None,
        at_least: int | None = None,
    ) -> list[MessageRow]:
        """Leases up to `n` messages, or those of `ids` that can be sent; they are given in sending order.

        Within a chat they come in the order in which they were added. What waits for another try, and what
        somebody else is sending, holds up what was added later, unless that is more urgent. A quiet message
        that a later one of the same card makes needless is folded, an expired one is set aside. A lease that
        ran out counts as a failed try. With `at_least` only what is at least so urgent, a smaller number, is taken.
        """
        if not self._line.sqlite:
            await self._line.run(text("select pg_advisory_xact_lock(:key)"), {"key": CLAIM_LOCK})
        waiting = await self._waiting(n, now, ids, channel, at_least)
        picked = pick(waiting, owner, n, now, alone=ids is not None)
        await self._set_aside(picked.folded, FOLDED, now)
        await self._set_aside(picked.expired, EXPIRED, now)
        if not picked.taken:
            return []
        lost = [m.row_id for m in waiting if m.lease_until is not None and m.lease_until <= now]
        await self._count_try([number for number in picked.taken if number in lost])
        leased = update(MESSAGES).where(MESSAGES.c.row_id.in_(picked.taken))
        leased = leased.values(lease_owner=owner, lease_until=now + timedelta(seconds=lease_s))
        rows = await self._line.rows(leased.returning(*(MESSAGES.c[name] for name in ROW_NAMES)))
        by_id = {row.row_id: _message(row) for row in rows}
        return [by_id[number] for number in picked.taken]

    async def sent(self, row_id: int, message_id: int | None, now: datetime) -> bool:
        """Notes the delivery; False when it was noted before."""
        unsent = update(MESSAGES).where(MESSAGES.c.row_id == row_id, MESSAGES.c.sent_at.is_(None))
        values = {"sent_at": now, "message_id": message_id, "buried_at": None, "error": None}
        return await self._line.run(unsent.values(values | FREE_LEASE)) == 1

    async def retry(self, row_id: int, at: datetime, error: str) -> None:
        """Gives a message back that could not be sent, to be tried again at that time."""
        tried = update(MESSAGES).where(MESSAGES.c.row_id == row_id, OPEN)
        values = {"held_until": at, "error": error, "tries": MESSAGES.c.tries + 1}
        await self._line.run(tried.values(values | FREE_LEASE))

    async def defer(self, row_ids: Sequence[int], at: datetime) -> None:
        """Gives messages back that nobody tried to send, for a later time."""
        given = update(MESSAGES).where(MESSAGES.c.row_id.in_(row_ids), OPEN)
        await self._line.run(given.values({"held_until": at} | FREE_LEASE))

    async def let_go(self, now: datetime, longest: timedelta) -> int:
        """Frees messages that wait or are held longer than anything may: a clock that was wrong wrote that; counts."""
        far = now + longest
        values = {
            "not_before": case((MESSAGES.c.created_at > far, now), else_=MESSAGES.c.not_before),
            "held_until": case((MESSAGES.c.held_until > far, None), else_=MESSAGES.c.held_until),
            "lease_owner": case((MESSAGES.c.lease_until > far, None), else_=MESSAGES.c.lease_owner),
            "lease_until": case((MESSAGES.c.lease_until > far, None), else_=MESSAGES.c.lease_until),
        }
        # Meant for later is no fault, only written later than now is.
        written = and_(MESSAGES.c.created_at > far, MESSAGES.c.not_before > now)
        wrong = or_(written, MESSAGES.c.held_until > far, MESSAGES.c.lease_until > far)
        return await self._line.run(update(MESSAGES).where(OPEN, wrong).values(values))

    async def bury(self, row_id: int, error: str) -> None:
        """Sets a message aside that can never be delivered; it is kept."""
        await self._set_aside([row_id], error, self._line.clock())

    async def bury_chat(self, channel: str, chat_id: int, error: str) -> int:
        """Sets aside everything that waits for a chat which nothing reaches, and counts it."""
        here = update(MESSAGES).where(MESSAGES.c.channel == channel, MESSAGES.c.chat_id == chat_id, OPEN)
        return await self._line.run(here.values({"buried_at": self._line.clock(), "error": error} | FREE_LEASE))

    async def supersede(self, channel: str, chat_id: int, card_key: str) -> bool:
        """Sets aside what was not sent yet of a card that is drawn anew; tells whether any of it was to be heard.

        Left alone it would be sent after the new one, and show what was true before.
        """
        older = update(MESSAGES).where(MESSAGES.c.channel == channel, MESSAGES.c.chat_id == chat_id, OPEN)
        older = older.where(MESSAGES.c.card_key == card_key)
        values = {"buried_at": self._line.clock(), "error": FOLDED} | FREE_LEASE
        return any(row.loud for row in await self._line.rows(older.values(values).returning(MESSAGES.c.loud)))

    async def dig_up(self, row_id: int, now: datetime) -> bool:
        """Lets a message that was set aside be tried again; False when it was not, or no chat would get it."""
        aside = update(MESSAGES).where(MESSAGES.c.row_id == row_id, MESSAGES.c.buried_at.is_not(None))
        aside = aside.where(MESSAGES.c.chat_id.is_not(None), MESSAGES.c.error.is_distinct_from(DROPPED))
        return await self._line.run(aside.values(buried_at=None, held_until=now, tries=0, expires_at=None)) == 1

    async def drop(self, row_id: int) -> bool:
        """Strikes a message that was set aside off the list, unsent for good; False when it is not on it."""
        aside = update(MESSAGES).where(MESSAGES.c.row_id == row_id, MESSAGES.c.buried_at.is_not(None))
        aside = aside.where(MESSAGES.c.error.not_in(NOT_NEEDED))
        return await self._line.run(aside.values(error=DROPPED)) == 1

    async def waiting(self, now: datetime) -> bool:
        """Tells whether a message could be sent now: one that `claim` would give.

        What stands behind a resting or a leased message of its chat waits with it, unless it is more urgent.
        """
        found = select(MESSAGES.c.row_id).where(OPEN, _ready(now)).limit(1)
        return await self._line.scalar(found) is not None

    async def n_waiting(self) -> int:
        """Counts the messages that are neither sent nor set aside."""
        return int(await self._line.scalar(select(func.count()).select_from(MESSAGES).where(OPEN)))

    async def oldest_at(self) -> datetime | None:
        """Tells since when the oldest unsent message could have been sent; metrics ask."""
        found: datetime | None = await self._line.scalar(select(func.min(MESSAGES.c.not_before)).where(OPEN))
        return found

    async def unsent_since(self, before: datetime, limit: int = 500) -> list[int]:
        """Lists the messages without a delivery record that should have left before that moment."""
        late = select(MESSAGES.c.row_id).where(OPEN, MESSAGES.c.not_before < before)
        return await self._line.column(late.order_by(MESSAGES.c.row_id).limit(limit))

    async def undelivered(
        self, before: datetime, urgent_before: datetime, buried_since: datetime, limit: int
    ) -> list[Late]:
        """Lists dispatched cases whose holder was not told in time; see `models.store.undelivered`."""
        return await late(self._line, before, urgent_before, buried_since, limit)

    async def buried(self, limit: int = 100) -> list[DeadMessage]:
        """Lists messages that were set aside, the latest first; folded, expired and dropped ones are not needed."""
        names = ("channel", "chat_id", "person_id", "body", "created_at", "buried_at", "error")
        found = select(MESSAGES.c.row_id.label("id"), *(MESSAGES.c[name] for name in names))
        found = found.where(text(MESSAGE_ASIDE))
        rows = await self._line.rows(found.order_by(MESSAGES.c.buried_at.desc(), MESSAGES.c.row_id).limit(limit))
        return [DeadMessage(**row._asdict()) for row in rows]

    async def _waiting(
        self, n: int, now: datetime, ids: Sequence[int] | None, channel: str | None, at_least: int | None
    ) -> list[Waiting]:
        """Reads what can be chosen from: the given rows, or the first that wait for the most urgent chats.

        What holds up a message is no less urgent and older, and so stands before it among the first of its chat.
        """
        columns = [MESSAGES.c[name] for name in WAITING_NAMES]
        found = select(*columns).where(OPEN).order_by(MESSAGES.c.row_id)
        if ids is not None:
            found = found.where(MESSAGES.c.row_id.in_(ids))
        else:
            urgent = select(MESSAGES.c.channel, MESSAGES.c.chat_id).where(OPEN, _ready(now))
            if channel is not None:
                urgent = urgent.where(MESSAGES.c.channel == channel)
            if at_least is not None:
                urgent = urgent.where(MESSAGES.c.priority <= at_least)
            rows = await self._line.rows(urgent.order_by(MESSAGES.c.priority, MESSAGES.c.row_id).limit(n))
            chats = list(dict.fromkeys((row.channel, row.chat_id) for row in rows))
            if not chats:
                return []
            found = self._first_of(chats, at_least)
        return [Waiting(**row._asdict()) for row in await self._line.rows(found)]

    def _first_of(self, chats: Sequence[tuple[str, int]], at_least: int | None) -> Select[Any]:
        """Selects of each chat the most urgent messages, in the order in which they were added."""
        here = [OPEN, tuple_(MESSAGES.c.channel, MESSAGES.c.chat_id).in_(chats)]
        if at_least is not None:
            here.append(MESSAGES.c.priority <= at_least)
        rank = func.row_number().over(
            partition_by=(MESSAGES.c.channel, MESSAGES.c.chat_id), order_by=(MESSAGES.c.priority, MESSAGES.c.row_id)
        )
        ranked = select(*(MESSAGES.c[name] for name in WAITING_NAMES), rank.label("rank")).where(*here).subquery()
        first = select(*(ranked.c[name] for name in WAITING_NAMES)).where(ranked.c.rank <= OF_A_CHAT)
        return first.order_by(ranked.c.row_id)

    async def _count_try(self, row_ids: Sequence[int]) -> None:
        if row_ids:
            again = update(MESSAGES).where(MESSAGES.c.row_id.in_(row_ids))
            await self._line.run(again.values(tries=MESSAGES.c.tries + 1))

    async def _set_aside(self, row_ids: Sequence[int], error: str, now: datetime) -> None:
        if row_ids:
            aside = update(MESSAGES).where(MESSAGES.c.row_id.in_(row_ids), OPEN)
            await self._line.run(aside.values({"buried_at": now, "error": error} | FREE_LEASE))


def _ready(now: datetime) -> ColumnElement[bool]:
    """Tells in SQL what `message_order.pick` tells: nobody has it, its time has come, nothing before it waits."""
    free = or_(MESSAGES.c.lease_owner.is_(None), MESSAGES.c.lease_until <= now)
    rested = or_(MESSAGES.c.held_until.is_(None), MESSAGES.c.held_until <= now)
    held_up = exists().where(
        EARLIER.c.channel == MESSAGES.c.channel,
        EARLIER.c.chat_id == MESSAGES.c.chat_id,
        EARLIER.c.row_id < MESSAGES.c.row_id,
        EARLIER.c.priority <= MESSAGES.c.priority,
        EARLIER.c.sent_at.is_(None),
        EARLIER.c.buried_at.is_(None),
        or_(EARLIER.c.held_until > now, EARLIER.c.lease_until > now),
    )
    return and_(MESSAGES.c.not_before <= now, free, rested, ~held_up)


def _message(row: Row[Any]) -> MessageRow:
    values = row._asdict()
    return MessageRow(id=values.pop("row_id"), **values)
