"""What is to be said? Turns the parameters of a call into the content part of a message body."""

from typing import Any

from gateway import media, pictures, render
from gateway.botapi.call import Call
from gateway.botapi.entities import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    checked,
    clean,
    trimmed,
    utf16_length,
    with_found,
)
from gateway.botapi.errors import BadRequest
from gateway.botapi.html import parse_html
from gateway.botapi.params import Params
from gateway.store import files

Body = dict[str, Any]


def text_body(params: Params) -> Body:
    """Reads `text` with its markup; it must not be empty nor above 4096 units after the markup is gone."""
    text, entities = _marked(params, "text", "entities")
    if not text:
        raise BadRequest("message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise BadRequest("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_body(params: Params) -> Body:
    """Reads `caption` with its markup; empty gives an empty body."""
    text, entities = _marked(params, "caption", "caption_entities")
    if utf16_length(text) > CAPTION_LIMIT:
        raise BadRequest("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


async def photo_body(call: Call, source: Any) -> Body:
    """Reads a photo given as an upload or as a file_id the bot knows."""
    content = _uploaded(call.params, source, "photo")
    if content is None:
        return {"photo": _known_photo(call, source)}
    try:
        return {"photo": await media.keep_photo(call.board, content.content, pictures.BOT_SIDES_LIMIT_PX)}
    except media.EmptyFile as error:
        raise BadRequest("file must be non-empty") from error
    except media.FileTooBig as error:
        raise BadRequest("file is too big") from error
    except pictures.WrongDimensions as error:
        raise BadRequest("PHOTO_INVALID_DIMENSIONS") from error
    except pictures.NotAPicture as error:
        raise BadRequest("IMAGE_PROCESS_FAILED") from error


async def document_body(call: Call, source: Any) -> Body:
    """Reads a document given as an upload or as a file_id the bot knows."""
    content = _uploaded(call.params, source, "document")
    if content is None:
        known = files.by_id(call.board.database, source)
        if known is None or known.kind != "document":
            raise BadRequest("wrong file identifier/HTTP URL specified")
        return {"document": render.document(known)}
    try:
        return {"document": await media.keep_document(call.board, content.content, content.name, content.mime)}
    except media.EmptyFile as error:
        raise BadRequest("file must be non-empty") from error
    except media.FileTooBig as error:
        raise BadRequest("file is too big") from error


def location_body(params: Params) -> Body:
    """Reads a WGS-84 point."""
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if latitude is None or longitude is None:
        raise BadRequest(f"{'latitude' if latitude is None else 'longitude'} is empty")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise BadRequest("invalid location specified")
    location: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
    accuracy_m = params.number("horizontal_accuracy")
    if accuracy_m:
        location["horizontal_accuracy"] = accuracy_m
    live_period_s = params.integer("live_period")
    if live_period_s:
        if not 60 <= live_period_s <= 86_400 and live_period_s != 0x7FFFFFFF:
            raise BadRequest("wrong live location period specified")
        location["live_period"] = live_period_s
    return {"location": location}


async def media_body(call: Call, item: Any) -> Body:
    """Reads one InputMedia of an album or of a media edit, with its own caption."""
    if not isinstance(item, dict):
        raise BadRequest("can't parse InputMedia: expected an Object")
    kind, source = item.get("type"), item.get("media")
    if kind not in {"photo", "document"}:
        raise BadRequest(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    if not isinstance(source, str) or not source:
        raise BadRequest("can't parse InputMedia: media not found")
    caption = caption_body(Params(item, {}))
    body = await (photo_body if kind == "photo" else document_body)(call, source)
    return body | caption


def _marked(params: Params, name: str, entities_name: str) -> tuple[str, list[Any]]:
    source = clean(params.text(name))
    mode = params.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode == "":
        text, entities = source, checked(params.structure(entities_name), source)
    else:
        # Markdown is easily broken by names and addresses; whoever writes a bot here should use HTML.
        raise BadRequest("unsupported parse_mode")
    text, entities = trimmed(text, entities)
    return text, with_found(text, entities)


def _uploaded(params: Params, source: Any, name: str) -> Any:
    """Finds the uploaded part that `source` means; None when it is a file_id."""
    direct = params.upload(name)
    if direct is not None and not source:
        return direct
    if not isinstance(source, str) or not source:
        raise BadRequest(f"there is no {name} in the request")
    if source.startswith("attach://"):
        attached = params.upload(source.removeprefix("attach://"))
        if attached is None:
            raise BadRequest(f"there is no {name} in the request")
        return attached
    if source.startswith(("http://", "https://")):
        # The gateway calls no address that a message names.
        raise BadRequest("failed to get HTTP URL content")
    return None


def _known_photo(call: Call, source: str) -> list[dict[str, Any]]:
    known = files.by_id(call.board.database, source)
    if known is None or known.picture is None:
        raise BadRequest("wrong file identifier/HTTP URL specified")
    return render.photo_sizes(files.sizes_of(call.board.database, known.picture))
