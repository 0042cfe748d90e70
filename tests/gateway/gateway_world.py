"""Who takes part in the gateway's tests: a running gateway, phones, a clock that is moved, a bot's webhook."""

import asyncio
import io
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from PIL import Image

from gateway import app as gateway_app
from gateway.settings import BotIdentity, GatewaySettings
from gateway.switchboard import SWITCHBOARD, Switchboard

TOKEN = "700001:test-token"
OTHER_TOKEN = "700002:other-token"
START = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


class MovedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def settings_for(folder: Path, **choices: Any) -> GatewaySettings:
    """Makes the settings of a test gateway: two bots, control on, no limit for sign-ins."""
    tokens = {TOKEN: BotIdentity("whistle_bot", "吹哨"), OTHER_TOKEN: BotIdentity("other_bot", "Other")}
    plain: dict[str, Any] = {"port": 0, "tokens": tokens, "control": True, "sign_ins_per_10_minutes": 0}
    return GatewaySettings(data_folder=folder, **(plain | choices))


@dataclass
class Running:
    """A gateway that serves on a free port of this host."""

    base: str
    board: Switchboard
    clock: MovedClock
    http: aiohttp.ClientSession
    stop: Callable[[], Awaitable[None]]

    async def call(self, method: str, token: str = TOKEN, **params: Any) -> dict[str, Any]:
        """Calls a Bot API method with a JSON body and returns the whole answer."""
        async with self.http.post(f"{self.base}/bot{token}/{method}", json=params) as answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == (200 if body["ok"] else body["error_code"])
            return body

    async def ok(self, method: str, token: str = TOKEN, **params: Any) -> Any:
        """Calls a method that must succeed and returns its result."""
        body = await self.call(method, token, **params)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, token: str = TOKEN, **params: Any) -> tuple[int, str]:
        """Calls a method that must fail and returns code and text."""
        body = await self.call(method, token, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    async def sign_in(self, name: str | None = "李", **fields: Any) -> "Phone":
        """Signs a new phone in."""
        async with self.http.post(
            f"{self.base}/phone/api/sign-in", json={"code": "CODE-1", "name": name, "language": "zh-CN"} | fields
        ) as answer:
            assert answer.status == 200, await answer.text()
            body = await answer.json()
        return Phone(self, body["token"], body["user"]["id"])

    async def take_updates(self, token: str = TOKEN) -> list[dict[str, Any]]:
        """Takes all waiting updates as a polling bot does, and confirms them."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", token)
        if found:
            await self.ok("getUpdates", token, offset=found[-1]["update_id"] + 1)
        return found

    async def add_faults(self, *rules: dict[str, Any]) -> None:
        """Orders misbehaviour."""
        async with self.http.post(f"{self.base}/control/faults", json={"rules": rules}) as answer:
            assert answer.status == 200

    def advance(self, seconds: float) -> None:
        """Moves the clock and lets everybody who waits look at it."""
        self.clock.at += timedelta(seconds=seconds)
        self.board.signals.wake_all()


@dataclass
class Phone:
    """A phone of one person, speaking the phone API as the page does."""

    gateway: Running
    token: str
    chat_id: int
    seq: int = 0

    async def get(self, path: str) -> Any:
        """Reads JSON; the call must succeed."""
        async with self.request("GET", path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, status: int = 200, **fields: Any) -> Any:
        """Sends JSON and returns the answer, which must have the status."""
        async with self.request("POST", path, json=fields) as answer:
            body = await answer.json()
            assert answer.status == status, body
            return body

    def request(self, verb: str, path: str, **options: Any) -> Any:
        """Makes a request with the device token."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.gateway.http.request(verb, f"{self.gateway.base}/phone/api/{path}", headers=headers, **options)

    async def say(self, text: str, **fields: Any) -> dict[str, Any]:
        """Sends a text and returns the message."""
        answer = await self.post("send", client_id=str(uuid.uuid4()), type="text", text=text, **fields)
        message: dict[str, Any] = answer["message"]
        return message

    async def send_files(self, kind: str, *contents: bytes, status: int = 200, **fields: str) -> Any:
        """Sends a photo, a document or an album as a form."""
        form = aiohttp.FormData()
        for name, value in ({"client_id": str(uuid.uuid4()), "type": kind} | fields).items():
            form.add_field(name, value)
        for number, content in enumerate(contents):
            form.add_field(
                f"file{number}", io.BytesIO(content), filename=f"第{number}张.jpg", content_type="image/jpeg"
            )
        async with self.request("POST", "send", data=form) as answer:
            body = await answer.json()
            assert answer.status == status, body
            return body

    async def news(self, wait: int = 0) -> list[dict[str, Any]]:
        """Reads the events since the last look."""
        answer = await self.get(f"events?after={self.seq}&wait={wait}")
        self.seq = answer["seq"]
        events: list[dict[str, Any]] = answer["events"]
        return events

    async def history(self) -> list[dict[str, Any]]:
        """Reads the newest page of the chat."""
        messages: list[dict[str, Any]] = (await self.get("history"))["messages"]
        return messages


@dataclass
class WebhookBot:
    """A bot that gets its updates by webhook and answers as a test tells it to."""

    url: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    refuse_chat: int | None = None

    async def on_update(self, request: web.Request) -> web.Response:
        """Notes the update and answers with the next ordered answer, or 200."""
        update = await request.json()
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        if self.refuse_chat is not None and update.get("message", {}).get("chat", {}).get("id") == self.refuse_chat:
            status = 500
        async with self.arrived:
            self.received.append(update)
            self.arrived.notify_all()
        return web.Response(status=status, headers=headers)

    async def wait_for(self, count: int) -> None:
        """Waits until at least so many deliveries were tried."""
        async with self.arrived, asyncio.timeout(20):
            await self.arrived.wait_for(lambda: len(self.received) >= count)

    def texts(self) -> list[str]:
        """Lists the texts of the messages that came, in order."""
        return [update["message"]["text"] for update in self.received if "message" in update]


async def start(folder: Path, clock: MovedClock, **choices: Any) -> Running:
    """Starts a gateway on a free port; its `stop` ends it as a supervisor would."""
    app = gateway_app.build(settings_for(folder, **choices), clock)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    http = aiohttp.ClientSession()

    async def stop() -> None:
        await http.close()
        await runner.cleanup()

    return Running(f"http://127.0.0.1:{runner.addresses[0][1]}", app[SWITCHBOARD], clock, http, stop)


def jpeg(width: int = 640, height: int = 480, colour: str = "red", exif: Image.Exif | None = None) -> bytes:
    """Draws a picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", exif=exif or Image.Exif())
    return out.getvalue()
