"""Wakes the relay the moment something was committed. May fail freely: the relay looks every second anyway."""

import asyncio
import contextlib
from typing import Any

import redis.asyncio as aioredis
import structlog
from redis.exceptions import RedisError

CHANNEL = "whistle:hint"
log = structlog.get_logger(__name__)


class Hinter:
    """Called after commits; folds many hints of one moment into one publish."""

    def __init__(self, url: str) -> None:
        self._client: Any = aioredis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
        self._task: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        """Schedules a hint on the running loop."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._publish())

    async def _publish(self) -> None:
        try:
            await self._client.publish(CHANNEL, b"1")
        except (RedisError, OSError) as fault:
            log.debug("hint not given", fault=type(fault).__name__)

    async def close(self) -> None:
        """Closes the connection after the last hint left."""
        if self._task is not None:
            await self._task
        await self._client.aclose()


class Listener:
    """Waits for hints; without Redis it only waits."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pubsub: Any = None

    async def wait(self, seconds: float) -> None:
        """Returns at the next hint, or after the given time."""
        try:
            if self._pubsub is None:
                client: Any = aioredis.Redis.from_url(self._url, socket_connect_timeout=1)
                self._pubsub = client.pubsub(ignore_subscribe_messages=True)
                await self._pubsub.subscribe(CHANNEL)
            await self._pubsub.get_message(timeout=seconds)
        except (RedisError, OSError) as fault:
            log.debug("no hints", fault=type(fault).__name__)
            await self.close()
            await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Forgets the connection."""
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await pubsub.aclose()
