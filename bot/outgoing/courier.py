"""Carries message rows to the channel: claims, renders, paces, sends or edits them, and writes down the outcome.

Within a chat in order, across chats at once. A row is marked sent after the channel took it, so that a crash in
between sends it twice and never not at all; the numbers in the text make a repeat harmless.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog
from aiogram import Bot

from actions import people
from actions.buttons import Seals
from actions.ports import Deps
from actions.telling import LIFE_DANGER
from bot.outgoing.channel import CALL_S, Channel
from bot.outgoing.content import Content
from bot.outgoing.errors import DeliveryError, Trouble
from bot.outgoing.files import Files
from bot.outgoing.ground import Ground, Shift
from bot.outgoing.limiter import Limiter
from bot.outgoing.lists import bundle_content
from bot.outgoing.live import Shown, deliver
from bot.outgoing.render import CARD, Gone, Renderer
from bot.outgoing.rounds import Rounds
from bot.outgoing.studio import Studio
from bot.outgoing.wording import Sayings
from config.drills import crash_point

log = structlog.get_logger(__name__)

AT_ONCE: Final = 30
"""Rows claimed at a time: about as many as may leave in a second."""
DRAIN_S: Final = 40.0
"""For so long one call of `drain` claims rows; a job's time is longer."""
TURN_AHEAD_S: Final = 2.0
"""So far ahead a turn is taken: nobody else could use it earlier, and turns that are not taken ahead are lost."""
LEASE_S: Final = 90.0
PATIENCE_S: Final = 2.0
"""Up to this long an answer to its own chat waits for its turn; for longer waits the row is put off."""
SHORT_PATIENCE_S: Final = 0.2
"""The same for everything else: who waits for one chat cannot serve another."""
BUNDLE_FROM: Final = 4
"""So many notices for one person at the same time become one message."""
BUNDLE_MOST: Final = 12
_LONGEST_PAUSE_S: Final = 300.0
_TOKEN_PAUSE_S: Final = 60.0
_FAULT_PAUSE_S: Final = 30.0
_LONG_ENOUGH: Final = 60
"""After so many tries (about four hours) a message that nobody could deliver is set aside for an operator."""


class Row(Protocol):
    """What the courier reads of a message row."""

    @property
    def id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def chat_id(self) -> int: ...
    @property
    def body(self) -> dict[str, Any]: ...
    @property
    def card_key(self) -> str | None: ...
    @property
    def loud(self) -> bool: ...
    @property
    def priority(self) -> int: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def tries(self) -> int: ...


