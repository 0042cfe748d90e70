"""Takes updates in: the bytes are kept and committed before anybody looks at them or tells the channel so.

Reads only what it needs to file them, number and chat; what cannot be read is kept like the rest, and set aside
by the processor.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Final, Self

import aiohttp
import structlog
from aiogram.client.telegram import TelegramAPIServer

from actions.ports import Deps, StoreUnavailableError
from config.drills import crash_point

log = structlog.get_logger(__name__)

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
LONGEST_BODY: Final = 8 << 20
"""A million characters fit, however they are written; what is longer is kept as far as this and set aside."""
POLL_S: Final = 25
GROUP: Final = 500
"""How many callers share a commit at most."""
_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_UPDATE_ID: Final = re.compile(rb'"update_id"\s*:\s*(\d{1,19})')
_NOBODY: Final = "?"
_TOO_SOON_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is written on the outside of an update: its number, whose queue it stands in, or why it is unreadable."""

    update_id: int | None
    chat_key: str
    fault: str | None = None

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Reads an update's envelope; never raises, whatever the bytes are."""
        try:
            update = json.loads(body)
        except (ValueError, RecursionError) as error:
            return cls(_number_in(body), _NOBODY, f"unreadable: {type(error).__name__}")
        if not isinstance(update, dict):
            return cls(None, _NOBODY, f"unreadable: a {type(update).__name__}")
        number = update.get("update_id")
        if not isinstance(number, int) or isinstance(number, bool):
            return cls(None, _NOBODY, "unreadable: no update_id")
        if not 0 <= number < 1 << 63:
            return cls(None, _NOBODY, "unreadable: update_id out of range")
        return cls(number, _chat_key(update))


Filed = tuple[int | None, str, bytes]
"""An update as the inbox takes it: number, queue, bytes."""


