"""How does a stored message look to the phone page? Flat, with every field present."""

from typing import Any

from gateway.store.messages import Event, Message


def message(stored: Message) -> dict[str, Any]:
    """Renders a message; `photo` is its largest size, whose small rendering is at ?thumb=1."""
    body = stored.body
    photo = body["photo"][-1] if "photo" in body else None
    return {
        "message_id": stored.message_id,
        "seq": stored.seq,
        "from_bot": stored.from_bot,
        "date": stored.sent_at,
        "edit_date": stored.edited_at,
        "text": body.get("text"),
        "caption": body.get("caption"),
        "entities": body.get("entities") or body.get("caption_entities") or [],
        "photo": {name: photo[name] for name in ("file_id", "width", "height")} if photo else None,
        "media_group_id": body.get("media_group_id"),
        "document": body.get("document"),
        "location": _location(stored),
        "inline_keyboard": body.get("reply_markup", {}).get("inline_keyboard"),
        "reply_keyboard": stored.phone_only.get("reply_keyboard"),
        "client_id": stored.client_id,
        "reply_to": body.get("reply_to"),
    }


def event(happened: Event) -> dict[str, Any]:
    """Renders one event with what its type carries."""
    shown: dict[str, Any] = {"seq": happened.seq, "type": happened.type, **happened.body}
    if happened.message is not None:
        shown["message"] = message(happened.message)
    elif happened.message_id is not None:
        shown["message_id"] = happened.message_id
    return shown


def _location(stored: Message) -> dict[str, Any] | None:
    location = stored.body.get("location")
    if location is None:
        return None
    return {
        "latitude": location["latitude"],
        "longitude": location["longitude"],
        "horizontal_accuracy": location.get("horizontal_accuracy"),
        "live_period": location.get("live_period"),
        "pinned": stored.phone_only.get("pinned", False),
    }
