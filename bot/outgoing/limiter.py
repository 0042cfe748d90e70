"""May this message leave now, or how long does it wait? The channel's sending limits, shared by all processes.

Allowances follow the generic cell rate algorithm (GCRA): one number a key, the time at which its allowance is
whole again. pyrate-limiter (a thread and a sorted set a bucket) and throttled-py (one key a call) cannot take
from several allowances at once, all or none, which is what "30/s in all and 1/s a chat" needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import structlog
from redis import asyncio as aioredis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A steady rate with a small burst: at most `burst + span / every_s` in any span."""

    key: str
    every_s: float
    burst: int


def in_all() -> Allowance:
    """All messages of the bot: never more than 30 in any one second (Telegram's FAQ).

    Without a burst the steady rate may come near to the limit: 29.5/s and one more are 30 in any second.
    """
    return Allowance("all", 1 / 29.5, 1)


def one_chat(chat_id: int) -> Allowance:
    """One chat: 1/s with a short burst, a group: never more than 20 in any minute."""
    if chat_id < 0:
        return Allowance(f"chat:{chat_id}", 60 / 17, 3)
    return Allowance(f"chat:{chat_id}", 1.0, 3)


def ringing(chat_id: int) -> Allowance:
    """How often a person's phone may ring before notices are bundled; life in danger is not counted."""
    return Allowance(f"ring:{chat_id}", 10.0, 5)


class Turn(NamedTuple):
    """When a message may leave. Not `taken`: ask again after that wait; taken: it is this one's turn then."""

    wait_s: float
    taken: bool


class Bucket(Protocol):
    """Takes from all allowances or from none."""

    async def take(self, allowances: tuple[Allowance, ...], frozen: tuple[str, ...], patience_s: float = 0.0) -> Turn:
        """Takes one of each, also ahead of time when the first is whole within `patience_s` and the others are by then.

        Whoever queues for the turn ahead loses none: a rate without a burst is used up only so.
        """

    async def freeze(self, key: str, seconds: float) -> int:
        """Keeps a key shut for that long; gives how many keys were shut lately, this one included."""


