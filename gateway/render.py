"""How does a stored message look to a bot? The shapes of the Bot API: Message, User, Chat, File."""

from typing import Any

from gateway.store import files, messages
from gateway.store.database import Database, Tx
from gateway.store.people import Person
from gateway.switchboard import Bot


def bot_user(bot: Bot) -> dict[str, Any]:
    """Renders the bot as a User."""
    return {
        "id": bot.bot_id,
        "is_bot": True,
        "first_name": bot.identity.name,
        "username": bot.identity.username,
    }


def user(person: Person) -> dict[str, Any]:
    """Renders a person as a User."""
    return {
        "id": person.person_id,
        "is_bot": False,
        "first_name": person.first_name,
        "language_code": person.language,
    }


def chat(person: Person) -> dict[str, Any]:
    """Renders the private chat with a person."""
    return {"id": person.person_id, "first_name": person.first_name, "type": "private"}


def message(source: Database | Tx, stored: messages.Message, person: Person, bot: Bot) -> dict[str, Any]:
    """Renders a Message, with the message it answers when that still exists."""
    shown = _envelope(stored, person, bot)
    reply_to = stored.body.get("reply_to")
    if reply_to is not None:
        answered = messages.get(source, person.person_id, reply_to)
        if answered is not None:
            shown["reply_to_message"] = _envelope(answered, person, bot)
    return shown


def photo_sizes(sizes: list[files.StoredFile]) -> list[dict[str, Any]]:
    """Renders the sizes of one photo, the smallest first."""
    return [
        {
            "file_id": size.file_id,
            "file_unique_id": size.unique_id,
            "file_size": size.size,
            "width": size.width,
            "height": size.height,
        }
        for size in sizes
    ]


def document(stored: files.StoredFile) -> dict[str, Any]:
    """Renders a Document."""
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_name": stored.name,
        "mime_type": stored.mime,
        "file_size": stored.size,
    }


def _envelope(stored: messages.Message, person: Person, bot: Bot) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "message_id": stored.message_id,
        "from": bot_user(bot) if stored.from_bot else user(person),
        "chat": chat(person),
        "date": stored.sent_at,
    }
    if stored.edited_at is not None:
        shown["edit_date"] = stored.edited_at
    shown |= stored.body
    shown.pop("reply_to", None)
    return shown
