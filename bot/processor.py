"""Works the inbox off: in order within a chat, side by side across chats, one transaction an update.

Effect, answers and "done" are committed together or not at all. A fault is tried again with growing pauses and
then set aside with its traceback, and the sender is told a number to name; nothing is ever dropped.
"""

import asyncio
import itertools
import traceback
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError
from aiogram.types import Update

from actions import alarms, people
from actions.origin import named, originating
from actions.ports import Deps, StoreUnavailableError
from bot.intake.photos import Taken, prefetch
from bot.pace import Pace
from bot.reading import Unreadable, read
from bot.replies import Replies, Toast
from config.drills import crash_point
from config.logging import scrub
from config.observing import span
from config.texts import Texts

log = structlog.get_logger(__name__)

PAUSES: Final = (timedelta(seconds=0.5), timedelta(seconds=3), timedelta(seconds=15))
"""How long a chat waits after each failed try; one try more than pauses, then the update is set aside."""
PRESS_LIFE: Final = timedelta(seconds=150)
"""How long a press may wait for its answer at Telegram; an older one shows the present state instead."""
N_CHATS: Final = 16
MOST_PACED: Final = 500
"""So many chats that are too fast are left out of the question to the inbox; more only cost a look each."""
STOP_S: Final = 2.0
"""How long updates in hand may take when the process is asked to stop."""
IDLE_S: Final = 0.25
"""How often the inbox is looked at without being told: another process may have filled it, or a pause ended."""


