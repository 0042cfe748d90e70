"""A command that nobody knows is told so, and never taken as words of a report."""

from aiogram.types import Message

from bot.intake.talk import Talk


async def on_unknown_command(message: Message, talk: Talk) -> None:
    """Points to the help."""
    await talk.replies.say(talk.t.html("common.unknown_command"))
