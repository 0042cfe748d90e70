"""How do updates reach a bot that wants to be told? In order within a queue, again until it says 2xx.

Retry rules as read in tdlib/telegram-bot-api WebhookActor.cpp: at once, then after 2, 4, 8 … seconds up
to a random 60-120, or after what Retry-After says; a failing queue holds back only itself.
"""

import asyncio
import heapq
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
_LOADED_LIMIT = 4 * _LOADED_AT_ONCE
_HELD_BACK_S = 1.0
_IDLE_S = 3600.0
_METHOD = "webhook"
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Queue:
    queue_id: int
    waiting: deque[Waiting] = field(default_factory=deque)
    attempts: int = 0
    idle: bool = True


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
        self._ready: deque[_Queue] = deque()
        self._later: list[tuple[float, int]] = []
        self._loaded_to = 0
        self._n_loaded = 0
        self._held: tuple[float, Waiting] | None = None
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
                    try:
                        self._load()
                    except sqlite3.Error as error:
                        log.error("updates not read", bot_id=self._bot_id, error=str(error))
                    pause_s = self._take_up()
                    self._start_ready(session)
                    await self._board.signals.wait(("updates", self._bot_id), pause_s)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _load(self) -> None:
        while self._n_loaded < _LOADED_LIMIT:
            found = updates.waiting(
                self._board.database, self._bot_id, self._loaded_to + 1, _LOADED_AT_ONCE, self._board.now()
            )
            if not found:
                break
            self._loaded_to = found[-1].update_id
            self._n_loaded += len(found)
            for one in found:
                if self._held is None and self._board.faults.take(_METHOD, FaultKind.REORDER):
                    self._held = (self._now_s() + _HELD_BACK_S, one)
                    continue
                self._enqueue(one.queue_id, one)
                self._let_go_of_held()

    def _enqueue(self, queue_id: int, one: Waiting) -> None:
        queue = self._queues.setdefault(queue_id, _Queue(queue_id))
        queue.waiting.append(one)
        if queue.idle:
            queue.idle = False
            self._ready.append(queue)

    def _let_go_of_held(self) -> None:
        """Delivers what a drill held back, in a queue of its own so that it need not keep the order."""
        if self._held is not None:
            _, one = self._held
            self._held = None
            self._enqueue(-one.update_id, one)

    def _take_up(self) -> float:
        """Makes the postponed queues ready whose time has come; returns how long until the next one."""
        now_s = self._now_s()
        while self._later and self._later[0][0] <= now_s:
            self._ready.append(self._queues[heapq.heappop(self._later)[1]])
        if self._held is not None and self._held[0] <= now_s:
            self._let_go_of_held()
        due_s = [self._later[0][0]] if self._later else []
        due_s += [self._held[0]] if self._held is not None else []
        return min(due_s) - now_s if due_s else _IDLE_S

    def _start_ready(self, session: aiohttp.ClientSession) -> None:
        while self._ready and len(self._tasks) < self._webhook.max_connections:
            task = asyncio.get_running_loop().create_task(self._deliver_next(session, self._ready.popleft()))
            self._tasks.add(task)

    async def _deliver_next(self, session: aiohttp.ClientSession, queue: _Queue) -> None:
        one = queue.waiting[0]
        wait_s: float | None = None
        try:
            if one.expires_at <= self._board.now():
                log.warning("update expired", bot_id=self._bot_id, update_id=one.update_id)
            else:
                wait_s = await self._post(session, one, queue.attempts)
            if wait_s is None:
                await self._board.database.write(lambda tx: updates.confirm(tx, self._bot_id, one.update_id))
        except (sqlite3.Error, StorageError) as error:
            log.error("delivery not recorded", bot_id=self._bot_id, error=str(error))
            wait_s = _backoff_s(max(queue.attempts, 1))
        task = asyncio.current_task()
        if task is not None:
            self._tasks.discard(task)
        self._put_back(queue, wait_s)
        self._start_ready(session)

    def _put_back(self, queue: _Queue, wait_s: float | None) -> None:
        if wait_s is not None:
            queue.attempts += 1
            heapq.heappush(self._later, (self._now_s() + wait_s, queue.queue_id))
            self._board.signals.wake([("updates", self._bot_id)])
            return
        queue.waiting.popleft()
        queue.attempts = 0
        self._n_loaded -= 1
        if queue.waiting:
            self._ready.append(queue)
        else:
            del self._queues[queue.queue_id]
        if self._n_loaded == _LOADED_LIMIT // 2:
            # Half of what was loaded is gone and the store may hold more: have the loop look.
            self._board.signals.wake([("updates", self._bot_id)])

    def _now_s(self) -> float:
        return self._board.clock().timestamp()

    async def _post(self, session: aiohttp.ClientSession, one: Waiting, attempts: int) -> float | None:
        """Delivers once; returns None on success, or after how many seconds to try again."""
        if self._board.faults.take(_METHOD, FaultKind.DROP_WEBHOOK):
            return self._failed("Connection dropped", _backoff_s(attempts))
        copies = 2 if self._board.faults.take(_METHOD, FaultKind.DUPLICATE) else 1
        try:
            for _ in range(copies):
                async with session.post(
                    self._webhook.url,
                    data=one.body.encode(),
                    headers={"Content-Type": "application/json"},
                    allow_redirects=False,
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
