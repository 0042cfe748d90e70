"""Who am I, whom do I talk to, what can I fetch? The Bot API methods that mostly read."""

from typing import Any

from gateway import media, render
from gateway.botapi.call import Call
from gateway.botapi.entities import utf16_length
from gateway.botapi.errors import BadRequest, ChatNotFound
from gateway.botapi.params import readable
from gateway.store import bots, files, messages, people, presses
from gateway.store.database import Tx

ANSWER_LIMIT = 200
COMMANDS_LIMIT = 100


async def get_me(call: Call) -> Any:
    """Describes the bot."""
    return render.bot_user(call.bot) | {
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_chat(call: Call) -> Any:
    """Describes a private chat; the fields we cannot have carry Telegram's neutral values."""
    person = people.by_id(call.board.database, call.chat_id())
    if person is None or person.bot_id != call.bot.bot_id:
        raise ChatNotFound
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return render.chat(person) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


async def get_file(call: Call) -> Any:
    """Tells where a file can be fetched; above 20 MB it cannot."""
    file_id = call.params.text("file_id")
    if not file_id:
        raise BadRequest("file_id not specified")
    stored = files.by_id(call.board.database, file_id)
    if stored is None:
        raise BadRequest("wrong file_id or the file is temporarily unavailable")
    if stored.size > media.FETCH_LIMIT_BYTES:
        raise BadRequest("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


async def set_my_commands(call: Call) -> Any:
    """Replaces the command menu of one scope and language."""
    commands = call.params.structure("commands")
    if not isinstance(commands, list) or len(commands) > COMMANDS_LIMIT:
        raise BadRequest("can't parse commands: expected an Array of BotCommand")
    checked = [_command(item) for item in commands]
    scope, language = _scope(call), call.params.text("language_code")
    await call.board.database.write(lambda tx: bots.set_commands(tx, call.bot.bot_id, scope, language, checked))
    return True


async def delete_my_commands(call: Call) -> Any:
    """Empties the command menu of one scope and language."""
    scope, language = _scope(call), call.params.text("language_code")
    await call.board.database.write(lambda tx: bots.set_commands(tx, call.bot.bot_id, scope, language, []))
    return True


async def get_my_commands(call: Call) -> Any:
    """Reads the command menu of exactly one scope and language."""
    return bots.commands_of(call.board.database, call.bot.bot_id, _scope(call), call.params.text("language_code"))


async def answer_callback_query(call: Call) -> Any:
    """Ends the spinner of a pressed button, with or without words."""
    text = call.params.text("text")
    if utf16_length(text) > ANSWER_LIMIT:
        raise BadRequest("MESSAGE_TOO_LONG")
    raw = call.params.text("callback_query_id")
    press_id = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 20 else -1
    show_alert = call.params.flag("show_alert")

    def change(tx: Tx) -> bool:
        person_id = presses.answer(tx, call.bot.bot_id, press_id, call.board.now())
        if person_id is None:
            raise BadRequest("query is too old and response timeout expired or query ID is invalid")
        told = {"press_id": raw, "text": text or None, "show_alert": show_alert}
        messages.add_event(tx, person_id, "callback_answer", told)
        return True

    return await call.board.database.write(change)


async def close(call: Call) -> Any:
    """Does nothing: the gateway serves the bot for as long as it runs."""
    return True


def _scope(call: Call) -> str:
    scope = call.params.structure("scope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise BadRequest("can't parse BotCommandScope: expected an Object")
    kind = scope.get("type")
    if kind in {"chat", "chat_member", "chat_administrators"}:
        return f"{kind}:{scope.get('chat_id')}"
    if kind in {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}:
        return str(kind)
    raise BadRequest("can't parse BotCommandScope: unsupported type specified")


def _command(item: Any) -> dict[str, str]:
    if not isinstance(item, dict):
        raise BadRequest("can't parse BotCommand: expected an Object")
    command, description = item.get("command"), item.get("description")
    if not isinstance(command, str) or not isinstance(description, str):
        raise BadRequest("can't parse BotCommand: command and description must be of type String")
    command = command.removeprefix("/")
    plain = command.isascii() and command.replace("_", "").isalnum() and command == command.lower()
    if not plain or not 1 <= len(command) <= 32:
        raise BadRequest("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(description) <= 256:
        raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": readable(description)}
