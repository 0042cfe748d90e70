"""Chats that showed a person's code and wait for an admin: asked, decided once, replaced by a later code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update

from models.store.line import Line
from models.tables.columns import table
from models.tables.person import BindingRequest

REQUESTS = table(BindingRequest)
OPEN = REQUESTS.c.decided_at.is_(None)
CONFIRMED, REFUSED, REPLACED = "confirmed", "refused", "replaced"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A chat that wants to be bound to a person, and what became of it."""

    request_id: int
    channel: str
    chat_id: int
    person_id: int
    language: str
    asked_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    verdict: str | None


class Bindings:
    """Requests of chats."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def ask(self, channel: str, chat_id: int, person_id: int, language: str, now: datetime) -> int:
        """Notes that a chat showed a person's code; what it asked for before is replaced."""
        before = and_(REQUESTS.c.channel == channel, REQUESTS.c.chat_id == chat_id, OPEN)
        await self._line.run(update(REQUESTS).where(before).values(decided_at=now, verdict=REPLACED))
        row = {"channel": channel, "chat_id": chat_id, "person_id": person_id, "language": language, "asked_at": now}
        return await self._line.add(REQUESTS, row, giving="request_id")

    async def get(self, request_id: int) -> RequestRow | None:
        """Finds a request, decided or not."""
        row = await self._line.one(select(REQUESTS).where(REQUESTS.c.request_id == request_id))
        return _request(row) if row else None

    async def open_of(self, channel: str, chat_id: int) -> RequestRow | None:
        """Finds what a chat waits for."""
        here = and_(REQUESTS.c.channel == channel, REQUESTS.c.chat_id == chat_id, OPEN)
        row = await self._line.one(select(REQUESTS).where(here))
        return _request(row) if row else None

    async def open(self, limit: int = 1000) -> list[RequestRow]:
        """Lists what waits, the oldest first."""
        rows = await self._line.rows(select(REQUESTS).where(OPEN).order_by(REQUESTS.c.request_id).limit(limit))
        return [_request(row) for row in rows]

    async def decide(self, request_id: int, verdict: str, by: int | None, now: datetime) -> bool:
        """Decides a request; False for who comes second."""
        waits = and_(REQUESTS.c.request_id == request_id, OPEN)
        decided = update(REQUESTS).where(waits).values(decided_at=now, decided_by=by, verdict=verdict)
        return await self._line.run(decided) == 1


def _request(row: Any) -> RequestRow:
    return RequestRow(**row._asdict())
