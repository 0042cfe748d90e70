"""How are the bytes of an update read, when the channel speaks a newer or an older Bot API than our library?

What the library cannot read whole is read as far as the bot uses it: a strange sticker or half a character in a name
must not keep a person's words from being heard. Only what then still makes no sense is unreadable.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

_MESSAGE: Final = frozenset(
    {
        *("message_id", "date", "edit_date", "chat", "from", "text", "caption", "photo", "document", "location"),
        *("venue", "media_group_id", "forward_origin"),
    }
)
"""The parts of a message that the bot looks at; venues and files are read by their own rules."""
_PARTS: Final[Mapping[str, frozenset[str]]] = {
    "chat": frozenset({"id", "type", "title", "first_name"}),
    "from": frozenset({"id", "is_bot", "first_name", "language_code"}),
    "location": frozenset({"latitude", "longitude", "horizontal_accuracy", "live_period"}),
    "document": frozenset({"file_id", "file_unique_id", "file_name", "mime_type", "file_size"}),
}


class Unreadable(Exception):
    """The bytes are no update that anybody could act on; the message names the faults and nobody's words."""


def read(body: bytes, bot: Bot) -> Update:
    """Reads an update; raises `Unreadable`. A kind that the bot does not handle is read as an update of nothing."""
    try:
        return Update.model_validate_json(body, context={"bot": bot})
    except ValidationError as error:
        faults = error
    try:
        spoken = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable(_named(faults)) from None
    if not isinstance(spoken, dict):
        raise Unreadable(_named(faults))
    try:
        # Half a character, which JSON may name and no text may hold, becomes a question mark.
        whole = json.dumps(_used(spoken), ensure_ascii=False).encode("utf-8", "replace")
        return Update.model_validate_json(whole, context={"bot": bot})
    except (ValueError, RecursionError):
        raise Unreadable(_named(faults)) from None


def _used(update: Mapping[str, Any]) -> dict[str, Any]:
    """Gives what is left of an update without everything that the bot never reads."""
    cut: Mapping[str, Callable[[Any], Any]] = {
        "message": _message,
        "edited_message": _message,
        "callback_query": _press,
        "my_chat_member": lambda whole: whole,
    }
    return {"update_id": update.get("update_id")} | {n: cut[n](part) for n, part in update.items() if n in cut}


def _message(whole: Any) -> Any:
    if not isinstance(whole, dict):
        return whole
    kept = {name: _part(name, part) for name, part in whole.items() if name in _MESSAGE}
    origin = kept.pop("forward_origin", None)
    if isinstance(origin, dict):
        # From whom does not matter here, only that it is not the sender's own.
        kept["forward_origin"] = {"type": "hidden_user", "date": 0, "sender_user_name": "?"}
    return kept


def _press(whole: Any) -> Any:
    if not isinstance(whole, dict):
        return whole
    kept = {name: _part(name, part) for name, part in whole.items() if name in ("id", "from", "chat_instance", "data")}
    message = whole.get("message")
    return kept | ({"message": _message(message)} if isinstance(message, dict) else {})


def _part(name: str, part: Any) -> Any:
    used = _PARTS.get(name)
    return {n: p for n, p in part.items() if n in used} if used is not None and isinstance(part, dict) else part


def _named(error: ValidationError) -> str:
    """Names where an update was wrong, and never what stood there."""
    places = [f"{'.'.join(str(step) for step in one['loc'])}: {one['type']}" for one in error.errors()[:5]]
    return f"unreadable: {error.error_count()} faults\n" + "\n".join(places)
