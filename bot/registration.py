"""Tells the channel where updates go, and asks it how that works. Token and secret never leave in a text."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.utils.token import TokenValidationError

from bot.updates import ALLOWED_UPDATES
from bot.webhook import PATH
from config.logging import scrub

ANSWER_S: Final = 15


class ChannelRefused(Exception):
    """The channel did not do it; the message is what it said, without the token."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What the channel says about the bot and where its updates go. An empty `url` means that it is asked for them."""

    username: str
    url: str
    n_pending: int
    n_connections: int | None
    last_error: str
    last_error_at: datetime | None


@asynccontextmanager
async def registrar(token: str, api_url: str) -> AsyncIterator["Registrar"]:
    """Opens the bot's own account on a Bot API server; an empty `api_url` is Telegram's. Raises `ChannelRefused`."""
    server = TelegramAPIServer.from_base(api_url) if api_url else PRODUCTION
    try:
        bot = Bot(token, session=AiohttpSession(api=server, timeout=ANSWER_S))
    except TokenValidationError as fault:
        raise ChannelRefused("the bot token has not the form of one") from fault
    try:
        yield Registrar(bot)
    except TelegramAPIError as fault:
        raise ChannelRefused(scrub(fault.message)) from fault
    finally:
        await bot.session.close()


class Registrar:
    """Speaks for one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def set_webhook(self, public_url: str, secret: str, n_connections: int) -> str:
        """Has updates delivered to our web server, and gives the address; what waits there already stays."""
        url = public_url.rstrip("/") + PATH
        await self._bot.set_webhook(
            url, secret_token=secret, max_connections=n_connections, allowed_updates=list(ALLOWED_UPDATES)
        )
        return url

    async def delete_webhook(self) -> None:
        """Has updates kept until they are asked for; none is dropped."""
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def look(self) -> Registration:
        """Asks who the bot is and how delivery works."""
        me, told = await self._bot.get_me(), await self._bot.get_webhook_info()
        return Registration(
            username=me.username or "",
            url=told.url,
            n_pending=told.pending_update_count,
            n_connections=told.max_connections,
            last_error=scrub(told.last_error_message or ""),
            last_error_at=told.last_error_date,
        )
