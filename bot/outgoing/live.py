"""Keeps one live card a case and person: edits it in place, or sends it anew and takes the old one's buttons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog

from actions.ports import Deps
from bot.outgoing.channel import Channel, Delivered, Files
from bot.outgoing.content import Content, fits_caption
from bot.outgoing.errors import DeliveryError, Trouble

log = structlog.get_logger(__name__)


class Addressed(Protocol):
    """What is read of a row: where it goes and as which card."""

    @property
    def channel(self) -> str: ...
    @property
    def chat_id(self) -> int: ...
    @property
    def card_key(self) -> str | None: ...
    @property
    def loud(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """What was delivered; `digest` names what the live card shows now, None when it is no card."""

    delivered: Delivered
    digest: str | None


async def deliver(channel: Channel, deps: Deps, row: Addressed, content: Content, files: Files) -> Shown:
    """Delivers a content as its row wants; an edit that has lost its message becomes a new message."""
    card = None
    if row.card_key is not None:
        async with deps.store.read() as unit:
            card = await unit.cards.get(row.channel, row.chat_id, row.card_key)
    anew = row.loud or card is None or content.reply_keyboard is not None
    if card is not None and not anew:
        if card.digest == content.digest:
            return Shown(Delivered(card.message_id, {}), content.digest)
        try:
            return await _edited(channel, row.chat_id, card, content, files)
        except DeliveryError as fault:
            if fault.trouble is not Trouble.EDIT_LOST:
                raise
            log.info("card is gone and is sent anew", card_key=row.card_key)
    sent = await channel.send(row.chat_id, replace(content, silent=not row.loud), files)
    if card is not None:
        await _retire(channel, row, card.message_id)
    return Shown(sent, content.digest if row.card_key is not None else None)


async def _edited(channel: Channel, chat_id: int, card: Any, content: Content, files: Files) -> Shown:
    """Edits the card; a picture stays where it is as long as it is the same, or there is no other."""
    kind, picture, _ = (str(card.digest) + "||").split("|", 2)
    stays = kind == "photo" and (content.picture is None or content.picture.name == picture)
    if stays and fits_caption(content.plain):
        edited = await channel.edit_caption(chat_id, card.message_id, content)
        return Shown(edited, content.digest_under(picture))
    if kind == "photo" and content.picture is None:
        # Words too long for a caption cannot take a picture's place.
        raise DeliveryError(Trouble.EDIT_LOST, detail="too long for a caption")
    edited = await channel.edit(chat_id, card.message_id, content, files)
    return Shown(edited, content.digest)


async def _retire(channel: Channel, row: Addressed, message_id: int) -> None:
    """Lets go of the message that a new one replaced: a case's stays as a record, a talk's only moves down.

    The new one is out already: failing here is no loss.
    """
    record = (row.card_key or "").startswith("case:")
    try:
        await (channel.strip if record else channel.remove)(row.chat_id, message_id)
    except DeliveryError as fault:
        log.info("old message stays as it is", why=fault.trouble)
