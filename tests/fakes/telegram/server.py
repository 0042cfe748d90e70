"""A Telegram that stands between real phones' fingers and the real service: pushes updates, takes the bot's calls.

Its clock may run faster than the wall's, so that waits of minutes pass in seconds; the rules stay Telegram's own.
"""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp
from aiohttp import web

from tests.bot.outgoing.fake_bot_api import Bubble, FakeBotApi
from tests.fakes.telegram.rules import Deliveries, Waiting

TOKEN = "7012345678:AAF-canary-of-the-fault-drill-0123456789"
SECRET = "a-drill-secret-of-enough-signs"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ANSWER_WITHIN_S = 60.0


@dataclass
class Weather:
    """What happens to the bot's calls, each kind with its probability: nothing at all by default."""

    slow_down: float = 0.0
    broken: float = 0.0
    silent: float = 0.0
    half: float = 0.0
    retry_after_s: int = 2
    n: Counter[str] = field(default_factory=Counter)

    def choose(self, rng: Random) -> str | None:
        """Draws what happens to a call."""
        drawn = rng.random()
        for name in ("slow_down", "broken", "silent", "half"):
            drawn -= getattr(self, name)
            if drawn < 0:
                self.n[name] += 1
                return name
        return None


@dataclass(frozen=True, slots=True)
class Said:
    """One text that a chat got to see, by a message or by an edit."""

    chat_id: int
    message_id: int
    text: str


class FakeTelegram(FakeBotApi):
    """The server. `said` is everything that any phone ever showed, in order."""

    def __init__(self, seed: int, *, speed: float = 1.0, twice: float = 0.0, astray: float = 0.0) -> None:
        super().__init__()
        self.rng = Random(seed)
        self.speed = speed
        self.deliveries = Deliveries(self.rng, twice=twice, astray=astray)
        self.weather = Weather()
        self.webhook = ""
        self.said: list[Said] = []
        self.n_calls: Counter[str] = Counter()
        self._n_updates = self.rng.randrange(10**6)
        self._news = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._on_way: set[asyncio.Task[None]] = set()
        self._heard: dict[int, asyncio.Event] = {}

    def now(self) -> float:
        """Reads its own clock, in seconds."""
        return asyncio.get_running_loop().time() * self.speed

    async def start(self) -> None:
        """Listens on a free port and begins to deliver."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self._weathered)
        app.router.add_get(f"/file/bot{TOKEN}/{{name}}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._pump = asyncio.create_task(self._deliver())

    async def stop(self) -> None:
        """Stops delivering and listening."""
        for task in (self._pump, *self._on_way):
            if task is not None:
                task.cancel()
        await asyncio.gather(*self._on_way, *([self._pump] if self._pump else []), return_exceptions=True)
        await super().stop()

    def push(self, kind: str, content: dict[str, Any]) -> int:
        """Takes in what a phone did; gives the number of the update."""
        self._n_updates += 1
        self.deliveries.offer({"update_id": self._n_updates, kind: content}, self.now())
        self._news.set()
        return self._n_updates

    def heard(self, chat_id: int) -> asyncio.Event:
        """Gives the event that is set whenever a chat shows something new."""
        return self._heard.setdefault(chat_id, asyncio.Event())

    async def _deliver(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S / self.speed)
        async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
            while True:
                self._news.clear()
                for one in self.deliveries.ready(self.now()):
                    task = asyncio.create_task(self._post(session, one))
                    self._on_way.add(task)
                    task.add_done_callback(self._on_way.discard)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.05)

    async def _post(self, session: aiohttp.ClientSession, one: Waiting) -> None:
        body = json.dumps(one.update, ensure_ascii=False).encode()
        headers = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
        try:
            async with session.post(self.webhook, data=body, headers=headers) as answer:
                await answer.read()
                status, retry_after = answer.status, answer.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, retry_after = 0, None
        if 200 <= status < 300:
            self.deliveries.delivered(one, self.now())
        else:
            self.deliveries.failed(one, self.now(), float(retry_after) if retry_after else None)
        self._news.set()

    async def _weathered(self, request: web.Request) -> web.StreamResponse:
        """Answers a call of the bot as the weather lets it."""
        self.n_calls[request.match_info["method"]] += 1
        trouble = self.weather.choose(self.rng)
        if trouble == "slow_down":
            body = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
            body["parameters"] = {"retry_after": self.weather.retry_after_s}
            return web.json_response(body, status=429)
        if trouble == "broken":
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if trouble == "silent":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        answer = await self._call(request)
        if trouble != "half":
            return answer
        # The call had its effect, and the caller never learns so.
        assert isinstance(answer.body, bytes | bytearray)
        half = web.StreamResponse(headers={"Content-Length": str(len(answer.body)), "Content-Type": "application/json"})
        await half.prepare(request)
        await half.write(bytes(answer.body[: len(answer.body) // 2]))
        assert request.transport is not None
        request.transport.close()
        return half

    def _sent(self, params: dict[str, Any], bubble: Bubble) -> dict[str, Any]:
        answer = super()._sent(params, bubble)
        self._show(int(params["chat_id"]), bubble.message_id, bubble.text)
        return answer

    def _edited(self, params: dict[str, Any], **changes: Any) -> dict[str, Any]:
        answer = super()._edited(params, **changes)
        if answer["ok"]:
            self._show(int(params["chat_id"]), int(params["message_id"]), str(changes.get("text", "")))
        return answer

    def _show(self, chat_id: int, message_id: int, text: str) -> None:
        self.said.append(Said(chat_id, message_id, text))
        self.heard(chat_id).set()
