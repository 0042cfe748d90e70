"""What else does a phone do in its chat? Press a button, mark as read, block the bot."""

import json
from typing import Any

from aiohttp import web

from gateway import render
from gateway.phone.errors import refusal
from gateway.phone.requests import person_of, read_fields
from gateway.store import messages, people, presses, updates
from gateway.store.database import Tx
from gateway.switchboard import SWITCHBOARD

_DATA_LIMIT = 64


async def on_press(request: web.Request) -> web.Response:
    """Hands a button press to the bot; only data of a button that the message has now is accepted."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    fields = await read_fields(request)
    client_id, data = fields.client_id(), fields.needed_text("data", _DATA_LIMIT)
    message_id = fields.integer("message_id") or 0
    bot = board.bot(person.bot_id)
    if person.blocked:
        raise refusal(409, "blocked")

    def change(tx: Tx) -> str:
        earlier = people.accepted_answer(tx, person.person_id, client_id)
        if earlier is not None:
            return str(json.loads(earlier))
        stored = messages.get(tx, person.person_id, message_id)
        if stored is None or not _has_button(stored.body, data):
            raise refusal(409, "button_gone")
        now = board.now()
        press_id = str(presses.add(tx, bot.bot_id, person.person_id, now))
        query = {
            "id": press_id,
            "from": render.user(person),
            "message": render.message(tx, stored, person, bot),
            "chat_instance": str(person.person_id),
            "data": data,
        }
        queue_id = person.person_id + updates.CALLBACK_QUEUE
        updates.add(tx, bot.bot_id, "callback_query", queue_id, query, now)
        people.remember_answer(tx, person.person_id, client_id, json.dumps(press_id))
        return press_id

    return web.json_response({"press_id": await board.database.write(change)})


async def on_read(request: web.Request) -> web.Response:
    """Moves the read mark forward and tells the person's other devices."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    message_id = (await read_fields(request)).integer("message_id") or 0
    if not 0 < message_id < 2**62:
        raise refusal(400, "bad_field", field="message_id")

    def change(tx: Tx) -> None:
        if people.mark_read(tx, person.person_id, message_id):
            messages.add_event(tx, person.person_id, "read", {"message_id": message_id})

    await board.database.write(change)
    return web.json_response({})


async def on_block(request: web.Request) -> web.Response:
    """Blocks or unblocks the bot, which learns it as my_chat_member."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    blocked = (await read_fields(request)).flag("blocked")
    bot = board.bot(person.bot_id)

    def change(tx: Tx) -> None:
        if not people.set_blocked(tx, person.person_id, blocked):
            return
        now = board.now()
        member: dict[str, Any] = {"user": render.bot_user(bot), "status": "member"}
        banned: dict[str, Any] = {"user": render.bot_user(bot), "status": "kicked", "until_date": 0}
        content = {
            "chat": render.chat(person),
            "from": render.user(person),
            "date": now,
            "old_chat_member": member if blocked else banned,
            "new_chat_member": banned if blocked else member,
        }
        updates.add(tx, bot.bot_id, "my_chat_member", person.person_id + updates.MEMBER_QUEUE, content, now)

    await board.database.write(change)
    return web.json_response({"blocked": blocked})


def _has_button(body: dict[str, Any], data: str) -> bool:
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    return any(button.get("callback_data") == data for row in rows for button in row)
