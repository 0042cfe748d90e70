"""Reporting in the chat: any order of photo, place and words, one question at a time, one tap to file."""

from bot.intake.wiring import routers

__all__ = ["routers"]
