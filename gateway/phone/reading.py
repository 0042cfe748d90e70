"""What may a phone see? Itself, its chat, the news of it, its files, the plain map."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from gateway import render
from gateway.phone import view
from gateway.phone.errors import refusal
from gateway.phone.requests import person_of, query_integer
from gateway.store import bots, files, messages
from gateway.store.people import Person
from gateway.switchboard import SWITCHBOARD, Switchboard, monotonic_s

_HISTORY_LIMIT = 200
_WAIT_LIMIT_S = 50
_EMPTY_MAP = b'{"type":"FeatureCollection","features":[]}'
_FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=31536000, immutable",
}


async def on_me(request: web.Request) -> web.Response:
    """Tells a phone where it stands."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    return web.json_response(
        {
            "user": {"id": person.person_id, "first_name": person.first_name},
            "bot": bot_names(board, person),
            "commands": bots.commands_for(board.database, person.bot_id, person.person_id, person.language),
            "unread": messages.unread(board.database, person.person_id, person.read_message_id),
            "last_seq": person.last_seq,
            "read_message_id": person.read_message_id,
            "blocked": person.blocked,
            "typing": board.typing_until.get(person.person_id, 0) > board.now(),
        }
    )


async def on_history(request: web.Request) -> web.Response:
    """Reads a page of the chat, the newest when `before` is absent."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    limit = min(max(query_integer(request, "limit", 50) or 50, 1), _HISTORY_LIMIT)
    before = query_integer(request, "before", None)
    if before is not None and not 0 <= before < 2**62:
        raise refusal(400, "bad_field", field="before")
    found, more = messages.history(board.database, person.person_id, before, limit)
    return web.json_response({"messages": [view.message(one) for one in found], "more": more})


async def on_events(request: web.Request) -> web.Response:
    """Answers what happened after `after`, or waits up to `wait` seconds for something to happen."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    after = query_integer(request, "after", 0) or 0
    if not 0 <= after < 2**62:
        raise refusal(400, "bad_field", field="after")
    wait_s = min(max(query_integer(request, "wait", 25) or 0, 0), _WAIT_LIMIT_S)
    oldest = messages.oldest_event(board.database, person.person_id)
    if oldest is not None and after + 1 < oldest:
        return web.json_response({"seq": person.last_seq, "events": [], "reset": True})
    deadline_s = monotonic_s() + wait_s
    while True:
        happened = messages.events_after(board.database, person.person_id, after)
        left_s = deadline_s - monotonic_s()
        if happened or left_s <= 0 or board.signals.closed:
            seq = happened[-1].seq if happened else after
            return web.json_response({"seq": seq, "events": [view.event(one) for one in happened]})
        await board.signals.wait(("phone", person.person_id), left_s)


async def on_file(request: web.Request) -> web.StreamResponse:
    """Hands out a file of the person's own chat; `thumb=1` a small rendering of a photo."""
    board, person = request.app[SWITCHBOARD], person_of(request)
    file_id = request.match_info["file_id"]
    stored = files.by_id(board.database, file_id)
    if stored is None or not files.is_shown_in(board.database, person.person_id, file_id):
        raise refusal(404, "no_such_file")
    if request.query.get("thumb") == "1" and stored.picture is not None:
        stored = files.sizes_of(board.database, stored.picture)[0]
    headers = dict(_FILE_HEADERS)
    # Only what we decoded and know to be a picture is shown; what a phone calls itself a picture is not.
    if stored.picture is not None:
        headers["Content-Type"] = stored.mime
    else:
        headers |= {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
    return web.FileResponse(board.blobs.path_of(stored.sha256), headers=headers)


@dataclass(frozen=True, slots=True)
class PlainMap:
    """The street map for placing a pin: its bytes, packed or not, and their tag."""

    content: bytes
    packed: bool
    tag: str


def read_map(path: Path | None) -> PlainMap:
    """Reads the map file; none gives an empty map. Raises OSError when a named file cannot be read."""
    content = path.read_bytes() if path is not None else _EMPTY_MAP
    packed = content[:2] == b"\x1f\x8b"
    return PlainMap(content, packed, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


PLAIN_MAP = web.AppKey("plain_map", PlainMap)


async def on_map(request: web.Request) -> web.Response:
    """Hands out the plain map once; a phone that has it gets 304."""
    person_of(request)
    plain = request.app[PLAIN_MAP]
    headers = {
        "ETag": plain.tag,
        "Cache-Control": "private, no-cache",
        "Content-Type": "application/geo+json",
    }
    if request.headers.get("If-None-Match") == plain.tag:
        return web.Response(status=304, headers=headers)
    response = web.Response(body=plain.content, headers=headers)
    if plain.packed:
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.enable_compression()
    return response


def bot_names(board: Switchboard, person: Person) -> dict[str, str]:
    """Names the bot a person talks to."""
    shown = render.bot_user(board.bot(person.bot_id))
    return {"username": shown["username"], "name": shown["first_name"]}
