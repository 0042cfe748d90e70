"""Three Bot API libraries behind one face, so that one suite of calls can be run with each of them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import telebot.apihelper
import telebot.async_telebot
import telebot.asyncio_helper
import telebot.types
import telegram
import telegram.error
from aiogram import Bot as AiogramBot
from aiogram import exceptions as aiogram_errors
from aiogram import types as aiogram_types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.request import HTTPXRequest


@dataclass
class Refused(Exception):
    """A refusal as the libraries report it."""

    kind: str
    text: str
    retry_after_s: int | None = None


Buttons = Sequence[Sequence[tuple[str, str]]]


class BotClient(Protocol):
    """What the suite needs of a library beyond its methods, which are called by name."""

    async def call(self, method: str, **arguments: Any) -> Any: ...
    def inline(self, rows: Buttons) -> Any: ...
    def keyboard(self, rows: Sequence[Sequence[str]]) -> Any: ...
    def force_reply(self) -> Any: ...
    def file(self, content: bytes, name: str) -> Any: ...
    def photo_media(self, source: Any, caption: str | None = None) -> Any: ...
    def command(self, command: str, description: str) -> Any: ...
    async def download(self, file_id: str) -> bytes: ...
    async def close(self) -> None: ...


class Aiogram:
    """aiogram 3, the library of our own bot."""

    def __init__(self, base: str, token: str) -> None:
        self.bot = AiogramBot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))

    async def call(self, method: str, **arguments: Any) -> Any:
        try:
            return await getattr(self.bot, method)(**arguments)
        except aiogram_errors.TelegramRetryAfter as error:
            raise Refused("flood", error.message, error.retry_after) from error
        except aiogram_errors.TelegramAPIError as error:
            raise Refused(_AIOGRAM_KINDS.get(type(error), "other"), error.message) from error

    def inline(self, rows: Buttons) -> Any:
        button = aiogram_types.InlineKeyboardButton
        return aiogram_types.InlineKeyboardMarkup(
            inline_keyboard=[[button(text=text, callback_data=data) for text, data in row] for row in rows]
        )

    def keyboard(self, rows: Sequence[Sequence[str]]) -> Any:
        button = aiogram_types.KeyboardButton
        return aiogram_types.ReplyKeyboardMarkup(keyboard=[[button(text=text) for text in row] for row in rows])

    def force_reply(self) -> Any:
        return aiogram_types.ForceReply(input_field_placeholder="深度")

    def file(self, content: bytes, name: str) -> Any:
        return aiogram_types.BufferedInputFile(content, name)

    def photo_media(self, source: Any, caption: str | None = None) -> Any:
        return aiogram_types.InputMediaPhoto(media=source, caption=caption)

    def command(self, command: str, description: str) -> Any:
        return aiogram_types.BotCommand(command=command, description=description)

    async def download(self, file_id: str) -> bytes:
        content = await self.bot.download(file_id)
        assert content is not None
        return content.read()

    async def close(self) -> None:
        await self.bot.session.close()


_AIOGRAM_KINDS: Mapping[type[Exception], str] = {
    aiogram_errors.TelegramBadRequest: "bad request",
    aiogram_errors.TelegramForbiddenError: "forbidden",
    aiogram_errors.TelegramUnauthorizedError: "unauthorized",
    aiogram_errors.TelegramConflictError: "conflict",
    aiogram_errors.TelegramServerError: "server",
}


class PythonTelegramBot:
    """python-telegram-bot 22."""

    def __init__(self, base: str, token: str) -> None:
        self.bot = telegram.Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
            get_updates_request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
        )

    async def call(self, method: str, **arguments: Any) -> Any:
        try:
            return await getattr(self.bot, method)(**arguments)
        except telegram.error.RetryAfter as error:
            raise Refused("flood", error.message, int(error._retry_after.total_seconds())) from error
        except telegram.error.TelegramError as error:
            raise Refused(_PTB_KINDS.get(type(error), "server"), error.message) from error

    def inline(self, rows: Buttons) -> Any:
        button = telegram.InlineKeyboardButton
        return telegram.InlineKeyboardMarkup([[button(text, callback_data=data) for text, data in row] for row in rows])

    def keyboard(self, rows: Sequence[Sequence[str]]) -> Any:
        return telegram.ReplyKeyboardMarkup(rows)

    def force_reply(self) -> Any:
        return telegram.ForceReply(input_field_placeholder="深度")

    def file(self, content: bytes, name: str) -> Any:
        return telegram.InputFile(content, filename=name)

    def photo_media(self, source: Any, caption: str | None = None) -> Any:
        attached = telegram.InputFile(source.input_file_content, filename=source.filename, attach=True)
        return telegram.InputMediaPhoto(attached, caption=caption)

    def command(self, command: str, description: str) -> Any:
        return telegram.BotCommand(command, description)

    async def download(self, file_id: str) -> bytes:
        return bytes(await (await self.bot.get_file(file_id)).download_as_bytearray())

    async def close(self) -> None:
        for request in self.bot._request:
            await request.shutdown()


_PTB_KINDS: Mapping[type[Exception], str] = {
    telegram.error.BadRequest: "bad request",
    telegram.error.Forbidden: "forbidden",
    telegram.error.InvalidToken: "unauthorized",
    telegram.error.Conflict: "conflict",
}


class Telebot:
    """pyTelegramBotAPI 4, which keeps the server's address in its module."""

    def __init__(self, base: str, token: str) -> None:
        telebot.asyncio_helper.API_URL = base + "/bot{0}/{1}"
        telebot.asyncio_helper.FILE_URL = base + "/file/bot{0}/{1}"
        self.bot = telebot.async_telebot.AsyncTeleBot(token)

    async def call(self, method: str, **arguments: Any) -> Any:
        try:
            return await getattr(self.bot, method)(**arguments)
        except telebot.asyncio_helper.ApiTelegramException as error:
            parameters = error.result_json.get("parameters", {})
            kind = _TELEBOT_KINDS.get(error.error_code, "server")
            raise Refused(kind, error.description, parameters.get("retry_after")) from error

    def inline(self, rows: Buttons) -> Any:
        button = telebot.types.InlineKeyboardButton
        return telebot.types.InlineKeyboardMarkup(
            [[button(text, callback_data=data) for text, data in row] for row in rows]
        )

    def keyboard(self, rows: Sequence[Sequence[str]]) -> Any:
        markup = telebot.types.ReplyKeyboardMarkup()
        for row in rows:
            markup.row(*row)
        return markup

    def force_reply(self) -> Any:
        return telebot.types.ForceReply(input_field_placeholder="深度")

    def file(self, content: bytes, name: str) -> Any:
        return telebot.types.InputFile(io.BytesIO(content), name)

    def photo_media(self, source: Any, caption: str | None = None) -> Any:
        return telebot.types.InputMediaPhoto(source, caption=caption)

    def command(self, command: str, description: str) -> Any:
        return telebot.types.BotCommand(command, description)

    async def download(self, file_id: str) -> bytes:
        described = await self.bot.get_file(file_id)
        content: bytes = await self.bot.download_file(described.file_path)
        return content

    async def close(self) -> None:
        await self.bot.close_session()


_TELEBOT_KINDS = {400: "bad request", 401: "unauthorized", 403: "forbidden", 409: "conflict", 429: "flood"}
