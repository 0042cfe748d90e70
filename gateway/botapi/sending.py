"""How does a bot say something new? sendMessage and its sisters."""

import secrets
from typing import Any

from gateway import media, render
from gateway.botapi import content
from gateway.botapi.call import Call
from gateway.botapi.errors import BadRequest
from gateway.botapi.keyboards import Markup, read_markup
from gateway.store import files, messages
from gateway.store.database import Tx

ALBUM_LIMIT = 10
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
# How long a phone shows "typing" after one call.
ACTION_SHOWN_S = 5


async def send_message(call: Call) -> Any:
    """Sends a text."""
    return await _send(call, content.text_body(call.params))


async def send_photo(call: Call) -> Any:
    """Sends one photo."""
    call.params.structure("reply_markup")
    caption = content.caption_body(call.params)
    return await _send(call, await content.photo_body(call, call.params.text("photo")) | caption)


async def send_document(call: Call) -> Any:
    """Sends one file."""
    caption = content.caption_body(call.params)
    return await _send(call, await content.document_body(call, call.params.text("document")) | caption)


async def send_location(call: Call) -> Any:
    """Sends a point on the map."""
    return await _send(call, content.location_body(call.params))


async def send_media_group(call: Call) -> Any:
    """Sends two to ten photos, or two to ten documents, as one album."""
    items = call.params.structure("media")
    if not isinstance(items, list) or not items:
        raise BadRequest("there are no messages to send")
    if len(items) > ALBUM_LIMIT:
        raise BadRequest("too many messages to send as an album")
    if len({item.get("type") for item in items if isinstance(item, dict)}) > 1:
        raise BadRequest("document can't be mixed with other media types")
    chat_id = call.chat_id()
    bodies = [await content.media_body(call, item) for item in items]
    call.spend(chat_id, len(bodies))
    if len(bodies) > 1:
        group_id = str(secrets.randbits(53))
        bodies = [body | {"media_group_id": group_id} for body in bodies]

    def change(tx: Tx) -> list[dict[str, Any]]:
        return [_add(call, tx, chat_id, body, Markup()) for body in bodies]

    return await call.board.database.write(change)


async def send_chat_action(call: Call) -> Any:
    """Shows for a few seconds what the bot is busy with."""
    chat_id, action = call.chat_id(), call.params.text("action")
    if action not in _ACTIONS:
        raise BadRequest("wrong parameter action in request")

    def change(tx: Tx) -> bool:
        person = call.recipient(tx, chat_id)
        messages.add_event(tx, person.person_id, "action", {"action": action})
        return True

    done = await call.board.database.write(change)
    call.board.typing_until[chat_id] = call.board.now() + ACTION_SHOWN_S
    return done


async def _send(call: Call, body: content.Body) -> dict[str, Any]:
    chat_id = call.chat_id()
    markup = read_markup(call.params.structure("reply_markup"))
    call.spend(chat_id)
    return await call.board.database.write(lambda tx: _add(call, tx, chat_id, body, markup))


def _add(call: Call, tx: Tx, chat_id: int, body: content.Body, markup: Markup) -> dict[str, Any]:
    person = call.recipient(tx, chat_id)
    body = body | _reply(call, tx, chat_id)
    if markup.inline is not None:
        body = body | {"reply_markup": {"inline_keyboard": markup.inline}}
    phone_only = {"reply_keyboard": markup.reply} if markup.reply is not None else None
    stored = messages.add(tx, chat_id, from_bot=True, now=call.board.now(), body=body, phone_only=phone_only)
    files.show_in_chat(tx, chat_id, media.file_ids_in(body))
    call.board.typing_until.pop(chat_id, None)
    call.note(stored)
    return render.message(tx, stored, person, call.bot)


def _reply(call: Call, tx: Tx, chat_id: int) -> dict[str, int]:
    wish = call.params.structure("reply_parameters")
    lenient = call.params.flag("allow_sending_without_reply")
    answered = call.params.integer("reply_to_message_id")
    if isinstance(wish, dict):
        answered = wish.get("message_id") if isinstance(wish.get("message_id"), int) else None
        lenient = wish.get("allow_sending_without_reply") is True
    if not answered:
        return {}
    if messages.get(tx, chat_id, answered) is not None:
        return {"reply_to": answered}
    if lenient:
        return {}
    raise BadRequest("message to be replied not found")
