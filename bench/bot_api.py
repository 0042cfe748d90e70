"""A Bot API that takes every message, as fast as it comes or within Telegram's limits, and notes when each came.

The limits are those of our gateway (`gateway.limits`), which answers 429 where they are passed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from gateway.limits import SendingLimits

COUNTED = ("sendmessage", "sendphoto", "editmessagetext", "editmessagemedia", "editmessagecaption")


@dataclass(slots=True)
class Arrivals:
    """When which chat was sent something, and how often the answer was 429."""

    base: str = ""
    at: list[tuple[float, int, str]] = field(default_factory=list)
    n_refused: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def serving(*, strict: bool, port: int = 0) -> AsyncIterator[Arrivals]:
    """Serves on loopback until the block ends."""
    arrivals, numbers = Arrivals(), itertools.count(1)
    limits = SendingLimits(lambda: datetime.now(UTC)) if strict else None

    async def answer(request: web.Request) -> web.Response:
        method = request.match_info["method"].lower()
        given = dict(await request.post()) or (json.loads(await request.read() or b"{}"))
        chat_id = int(str(given.get("chat_id", 0)))
        if method in COUNTED:
            wait_s = limits.retry_after_s(chat_id) if limits is not None else None
            if wait_s is not None:
                arrivals.n_refused += 1
                told = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
                return web.json_response(told | {"parameters": {"retry_after": wait_s}}, status=429)
            arrivals.begun.set()
            arrivals.at.append((time.perf_counter(), chat_id, str(given.get("text") or given.get("caption") or "")))
        sent: dict[str, object] = {"message_id": next(numbers), "date": int(time.time())}
        sent["chat"] = {"id": chat_id, "type": "private"}
        if method == "sendphoto":
            sent["photo"] = [{"file_id": f"f{sent['message_id']}", "file_unique_id": "u", "width": 1, "height": 1}]
        return web.json_response({"ok": True, "result": sent})

    app = web.Application(client_max_size=32 << 20)
    app.router.add_route("*", "/bot{token}/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        arrivals.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield arrivals
    finally:
        await runner.cleanup()
