"""Which chat belongs to whom: one-time codes, wrong tries, and chats that nothing reaches any more."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select, update

from models.store.line import Line
from models.store.rows import ChatRow
from models.tables.columns import table
from models.tables.person import BindAttempt, Chat, Invite, Person

PEOPLE, CHATS, INVITES, ATTEMPTS = table(Person), table(Chat), table(Invite), table(BindAttempt)
NAMES = tuple(f.name for f in fields(ChatRow))
BATCH = 500
"""How many people are asked for at once."""


class Chats:
    """Chats and codes."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def chats_of(self, person_id: int, *, dead: bool = False) -> list[ChatRow]:
        """Lists the bound chats of a person; dead ones only on request."""
        found = select(*(CHATS.c[name] for name in NAMES)).where(
            CHATS.c.person_id == person_id, CHATS.c.unbound_at.is_(None)
        )
        if not dead:
            found = found.where(CHATS.c.dead_at.is_(None))
        rows = await self._line.rows(found.order_by(CHATS.c.bound_at, CHATS.c.chat_id))
        return [ChatRow(**row._asdict()) for row in rows]

    async def new_invite(self, person_id: int, code_hash: str, expires_at: datetime) -> None:
        """Issues a code, or the same one anew; earlier unused ones of the person end."""
        now = self._line.clock()
        old = update(INVITES).where(INVITES.c.person_id == person_id, INVITES.c.used_at.is_(None))
        await self._line.run(old.where(INVITES.c.expires_at > now).values(expires_at=now))
        row = {"code_hash": code_hash, "person_id": person_id, "issued_at": now, "expires_at": expires_at}
        await self._line.upsert(INVITES, [row | {"used_at": None}], ("code_hash",))

    async def new_invites(self, codes: Mapping[int, str], expires_at: datetime) -> None:
        """Issues a fresh code, given by its hash, to each of many people; earlier unused ones of theirs end."""
        now = self._line.clock()
        unused = and_(INVITES.c.person_id == bindparam("b_person_id"), INVITES.c.used_at.is_(None))
        old = update(INVITES).where(unused, INVITES.c.expires_at > now).values(expires_at=now)
        await self._line.run(old, [{"b_person_id": person_id} for person_id in codes])
        given = {"issued_at": now, "expires_at": expires_at, "used_at": None}
        await self._line.add_many(
            INVITES, [given | {"person_id": person_id, "code_hash": code} for person_id, code in codes.items()]
        )

    async def take_invite(self, code_hash: str, now: datetime) -> int | None:
        """Uses a code up and tells whose it was; None when it is unknown, over or used, and for who comes second."""
        unused = and_(INVITES.c.code_hash == code_hash, INVITES.c.used_at.is_(None), INVITES.c.expires_at > now)
        active = select(PEOPLE.c.person_id).where(PEOPLE.c.person_id == INVITES.c.person_id, PEOPLE.c.active)
        taken = update(INVITES).where(unused, active.exists()).values(used_at=now)
        person_id = await self._line.scalar(taken.returning(INVITES.c.person_id))
        return None if person_id is None else int(person_id)

    async def bind(self, channel: str, chat_id: int, person_id: int, now: datetime) -> None:
        """Binds a chat to a person; what either was bound to in this channel before ends."""
        others = and_(CHATS.c.channel == channel, CHATS.c.person_id == person_id, CHATS.c.chat_id != chat_id)
        await self._line.run(update(CHATS).where(others, CHATS.c.unbound_at.is_(None)).values(unbound_at=now))
        row = {"channel": channel, "chat_id": chat_id, "person_id": person_id, "bound_at": now}
        empty = dict.fromkeys(("unbound_at", "dead_at", "dead_why"))
        await self._line.upsert(CHATS, [row | empty], ("channel", "chat_id"))

    async def unbind(self, channel: str, chat_id: int, now: datetime) -> bool:
        """Ends the binding of a chat; False when it was bound to nobody."""
        bound = update(CHATS).where(_is(channel, chat_id), CHATS.c.unbound_at.is_(None))
        return await self._line.run(bound.values(unbound_at=now)) == 1

    async def attempts(self, channel: str, chat_id: int, since: datetime) -> int:
        """Counts the wrong codes tried from a chat since then."""
        here = and_(ATTEMPTS.c.channel == channel, ATTEMPTS.c.chat_id == chat_id)
        return int(await self._line.scalar(select(func.count()).where(here, ATTEMPTS.c.at >= since)))

    async def add_attempt(self, channel: str, chat_id: int, now: datetime) -> None:
        """Remembers a wrong code."""
        await self._line.run(ATTEMPTS.insert().values(channel=channel, chat_id=chat_id, at=now))

    async def mark_dead(self, channel: str, chat_id: int, why: str, now: datetime | None = None) -> bool:
        """Notes that nothing reaches a chat any more; False when that was known, or it is bound to nobody."""
        alive = update(CHATS).where(_is(channel, chat_id), CHATS.c.unbound_at.is_(None), CHATS.c.dead_at.is_(None))
        return await self._line.run(alive.values(dead_at=now or self._line.clock(), dead_why=why)) == 1

    async def mark_alive(self, channel: str, chat_id: int) -> bool:
        """Notes that a chat spoke again; False when it was not dead."""
        dead = update(CHATS).where(_is(channel, chat_id), CHATS.c.dead_at.is_not(None))
        return await self._line.run(dead.values(dead_at=None, dead_why=None)) == 1

    async def live(self, person_id: int, channel: str | None = None) -> list[tuple[str, int]]:
        """Lists the chats that reach a person, in one channel or in all."""
        reaches = and_(CHATS.c.person_id == person_id, CHATS.c.unbound_at.is_(None), CHATS.c.dead_at.is_(None))
        found = select(CHATS.c.channel, CHATS.c.chat_id).where(reaches)
        if channel is not None:
            found = found.where(CHATS.c.channel == channel)
        rows = await self._line.rows(found.order_by(CHATS.c.bound_at, CHATS.c.chat_id))
        return [(row.channel, row.chat_id) for row in rows]

    async def live_all(self, person_ids: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
        """Lists the chats that reach each of these people; who has none is left out."""
        wanted = sorted(set(person_ids))
        found: dict[int, list[tuple[str, int]]] = {}
        for start in range(0, len(wanted), BATCH):
            some = CHATS.c.person_id.in_(wanted[start : start + BATCH])
            rows = select(CHATS.c.person_id, CHATS.c.channel, CHATS.c.chat_id).where(some)
            rows = rows.where(CHATS.c.unbound_at.is_(None), CHATS.c.dead_at.is_(None))
            for row in await self._line.rows(rows.order_by(CHATS.c.bound_at, CHATS.c.chat_id)):
                found.setdefault(row.person_id, []).append((row.channel, row.chat_id))
        return found


def _is(channel: str, chat_id: int) -> ColumnElement[bool]:
    return and_(CHATS.c.channel == channel, CHATS.c.chat_id == chat_id)
