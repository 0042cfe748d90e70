"""What people do with cases in chat: the buttons of their cards, and the small talks that a verb needs."""

from aiogram import Router

from bot.casework import commands, handlers


def routers() -> tuple[Router, ...]:
    """Builds the routers of casework, fresh on every call; commands come before answers to a talk."""
    return commands.router(), handlers.router()
