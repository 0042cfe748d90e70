"""Outgoing webhooks: who is told of which changes at which address, signed, tried again, and all of it on record.

Decides what is told and when it is tried; the sending itself is a worker's. An address is checked here when it is
made and before every try: nobody may make this service ask addresses of its own network.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from actions import access, browse, live
from actions.ports import Deps, Unit
from models.rules.errors import BadAddress, NoSuchItem
from models.rules.roles import Actor
from models.store.webhooks import DeliveryRow as DeliveryRow
from models.store.webhooks import HookRow as HookRow

CURSOR = "webhook_cursor"
WAITS_S = (10, 60, 300, 1800, 7200, 21600)
"""How long is waited after each try that failed; after the last one a telling is given up."""
LEASE_S = 60
GONE = 410
KEPT_DAYS = 30
MOST_OF_OWNER = 20


@dataclass(frozen=True, slots=True)
class Due:
    """A telling to send now."""

    delivery: DeliveryRow
    url: str
    headers: dict[str, str]
    body: bytes


def hosts(listed: str) -> frozenset[str]:
    """Reads the hosts that may be reached by plain HTTP or in a private network."""
    return frozenset(part.strip().lower() for part in listed.split(",") if part.strip())


def check_address(url: str, allowed: Collection[str]) -> None:
    """Raises `BadAddress` for what may not be told: another scheme, credentials in it, an address not public."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadAddress(why="unreadable") from None
    if not host or parts.scheme not in ("https", "http"):
        raise BadAddress(why="scheme")
    if parts.username is not None or parts.password is not None:
        raise BadAddress(why="credentials")
    if host in allowed:
        return
    if parts.scheme != "https":
        raise BadAddress(why="scheme")
    if host == "localhost" or host.endswith(".localhost") or not is_public(host, of_name=True):
        raise BadAddress(why="private")


def is_public(host: str, *, of_name: bool = False) -> bool:
    """Tells whether an address is public; `of_name` says what a name counts as, before it is resolved."""
    try:
        there = ipaddress.ip_address(host)
    except ValueError:
        return of_name
    inner = there.ipv4_mapped if isinstance(there, ipaddress.IPv6Address) else None
    return (inner or there).is_global and not (inner or there).is_multicast


async def add(
    deps: Deps,
    owner: str,
    actor: Actor,
    bound: str | None,
    url: str,
    *,
    kinds: Sequence[str],
    area_code: str | None,
    allowed: Collection[str],
) -> HookRow:
    """Makes a webhook; raises `BadAddress`, and `NoSuchItem` for an unknown kind or area. Its secret is told once."""
    check_address(url, allowed)
    for kind in kinds:
        if kind not in deps.catalogue.kinds:
            raise NoSuchItem(what="kind", name=kind)
    if area_code is not None and (deps.index is None or area_code not in deps.index.areas):
        raise NoSuchItem(what="area", name=area_code)
    async with deps.store.begin() as unit:
        if len(await unit.webhooks.held(owner)) >= MOST_OF_OWNER:
            raise BadAddress(why="too_many")
        webhook_id = await unit.webhooks.add(
            owner=owner,
            person_id=actor.person_id,
            bound=bound,
            url=url,
            secret=secrets.token_urlsafe(32),
            kinds=kinds,
            area_code=area_code,
        )
        made = await unit.webhooks.get(webhook_id)
        assert made is not None
        return made


async def held(deps: Deps, owner: str | None = None) -> list[HookRow]:
    """Lists webhooks of an owner, or all."""
    async with deps.store.read() as unit:
        return await unit.webhooks.held(owner)


async def end(deps: Deps, webhook_id: int, owner: str | None = None) -> None:
    """Ends a webhook; raises `NoSuchItem` for one that is not there or somebody else's."""
    async with deps.store.begin() as unit:
        await _own(unit, webhook_id, owner)
        if not await unit.webhooks.end(webhook_id, deps.clock()):
            raise NoSuchItem(what="webhook", name=str(webhook_id))


async def deliveries(
    deps: Deps, webhook_id: int, owner: str | None = None, *, before: int | None = None, limit: int = 50
) -> list[DeliveryRow]:
    """Lists what was told or is to be told, the newest first; raises `NoSuchItem`."""
    async with deps.store.read() as unit:
        await _own(unit, webhook_id, owner)
        return await unit.webhooks.deliveries(webhook_id, before=before, limit=limit)


