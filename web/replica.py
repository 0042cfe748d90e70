"""Requests that only look are answered from the read replica where there is one and it is fresh enough."""

from aiohttp import web
from aiohttp.typedefs import Handler

from web.parts import parts

LOOKS = ("GET", "HEAD")
ASKED_ITSELF = ("/readyz", "/metrics")
"""What tells how the primary does."""


@web.middleware
async def looks(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stands innermost: who may look at all is decided on the primary, so that a key taken away is at once."""
    if request.method not in LOOKS or request.path in ASKED_ITSELF:
        return await handler(request)
    with parts(request).deps.store.looking():
        return await handler(request)
