"""How does a bot change or take back what it said?"""

from collections.abc import Callable
from typing import Any

from gateway import media, render
from gateway.botapi import content
from gateway.botapi.call import Call
from gateway.botapi.errors import BadRequest, NotModified
from gateway.botapi.keyboards import Rows, read_inline_markup
from gateway.store import files, messages
from gateway.store.database import Tx

DELETABLE_FOR_S = 48 * 3600
_CAPTION = ("caption", "caption_entities")
_CONTENT = ("text", "entities", *_CAPTION, "photo", "document")


async def edit_message_text(call: Call) -> Any:
    """Replaces the text of a text message."""
    new = content.text_body(call.params)

    def replaced(body: content.Body) -> content.Body:
        if "text" not in body:
            raise BadRequest("there is no text in the message to edit")
        return _without(body, _CONTENT) | new

    return await _edit(call, replaced)


async def edit_message_caption(call: Call) -> Any:
    """Replaces or removes the words under a photo or document."""
    new = content.caption_body(call.params)

    def replaced(body: content.Body) -> content.Body:
        if "photo" not in body and "document" not in body:
            raise BadRequest("there is no caption in the message to edit")
        return _without(body, _CAPTION) | new

    return await _edit(call, replaced)


async def edit_message_media(call: Call) -> Any:
    """Puts another photo or document, with its caption, in the place of the present content."""
    new = await content.media_body(call, call.params.structure("media"))

    def replaced(body: content.Body) -> content.Body:
        if "location" in body:
            raise BadRequest("message can't be edited")
        return _without(body, _CONTENT) | new

    return await _edit(call, replaced)


async def edit_message_reply_markup(call: Call) -> Any:
    """Replaces or removes the buttons and leaves the content alone."""
    return await _edit(call, lambda body: body, mark=False)


async def delete_message(call: Call) -> Any:
    """Takes a message away; Telegram allows it for 48 hours."""
    chat_id, message_id = call.chat_id(), call.message_id()

    def change(tx: Tx) -> bool:
        call.partner(tx, chat_id)
        _delete(call, tx, chat_id, message_id)
        return True

    return await call.board.database.write(change)


async def delete_messages(call: Call) -> Any:
    """Takes several messages away; those that are gone already are skipped."""
    chat_id, wanted = call.chat_id(), call.params.structure("message_ids")
    if not isinstance(wanted, list) or not all(isinstance(number, int) for number in wanted):
        raise BadRequest("message identifiers are not specified")

    def change(tx: Tx) -> bool:
        call.partner(tx, chat_id)
        for message_id in wanted:
            if messages.get(tx, chat_id, message_id) is not None:
                _delete(call, tx, chat_id, message_id)
        return True

    return await call.board.database.write(change)


def _delete(call: Call, tx: Tx, chat_id: int, message_id: int) -> None:
    stored = messages.get(tx, chat_id, message_id)
    if stored is None:
        raise BadRequest("message to delete not found")
    if call.board.now() - stored.sent_at > DELETABLE_FOR_S:
        raise BadRequest("message can't be deleted for everyone")
    messages.delete(tx, chat_id, message_id)


async def _edit(call: Call, replaced: Callable[[content.Body], content.Body], mark: bool = True) -> dict[str, Any]:
    if call.params.has("inline_message_id"):
        raise BadRequest("MESSAGE_ID_INVALID")
    chat_id, message_id = call.chat_id(), call.message_id()
    buttons = read_inline_markup(call.params.structure("reply_markup"))

    def change(tx: Tx) -> dict[str, Any]:
        person = call.recipient(tx, chat_id)
        stored = messages.get(tx, chat_id, message_id)
        if stored is None:
            raise BadRequest("message to edit not found")
        # Telegram edits nothing that another wrote, nor what carries keys in place of the phone's own.
        if not stored.from_bot or "reply_keyboard" in stored.phone_only:
            raise BadRequest("message can't be edited")
        body = _with_buttons(replaced(stored.body), buttons)
        if body == stored.body:
            raise NotModified
        edited = messages.edit(tx, stored, now=call.board.now(), body=body, phone_only=stored.phone_only, mark=mark)
        files.show_in_chat(tx, chat_id, media.file_ids_in(body))
        call.note(edited)
        return render.message(tx, edited, person, call.bot)

    return await call.board.database.write(change)


def _with_buttons(body: content.Body, buttons: Rows | None) -> content.Body:
    bare = _without(body, ("reply_markup",))
    return bare | {"reply_markup": {"inline_keyboard": buttons}} if buttons else bare


def _without(body: content.Body, names: tuple[str, ...]) -> content.Body:
    return {name: value for name, value in body.items() if name not in names}
