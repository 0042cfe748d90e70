"""Commands and buttons that nobody knows: told so, and never taken as part of a report."""

from aiogram.types import CallbackQuery, Message

from bot.intake.talk import Talk


async def on_unknown_command(message: Message, talk: Talk) -> None:
    """Points to the help."""
    await talk.replies.say(talk.t.html("common.unknown_command"))


async def on_unknown_press(query: CallbackQuery, talk: Talk) -> None:
    """Says that the button is of another time; it does nothing."""
    talk.replies.toast(talk.t("intake.toast.outdated"))