class PutOff(Exception):
    """This row and all behind it in the chat wait; `tried` when a call was made in vain."""

    def __init__(self, seconds: float, *, tried: bool, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.tried = tried
        self.why = why


class AddressDied(Exception):
    """Nothing sent to this chat will ever arrive."""

    def __init__(self, why: Trouble) -> None:
        super().__init__(why.value)
        self.why = why


class Courier:
    """The courier of one process for one channel."""

    def __init__(
        self,
        deps: Deps,
        bot: Bot,
        channel: str,
        sayings: Sayings,
        limiter: Limiter,
        *,
        owner: str = "",
        shifted: Shift | None = None,
        studio: Studio | None = None,
    ) -> None:
        self._deps = deps
        self._name = channel
        self._channel = Channel(bot, Seals(deps, channel))
        self._limiter = limiter
        self._renderer = Renderer(deps, channel, sayings, Ground(deps, shifted, studio))
        self._files = Files(deps, self._channel.bot_id)
        self._owner = owner or f"courier-{uuid.uuid4().hex[:12]}"

    async def send_now(self, message_ids: Sequence[int]) -> None:
        """Sends these rows, the bot process's own replies; what fails stays for `drain`."""
        if message_ids:
            await self._own(list(message_ids))

    async def drain(self, owner: str | None = None, *, most: int = 1000) -> int:
        """Sends what is due, at most about so many rows; counts them. Safe to call anywhere, any time."""
        name = owner or self._owner
        untils: dict[int, datetime] = {}

        async def claim(urgent_only: bool) -> Sequence[Row]:
            rows = await self._claim(name, None, at_least=LIFE_DANGER if urgent_only else None)
            untils.update(dict.fromkeys((row.id for row in rows), self._lease_end()))
            return rows

        async def serve(chat_id: int, waiting: list[Row]) -> None:
            await self._chat(chat_id, waiting, untils[waiting[0].id], own=False)

        return await Rounds(claim, serve, self._not_served).run(most, DRAIN_S)

    async def close(self) -> None:
        """Lets go of the limiter's connection; the bot's session belongs to whoever made it."""
        await self._limiter.close()

    async def _claim(self, owner: str, ids: list[int] | None, *, at_least: int | None = None) -> Sequence[Row]:
        async with self._deps.store.begin() as unit:
            n = AT_ONCE if ids is None else len(ids)
            rows = await unit.messages.claim(
                owner, n, self._deps.clock(), LEASE_S, ids=ids, channel=self._name, at_least=at_least
            )
        if rows:
            crash_point("courier.claimed")
        return rows

    def _lease_end(self) -> datetime:
        """Gives until when a call may begin: a row whose lease ended meanwhile would be sent by somebody else too."""
        return self._deps.clock() + timedelta(seconds=LEASE_S - CALL_S)

    async def _own(self, ids: list[int]) -> None:
        """Sends the rows of an answer, each chat in order."""
        chats: dict[int, list[Row]] = {}
        until = self._lease_end()
        for row in await self._claim(self._owner, ids):
            chats.setdefault(row.chat_id, []).append(row)
        served = (self._chat(chat_id, waiting, until, own=True) for chat_id, waiting in chats.items())
        ends = await asyncio.gather(*served, return_exceptions=True)
        for waiting, end in zip(chats.values(), ends, strict=True):
            if isinstance(end, Exception):
                await self._not_served(waiting, end)
            elif end is not None:
                raise end

    async def _not_served(self, waiting: list[Row], error: Exception) -> None:
        log.error("chat could not be served", n=len(waiting), exc_info=error)
        await self._put_off(waiting, PutOff(_FAULT_PAUSE_S, tried=True, why=type(error).__name__))

    async def _chat(self, chat_id: int, waiting: list[Row], until: datetime, *, own: bool) -> None:
        """Sends a chat's rows in order and takes them off the list; stops at the first that has to wait."""
        try:
            if not own:
                await self._bundle(chat_id, waiting)
            while waiting:
                if self._deps.clock() > until:
                    raise PutOff(0.0, tried=False, why="lease")
                await self._one(chat_id, waiting[0], own=own)
                waiting.pop(0)
        except PutOff as off:
            await self._put_off(waiting, off)
        except AddressDied as end:
            await self._address_died(chat_id, end.why)

    async def _one(self, chat_id: int, row: Row, *, own: bool) -> None:
        if not own and _rings(row):
            wait_s = await self._limiter.ring_wait_s(chat_id)
            if wait_s > 0:
                # The phone rang often enough: what comes meanwhile is bundled with this.
                raise PutOff(wait_s, tried=False, why="storm")
        content = await self._renderer.render(chat_id, row.body, loud=row.loud)
        if isinstance(content, Gone):
            await self._nothing_to_show(row, content)
            return
        try:
            await self._pace(chat_id, PATIENCE_S if own else SHORT_PATIENCE_S)
            shown = await self._try(row, content)
        except DeliveryError as fault:
            await self._failed(chat_id, row, fault)
            return
        await self._sent([row], shown)

    async def _try(self, row: Row, content: Content) -> Shown:
        """Delivers a content; what the peer could not take is sent plainer, once for each way to be plainer."""
        known = await self._files.known(content)
        for _ in range(4):
            shown, files = await self._files.ready(content, known)
            try:
                return await deliver(self._channel, self._deps, row, shown, files)
            except DeliveryError as fault:
                match fault.trouble:
                    case Trouble.BAD_MARKUP:
                        log.error("markup refused", row_id=row.id, template=row.body.get("template"))
                        content = content.without_markup()
                    case Trouble.FILE_LOST if known:
                        known = {}
                    case Trouble.FILE_LOST:
                        content = content.with_pictures({})
                    case Trouble.TOO_LARGE:
                        content = content.shorter()
                    case _:
                        raise
        raise DeliveryError(Trouble.REFUSED, detail="no plainer form was taken")

    async def _pace(self, chat_id: int, patience_s: float) -> None:
        """Waits for this chat's turn within the sending limits; raises PutOff when that takes too long."""
        while not (turn := await self._limiter.turn(chat_id, TURN_AHEAD_S)).taken:
            if turn.wait_s > patience_s:
                raise PutOff(turn.wait_s, tried=False, why="limit")
            await asyncio.sleep(turn.wait_s)
        if turn.wait_s > 0:
            await asyncio.sleep(turn.wait_s)
            if (shut_s := await self._limiter.shut_s(chat_id)) > 0:
                raise PutOff(shut_s, tried=False, why="limit")

    async def _bundle(self, chat_id: int, waiting: list[Row]) -> None:
        """Sends many notices as one message with a list and takes them off; the others stay."""
        noisy = [row for row in waiting if _rings(row)][:BUNDLE_MOST]
        if len(noisy) < BUNDLE_FROM:
            return
        for row in [row for row in waiting if row.priority <= LIFE_DANGER]:
            await self._one(chat_id, row, own=False)
            waiting.remove(row)
        if (wait_s := await self._limiter.ring_wait_s(chat_id)) > 0:
            raise PutOff(wait_s, tried=False, why="storm")
        told = []
        for row in noisy:
            line = await self._renderer.line(chat_id, row.body)
            if line is not None:
                told.append((str(row.body["case_no"]), *line))
        content = bundle_content(told, await self._renderer.language(chat_id))
        try:
            await self._pace(chat_id, SHORT_PATIENCE_S)
            # A bundle is no card: the cards of its cases stay as they are, and answer with the present state.
            sent = await self._channel.send(chat_id, content, {})
        except DeliveryError as fault:
            await self._failed(chat_id, noisy[0], fault)
            waiting.remove(noisy[0])
            return
        await self._sent(noisy, Shown(sent, None))
        waiting[:] = [row for row in waiting if row not in noisy]

    async def _sent(self, rows: Sequence[Row], shown: Shown) -> None:
        """Writes down that rows arrived, which message shows the card now, and which files the channel knows."""
        crash_point("courier.sent")
        now = self._deps.clock()
        async with self._deps.store.begin() as unit:
            for row in rows:
                await unit.messages.sent(row.id, shown.delivered.message_id, now)
            if shown.digest is not None and rows[0].card_key is not None:
                await unit.cards.put(
                    self._name,
                    rows[0].chat_id,
                    rows[0].card_key,
                    shown.delivered.message_id,
                    shown.digest,
                    now,
                )
            await self._files.keep(unit, shown.delivered.file_ids)
        for row in rows:
            log.info("message sent", row_id=row.id, origin=row.origin, card=row.card_key)

    async def _failed(self, chat_id: int, row: Row, fault: DeliveryError) -> None:
        """Decides what a failure means: wait, set this row aside, or the end of the address."""
        if fault.address_is_dead:
            raise AddressDied(fault.trouble)
        if fault.trouble is Trouble.SLOW_DOWN:
            wait_s = fault.retry_after_s or 1.0
            await self._limiter.retry_after(chat_id, wait_s)
            raise PutOff(wait_s, tried=False, why=fault.trouble)
        if not fault.permanent and row.tries < _LONG_ENOUGH:
            log.warning("message has to wait", row_id=row.id, origin=row.origin, why=fault.trouble, detail=fault.detail)
            longest = _TOKEN_PAUSE_S if fault.trouble is Trouble.TOKEN_REFUSED else 2.0**row.tries
            raise PutOff(min(longest, _LONGEST_PAUSE_S), tried=True, why=fault.trouble)
        log.error("message set aside", row_id=row.id, origin=row.origin, why=fault.trouble, detail=fault.detail)
        async with self._deps.store.begin() as unit:
            await unit.messages.bury(row.id, f"{fault.trouble}: {fault.detail}".strip(": "))

    async def _put_off(self, rows: Sequence[Row], off: PutOff) -> None:
        """Gives rows back for later; only the one that was tried counts a try."""
        at = self._deps.clock() + timedelta(seconds=off.seconds)
        async with self._deps.store.begin() as unit:
            tried = rows[:1] if off.tried else ()
            for row in tried:
                if row.tries < _LONG_ENOUGH:
                    await unit.messages.retry(row.id, at, off.why)
                else:
                    await unit.messages.bury(row.id, off.why)
            rest = [row.id for row in rows[len(tried) :]]
            if rest:
                await unit.messages.defer(rest, at)

    async def _address_died(self, chat_id: int, why: Trouble) -> None:
        """Sets aside what waits for a dead address and tells the street that the person hears nothing."""
        log.info("address is dead", channel=self._name, why=why)
        async with self._deps.store.begin() as unit:
            await unit.messages.bury_chat(self._name, chat_id, why)
            await people.unreachable(self._deps, self._name, chat_id, why)

    async def _nothing_to_show(self, row: Row, gone: Gone) -> None:
        """Sets aside what its reader may not see (any more), and takes the buttons off the card they have."""
        async with self._deps.store.begin() as unit:
            await unit.messages.bury(row.id, gone.why)
            card = await unit.cards.get(self._name, row.chat_id, row.card_key) if row.card_key else None
            if card is not None and row.card_key is not None:
                await unit.cards.forget(self._name, row.chat_id, row.card_key)
        if card is not None:
            try:
                await self._channel.strip(row.chat_id, card.message_id)
            except DeliveryError as fault:
                # The buttons stay; the action would refuse them anyway.
                log.info("old buttons stay", row_id=row.id, why=fault.trouble)


def _rings(row: Row) -> bool:
    """Tells whether a row is a notice that rings a phone and may be bundled: not a reply, not life in danger."""
    template = row.body.get("template")
    notice = template is not None and template != CARD and bool(row.body.get("case_no"))
    return notice and row.loud and row.priority > LIFE_DANGER
