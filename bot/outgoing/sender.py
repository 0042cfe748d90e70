"""One bot with its courier, as the processes that send hold it: opened once, closed at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO

import aiohttp
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import AiogramError

from actions.ports import Deps
from bot.outgoing.courier import Courier
from bot.outgoing.limiter import Limiter
from bot.outgoing.studio import Studio
from config.texts import Texts

FETCH_S = 30


class FetchError(Exception):
    """The channel did not give the file now; a later try may get it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a job needs of the channel."""

    bot: Bot
    courier: Courier

    async def drain(self) -> int:
        """Sends every message that waits now; counts those sent."""
        return await self.courier.drain()

    async def download(self, file_id: str) -> bytes:
        """Fetches a file; raises `FetchError`, whose text holds no token."""
        try:
            found = await self.bot.download(file_id, BytesIO(), timeout=FETCH_S)
        except (AiogramError, aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise FetchError(type(fault).__name__) from None
        return found.read() if found is not None else b""


@asynccontextmanager
async def open_sender(
    deps: Deps,
    texts: Texts,
    *,
    token: str,
    api_url: str,
    channel: str,
    redis_url: str,
    owner: str,
    paced: bool = True,
) -> AsyncIterator[Sender]:
    """Opens a bot on a Bot API server; an empty `api_url` is Telegram's own, an empty `redis_url` sends alone.

    `paced` keeps within Telegram's sending limits before the channel complains.
    """
    server = TelegramAPIServer.from_base(api_url) if api_url else PRODUCTION
    properties = DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True)
    bot = Bot(token, session=AiohttpSession(api=server), default=properties)
    limiter = Limiter.shared(redis_url, bot.id, paced=paced) if redis_url else Limiter.local(paced=paced)
    studio = Studio()
    courier = Courier(deps, bot, channel, texts, limiter, owner=owner, studio=studio)
    try:
        yield Sender(bot, courier)
    finally:
        studio.close()
        await courier.close()
        await bot.session.close()
