"""The form for the key: a browser gives it once and gets a cookie."""

from http import HTTPStatus

from aiohttp import web

from web.address import is_https
from web.board import pages
from web.callers import KEY_COOKIE, caller, cookie_of, right_key
from web.languages import TAGS, text
from web.parts import parts
from web.uploads import read_fields

COOKIE_S = 180 * 24 * 3600


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses of the form."""
    return [web.get("/board/key", on_form), web.post("/board/key", on_key)]


async def on_form(request: web.Request) -> web.Response:
    """Shows the form, or the board to whom it is open already."""
    if caller(request) is not None:
        raise web.HTTPFound("/board/")
    return _form(request, "" if parts(request).api_key else "board.key.none")


async def on_key(request: web.Request) -> web.Response:
    """Takes the key; the right one opens the board for this browser."""
    fields, _ = await read_fields(request, most_files=0)
    given = dict(fields).get("key", "")
    api_key = parts(request).api_key
    if not right_key(api_key, given.strip()):
        return _form(request, "board.key.wrong" if api_key else "board.key.none", HTTPStatus.FORBIDDEN)
    answer = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/board/"})
    answer.set_cookie(
        KEY_COOKIE,
        cookie_of(api_key),
        max_age=COOKIE_S,
        httponly=True,
        samesite="Strict",
        secure=is_https(request),
        path="/",
    )
    return answer


def _form(request: web.Request, note: str, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    said = text(request)
    fills = pages.Fills(said, {"lang": TAGS[said.language], "note": said(note) if note else ""})
    return web.Response(
        status=status,
        text=pages.document("key.html", fills),
        content_type="text/html",
        headers={"Cache-Control": "no-store"},
    )
