"""Gets the picture of an update into our own store before the update's transaction begins.

A picture that cannot be fetched in time never holds up a report: it is kept by name and fetched later.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import Message, Update

from actions import media, people
from actions.ports import Deps
from actions.views import MediaView
from models.rules.errors import BadPhoto

log = structlog.get_logger(__name__)

FETCH_S: Final = 10
"""How long a message may wait for its picture to be downloaded and developed."""
LARGEST_BYTES: Final = 20 << 20
"""What the Bot API lets a bot download."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The picture of an update: kept (`view`), refused, or known by name only (`file_id` alone)."""

    file_id: str
    view: MediaView | None = None
    refused: BadPhoto | None = None


def picture_of(message: Message) -> tuple[str, int] | None:
    """Names the picture of a message, compressed or sent as a file, and its size as far as it is told."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return largest.file_id, largest.file_size or 0
    document = message.document
    if document is not None and (document.mime_type or "").startswith("image/"):
        return document.file_id, document.file_size or 0
    return None


async def prefetch(deps: Deps, bot: Bot, channel: str, update: Update) -> Taken | None:
    """Downloads and keeps the picture of an update; None without a picture, and for strangers."""
    message = update.message or update.edited_message
    named = picture_of(message) if message is not None else None
    if message is None or named is None:
        return None
    member = await people.who(deps, channel, message.chat.id)
    if member is None:
        return None
    file_id, n_bytes = named
    if n_bytes > LARGEST_BYTES:
        return Taken(file_id, refused=BadPhoto(why="too_large"))
    try:
        async with asyncio.timeout(FETCH_S):
            file = await bot.download(file_id, timeout=FETCH_S)
            data = file.read() if file is not None else b""
            return Taken(file_id, view=await media.take(deps, member.person_id, data, file_id=file_id))
    except BadPhoto as refusal:
        return Taken(file_id, refused=refusal)
    except (AiogramError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("photo not fetched yet", error=type(error).__name__)
        return Taken(file_id)


async def kept(deps: Deps, person_id: int, taken: Taken) -> MediaView:
    """Gives the picture of an update inside its transaction; raises `BadPhoto` for a refused one.

    One that could not be fetched is kept by its name, with a job that fetches it.
    """
    if taken.refused is not None:
        raise taken.refused
    return taken.view or await media.take_later(deps, person_id, file_id=taken.file_id)
