"""How does a phone get its chat? Any code signs in: who the person is, the bot decides from "/start CODE"."""

import math

from aiohttp import web

from gateway import render
from gateway.botapi.entities import with_found
from gateway.phone.errors import refusal
from gateway.phone.reading import bot_names
from gateway.phone.requests import read_fields
from gateway.store import bots, messages, people, updates
from gateway.store.database import Tx
from gateway.store.people import Person
from gateway.switchboard import SWITCHBOARD

_CODE_LIMIT = 64
_NAME_LIMIT = 64
_LANGUAGE_LIMIT = 35


async def on_sign_in(request: web.Request) -> web.Response:
    """Creates a person and says "/start CODE" to the bot for them; limited by address."""
    board = request.app[SWITCHBOARD]
    fields = await read_fields(request)
    code = fields.needed_text("code", _CODE_LIMIT).strip()
    name = fields.text("name", _NAME_LIMIT)
    language = fields.text("language", _LANGUAGE_LIMIT) or "zh-CN"
    sign_in_id = fields.text("client_id", _CODE_LIMIT)
    if board.sign_ins is not None:
        wait_s = board.sign_ins.wait_s(request.remote)
        if wait_s > 0:
            raise refusal(429, "too_many_sign_ins", retry_after=math.ceil(wait_s))
        board.sign_ins.take(request.remote)
    bot = board.phone_bot
    token = people.new_token(bots.secret(board.database, "device_tokens"), sign_in_id)

    def change(tx: Tx) -> Person:
        now = board.now()
        person, is_new = people.sign_in(
            tx,
            bot_id=bot.bot_id,
            token=token,
            first_name=name,
            language=language,
            now=now,
        )
        if is_new:
            text = f"/start {code}"
            body = {"text": text, "entities": with_found(text, [])}
            stored = messages.add(tx, person.person_id, from_bot=False, now=now, body=body)
            content = render.message(tx, stored, person, bot)
            updates.add(tx, bot.bot_id, "message", person.person_id, content, now)
        return person

    person = await board.database.write(change)
    return web.json_response(
        {
            "token": token,
            "user": {"id": person.person_id, "first_name": person.first_name},
            "bot": bot_names(board, person),
        }
    )
