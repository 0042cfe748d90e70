"""Is the service alive, and is everything it needs there? `healthz` asks nobody; `readyz` asks each by name."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import redis.asyncio as aioredis
import structlog
from aiohttp import web
from redis.exceptions import RedisError

from actions.ports import StoreUnavailableError
from web.parts import Parts, parts

PATIENCE_S = 2.0
log = structlog.get_logger(__name__)


async def on_health(request: web.Request) -> web.Response:
    """Says that the process serves."""
    return web.json_response({"alive": True}, headers={"Cache-Control": "no-store"})


async def on_ready(request: web.Request) -> web.Response:
    """Says by name what answers and what does not; 503 unless all do."""
    here = parts(request)
    pings: dict[str, Callable[[Parts], Awaitable[bool]]] = {
        "database": _database,
        "redis": _redis,
        "boundaries": _boundaries,
    }
    found = dict(zip(pings, await asyncio.gather(*(_ping(ping, here) for ping in pings.values())), strict=True))
    ready = all(found.values())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    if not ready:
        log.warning("not ready", missing=[name for name, there in found.items() if not there])
    checks = {name: "ok" if there else "failed" for name, there in found.items()}
    replica = await here.deps.store.replica()
    if replica is not None:
        # The primary answers in its place: worth a look, but no reason to send nobody here.
        checks["replica"] = "ok" if replica.usable else "behind" if replica.there else "failed"
    body = {"ready": ready, "checks": checks}
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})


async def _ping(ping: Callable[[Parts], Awaitable[bool]], here: Parts) -> bool:
    """Asks one of them, and not longer than is worth waiting."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await ping(here)
    except (StoreUnavailableError, RedisError, OSError, TimeoutError) as fault:
        log.info("no answer", asked=ping.__name__, fault=type(fault).__name__)
        return False


async def _database(here: Parts) -> bool:
    async with here.deps.store.read() as unit:
        await unit.kv.get("ready")
    return True


async def redis_answers(here: Parts) -> bool:
    """Tells whether Redis answers in time."""
    return await _ping(_redis, here)


async def _redis(here: Parts) -> bool:
    client = aioredis.Redis.from_url(here.redis_url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(await client.ping())
    finally:
        await client.aclose()


async def _boundaries(here: Parts) -> bool:
    return here.deps.index is not None
