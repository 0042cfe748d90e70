"""How does a phone say something? Once: the same client_id again gets the first answer and sends nothing."""

import json
import re
import secrets
from typing import Any

from aiohttp import web

from gateway import media, pictures, render
from gateway.botapi.entities import CAPTION_LIMIT, TEXT_LIMIT, clean, trimmed, utf16_length, with_found
from gateway.phone import view
from gateway.phone.errors import refusal
from gateway.phone.requests import Fields, person_of, read_fields
from gateway.store import files, messages, people, updates
from gateway.store.database import Tx
from gateway.store.people import Person
from gateway.switchboard import SWITCHBOARD, Switchboard

_ALBUM_LIMIT = 10
_FILE_PART = re.compile(r"file\d")
Body = dict[str, Any]


async def on_send(request: web.Request) -> web.Response:
    """Sends a text, photo, document, location or album to the bot."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    if person.blocked:
        raise refusal(409, "blocked")
    fields = await read_fields(request)
    client_id, kind = fields.client_id(), fields.needed_text("type", 16)
    bodies, phone_only = await _bodies(board, fields, kind)
    reply_to = fields.integer("reply_to")

    def change(tx: Tx) -> list[messages.Message]:
        earlier = people.accepted_answer(tx, person.person_id, client_id)
        if earlier is not None:
            return _sent_before(tx, person, earlier)
        answered = messages.get(tx, person.person_id, reply_to) if reply_to else None
        reply = {"reply_to": answered.message_id} if answered is not None else {}
        sent = [_add(board, tx, person, body | reply, phone_only, client_id) for body in bodies]
        people.remember_answer(tx, person.person_id, client_id, json.dumps([one.message_id for one in sent]))
        return sent

    sent = [view.message(one) for one in await board.database.write(change)]
    return web.json_response({"messages": sent} if kind == "album" else {"message": sent[0]})


async def on_edit(request: web.Request) -> web.Response:
    """Changes one's own text or caption, or moves a live location; the bot gets edited_message."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    if person.blocked:
        raise refusal(409, "blocked")
    fields = await read_fields(request)
    message_id = fields.integer("message_id") or 0

    def change(tx: Tx) -> messages.Message:
        stored = messages.get(tx, person.person_id, message_id)
        if stored is None or stored.from_bot:
            raise refusal(404, "no_such_message")
        body = _edited_body(fields, stored, board.now())
        if body == stored.body:
            return stored
        edited = messages.edit(tx, stored, now=board.now(), body=body, phone_only=stored.phone_only, mark=True)
        _tell_bot(board, tx, person, "edited_message", edited)
        return edited

    return web.json_response({"message": view.message(await board.database.write(change))})


async def _bodies(board: Switchboard, fields: Fields, kind: str) -> tuple[list[Body], dict[str, Any]]:
    match kind:
        case "text":
            return [_text(fields)], {}
        case "photo":
            return [await _photo(board, _single_part(fields)) | _caption(fields)], {}
        case "document":
            part = _single_part(fields)
            return [{"document": await _document(board, part)} | _caption(fields)], {}
        case "album":
            return await _album(board, fields), {}
        case "location":
            pinned = fields.flag("pinned")
            return [{"location": _location(fields, pinned)}], {"pinned": pinned}
        case _:
            raise refusal(400, "bad_field", field="type")


def _sent_before(tx: Tx, person: Person, earlier: str) -> list[messages.Message]:
    found = [messages.get(tx, person.person_id, message_id) for message_id in json.loads(earlier)]
    kept = [one for one in found if one is not None]
    if not kept:
        # Sent once and deleted since: nothing to show, and certainly nothing to send again.
        raise refusal(410, "deleted")
    return kept


def _add(
    board: Switchboard, tx: Tx, person: Person, body: Body, phone_only: dict[str, Any], client_id: str
) -> messages.Message:
    stored = messages.add(
        tx,
        person.person_id,
        from_bot=False,
        now=board.now(),
        body=body,
        phone_only=phone_only,
        client_id=client_id,
    )
    files.show_in_chat(tx, person.person_id, media.file_ids_in(body))
    _tell_bot(board, tx, person, "message", stored)
    return stored


