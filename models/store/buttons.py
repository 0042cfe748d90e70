"""Sheets of buttons: written when a message goes out, looked up at a press, struck off when they are old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select, update

from models.store.line import Line
from models.tables.button import ButtonSheet
from models.tables.columns import table
from models.tables.person import Chat

SHEETS, CHATS = table(ButtonSheet), table(Chat)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The buttons of one message and for which chat they are good; `person_id` is who had the chat then."""

    token: str
    channel: str
    chat_id: int
    payloads: tuple[str, ...]
    expires_at: datetime
    person_id: int | None = None
    spent: int = 0


class Buttons:
    """Sheets of buttons."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def put(self, sheets: Iterable[Sheet]) -> None:
        """Keeps sheets, each for the person who has the chat now."""
        wanted = list(sheets)
        bound = select(CHATS.c.channel, CHATS.c.chat_id, CHATS.c.person_id).where(
            CHATS.c.chat_id.in_({sheet.chat_id for sheet in wanted}), CHATS.c.unbound_at.is_(None)
        )
        owners = {(row.channel, row.chat_id): row.person_id for row in await self._line.rows(bound)}
        await self._line.add_many(
            SHEETS,
            [
                {
                    "token": sheet.token,
                    "channel": sheet.channel,
                    "chat_id": sheet.chat_id,
                    "person_id": owners.get((sheet.channel, sheet.chat_id)),
                    "payloads": sheet.payloads,
                    "spent": 0,
                    "expires_at": sheet.expires_at,
                }
                for sheet in wanted
            ],
        )

    async def get(self, token: str) -> Sheet | None:
        """Finds a sheet by its token, whosever it is and however old."""
        row = await self._line.one(select(SHEETS).where(SHEETS.c.token == token))
        return Sheet(**(row._asdict() | {"payloads": tuple(row.payloads)})) if row else None

    async def spend(self, token: str, index: int) -> bool:
        """Marks a button as done with; False when it was already."""
        bit = 1 << index
        fresh = and_(SHEETS.c.token == token, SHEETS.c.spent.bitwise_and(bit) == 0)
        return await self._line.run(update(SHEETS).where(fresh).values(spent=SHEETS.c.spent.bitwise_or(bit))) == 1

    async def purge(self, now: datetime, n: int) -> int:
        """Strikes off at most `n` sheets that are over, and counts them."""
        old = select(SHEETS.c.token).where(SHEETS.c.expires_at <= now).order_by(SHEETS.c.expires_at).limit(n)
        return await self._line.run(delete(SHEETS).where(SHEETS.c.token.in_(old)))