async def retry(deps: Deps, webhook_id: int, delivery_id: int, owner: str | None = None) -> None:
    """Tells once more; raises `NoSuchItem`."""
    async with deps.store.begin() as unit:
        hook = await _own(unit, webhook_id, owner)
        if hook.ended_at is not None or not await unit.webhooks.again(webhook_id, delivery_id, deps.clock()):
            raise NoSuchItem(what="delivery", name=str(delivery_id))


async def _own(unit: Unit, webhook_id: int, owner: str | None) -> HookRow:
    hook = await unit.webhooks.get(webhook_id)
    if hook is None or (owner is not None and hook.owner != owner):
        raise NoSuchItem(what="webhook", name=str(webhook_id))
    return hook


async def spread(deps: Deps) -> int:
    """Queues the news since the last time for every address that may hear of it; counts the tellings."""
    hooks = await held(deps)
    newest = await live.last(deps)
    async with deps.store.read() as unit:
        cursor = await unit.kv.get(CURSOR)
    if not hooks or cursor is None or await live.too_old(deps, int(cursor)):
        # Who comes first hears from now on.
        if cursor != newest:
            async with deps.store.begin() as unit:
                await unit.kv.put(CURSOR, newest)
        return 0
    found = await live.changes(deps, int(cursor))
    if not found:
        return 0
    actors = {hook.webhook_id: await _actor(deps, hook) for hook in hooks}
    now, n = deps.clock(), 0
    async with deps.store.begin() as unit:
        for change in found:
            for hook in hooks:
                if _wants(hook, actors[hook.webhook_id], change):
                    body = live.told(change)
                    await unit.webhooks.tell(hook.webhook_id, change.no, change.facts.case_no, body, now)
                    n += 1
        await unit.kv.put(CURSOR, found[-1].no)
    return n


async def _actor(deps: Deps, hook: HookRow) -> Actor | None:
    """Gives as whom an address hears now; None when its key holds no more."""
    how, _, prefix = hook.owner.partition(":")
    if how == "key":
        async with deps.store.read() as unit:
            if not await unit.access.holds(prefix, deps.clock()):
                return None
    holder = access.KeyHolder(hook.owner, frozenset(), hook.bound, hook.person_id)
    return await access.actor_of_key(deps, holder)


def _wants(hook: HookRow, actor: Actor | None, change: live.Change) -> bool:
    if actor is None or (hook.kinds and change.facts.kind not in hook.kinds):
        return False
    if hook.area_code is not None and hook.area_code not in change.facts.areas.chain:
        return False
    return browse.hears(actor, hook.bound, change.facts)


async def due(deps: Deps, limit: int = 20) -> list[Due]:
    """Takes tellings that are due, signed for this try."""
    now = deps.clock()
    async with deps.store.read() as unit:
        first = await unit.webhooks.waiting(now)
    if not first:
        return []
    async with deps.store.begin() as unit:
        taken = await unit.webhooks.claim(now, now + timedelta(seconds=LEASE_S), limit)
        hooks = {row.webhook_id: await unit.webhooks.get(row.webhook_id) for row in taken}
    return [_signed(row, hook, now) for row in taken if (hook := hooks[row.webhook_id]) is not None]


def _signed(row: DeliveryRow, hook: HookRow, now: datetime) -> Due:
    body = row.body.encode()
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "Whistle-Event": "case",
        "Whistle-Delivery": str(row.delivery_id),
        "Whistle-Change": str(row.no),
        "Whistle-Timestamp": stamp,
        "Whistle-Signature": f"v1={signature(hook.secret, stamp, body)}",
    }
    return Due(row, hook.url, headers, body)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Signs a telling: HMAC-SHA256 over the time, a dot and the body, so that an old one cannot be sent again."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


async def settled(deps: Deps, row: DeliveryRow, status: int | None, fault: str | None) -> None:
    """Notes how a try went: done, to be tried again, or given up. An address that is gone for good is told no more."""
    now = deps.clock()
    done = status is not None and 200 <= status < 300
    again = None
    if not done and row.tries <= len(WAITS_S) and status != GONE:
        again = now + timedelta(seconds=WAITS_S[row.tries - 1])
    async with deps.store.begin() as unit:
        await unit.webhooks.settle(
            row.delivery_id, done_at=now if done else None, next_at=again, status=status, fault=fault
        )
        if status == GONE:
            await unit.webhooks.end(row.webhook_id, now)


async def sweep(deps: Deps) -> int:
    """Drops what was told long ago; counts it."""
    async with deps.store.begin() as unit:
        return await unit.webhooks.sweep(deps.clock() - timedelta(days=KEPT_DAYS))