def _tell_bot(board: Switchboard, tx: Tx, person: Person, kind: str, stored: messages.Message) -> None:
    content = render.message(tx, stored, person, board.bot(person.bot_id))
    updates.add(tx, person.bot_id, kind, person.person_id, content, board.now())


def _text(fields: Fields) -> Body:
    text, entities = _found(fields.needed_text("text", 4 * TEXT_LIMIT), "text", TEXT_LIMIT)
    if not text:
        raise refusal(400, "missing_field", field="text")
    return {"text": text, "entities": entities} if entities else {"text": text}


def _caption(fields: Fields) -> Body:
    text, entities = _found(fields.text("caption", 4 * CAPTION_LIMIT) or "", "caption", CAPTION_LIMIT)
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def _found(source: str, name: str, limit: int) -> tuple[str, list[dict[str, Any]]]:
    text, _ = trimmed(clean(source), [])
    if utf16_length(text) > limit:
        raise refusal(400, "text_too_long", field=name, limit=limit)
    return text, with_found(text, [])


def _location(fields: Fields, pinned: bool) -> dict[str, Any]:
    latitude, longitude = fields.number("latitude"), fields.number("longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise refusal(400, "bad_field", field="latitude")
    location: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
    accuracy_m = fields.number("horizontal_accuracy")
    # A pin set by hand on the map is no fix of the phone: it has no accuracy of its own.
    if accuracy_m is not None and accuracy_m >= 0 and not pinned:
        location["horizontal_accuracy"] = min(accuracy_m, 1500.0)
    live_period_s = fields.integer("live_period")
    if live_period_s and 60 <= live_period_s <= 86_400 and not pinned:
        location["live_period"] = live_period_s
    return location


async def _album(board: Switchboard, fields: Fields) -> list[Body]:
    parts = [fields.files[name] for name in sorted(fields.files) if _FILE_PART.fullmatch(name)]
    if not 1 <= len(parts) <= _ALBUM_LIMIT:
        raise refusal(400, "missing_field", field="file0")
    bodies = [await _photo(board, part) for part in parts]
    bodies[0] |= _caption(fields)
    if len(bodies) > 1:
        group_id = str(secrets.randbits(53))
        bodies = [body | {"media_group_id": group_id} for body in bodies]
    return bodies


def _single_part(fields: Fields) -> web.FileField:
    part = fields.files.get("file0") or fields.files.get("file")
    if part is None:
        raise refusal(400, "missing_field", field="file0")
    return part


async def _photo(board: Switchboard, part: web.FileField) -> Body:
    try:
        return {"photo": await media.keep_photo(board, part.file.read(), pictures.PHONE_SIDES_LIMIT_PX)}
    except media.EmptyFile as error:
        raise refusal(400, "empty_file") from error
    except media.FileTooBig as error:
        raise refusal(413, "file_too_big", limit=pictures.PHOTO_LIMIT_BYTES) from error
    except (pictures.NotAPicture, pictures.WrongDimensions) as error:
        raise refusal(400, "not_a_picture") from error


async def _document(board: Switchboard, part: web.FileField) -> dict[str, Any]:
    content = part.file.read()
    # What a bot could never fetch again is not worth accepting from a phone.
    if len(content) > media.FETCH_LIMIT_BYTES:
        raise refusal(413, "file_too_big", limit=media.FETCH_LIMIT_BYTES)
    try:
        return await media.keep_document(board, content, part.filename, part.content_type)
    except media.EmptyFile as error:
        raise refusal(400, "empty_file") from error


def _edited_body(fields: Fields, stored: messages.Message, now: int) -> Body:
    body = stored.body
    if "text" in body:
        kept = {name: value for name, value in body.items() if name not in {"text", "entities"}}
        return kept | _text(fields)
    if "photo" in body or "document" in body:
        kept = {name: value for name, value in body.items() if name not in {"caption", "caption_entities"}}
        return kept | _caption(fields)
    live_period_s = body["location"].get("live_period")
    if live_period_s is None or now > stored.sent_at + live_period_s:
        raise refusal(409, "not_editable")
    moved = _location(fields, pinned=False)
    if not fields.flag("stop"):
        moved["live_period"] = live_period_s
    return body | {"location": moved}
