"""One person at one moment, with everything a handler of casework needs; and how a talk is remembered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.filters import BaseFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message, TelegramObject

from actions.buttons import Press
from actions.ports import Deps
from actions.views import Member
from bot.outgoing.wording import Say
from bot.replies import Replies
from models.rules.roles import Actor

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
_KEY: Final = "case_talk"
ABANDONED_AFTER: Final = timedelta(hours=2)


class CaseTalk(StatesGroup):
    """The one state of all talks about cases; which question is open stands in the talk's own data."""

    answering = State()


@dataclass(frozen=True, slots=True)
class Desk:
    """What came with one update."""

    deps: Deps
    member: Member
    t: Say
    replies: Replies
    state: FSMContext
    now: datetime
    press: Press | None = None

    @property
    def actor(self) -> Actor:
        """Gives the person with their posts."""
        return self.member.actor


class AtDesk(BaseMiddleware):
    """Gathers what a handler of casework needs into one argument, `desk`."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Hands on with the desk."""
        names = ("deps", "member", "t", "replies", "state", "now", "press")
        return await handler(event, data | {"desk": Desk(**{name: data[name] for name in names})})


@dataclass(slots=True)
class Open:
    """A talk that is going on. `before` is the state of another talk (a half-written report) that it interrupts."""

    talk: str
    case_no: str
    version: int
    answers: dict[str, Any] = field(default_factory=dict)
    page: int = 0
    under: str | None = None
    before: str | None = None
    album: str | None = None
    """The album whose photos are coming in: its first photo moves the talk down, the others edit it."""
    at: str = ""
    """When it was touched last, as ISO."""
    order: list[str] = field(default_factory=list)
    """The questions in the order they were answered, for the way back."""


async def recall(desk: Desk) -> Open | None:
    """Gives the talk that is going on."""
    kept = (await desk.state.get_data()).get(_KEY)
    return Open(**kept) if kept else None


async def remember(desk: Desk, talk: Open) -> None:
    """Keeps a talk until its next answer."""
    kept = {name: getattr(talk, name) for name in Open.__slots__} | {"at": desk.now.isoformat()}
    await desk.state.update_data({_KEY: kept})
    await desk.state.set_state(CaseTalk.answering)


async def forget(desk: Desk) -> None:
    """Ends the talk and gives the turn back to what it interrupted."""
    await _end(desk.state, await desk.state.get_data())


async def _end(state: FSMContext, data: dict[str, Any]) -> None:
    kept = data.pop(_KEY, None)
    await state.set_data(data)
    if await state.get_state() == CaseTalk.answering.state:
        await state.set_state(kept["before"] if kept else None)


class InTalk(BaseFilter):
    """Lets messages through while a talk is open; one that was abandoned ends, and the message goes on.

    A photo of today must not become evidence of what somebody began to hand in yesterday.
    """

    async def __call__(self, message: Message, state: FSMContext, now: datetime) -> bool:
        """Tells whether the message is an answer to a talk."""
        data = await state.get_data()
        kept = data.get(_KEY)
        if kept is None or await state.get_state() != CaseTalk.answering.state:
            return False
        if now - datetime.fromisoformat(kept["at"]) <= ABANDONED_AFTER:
            return True
        await _end(state, data)
        return False


async def interrupted(desk: Desk) -> str | None:
    """Gives the state to go back to after a talk that begins now."""
    going_on = await recall(desk)
    if going_on is not None:
        return going_on.before
    return await desk.state.get_state()