class Courier(Protocol):
    """Sends message rows that this process holds."""

    async def send_now(self, message_ids: list[int]) -> None:
        """Sends these rows now; what cannot be sent stays for the relay."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One update of the inbox that is to be handled."""

    update_id: int
    chat_key: str
    body: bytes = field(repr=False)
    received_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is left to do after the commit: rows to send, a press to answer."""

    message_ids: list[int]
    toast: Toast | None = None
    press_id: str | None = None


class Processor:
    """Handles the inbox of one channel."""

    def __init__(
        self,
        deps: Deps,
        bot: Bot,
        dispatcher: Dispatcher,
        courier: Courier,
        texts: Texts,
        *,
        channel: str,
        owner: str,
    ) -> None:
        self._deps = deps
        self._bot = bot
        self._dispatcher = dispatcher
        self._courier = courier
        self._texts = texts
        self._channel = channel
        self._owner = owner
        self._news = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        numbers = deps.catalogue.numbers
        self._pace = Pace(numbers["chat_burst"], numbers["chat_per_minute"])
        self._paced: dict[str, datetime] = {}

    def wake(self) -> None:
        """Tells that the inbox has something new."""
        self._news.set()

    async def run(self) -> None:
        """Works until it is cancelled; updates in hand are then finished, or left as they were when that takes long."""
        try:
            while True:
                self._news.clear()
                await self._hand_out()
                await self._rest()
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """Gives what is in hand a moment; an update that is cut stays in the inbox as if nobody had begun."""
        if not self._busy:
            return
        _, cut = await asyncio.wait(list(self._busy.values()), timeout=STOP_S)
        for task in cut:
            task.cancel()
        await asyncio.gather(*cut, return_exceptions=True)

    async def settle(self) -> None:
        """Handles everything that can be handled now and returns when the inbox is at rest."""
        while True:
            self._news.clear()
            await self._hand_out()
            if not self._busy:
                return
            await asyncio.wait(self._busy.values(), return_when=asyncio.FIRST_COMPLETED)

    async def _rest(self) -> None:
        """Sleeps until something is new, or until a paused chat may be due again."""
        try:
            async with asyncio.timeout(IDLE_S):
                await self._news.wait()
        except TimeoutError:
            return

    async def _hand_out(self) -> None:
        """Starts a task for the oldest waiting update of every chat that has none in hand."""
        try:
            async with self._deps.store.read() as unit:
                now = self._deps.clock()
                rows = await unit.inbox.ready(N_CHATS, channel=self._channel, now=now, without=self._passed_over(now))
        except StoreUnavailableError as error:
            log.error("inbox cannot be read", error=type(error).__name__)
            return
        for row in rows:
            if row.chat_key in self._busy or len(self._busy) >= N_CHATS:
                continue
            wait_s = self._pace.take(row.chat_key, now)
            if wait_s > 0:
                self._paced[row.chat_key] = now + timedelta(seconds=wait_s)
                if self._pace.news(row.chat_key, now):
                    self._begin(row.chat_key, self._slow_down(row.chat_key), "slow down")
                continue
            waiting = Waiting(row.update_id, row.chat_key, row.body, row.received_at, row.tries)
            self._begin(row.chat_key, self._chat(waiting), f"update {row.update_id}")

    def _passed_over(self, now: datetime) -> set[str]:
        """Lists the chats that get nothing now: one update of theirs is in hand, or they were too fast."""
        self._paced = {key: until for key, until in self._paced.items() if until > now}
        return {*self._busy, *itertools.islice(self._paced, MOST_PACED)}

    def _begin(self, chat_key: str, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._busy[chat_key] = task
        task.add_done_callback(partial(self._free, chat_key))

    async def _slow_down(self, chat_key: str) -> None:
        """Tells a chat that everything arrived and is taken up in its order."""
        chat_id = _chat_id(chat_key)
        if chat_id is None:
            return
        log.warning("chat is paced", chat_id=chat_id)
        async with self._deps.store.begin() as unit:
            member = await people.who(self._deps, self._channel, chat_id)
            if member is None:
                return
            replies = Replies(unit, self._channel, chat_id, self._owner)
            await replies.say(self._texts.of(member.language).html("press.slow_down"))
        await self._speak(_Outcome(replies.message_ids))

    def _free(self, chat_key: str, task: asyncio.Task[None]) -> None:
        self._busy.pop(chat_key, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("update left unfinished", error=type(error).__name__, exc_info=error)
        self.wake()

    async def _chat(self, row: Waiting) -> None:
        """Handles one update and then says what it had to say."""
        structlog.contextvars.clear_contextvars()
        origin = named(self._channel, row.update_id)
        structlog.contextvars.bind_contextvars(origin=origin, update_id=row.update_id, channel=self._channel)
        try:
            with originating(origin), span("update", origin=origin):
                outcome = await self._handle(row)
            log.info("update handled", answers=len(outcome.message_ids))
            await self._speak(outcome)
        except StoreUnavailableError as error:
            # Not the update's fault: it stays where it is and does not come nearer to being set aside.
            log.error("update waits for the database", error=type(error).__name__)
            await asyncio.sleep(IDLE_S)

    async def _handle(self, row: Waiting) -> _Outcome:
        try:
            update = read(row.body, self._bot)
        except Unreadable as unreadable:
            return await self._set_aside(row, scrub(str(unreadable)), None)
        try:
            taken = await prefetch(self._deps, self._bot, self._channel, update)
            return await self._transact(row, update, taken)
        except StoreUnavailableError:
            raise
        except Exception as error:
            fault = scrub("".join(traceback.format_exception(error)))
            log.error("update failed", tries=row.tries + 1, error=type(error).__name__, exc_info=error)
            return await self._failed(row, fault, update)

    async def _transact(self, row: Waiting, update: Update, taken: Taken | None) -> _Outcome:
        """Runs the handlers in one transaction with the answers and the tick in the inbox."""
        now = self._deps.clock()
        async with self._deps.store.begin() as unit:
            if not await unit.inbox.start(self._channel, row.update_id):
                return _Outcome([])  # Another process got there first.
            replies = Replies(unit, self._channel, chat_of(update) or 0, self._owner)
            await self._dispatcher.feed_update(
                self._bot,
                update,
                replies=replies,
                taken=taken,
                update_id=row.update_id,
                now=now,
                stale=update.callback_query is not None and now - row.received_at > PRESS_LIFE,
            )
            await unit.inbox.done(self._channel, row.update_id, now)
            crash_point("processor.in_transaction")
        crash_point("processor.committed")
        press = update.callback_query
        return _Outcome(replies.message_ids, replies.toasted, press.id if press else None)

    async def _failed(self, row: Waiting, fault: str, update: Update) -> _Outcome:
        """Lets the chat wait and try again, or gives up on the update."""
        if row.tries >= len(PAUSES):
            return await self._set_aside(row, fault, update)
        async with self._deps.store.begin() as unit:
            next_try_at = self._deps.clock() + PAUSES[row.tries]
            await unit.inbox.fail(self._channel, row.update_id, fault, next_try_at)
        return _Outcome([])

    async def _set_aside(self, row: Waiting, fault: str, update: Update | None) -> _Outcome:
        """Keeps the update as poison, lets the chat go on, and tells the sender a number to name."""
        log.error("update set aside", fault=fault.splitlines()[-1] if fault else "")
        chat_id = chat_of(update) if update else _chat_id(row.chat_key)
        async with self._deps.store.begin() as unit:
            if await unit.inbox.poison(self._channel, row.update_id, fault, self._deps.clock()):
                await alarms.update_set_aside(self._deps, reference(row.update_id), (await unit.inbox.counts()).poison)
            if chat_id is None:
                return _Outcome([])
            member = await people.who(self._deps, self._channel, chat_id)
            if member is None:
                return _Outcome([])
            replies = Replies(unit, self._channel, chat_id, self._owner)
            t = self._texts.of(member.language)
            await replies.say(t.html("common.fault", reference=reference(row.update_id)))
        press = update.callback_query if update else None
        return _Outcome(replies.message_ids, None, press.id if press else None)

    async def _speak(self, outcome: _Outcome) -> None:
        """Sends the answers; whatever goes wrong here is the relay's, the update is done."""
        jobs: list[Awaitable[None]] = []
        if outcome.press_id is not None:
            jobs.append(self._answer(outcome.press_id, outcome.toast))
        if outcome.message_ids:
            jobs.append(self._courier.send_now(outcome.message_ids))
        await asyncio.gather(*jobs)

    async def _answer(self, press_id: str, toast: Toast | None) -> None:
        """Ends the spinner of a press. Not durable: an answer that comes too late helps nobody."""
        said: dict[str, Any] = {"text": toast.text[:200], "show_alert": toast.alert} if toast else {}
        try:
            await self._bot.answer_callback_query(press_id, **said, request_timeout=5)
        except AiogramError as error:
            log.info("press not answered", error=type(error).__name__)


def chat_of(update: Update) -> int | None:
    """Gives the chat that an update came from and answers go to."""
    if update.callback_query is not None:
        return update.callback_query.from_user.id
    for content in (update.message, update.edited_message, update.my_chat_member):
        if content is not None:
            return content.chat.id
    return None


def _chat_id(chat_key: str) -> int | None:
    return int(chat_key) if chat_key.lstrip("-").isdigit() else None


def reference(update_id: int) -> str:
    """Gives the number that a person names when something of theirs was set aside; `whistle dead` finds it."""
    return f"U{update_id}"
