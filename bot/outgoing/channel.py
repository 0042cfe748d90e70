"""The calls to the channel: sends a content, or edits a message into it. Every failure leaves as DeliveryError.

Knows no row, no case and no limit; the bot's token is only inside the library. What buttons mean never leaves:
a token stands in its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from actions.buttons import Seals
from bot.outgoing.content import Button, Content, Picture
from bot.outgoing.errors import DeliveryError, Trouble, understood

T = TypeVar("T")
_ALBUM: Final = 10
CALL_S: Final = 25.0
"""How long one call may take, pictures included."""
Files = Mapping[str, str | bytes]
"""Each picture of a content by its name: a file id that the channel knows, or bytes."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the channel keeps of a message: its number, and the file ids of its pictures by their names."""

    message_id: int
    file_ids: dict[str, str]


class Channel:
    """One bot at one channel."""

    def __init__(self, bot: Bot, seals: Seals) -> None:
        self._bot = bot
        self._seals = seals

    @property
    def bot_id(self) -> int:
        """Gives the bot's own number; file ids are valid for it alone."""
        return self._bot.id

    async def send(self, chat_id: int, content: Content, files: Files) -> Delivered:
        """Sends a new message, its album and location first."""
        file_ids = await self._album(chat_id, content, files) if content.album else {}
        if content.location is not None:
            latitude, longitude = content.location
            await _asked(
                self._bot.send_location(chat_id, latitude=latitude, longitude=longitude, disable_notification=True)
            )
        sent = await self._words(chat_id, content, files)
        return Delivered(sent.message_id, file_ids | sent.file_ids)

    async def edit(self, chat_id: int, message_id: int, content: Content, files: Files) -> Delivered:
        """Turns a message into this content; nothing to change is success."""
        markup = await self._sealed(chat_id, content)
        try:
            if content.picture is None:
                await _asked(
                    self._bot.edit_message_text(
                        content.html,
                        chat_id=chat_id,
                        message_id=message_id,
                        parse_mode=ParseMode.HTML,
                        reply_markup=markup,
                    )
                )
                return Delivered(message_id, {})
            media = InputMediaPhoto(
                media=_file(content.picture, files), caption=content.html, parse_mode=ParseMode.HTML
            )
            edited = await _asked(
                self._bot.edit_message_media(media, chat_id=chat_id, message_id=message_id, reply_markup=markup)
            )
            return Delivered(message_id, _file_ids(content.picture, edited))
        except DeliveryError as fault:
            if fault.trouble is Trouble.UNCHANGED:
                return Delivered(message_id, {})
            raise

    async def edit_caption(self, chat_id: int, message_id: int, content: Content) -> Delivered:
        """Changes the words and buttons of a message whose picture stays."""
        markup = await self._sealed(chat_id, content)
        try:
            await _asked(
                self._bot.edit_message_caption(
                    chat_id=chat_id,
                    message_id=message_id,
                    caption=content.html,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup,
                )
            )
        except DeliveryError as fault:
            if fault.trouble is not Trouble.UNCHANGED:
                raise
        return Delivered(message_id, {})

    async def strip(self, chat_id: int, message_id: int) -> None:
        """Takes the buttons off an old message; one that is gone or bare already is fine."""
        try:
            await _asked(self._bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id))
        except DeliveryError as fault:
            if fault.trouble not in (Trouble.UNCHANGED, Trouble.EDIT_LOST):
                raise

    async def remove(self, chat_id: int, message_id: int) -> None:
        """Takes an old message away; one that is gone or too old to be taken away only loses its buttons."""
        try:
            await _asked(self._bot.delete_message(chat_id, message_id))
        except DeliveryError as fault:
            if fault.trouble in (Trouble.REFUSED, Trouble.EDIT_LOST):
                await self.strip(chat_id, message_id)
            else:
                raise

    async def _sealed(self, chat_id: int, content: Content) -> InlineKeyboardMarkup | None:
        """Gives the buttons under a message as they leave: each with a token in place of what it means."""
        if not content.rows:
            return None
        meant = [button["callback_data"] for row in content.rows for button in row if "callback_data" in button]
        tokens = iter(await self._seals.seal(chat_id, meant) if meant else ())
        rows = [[_sealed(button, tokens) for button in row] for row in content.rows]
        return InlineKeyboardMarkup(inline_keyboard=rows)

    async def _words(self, chat_id: int, content: Content, files: Files) -> Delivered:
        keys = _keys(content)
        markup = keys if keys is not None else await self._sealed(chat_id, content)
        if content.picture is None:
            sent = await _asked(
                self._bot.send_message(
                    chat_id,
                    content.html,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup,
                    disable_notification=content.silent,
                )
            )
            return Delivered(sent.message_id, {})
        sent = await _asked(
            self._bot.send_photo(
                chat_id,
                _file(content.picture, files),
                caption=content.html,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                disable_notification=content.silent,
            )
        )
        return Delivered(sent.message_id, _file_ids(content.picture, sent))

    async def _album(self, chat_id: int, content: Content, files: Files) -> dict[str, str]:
        """Sends the pictures of an album, ten a group, one alone as a photo."""
        file_ids: dict[str, str] = {}
        for start in range(0, len(content.album), _ALBUM):
            pictures = content.album[start : start + _ALBUM]
            if len(pictures) == 1:
                sent = [
                    await _asked(self._bot.send_photo(chat_id, _file(pictures[0], files), disable_notification=True))
                ]
            else:
                media: list[Any] = [InputMediaPhoto(media=_file(one, files)) for one in pictures]
                sent = await _asked(self._bot.send_media_group(chat_id, media, disable_notification=True))
            for picture, message in zip(pictures, sent, strict=True):
                file_ids |= _file_ids(picture, message)
        return file_ids


async def _asked(call: Awaitable[T]) -> T:
    """Makes one call; the library's faults leave as ours, without what they print."""
    try:
        async with asyncio.timeout(CALL_S):
            return await call
    except TimeoutError:
        # The channel may have taken it: it is sent again, and the number in the text makes that harmless.
        raise DeliveryError(Trouble.CHANNEL_DOWN, detail="no answer") from None
    except (TelegramAPIError, ClientDecodeError) as fault:
        raise understood(fault) from None


def _sealed(button: Button, tokens: Iterator[str]) -> InlineKeyboardButton:
    if "callback_data" not in button:
        return InlineKeyboardButton.model_validate(button)
    return InlineKeyboardButton.model_validate({**button, "callback_data": next(tokens)})


def _keys(content: Content) -> Any:
    """Gives the keys in place of the phone's own, if there are any."""
    keys = content.reply_keyboard
    if keys is None:
        return None
    if keys.get("remove_keyboard"):
        return ReplyKeyboardRemove()
    if keys.get("force_reply"):
        return ForceReply(input_field_placeholder=keys.get("input_field_placeholder"))
    return ReplyKeyboardMarkup.model_validate(keys)


def _file(picture: Picture, files: Files) -> BufferedInputFile | str:
    held = files[picture.name]
    return held if isinstance(held, str) else BufferedInputFile(held, filename="photo.jpg")


def _file_ids(picture: Picture, sent: Message | bool) -> dict[str, str]:
    if isinstance(sent, Message) and sent.photo:
        return {picture.name: sent.photo[-1].file_id}
    return {}