class Intake:
    """Keeps updates of one channel; `wake` tells the processor at once.

    One writer commits for all who wait (group commit): whoever comes while a commit is under way shares the next.
    A transaction for each update would take in a third as many (measured by `bench.intake`).
    """

    def __init__(self, deps: Deps, channel: str, wake: Callable[[], None]) -> None:
        self._deps = deps
        self._channel = channel
        self._wake = wake
        self._waiting: list[tuple[list[Filed], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def keep(self, bodies: Sequence[bytes]) -> None:
        """Stores updates, all or none; raises `StoreUnavailableError`.

        When this returns they are durable; a known one is left as it is.
        """
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append(([_filed(body) for body in bodies], stored))
        if self._writer is None:
            # A context of its own: the writer outlives whoever came first and is no part of their transaction.
            self._writer = asyncio.create_task(self._write(), name="intake", context=Context())
        await stored

    async def _write(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                await self._settle(group)
                self._wake()
        finally:
            self._writer = None

    async def _settle(self, group: Sequence[tuple[list[Filed], asyncio.Future[None]]]) -> None:
        """Commits what these callers brought, and tells each; one that cannot be written does not fail the others."""
        updates = [update for filed, _ in group for update in filed]
        (error,) = await asyncio.gather(self._commit(updates), return_exceptions=True)
        if error is not None and len(group) > 1 and not isinstance(error, StoreUnavailableError):
            for one in group:
                await self._settle([one])
            return
        for _, stored in group:
            if stored.done():
                continue  # Its caller hung up.
            if error is None:
                stored.set_result(None)
            else:
                stored.set_exception(error)

    async def _commit(self, updates: Sequence[Filed]) -> None:
        async with self._deps.store.begin() as unit:
            await unit.inbox.put_all(self._channel, updates, self._deps.clock())
        crash_point("intake.committed")


def _filed(body: bytes) -> Filed:
    """Reads the outside of an update; what is too long is kept as far as it goes."""
    envelope = Envelope.of(body[: LONGEST_BODY + 1])
    fault = "unreadable: too long" if len(body) > LONGEST_BODY else envelope.fault
    if fault:
        log.warning("update cannot be read", update_id=envelope.update_id, fault=fault)
    return envelope.update_id, envelope.chat_key, body[:LONGEST_BODY]


class Poller:
    """Fetches updates by long polling. The offset moves on only after the commit."""

    def __init__(self, intake: Intake, api: TelegramAPIServer, token: str, *, poll_s: int = POLL_S) -> None:
        self._intake = intake
        self._url = api.api_url(token, "getUpdates")
        self._poll_s = poll_s
        self._offset: int | None = None
        self._n_faults = 0

    async def run(self) -> None:
        """Polls until it is cancelled; a fault of the network or of the database is waited out."""
        timeout = aiohttp.ClientTimeout(total=self._poll_s + 15, connect=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                pause_s = await self._once(session)
                if pause_s:
                    await asyncio.sleep(pause_s)

    async def _once(self, session: aiohttp.ClientSession) -> float:
        """Fetches and keeps one batch; gives how long to wait before the next."""
        ask: dict[str, Any] = {"timeout": self._poll_s, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
        if self._offset is not None:
            ask["offset"] = self._offset
        asked_at = asyncio.get_running_loop().time()
        try:
            async with session.post(self._url, json=ask) as response:
                status, answer = response.status, await response.read()
            if status != 200:
                return self._refused(status, answer)
            bodies = list(split(answer))
            if bodies:
                await self._intake.keep(bodies)
                self._offset = _after(bodies, self._offset)
            elif asyncio.get_running_loop().time() - asked_at < _TOO_SOON_S:
                # Nobody held the line: asking again at once would only make noise.
                return _TOO_SOON_S
        except (aiohttp.ClientError, TimeoutError) as error:
            return self._fault("channel cannot be reached", error=type(error).__name__)
        except StoreUnavailableError as error:
            return self._fault("updates cannot be stored", error=type(error).__name__)
        self._n_faults = 0
        return 0.0

    def _refused(self, status: int, answer: bytes) -> float:
        """Waits as long as the channel says, or longer each time when it does not say."""
        try:
            told = json.loads(answer)
            retry_after = float(told["parameters"]["retry_after"])
        except (ValueError, TypeError, KeyError, RecursionError):
            retry_after = 0.0
        # 409: another process polls, or a webhook is set; it may be the old version on its way out.
        return max(retry_after, self._fault("channel refused to give updates", status=status))

    def _fault(self, event: str, **facts: object) -> float:
        self._n_faults += 1
        log.warning(event, n_faults=self._n_faults, **facts)
        return min(30.0, 0.5 * 2.0 ** min(self._n_faults, 6))


def split(answer: bytes) -> Iterator[bytes]:
    """Cuts the answer of getUpdates into the updates, byte for byte, without decoding any of them.

    Bracket counting instead of a parser: an update that no parser reads must not hold up the others.
    """
    text = answer.decode("utf-8", "surrogateescape")
    depth, start, key, inside = 0, 0, "", False
    for token in _TOKENS.finditer(text):
        sign = token[0]
        if sign[0] == '"':
            if depth == 1:
                key = sign
            continue
        if sign in "[{":
            depth += 1
            if depth == 2 and sign == "[" and key == '"result"':
                inside, start = True, token.end()
            continue
        ends = depth == 2 and inside
        if sign in "]}":
            depth -= 1
        if ends and sign in ",]":
            piece = text[start : token.start()].strip()
            start = token.end()
            if piece:
                yield piece.encode("utf-8", "surrogateescape")
            if sign == "]":
                return


def _after(bodies: Sequence[bytes], offset: int | None) -> int | None:
    """Gives the offset that confirms these updates."""
    numbers = [n for body in bodies if (n := Envelope.of(body).update_id) is not None]
    return max(numbers) + 1 if numbers else offset


def _number_in(body: bytes) -> int | None:
    """Finds the number of an update that no parser reads, so that it can be confirmed."""
    found = _UPDATE_ID.search(body)
    number = int(found[1]) if found else None
    return number if number is not None and number < 1 << 63 else None


def _chat_key(update: dict[str, Any]) -> str:
    """Names the queue an update stands in: its private chat, which is also the person who taps."""
    for content in update.values():
        if not isinstance(content, dict):
            continue
        message = content.get("message")
        for holder in (content, message if isinstance(message, dict) else {}):
            chat = holder.get("chat")
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return str(chat["id"])
        sender = content.get("from")
        if isinstance(sender, dict) and isinstance(sender.get("id"), int):
            return str(sender["id"])
    return _NOBODY
