"""Which updates the intake takes: its commands, its buttons, and every message that nobody else wanted."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.filters import Command
from aiogram.types import TelegramObject

from bot.callbacks import Answer, DraftTap
from bot.intake.mine import on_cancel, on_my, on_new
from bot.intake.receive import on_edited, on_message
from bot.intake.talk import Talk
from bot.intake.taps import on_answer, on_tap
from bot.intake.unknown import on_unknown_command, on_unknown_press


class WithTalk(BaseMiddleware):
    """Gives the handlers of the intake one `talk` instead of seven arguments."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Hands on with `talk`; strangers never come this far."""
        names = ("deps", "member", "t", "replies", "channel", "now", "update_id")
        data["talk"] = Talk(**{name: data[name] for name in names})
        return await handler(event, data)


def routers() -> tuple[Router, ...]:
    """Makes the routers of the intake; they take every message that is left, so they come last."""
    made = Router(name="intake")
    for observer in (made.message, made.edited_message, made.callback_query):
        observer.middleware(WithTalk())
    made.message(Command("my"))(on_my)
    made.message(Command("new"))(on_new)
    made.message(Command("cancel"))(on_cancel)
    made.message(lambda message: (message.text or "").startswith("/"))(on_unknown_command)
    made.message()(on_message)
    made.edited_message()(on_edited)
    made.callback_query(Answer.filter())(on_answer)
    made.callback_query(DraftTap.filter())(on_tap)
    made.callback_query()(on_unknown_press)
    return (made,)
