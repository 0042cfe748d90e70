"""Addresses that are told of changes, and every telling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, select, update

from models.store.line import Line
from models.tables.columns import table
from models.tables.webhook import Webhook as WebhookTable
from models.tables.webhook import WebhookDelivery

HOOKS, TOLD = table(WebhookTable), table(WebhookDelivery)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRow:
    """An address; its secret signs what is told."""

    webhook_id: int
    owner: str
    person_id: int | None
    bound: str | None
    url: str
    secret: str
    kinds: tuple[str, ...]
    area_code: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One telling. It waits while `next_at` is set, succeeded when `done_at` is, and else was given up."""

    delivery_id: int
    webhook_id: int
    no: int
    case_no: str
    body: str
    created_at: datetime
    tries: int
    next_at: datetime | None
    done_at: datetime | None
    status: int | None
    fault: str | None


class Webhooks:
    """Addresses and tellings."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def add(
        self,
        *,
        owner: str,
        person_id: int | None,
        bound: str | None,
        url: str,
        secret: str,
        kinds: Sequence[str],
        area_code: str | None,
    ) -> int:
        """Keeps an address and gives its number."""
        row = {
            "owner": owner,
            "person_id": person_id,
            "bound": bound,
            "url": url,
            "secret": secret,
            "kinds": list(kinds),
            "area_code": area_code,
            "created_at": self._line.clock(),
            "ended_at": None,
        }
        return await self._line.add(HOOKS, row, giving="webhook_id")

    async def held(self, owner: str | None = None) -> list[HookRow]:
        """Lists the addresses that are told now, of one owner or all."""
        found = select(HOOKS).where(HOOKS.c.ended_at.is_(None)).order_by(HOOKS.c.webhook_id)
        if owner is not None:
            found = found.where(HOOKS.c.owner == owner)
        return [_hook(row) for row in await self._line.rows(found)]

    async def get(self, webhook_id: int) -> HookRow | None:
        """Finds an address, ended or not."""
        row = await self._line.one(select(HOOKS).where(HOOKS.c.webhook_id == webhook_id))
        return _hook(row) if row is not None else None

    async def end(self, webhook_id: int, now: datetime) -> bool:
        """Tells an address no more; what waited for it is given up. False when it had ended."""
        waiting = update(TOLD).where(TOLD.c.webhook_id == webhook_id, TOLD.c.next_at.is_not(None))
        await self._line.run(waiting.values(next_at=None, fault="ended"))
        held = update(HOOKS).where(HOOKS.c.webhook_id == webhook_id, HOOKS.c.ended_at.is_(None))
        return await self._line.run(held.values(ended_at=now)) == 1

    async def tell(self, webhook_id: int, no: int, case_no: str, body: str, now: datetime) -> None:
        """Queues a telling; the same change again is no news."""
        row = {"webhook_id": webhook_id, "no": no, "case_no": case_no, "body": body, "created_at": now, "tries": 0}
        row |= {"next_at": now, "done_at": None, "status": None, "fault": None}
        await self._line.add_new(TOLD, row, ("webhook_id", "no"), giving="delivery_id")

    async def waiting(self, now: datetime) -> bool:
        """Tells whether a telling is due."""
        return await self._line.scalar(select(TOLD.c.delivery_id).where(TOLD.c.next_at <= now).limit(1)) is not None

    async def claim(self, now: datetime, until: datetime, limit: int) -> list[DeliveryRow]:
        """Takes tellings that are due, each for one process; they come again after `until` if that dies."""
        due = select(TOLD.c.delivery_id).where(TOLD.c.next_at <= now).order_by(TOLD.c.next_at).limit(limit)
        found = []
        for delivery_id in await self._line.column(due):
            mine = update(TOLD).where(TOLD.c.delivery_id == delivery_id, TOLD.c.next_at <= now)
            taken = await self._line.one(mine.values(next_at=until, tries=TOLD.c.tries + 1).returning(*TOLD.c))
            if taken is not None:
                found.append(_delivery(taken))
        return found

    async def settle(
        self,
        delivery_id: int,
        *,
        done_at: datetime | None,
        next_at: datetime | None,
        status: int | None,
        fault: str | None,
    ) -> None:
        """Notes how a telling went."""
        which = update(TOLD).where(TOLD.c.delivery_id == delivery_id)
        await self._line.run(which.values(done_at=done_at, next_at=next_at, status=status, fault=fault))

    async def deliveries(self, webhook_id: int, *, before: int | None = None, limit: int = 50) -> list[DeliveryRow]:
        """Lists the tellings of an address, the newest first."""
        found = select(TOLD).where(TOLD.c.webhook_id == webhook_id)
        if before is not None:
            found = found.where(TOLD.c.delivery_id < before)
        rows = await self._line.rows(found.order_by(TOLD.c.delivery_id.desc()).limit(limit))
        return [_delivery(row) for row in rows]

    async def again(self, webhook_id: int, delivery_id: int, now: datetime) -> bool:
        """Tells once more from now on; False when there is no such telling."""
        mine = and_(TOLD.c.webhook_id == webhook_id, TOLD.c.delivery_id == delivery_id)
        return await self._line.run(update(TOLD).where(mine).values(next_at=now, done_at=None, tries=0)) == 1

    async def sweep(self, before: datetime) -> int:
        """Drops old tellings that wait for nothing; counts them."""
        return await self._line.run(delete(TOLD).where(TOLD.c.created_at < before, TOLD.c.next_at.is_(None)))


def _hook(row: Row[Any]) -> HookRow:
    values = row._asdict()
    return HookRow(**(values | {"kinds": tuple(values["kinds"])}))


def _delivery(row: Row[Any]) -> DeliveryRow:
    return DeliveryRow(**row._asdict())
