"""The door that a channel pushes updates through: who knocks is checked, the bytes are kept, then 200.

Anything but 200 makes the channel hold up that chat and send again, so only a database that cannot commit
answers otherwise: 503 with the seconds to wait.
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from actions.ports import Deps, StoreUnavailableError
from bot.updates import LONGEST_BODY, Intake
from config.drills import crash_point

log = structlog.get_logger(__name__)

PATH: Final = "/telegram/webhook"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
RETRY_AFTER_S: Final = 5
_CHUNK: Final = 64 * 1024
_SHORTEST_SECRET: Final = 22
"""128 bits in the 64 signs that the Bot API allows."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


def door(deps: Deps, channel: str, secret: str) -> Handler:
    """Makes the handler for a process that only stores: the bot's own process finds the updates by itself."""
    return handler(Intake(deps, channel, lambda: None), secret)


def handler(intake: Intake, secret: str) -> Handler:
    """Makes the handler of POSTed updates; ValueError for a secret that could be guessed."""
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"the webhook secret needs at least {_SHORTEST_SECRET} signs")
    expected = secret.encode()

    async def on_update(request: web.Request) -> web.Response:
        # On bytes: a header that is no ASCII would make the comparison of texts raise.
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            log.warning("webhook without the secret")
            return web.Response(status=401)
        body = await read_body(request)
        crash_point("webhook.received")
        try:
            await intake.keep([body])
        except StoreUnavailableError as error:
            log.error("update cannot be stored", error=type(error).__name__)
            return web.Response(status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
        return web.Response(status=200)

    return on_update


async def read_body(request: web.Request) -> bytes:
    """Reads a body as far as it can be kept, one byte more when it is longer."""
    # What is packed says nothing of how long it is.
    if "Content-Encoding" not in request.headers and (request.content_length or LONGEST_BODY) < LONGEST_BODY:
        return await request.content.read()
    kept = bytearray()
    async for chunk in request.content.iter_chunked(_CHUNK):
        kept += chunk[: LONGEST_BODY + 1 - len(kept)]
    return bytes(kept)
