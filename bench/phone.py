"""A phone for measuring: it follows its chat by long polling and notes when each message was first seen."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
import numpy as np
from PIL import Image

_CASE_NO = re.compile(r"\b[A-Z]{2}-\d{4}-\d{6}\b")
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of the bot as it looked when it came or was edited."""

    message_id: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    seen_at: float

    @property
    def case_nos(self) -> set[str]:
        """Finds the numbers of cases in the text."""
        return set(_CASE_NO.findall(self.text))


class Phone:
    """One phone at one address of this machine."""

    def __init__(self, base: str, address: str) -> None:
        connector = aiohttp.TCPConnector(local_addr=(address, 0))
        self._http = aiohttp.ClientSession(base, connector=connector)
        self._headers: dict[str, str] = {}
        self._seq = 0
        self._shown: list[Shown] = []
        self._news = asyncio.Condition()
        self._following: asyncio.Task[None] | None = None
        self.case_nos: set[str] = set()
        self.last_news_at = 0.0

    async def signs_in(self, code: str, name: str) -> None:
        """Opens the chat and follows it from now on."""
        answer = await self._post("sign-in", json={"code": code, "name": name, "language": "zh-CN"})
        self._headers = {"Authorization": f"Bearer {answer['token']}"}
        self._following = asyncio.create_task(self._follow())

    async def sends_photo(self, scene: int, caption: str) -> None:
        """Sends a photo with words under it."""
        form = aiohttp.FormData({"client_id": str(uuid.uuid4()), "type": "photo", "caption": caption})
        form.add_field("file0", _picture(scene), filename="photo.jpg", content_type="image/jpeg")
        await self._post("send", data=form)

    async def shares(self, latitude: float, longitude: float) -> None:
        """Shares where it is (WGS-84)."""
        place = {"latitude": latitude, "longitude": longitude, "horizontal_accuracy": 10}
        await self._post("send", json={"client_id": str(uuid.uuid4()), "type": "location"} | place)

    async def taps(self, label: str) -> None:
        """Taps the newest button with these words."""
        for shown in reversed(self._shown):
            for words, data in shown.buttons:
                if label in words:
                    press = {"client_id": str(uuid.uuid4()), "message_id": shown.message_id, "data": data}
                    await self._post("press", json=press)
                    return
        raise SystemExit(f"no button {label!r}; the chat shows {[s.text for s in self._shown]}")

    def forgets(self) -> None:
        """Looks only at what comes from now on."""
        self._shown.clear()

    async def until(self, wanted: Callable[[Shown], bool]) -> Shown:
        """Waits for a message like that; what came already counts."""
        async with self._news:
            while True:
                found = next((shown for shown in self._shown if wanted(shown)), None)
                if found is not None:
                    return found
                try:
                    async with asyncio.timeout(_PATIENCE_S):
                        await self._news.wait()
                except TimeoutError:
                    raise SystemExit(f"waited in vain; the chat shows {[s.text for s in self._shown]}") from None

    async def news(self) -> None:
        """Waits for anything to come."""
        async with self._news:
            await self._news.wait()

    async def close(self) -> None:
        """Stops following and closes the connections."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._http.close()

    async def _follow(self) -> None:
        while True:
            async with self._http.get(f"/phone/api/events?after={self._seq}&wait=25", headers=self._headers) as answer:
                answer.raise_for_status()
                news = await answer.json()
            self._seq = news["seq"]
            came = [e["message"] for e in news["events"] if e["type"] in ("message", "edited")]
            shown = [_shown(m) for m in came if m["from_bot"]]
            if shown:
                async with self._news:
                    self._shown += shown
                    self.case_nos |= {number for one in shown for number in one.case_nos}
                    self.last_news_at = shown[-1].seen_at
                    self._news.notify_all()

    async def _post(self, path: str, **body: Any) -> Any:
        async with self._http.post(f"/phone/api/{path}", headers=self._headers, **body) as answer:
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status} {await answer.text()}")
            return json.loads(await answer.read())


def _shown(message: dict[str, Any]) -> Shown:
    rows = message["inline_keyboard"] or []
    return Shown(
        message_id=message["message_id"],
        text=message["text"] or message["caption"] or "",
        buttons=tuple((b["text"], b.get("callback_data", "")) for row in rows for b in row),
        seen_at=time.monotonic(),
    )


def _picture(scene: int) -> bytes:
    """Draws a picture of the size that phones send after they made it smaller."""
    blocks = np.random.default_rng(scene).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(blocks).resize((1280, 960), Image.Resampling.BILINEAR).save(out, "JPEG", quality=85)
    return out.getvalue()
