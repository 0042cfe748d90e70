"""Who may come in? Recognises who asks, counts how often, and keeps writes of a browser to its own pages."""

import math
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from web.address import address_of
from web.callers import CALLER, Caller, How, caller, recognise, same
from web.errors import Problem
from web.limits import Limits, Rate
from web.parts import parts

LIMITS = web.AppKey("limits", Limits)
CSRF_HEADER = "X-CSRF-Token"
SAFE = ("GET", "HEAD", "OPTIONS")
FREE_PATHS = ("/healthz", "/readyz", "/board/static/", "/telegram/")
"""What is answered to anybody and not counted: health, the parts of a page, and the webhook with its own secret."""
OPEN_PATHS = ("/metrics", "/board/key", "/board/in", "/open311/v2/discovery", "/api/v1/openapi.json", "/api/v1/docs")
"""What is answered to anybody: the doors themselves, and descriptions of what there is; metrics look for themselves."""
TRIES = Rate(per_minute=10, burst=10)
"""How often an address may try a key or a link."""


@web.middleware
async def keyed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets in whom the service is for; a browser is sent to the form for the key."""
    if request.path.startswith(FREE_PATHS):
        return await handler(request)
    await counted(request, f"address:{address_of(request)}", parts(request).address_rate)
    known = await recognise(request)
    if known is not None:
        request[CALLER] = known
    if known is not None and known.how is not How.PUBLIC:
        await counted(request, known.name, parts(request).caller_rate)
    if request.path.startswith(OPEN_PATHS):
        if request.method not in SAFE:
            await counted(request, f"try:{address_of(request)}", TRIES)
        return await handler(request)
    if known is None and not request.path.startswith("/open311/"):
        if request.path in ("/", "/board", "/board/") or request.path.startswith("/board/case"):
            raise web.HTTPFound("/board/key")
        raise Problem(HTTPStatus.UNAUTHORIZED, "key_needed", headers={"WWW-Authenticate": 'Bearer realm="whistle"'})
    if known is not None and request.method not in SAFE:
        _from_own_page(request, known)
    return await handler(request)


async def counted(request: web.Request, name: str, rate: Rate) -> None:
    """Counts a call; raises the problem that tells how long to wait."""
    wait_s = await request.app[LIMITS].wait_s(name, rate)
    if wait_s > 0:
        seconds = math.ceil(wait_s)
        headers = {"Retry-After": str(seconds)}
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_often", {"seconds": seconds}, headers)


def _from_own_page(request: web.Request, known: Caller) -> None:
    """Refuses a write that another site made a signed-in browser send; keys do not come by themselves."""
    if known.session is not None and not same(request.headers.get(CSRF_HEADER, ""), known.session.csrf):
        raise Problem(HTTPStatus.FORBIDDEN, "csrf", {"header": CSRF_HEADER})


def need(request: web.Request, scope: str) -> Caller:
    """Gives who asks, when a scope is theirs; raises the problem that says which is missing."""
    known = caller(request)
    if known is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "key_needed", headers={"WWW-Authenticate": 'Bearer realm="whistle"'})
    if scope not in known.scopes:
        raise Problem(HTTPStatus.FORBIDDEN, "scope_missing", {"scope": scope})
    return known
