"""Which parts of a text are bold, a link, a command? Offsets and lengths count UTF-16 units."""

import re
from collections.abc import Iterable
from typing import Any

from gateway.botapi.errors import BadRequest, CannotParseEntities
from gateway.botapi.params import readable

Entity = dict[str, Any]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_KNOWN = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"'“”「」()（）【】，。；！？、]+)|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)"
)
_LINK = re.compile(r"(?:(?:https?|tg|tonsite)://)?[^\s/?#:@]+(?::\d+)?(?:[/?#]\S*)?$")


def utf16_length(text: str) -> int:
    """Counts UTF-16 units: characters outside the basic plane are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Replaces control characters as Telegram does; line breaks and tabs stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(" " if character < " " and character not in "\n\t" else character for character in text)


def trimmed(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """Strips white space at both ends and moves the entities along; emptied ones are dropped."""
    body = text.rstrip()
    start = len(body) - len(body.lstrip())
    body = body[start:]
    end = utf16_length(body)
    kept = []
    for entity in entities:
        first = max(entity["offset"] - start, 0)
        last = min(entity["offset"] - start + entity["length"], end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return body, kept


def with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """Adds the links and commands that Telegram recognises by itself, outside of what is marked already."""
    if "/" not in text:
        return entities
    found = []
    for match in _FOUND.finditer(text):
        value = match.group()
        offset = utf16_length(text[: match.start()])
        length = utf16_length(value.rstrip(".,:;!?") if match.lastgroup == "url" else value)
        taken = any(
            offset < entity["offset"] + entity["length"] and entity["offset"] < offset + length
            for entity in entities
            if entity["type"] in {"code", "pre", "text_link", "url", "bot_command"}
        )
        if not taken:
            found.append({"type": match.lastgroup, "offset": offset, "length": length})
    return sorted([*entities, *found], key=lambda entity: (entity["offset"], -entity["length"]))


def link(url: str) -> str | None:
    """Returns the address a text may link to; None for what no phone should follow (javascript: …)."""
    url = url.strip()
    if url.startswith("tg://"):
        return url
    if not _LINK.match(url):
        return None
    if "://" in url:
        return url
    return f"http://{url}" if "." in url else None


def checked(value: Any, text: str) -> list[Entity]:
    """Reads explicit entities as a bot sends them instead of a parse mode."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise CannotParseEntities("expected an Array of MessageEntity")
    end = utf16_length(text)
    entities: list[Entity] = []
    for item in value:
        if not isinstance(item, dict) or not isinstance(item.get("type"), str):
            raise CannotParseEntities("expected an Object of type MessageEntity")
        offset, length = item.get("offset"), item.get("length")
        if not isinstance(offset, int) or not isinstance(length, int):
            raise CannotParseEntities("MessageEntity needs integer offset and length")
        if offset < 0 or length <= 0 or offset >= end:
            continue
        if item["type"] not in _KNOWN:
            raise BadRequest("unsupported message entity type specified")
        entity: Entity = {"type": item["type"], "offset": offset, "length": min(length, end - offset)}
        if item["type"] == "text_link":
            url = link(readable(item["url"])) if isinstance(item.get("url"), str) else None
            if url is None:
                raise BadRequest(f"entity URL '{item.get('url', '')}' is invalid: Wrong HTTP URL")
            entity["url"] = url
        if item["type"] == "pre" and isinstance(item.get("language"), str):
            entity["language"] = readable(item["language"])
        entities.append(entity)
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
