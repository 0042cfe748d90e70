"""How often may somebody ask? An even rate with a burst, counted by name, over Redis for all processes at once.

Where Redis does not answer each process counts for itself: a limit is comfort, not correctness. The rule is the
generic cell rate algorithm: one number by name, the time at which the bucket would be empty again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis.asyncio as aioredis
import structlog
from redis.exceptions import RedisError

AWAY_S = 5.0
"""How long Redis is left alone after it did not answer."""
MOST_NAMES = 20_000
SCRIPT = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local empty = tonumber(redis.call('GET', KEYS[1]) or '0')
if empty < now then empty = now end
local after = empty + tonumber(ARGV[1])
local wait = after - tonumber(ARGV[2]) - now
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now) + 1000)
return 0
"""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute, and so many at once."""

    per_minute: float
    burst: float

    @property
    def interval_ms(self) -> float:
        """Gives the time between two at an even pace."""
        return 60_000 / self.per_minute

    @property
    def depth_ms(self) -> float:
        """Gives how far ahead of the even pace somebody may be."""
        return self.burst * self.interval_ms


class Limits:
    """Counts by name; shared through Redis while it answers."""

    def __init__(self, redis_url: str = "", *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._redis: Any = None
        if redis_url:
            self._redis = aioredis.Redis.from_url(redis_url, socket_connect_timeout=0.5, socket_timeout=0.5)
            self._script = self._redis.register_script(SCRIPT)
        self._seconds = seconds
        self._away_until = 0.0
        self._empty_at: dict[str, float] = {}

    async def wait_s(self, name: str, rate: Rate) -> float:
        """Counts one call of that name and gives 0, or gives how long to wait and counts nothing."""
        if self._redis is not None and self._seconds() >= self._away_until:
            try:
                keys, numbers = [f"whistle:rate:{name}"], [f"{rate.interval_ms:.3f}", f"{rate.depth_ms:.3f}"]
                return int(await self._script(keys=keys, args=numbers)) / 1000
            except (RedisError, OSError) as fault:
                self._away_until = self._seconds() + AWAY_S
                log.info("each process limits for itself", fault=type(fault).__name__)
        return self._own(name, rate)

    def _own(self, name: str, rate: Rate) -> float:
        now = self._seconds() * 1000
        if len(self._empty_at) > MOST_NAMES:
            self._empty_at = {known: at for known, at in self._empty_at.items() if at > now}
        after = max(self._empty_at.get(name, 0.0), now) + rate.interval_ms
        wait = after - rate.depth_ms - now
        if wait > 0:
            return wait / 1000
        self._empty_at[name] = after
        return 0.0

    async def close(self) -> None:
        """Closes the connections to Redis."""
        if self._redis is not None:
            await self._redis.aclose()
