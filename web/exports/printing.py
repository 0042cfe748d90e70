"""Sends what is printed as PDF, or says that this machine has no font for it."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web

from config.fonts import NoFontError
from web.errors import Problem


async def as_pdf(name: str, printed: Callable[[], bytes]) -> web.Response:
    """Prints on a thread and answers; raises the problem `no_font`."""
    try:
        body = await asyncio.to_thread(printed)
    except NoFontError as fault:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "no_font") from fault
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/pdf", headers=headers)
