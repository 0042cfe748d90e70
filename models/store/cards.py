"""Which message of a chat shows a card now, so that it can be edited in place."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, delete, select

from models.store.line import Line
from models.store.rows import CardRow
from models.tables.columns import table
from models.tables.outbox import LiveCard
from models.tables.person import Chat

CARDS, CHATS = table(LiveCard), table(Chat)
BATCH = 500
"""How many cards are asked for at once."""


class Cards:
    """Live cards of chats."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def get(self, channel: str, chat_id: int, card_key: str) -> CardRow | None:
        """Finds the message that shows a card."""
        found = select(CARDS.c.message_id, CARDS.c.digest, CARDS.c.at).where(
            CARDS.c.channel == channel, CARDS.c.chat_id == chat_id, CARDS.c.card_key == card_key
        )
        row = await self._line.one(found)
        return CardRow(**row._asdict()) if row else None

    async def key_of(self, channel: str, chat_id: int, message_id: int) -> str | None:
        """Tells which card a message of a chat shows; None for a message that shows none (any more)."""
        here = and_(CARDS.c.channel == channel, CARDS.c.chat_id == chat_id, CARDS.c.message_id == message_id)
        key = await self._line.scalar(select(CARDS.c.card_key).where(here))
        return None if key is None else str(key)

    async def people_of(self, card_keys: Iterable[str]) -> dict[str, set[int]]:
        """Gives the people in whose chats each of these cards is shown; cards shown nowhere are left out."""
        keys = list(card_keys)
        bound = and_(CARDS.c.channel == CHATS.c.channel, CARDS.c.chat_id == CHATS.c.chat_id)
        shown = select(CARDS.c.card_key, CHATS.c.person_id).join_from(CARDS, CHATS, bound)
        found: dict[str, set[int]] = {}
        for start in range(0, len(keys), BATCH):
            some = shown.where(CARDS.c.card_key.in_(keys[start : start + BATCH]), CHATS.c.unbound_at.is_(None))
            for row in await self._line.rows(some):
                found.setdefault(row.card_key, set()).add(row.person_id)
        return found

    async def put(self, channel: str, chat_id: int, card_key: str, message_id: int, digest: str, now: datetime) -> None:
        """Remembers the message that shows a card, and a digest of what it shows."""
        key = {"channel": channel, "chat_id": chat_id, "card_key": card_key}
        row = key | {"message_id": message_id, "digest": digest, "at": now}
        await self._line.upsert(CARDS, [row], tuple(key))

    async def forget(self, channel: str, chat_id: int, card_key: str) -> None:
        """Forgets a card; the next message about it is a new one."""
        await self._line.run(
            delete(CARDS).where(CARDS.c.channel == channel, CARDS.c.chat_id == chat_id, CARDS.c.card_key == card_key)
        )
