"""Which buttons belong to a message, and are they ones Telegram would accept?"""

from dataclasses import dataclass
from typing import Any

from gateway.botapi.entities import link
from gateway.botapi.errors import BadRequest
from gateway.botapi.params import readable

CALLBACK_DATA_LIMIT_BYTES = 64
BUTTON_LIMIT = 100
_BUTTONS_IN_A_ROW = 8
_STYLES = ("danger", "success", "primary")

Rows = list[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Markup:
    """What a call says about buttons: an inline keyboard, or keys in place of the phone's own."""

    inline: Rows | None = None
    reply: dict[str, Any] | None = None


def read_markup(value: Any) -> Markup:
    """Reads `reply_markup`; absent or without any button gives an empty Markup."""
    if value is None:
        return Markup()
    if not isinstance(value, dict):
        raise BadRequest("object expected as reply markup")
    if "inline_keyboard" in value:
        return Markup(inline=_rows(value["inline_keyboard"], "inline keyboard", _inline_button) or None)
    if "keyboard" in value:
        return Markup(reply=_reply_keyboard(value))
    if value.get("remove_keyboard") is True:
        return Markup(reply={"remove": True})
    if value.get("force_reply") is True:
        return Markup(reply={"force_reply": True, "placeholder": _placeholder(value)})
    return Markup()


def read_inline_markup(value: Any) -> Rows | None:
    """Reads the markup of an edit, where only inline keyboards are allowed."""
    markup = read_markup(value)
    if markup.reply is not None:
        raise BadRequest("inline keyboard expected")
    return markup.inline


def _rows(value: Any, what: str, read_button: Any) -> Rows:
    if not isinstance(value, list):
        raise BadRequest(f"can't parse {what}: field must be of type Array")
    rows: Rows = []
    for line in value:
        if not isinstance(line, list):
            raise BadRequest(f"can't parse {what}: expected an Array of buttons")
        if len(line) > _BUTTONS_IN_A_ROW:
            raise BadRequest("REPLY_MARKUP_TOO_LONG")
        if line:
            rows.append([read_button(button) for button in line])
    if sum(map(len, rows)) > BUTTON_LIMIT:
        raise BadRequest("REPLY_MARKUP_TOO_LONG")
    return rows


def _label(button: Any, what: str) -> str:
    if not isinstance(button, dict):
        raise BadRequest(f"can't parse {what}: expected an Object")
    if "text" not in button:
        raise BadRequest(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise BadRequest(f'can\'t parse {what}: Field "text" must be of type String')
    return readable(button["text"])


def _inline_button(button: Any) -> dict[str, Any]:
    what = "inline keyboard button"
    text = _label(button, what)
    if not text.strip():
        raise BadRequest("BUTTON_TEXT_INVALID")
    data, url = button.get("callback_data"), button.get("url")
    looks = {"style": button["style"]} if button.get("style") in _STYLES else {}
    if url:
        address = link(url) if isinstance(url, str) else None
        if address is None:
            raise BadRequest(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        return {"text": text, "url": address, **looks}
    if data:
        if not isinstance(data, str) or len(readable(data).encode()) > CALLBACK_DATA_LIMIT_BYTES:
            raise BadRequest("BUTTON_DATA_INVALID")
        return {"text": text, "callback_data": data, **looks}
    if set(button) - {"text", "callback_data", "url"}:
        raise BadRequest("BUTTON_TYPE_INVALID")
    raise BadRequest(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")


def _reply_keyboard(value: dict[str, Any]) -> dict[str, Any]:
    rows = _rows(value["keyboard"], "reply keyboard", _reply_button)
    return {
        "keyboard": rows,
        "one_time": value.get("one_time_keyboard") is True,
        "resize": value.get("resize_keyboard") is True,
        "persistent": value.get("is_persistent") is True,
        "placeholder": _placeholder(value),
    }


def _reply_button(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        return {"text": readable(button)}
    kept: dict[str, Any] = {"text": _label(button, "reply keyboard button")}
    for wish in ("request_location", "request_contact"):
        if button.get(wish) is True:
            kept[wish] = True
    return kept


def _placeholder(value: dict[str, Any]) -> str | None:
    text = value.get("input_field_placeholder")
    return readable(text)[:64] if isinstance(text, str) and text else None
