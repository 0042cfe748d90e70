"""How do updates reach a bot that wants to be told? In order within a queue, again until it says 2xx.

Retry rules as read in tdlib/telegram-bot-api WebhookActor.cpp: at once, then after 2, 4, 8 … seconds up
to a random 60-120, or after what Retry-After says; a failing queue holds back only itself.
"""

import asyncio
import random
import sqlite3
from collections import deque
from dataclasses import dataclass, field

import aiohttp
import structlog

from gateway.faults import FaultKind
from gateway.store import bots, updates
from gateway.store.database import StorageError
from gateway.store.updates import Waiting
from gateway.switchboard import DeliveryReport, Switchboard

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_ANSWER_WITHIN_S = 60
_RETRY_AFTER_LIMIT_S = 3600
_CAP_S = (60, 120)
_LOADED_AT_ONCE = 500
_IDLE_S = 3600.0
_METHOD = "webhook"
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Queue:
    waiting: deque[Waiting] = field(default_factory=deque)
    attempts: int = 0
    not_before: float = 0.0
    busy: bool = False


class Delivery:
    """Delivers the updates of one bot to its webhook until it is stopped.

    Holds the loaded updates in memory; the truth stays in the store, where an update is deleted only
    after the bot answered 2xx, so a restart delivers again rather than losing one.
    """

    def __init__(self, board: Switchboard, bot_id: int, webhook: bots.Webhook) -> None:
        self._board = board
        self._bot_id = bot_id
        self._webhook = webhook
        self._queues: dict[int, _Queue] = {}
        self._loaded_to = 0
        self._n_busy = 0
        self._held: Waiting | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._report = board.deliveries.setdefault(bot_id, DeliveryReport())

    async def run(self) -> None:
        """Works until cancelled."""
        headers = {SECRET_HEADER: self._webhook.secret} if self._webhook.secret else {}
        timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S)
        connector = aiohttp.TCPConnector(limit=0)
        try:
            async with aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector) as session:
                while not self._board.signals.closed:
                    self._load()
                    pause_s = self._start_due(session)
                    await self._board.signals.wait(("updates", self._bot_id), pause_s)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _load(self) -> None:
        while sum(len(queue.waiting) for queue in self._queues.values()) < 4 * _LOADED_AT_ONCE:
            found = updates.waiting(
                self._board.database, self._bot_id, self._loaded_to + 1, _LOADED_AT_ONCE, self._board.now()
            )
            if not found:
                break
            self._loaded_to = found[-1].update_id
            for one in found:
                self._enqueue(one)

    def _enqueue(self, one: Waiting) -> None:
        if self._held is None and self._board.faults.take(_METHOD, FaultKind.REORDER):
            # Let the next update overtake this one; it travels in a queue of its own.
            self._held = one
            return
        self._queues.setdefault(one.queue_id, _Queue()).waiting.append(one)
        if self._held is not None:
            self._queues.setdefault(-self._held.update_id, _Queue()).waiting.append(self._held)
            self._held = None

    def _start_due(self, session: aiohttp.ClientSession) -> float:
        """Starts every delivery that is due and returns how long until the next one may be."""
        now = self._board.clock().timestamp()
        pause_s = _IDLE_S
        for queue_id, queue in list(self._queues.items()):
            if queue.busy:
                continue
            if not queue.waiting:
                del self._queues[queue_id]
            elif queue.not_before > now:
                pause_s = min(pause_s, queue.not_before - now)
            elif self._n_busy < self._webhook.max_connections:
                queue.busy = True
                self._n_busy += 1
                task = asyncio.get_running_loop().create_task(self._deliver_next(session, queue))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        return pause_s

    async def _deliver_next(self, session: aiohttp.ClientSession, queue: _Queue) -> None:
        one = queue.waiting[0]
        try:
            if one.expires_at <= self._board.now():
                log.warning("update expired", bot_id=self._bot_id, update_id=one.update_id)
                await self._finish(queue, one)
            else:
                retry_after_s = await self._post(session, one, queue.attempts)
                if retry_after_s is None:
                    await self._finish(queue, one)
                else:
                    self._postpone(queue, retry_after_s)
        except (sqlite3.Error, StorageError) as error:
            log.error("delivery not recorded", bot_id=self._bot_id, error=str(error))
            self._postpone(queue, _backoff_s(queue.attempts))
        finally:
            queue.busy = False
            self._n_busy -= 1
            self._board.signals.wake([("updates", self._bot_id)])

    async def _finish(self, queue: _Queue, one: Waiting) -> None:
        await self._board.database.write(lambda tx: updates.confirm(tx, self._bot_id, one.update_id))
        queue.waiting.popleft()
        queue.attempts = 0
        queue.not_before = 0.0

    def _postpone(self, queue: _Queue, wait_s: float) -> None:
        queue.attempts += 1
        queue.not_before = self._board.clock().timestamp() + wait_s

    async def _post(self, session: aiohttp.ClientSession, one: Waiting, attempts: int) -> float | None:
        """Delivers once; returns None on success, or after how many seconds to try again."""
        if self._board.faults.take(_METHOD, FaultKind.DROP_WEBHOOK):
            return self._failed("Connection dropped", _backoff_s(attempts))
        copies = 2 if self._board.faults.take(_METHOD, FaultKind.DUPLICATE) else 1
        try:
            for _ in range(copies):
                async with session.post(
                    self._webhook.url, data=one.body.encode(), headers={"Content-Type": "application/json"}
                ) as answer:
                    await answer.read()
                if not 200 <= answer.status < 300:
                    wished_s = _retry_after_s(answer.headers.get("Retry-After"))
                    reason = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                    return self._failed(reason, _backoff_s(attempts) if wished_s is None else wished_s)
        except (aiohttp.ClientError, TimeoutError) as error:
            return self._failed(type(error).__name__, _backoff_s(attempts))
        return None

    def _failed(self, reason: str, wait_s: float) -> float:
        self._report.last_error_at = self._board.now()
        self._report.last_error = reason
        return wait_s


class Deliveries:
    """Runs one Delivery for each bot that has a webhook."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._running: dict[int, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Starts delivery for every bot whose webhook is set."""
        for bot in self._board.bots.values():
            self.restart(bot.bot_id)

    def restart(self, bot_id: int) -> None:
        """Follows a changed webhook; what was on its way may be delivered again."""
        old = self._running.pop(bot_id, None)
        if old is not None:
            old.cancel()
        webhook = bots.webhook_of(self._board.database, bot_id)
        if webhook.url:
            self._board.deliveries.pop(bot_id, None)
            self._running[bot_id] = asyncio.get_running_loop().create_task(Delivery(self._board, bot_id, webhook).run())

    async def stop(self) -> None:
        """Ends all deliveries at once."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _backoff_s(attempts: int) -> float:
    """Tells the pause after the attempt number `attempts` (0 the first)."""
    if attempts == 0:
        return 0.0
    return min(2.0**attempts, random.uniform(*_CAP_S))


def _retry_after_s(header: str | None) -> float | None:
    if header is None or not header.strip().isdigit():
        return None
    return float(min(int(header), _RETRY_AFTER_LIMIT_S))