class Limiter:
    """The sending limits of one bot."""

    def __init__(self, bucket: Bucket, *, paced: bool = True) -> None:
        self._bucket = bucket
        self._paced = paced

    @classmethod
    def local(cls, now: Callable[[], float] = time.monotonic, *, paced: bool = True) -> Limiter:
        """Builds a limiter for a single process."""
        return cls(LocalBucket(now), paced=paced)

    @classmethod
    def shared(
        cls, redis_url: str, bot_id: int, now: Callable[[], float] = time.monotonic, *, paced: bool = True
    ) -> Limiter:
        """Builds a limiter that all processes share; while Redis is away each keeps its own count."""
        client = aioredis.Redis.from_url(redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
        return cls(SharedBucket(client, f"whistle:send:{bot_id}:", LocalBucket(now)), paced=paced)

    async def wait_s(self, chat_id: int) -> float:
        """Takes room for one message to the chat and gives 0, or the seconds to wait.

        Unpaced, only what the channel itself asked for by a 429 is waited out: our own gateway has no other limit.
        """
        return (await self.turn(chat_id, 0.0)).wait_s

    async def turn(self, chat_id: int, patience_s: float) -> Turn:
        """Takes a turn for one message to the chat, at most so far ahead, or tells when to ask again."""
        allowances = (in_all(), one_chat(chat_id)) if self._paced else ()
        return await self._bucket.take(allowances, _shut_keys(chat_id), patience_s)

    async def shut_s(self, chat_id: int) -> float:
        """Gives for how long the channel wants nothing for the chat: a 429 may have come since the turn was taken."""
        return (await self._bucket.take((), _shut_keys(chat_id))).wait_s

    async def ring_wait_s(self, chat_id: int) -> float:
        """Takes room for one ring of the person's phone and gives 0, or the seconds until the next."""
        return (await self._bucket.take((ringing(chat_id),), ())).wait_s

    async def retry_after(self, chat_id: int, seconds: float) -> None:
        """Obeys a 429: that chat is shut for so long, and everything when a second chat is told the same."""
        if await self._bucket.freeze(f"chat:{chat_id}", seconds) > 1:
            await self._bucket.freeze("all", seconds)

    async def close(self) -> None:
        """Lets go of the connection."""
        if isinstance(self._bucket, SharedBucket):
            await self._bucket.close()


def _shut_keys(chat_id: int) -> tuple[str, str]:
    return "all", f"chat:{chat_id}"


class LocalBucket:
    """The allowances of one process, in memory."""

    _FORGET_ABOVE: Final = 20_000

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._whole_at: dict[str, float] = {}
        self._shut_until: dict[str, float] = {}

    async def take(self, allowances: tuple[Allowance, ...], frozen: tuple[str, ...], patience_s: float = 0.0) -> Turn:
        """Takes one of each, perhaps ahead of time, or nothing."""
        now = self._now()
        shut_s = max((self._shut_until.get(key, 0.0) - now for key in frozen), default=0.0)
        waits = [max(self._whole_at.get(a.key, now) - now + a.every_s * (1 - a.burst), 0.0) for a in allowances]
        ahead_s = waits[0] if waits else 0.0
        wait_s = max(shut_s, *waits, 0.0) if waits else max(shut_s, 0.0)
        if shut_s > 1e-9 or wait_s > ahead_s + 1e-9 or ahead_s > patience_s + 1e-9:
            return Turn(wait_s, taken=False)
        if len(self._whole_at) > self._FORGET_ABOVE:
            self._whole_at = {key: at for key, at in self._whole_at.items() if at > now}
        for a in allowances:
            self._whole_at[a.key] = max(self._whole_at.get(a.key, now), now) + a.every_s
        return Turn(ahead_s if ahead_s > 1e-9 else 0.0, taken=True)

    async def freeze(self, key: str, seconds: float) -> int:
        """Keeps a key shut for that long; gives how many keys are shut now."""
        now = self._now()
        self._shut_until = {k: until for k, until in self._shut_until.items() if until > now}
        self._shut_until[key] = max(self._shut_until.get(key, 0.0), now + seconds)
        return len(self._shut_until)


_TAKE = """
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + tonumber(t[2]) / 1000
local n, patience = tonumber(ARGV[1]), tonumber(ARGV[2])
local wait, ahead, shut = 0, 0, 0
local whole = {}
for i = 1, n do
  local every, burst = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local at = math.max(tonumber(redis.call('GET', KEYS[i]) or now), now) + every
  whole[i] = at
  local one = math.max(0, at - now - every * burst)
  if i == 1 then ahead = one end
  wait = math.max(wait, one)
end
for i = n + 1, #KEYS do
  shut = math.max(shut, redis.call('PTTL', KEYS[i]))
end
wait = math.max(wait, shut)
if shut > 0 or wait > ahead + 0.001 or ahead > patience + 0.001 then return {tostring(wait), 0} end
for i = 1, n do
  redis.call('SET', KEYS[i], string.format('%.3f', whole[i]), 'PX', math.ceil(whole[i] - now) + 1000)
end
if ahead <= 0.001 then ahead = 0 end
return {tostring(ahead), 1}
"""
"""Redis' own clock is used, so that processes with different clocks agree."""

_FREEZE = """
local ttl = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[1]))
redis.call('SET', KEYS[1], '1', 'PX', ttl)
redis.call('SADD', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[2], math.max(redis.call('PTTL', KEYS[2]), ttl))
return redis.call('SCARD', KEYS[2])
"""


class SharedBucket:
    """The allowances of all processes, in Redis; falls back to its own count while Redis is away."""

    def __init__(self, client: aioredis.Redis, prefix: str, alone: LocalBucket) -> None:
        self._client = client
        self._prefix = prefix
        self._alone = alone
        self._take = client.register_script(_TAKE)
        self._freeze = client.register_script(_FREEZE)
        self._away = False

    async def take(self, allowances: tuple[Allowance, ...], frozen: tuple[str, ...], patience_s: float = 0.0) -> Turn:
        """Takes one of each, perhaps ahead of time, or nothing."""
        keys = [f"{self._prefix}{a.key}" for a in allowances] + [f"{self._prefix}shut:{k}" for k in frozen]
        args: list[str | float] = [len(allowances), patience_s * 1000]
        for a in allowances:
            args += [a.every_s * 1000, a.burst]
        try:
            wait_ms, taken = await self._take(keys=keys, args=args)
        except (RedisError, OSError) as fault:
            self._note_away(fault)
            return await self._alone.take(allowances, frozen, patience_s)
        self._away = False
        return Turn(float(wait_ms) / 1000, bool(taken))

    async def freeze(self, key: str, seconds: float) -> int:
        """Keeps a key shut for that long; gives how many keys were shut lately."""
        # Both are told: the local count must obey too if Redis goes away in between.
        alone = await self._alone.freeze(key, seconds)
        keys = [f"{self._prefix}shut:{key}", f"{self._prefix}shut"]
        try:
            return int(await self._freeze(keys=keys, args=[int(seconds * 1000)]))
        except (RedisError, OSError) as fault:
            self._note_away(fault)
            return alone

    async def close(self) -> None:
        """Closes the connection pool."""
        await self._client.aclose()

    def _note_away(self, fault: Exception) -> None:
        if not self._away:
            log.warning("send limits are counted by this process alone", fault=type(fault).__name__)
        self._away = True
