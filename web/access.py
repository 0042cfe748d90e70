"""Who may read the figures? Everybody in a demonstration on this machine; elsewhere who has the key.

The key comes as a bearer token, or from a browser as a cookie that was made of it and can be made into nothing else.
"""

import hashlib
import hmac
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from web.errors import Problem
from web.parts import parts

COOKIE = "whistle_board"
COOKIE_DAYS = 180
OPEN_PATHS = ("/healthz", "/readyz", "/board/key", "/board/static/", "/telegram/")
"""What answers without a key: health, the form for the key and its style, and the webhook with its own secret."""


@web.middleware
async def keyed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets in whom the figures are for; a browser is sent to the form for the key."""
    if request.path.startswith(OPEN_PATHS) or may_read(request):
        return await handler(request)
    if request.path in ("/", "/board", "/board/"):
        raise web.HTTPFound("/board/key")
    raise Problem(HTTPStatus.UNAUTHORIZED, "key_needed", headers={"WWW-Authenticate": 'Bearer realm="whistle"'})


def may_read(request: web.Request) -> bool:
    """Tells whether the caller may read the figures."""
    here = parts(request)
    if here.is_public:
        return True
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and right_key(here.api_key, token.strip()):
        return True
    return bool(here.api_key) and _same(request.cookies.get(COOKIE, ""), cookie_of(here.api_key))


def right_key(api_key: str, given: str) -> bool:
    """Compares keys in constant time; nothing is right when no key is set."""
    return bool(api_key) and _same(given, api_key)


def cookie_of(api_key: str) -> str:
    """Makes the cookie of a key: it opens the figures, and does not tell the key."""
    return hmac.new(api_key.encode(), b"whistle board", hashlib.sha256).hexdigest()


def _same(given: str, expected: str) -> bool:
    # On bytes: a text that is no ASCII would make the comparison raise.
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
