"""What people owe: their lists, the dispatcher's queue, the morning brief, on and off duty."""

from aiogram import Router

from bot.duty import confirming, handlers, team


def routers() -> tuple[Router, ...]:
    """Builds the routers of duty, fresh on every call."""
    return handlers.router(), confirming.router(), team.router()
