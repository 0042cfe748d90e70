"""A small bot that speaks the Bot API over HTTP and answers as a test tells it; it knows nothing of the product."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

Update = dict[str, Any]


class ScriptedBot:
    """Polls for updates, keeps them in order, and lets a test wait for the one it expects."""

    def __init__(self, base_url: str, token: str) -> None:
        self._root = f"{base_url}/bot{token}/"
        self._http: aiohttp.ClientSession | None = None
        self._polling: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self.updates: list[Update] = []
        self.on_update: Callable[[Update], Awaitable[None]] | None = None

    async def start(self) -> None:
        """Begins to poll."""
        self._http = aiohttp.ClientSession()
        self._polling = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """Ends polling and closes its connections."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def call(self, method: str, **fields: Any) -> Any:
        """Calls a method with JSON fields and returns its result; raises AssertionError when it is refused."""
        assert self._http is not None
        async with self._http.post(self._root + method, json=fields) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def send_photo(self, chat_id: int, content: bytes, **fields: Any) -> Any:
        """Sends one picture as a multipart form."""
        assert self._http is not None
        form = aiohttp.FormData()
        for name, value in {"chat_id": chat_id, **fields}.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        form.add_field("photo", content, filename="photo.jpg", content_type="image/jpeg")
        async with self._http.post(self._root + "sendPhoto", data=form) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def fetch_file(self, file_id: str) -> bytes:
        """Downloads a file that a person sent."""
        assert self._http is not None
        path = (await self.call("getFile", file_id=file_id))["file_path"]
        async with self._http.get(self._root.replace("/bot", "/file/bot", 1) + path) as answer:
            return await answer.read()

    async def expect(self, wanted: Callable[[Update], bool]) -> Update:
        """Waits for an update, past or coming, of which `wanted` is true."""

        def found() -> Update | None:
            return next((update for update in self.updates if wanted(update)), None)

        async def wait() -> None:
            async with self._news:
                await self._news.wait_for(lambda: found() is not None)

        assert self._polling is not None
        waiting = asyncio.create_task(wait())
        await asyncio.wait({waiting, self._polling}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        if self._polling.done():
            self._polling.result()
        assert waiting.done(), f"never came; so far {self.updates}"
        update = found()
        assert update is not None
        return update

    async def expect_text(self, text: str) -> Update:
        """Waits for a message with exactly this text."""
        return await self.expect(lambda update: update.get("message", {}).get("text") == text)

    def texts(self) -> list[str]:
        """Lists the texts received so far, in order."""
        return [update["message"]["text"] for update in self.updates if "text" in update.get("message", {})]

    async def _poll(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                async with self._news:
                    self.updates.append(update)
                    self._news.notify_all()
                if self.on_update is not None:
                    await self.on_update(update)
