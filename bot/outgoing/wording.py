"""How words are fitted to the channel: escaped for its markup, counted and cut as it counts."""

from __future__ import annotations

import html

from config.texts import Html
from config.texts import Text as Say
from config.texts import Texts as Sayings

__all__ = ["Html", "Say", "Sayings", "escaped", "shortened", "utf16_len"]


def escaped(text: str) -> str:
    """Escapes what people wrote for Telegram's HTML."""
    return html.escape(text, quote=False)


def utf16_len(text: str) -> int:
    """Counts as Telegram counts: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, units: int) -> str:
    """Cuts a text to so many UTF-16 units, never inside a character, and marks the cut."""
    if utf16_len(text) <= units:
        return text
    kept, used = [], 1
    for sign in text:
        used += 2 if ord(sign) > 0xFFFF else 1
        if used > units:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "…"
