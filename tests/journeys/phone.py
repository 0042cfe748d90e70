"""A person's phone in a story: a client of the gateway's phone API that types, photographs, shares and taps.

What it shows is what the gateway says that the chat holds now. It knows nothing of the bot or of the database.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.fakes.pictures import jpeg

Place = tuple[float, float]
"""Latitude and longitude, WGS-84."""
EVENTS_AT_ONCE = 200
"""So many events fit into one answer of the gateway."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of the bot as the phone shows it now."""

    message_id: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    """Label and payload (or address) of each button, row by row."""
    photo: str | None
    edited: bool
    reply_keyboard: dict[str, Any] | None

    @property
    def labels(self) -> list[str]:
        """Lists what stands on the buttons."""
        return [label for label, _ in self.buttons]


@dataclass
class Phone:
    """One phone. `settle` waits until the city is at rest; without network, what is said stays in `unsent`."""

    name: str
    http: aiohttp.ClientSession
    settle: Callable[[], Awaitable[None]]
    token: str = ""
    chat_id: int = 0
    toasts: list[str] = field(default_factory=list)
    unsent: list[dict[str, Any]] = field(default_factory=list)
    n_steps: int = 0
    _seq: int = 0
    _heard: int = 0
    _online: bool = True
    _last: dict[str, Any] = field(default_factory=dict)
    _messages: dict[int, dict[str, Any]] = field(default_factory=dict)

    async def signs_in(self, code: str) -> None:
        """Opens the chat with an invite code, as the phone page does at its first start."""
        answer = await self._post("sign-in", {"code": code, "name": self.name, "language": "zh-CN"})
        self.token, self.chat_id = answer["token"], answer["user"]["id"]
        await self.settle()

    async def says(self, text: str) -> None:
        """Types words."""
        await self._send({"type": "text", "text": text})

    async def sends_photo(self, scene: int, caption: str = "") -> None:
        """Sends a photo of a scene; the same number is the same picture."""
        await self._send({"type": "photo", "caption": caption, "scenes": [scene]})

    async def sends_album(self, scenes: list[int], caption: str = "") -> None:
        """Sends several photos as one thing."""
        await self._send({"type": "album", "caption": caption, "scenes": scenes})

    async def edits(self, message_id: int, text: str) -> None:
        """Corrects an earlier message of one's own."""
        await self._post("edit", {"message_id": message_id, "text": text})
        await self.settle()

    async def shares(self, at: Place, accuracy_m: float = 12.0) -> None:
        """Shares where the phone is."""
        await self._send({"type": "location", "latitude": at[0], "longitude": at[1], "horizontal_accuracy": accuracy_m})

    async def drops_pin(self, at: Place) -> None:
        """Drops a pin on the plain map by hand."""
        await self._send({"type": "location", "latitude": at[0], "longitude": at[1], "pinned": True})

    async def taps(self, label: str, *, on: str = "") -> None:
        """Taps the newest button whose label contains the words, on a message that contains `on`."""
        bubble, payload = self._button(label, on)
        await self.presses(bubble.message_id, payload)

    async def presses(self, message_id: int, payload: str) -> None:
        """Presses a button by its payload."""
        self.n_steps += 1
        press = {"client_id": str(uuid.uuid4()), "message_id": message_id, "data": payload}
        await self._post("press", press)
        await self.settle()

    def loses_network(self) -> None:
        """Goes into a cellar: what is said from now on waits in the phone."""
        self._online = False

    async def finds_network(self) -> None:
        """Comes out again: the phone sends what waited, in order, each once."""
        self._online = True
        while self.unsent:
            await self._deliver(self.unsent[0])
            self.unsent.pop(0)
        await self.settle()

    def never_learns_that_it_arrived(self) -> None:
        """Queues the last thing sent once more, because the answer was lost; it keeps its client_id."""
        self.unsent.insert(0, self._last)

    async def blocks_the_bot(self, *, blocked: bool = True) -> None:
        """Blocks the bot, or lets it in again."""
        await self._post("block", {"blocked": blocked})
        await self.settle()

    async def look(self) -> None:
        """Takes in what happened in the chat since the last look."""
        while self.token:
            news = await self._get(f"events?after={self._seq}&wait=0")
            if news.get("reset"):
                self._messages = {m["message_id"]: m for m in (await self._get("history?limit=200"))["messages"]}
            for event in news["events"]:
                self._take_in(event)
            self._seq = news["seq"]
            if len(news["events"]) < EVENTS_AT_ONCE and not news.get("reset"):
                return

    @property
    def bubbles(self) -> list[Bubble]:
        """Gives all messages of the bot as they look now, the oldest first."""
        return [_bubble(m) for _, m in sorted(self._messages.items()) if m["from_bot"]]

    @property
    def last(self) -> Bubble:
        """Gives the newest message of the bot."""
        return self.bubbles[-1]

    @property
    def last_said(self) -> int:
        """Gives the number of the newest message of one's own."""
        return max(number for number, m in self._messages.items() if not m["from_bot"])

    @property
    def toast(self) -> str:
        """Gives the words with which the last press was answered."""
        return self.toasts[-1] if self.toasts else ""

    def card(self, case_no: str) -> Bubble:
        """Gives the card of a case: the newest message about it that carries the buttons of a card."""
        found = [b for b in self.bubbles if case_no in b.text and any("📜" in label for label in b.labels)]
        assert found, f"{self.name} has no card of {case_no}:\n{self.screen}"
        return found[-1]

    def sees(self, *words: str) -> Bubble:
        """Demands that the words stand together in one message now, and gives the newest such message."""
        found = [b for b in self.bubbles if all(w in b.text for w in words)]
        assert found, f"{self.name} does not see {words}:\n{self.screen}"
        return found[-1]

    def does_not_see(self, *words: str) -> None:
        """Demands that no message shows these words together."""
        found = [b for b in self.bubbles if all(w in b.text for w in words)]
        assert not found, f"{self.name} sees {words}:\n{found[-1].text}"

    def hears(self, *words: str) -> Bubble:
        """Demands a message that came after the last one heard: it rang the phone and was no edit."""
        for bubble in self.bubbles:
            if bubble.message_id > self._heard and all(w in bubble.text for w in words):
                self._heard = bubble.message_id
                return bubble
        raise AssertionError(f"{self.name} does not hear {words} after message {self._heard}:\n{self.screen}")

    def hears_no_more_of(self, *words: str) -> None:
        """Demands that nothing with these words came after the last message heard."""
        late = [b for b in self.bubbles if b.message_id > self._heard and all(w in b.text for w in words)]
        assert not late, f"{self.name} hears {words}:\n{late[-1].text}"

    def has_heard_everything(self) -> None:
        """Moves the ear to the end of the chat: only what comes later counts as heard."""
        self._heard = max(self._messages, default=0)

    async def picture(self, bubble: Bubble) -> bytes:
        """Opens the picture of a message, as the phone would show it."""
        assert bubble.photo is not None, f"no picture under {bubble.text!r}"
        async with self.http.get(f"/phone/api/files/{bubble.photo}", headers=self._headers) as answer:
            assert answer.status == 200
            return await answer.read()

    @property
    def screen(self) -> str:
        """Shows the whole chat as text, for a failing story."""
        lines = []
        for number, m in sorted(self._messages.items()):
            shown = _bubble(m)
            who = "bot" if m["from_bot"] else self.name
            marks = f"{'📷 ' if shown.photo else ''}{'(edited) ' if shown.edited else ''}"
            lines.append(f"#{number} {who}: {marks}{shown.text}" + "".join(f"\n    [{x}]" for x in shown.labels))
        return "\n".join(lines)

    def _button(self, label: str, on: str) -> tuple[Bubble, str]:
        for bubble in reversed(self.bubbles):
            for shown, payload in bubble.buttons:
                if label in shown and on in bubble.text:
                    return bubble, payload
        raise AssertionError(f"{self.name} has no button {label!r} {on}:\n{self.screen}")

    async def _send(self, content: dict[str, Any]) -> None:
        self.n_steps += 1
        self._last = content | {"client_id": str(uuid.uuid4())}
        if not self._online:
            self.unsent.append(self._last)
            return
        await self._deliver(self._last)
        await self.settle()

    async def _deliver(self, content: dict[str, Any]) -> None:
        form = aiohttp.FormData()
        for name, value in content.items():
            if name != "scenes":
                form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for number, scene in enumerate(content.get("scenes", ())):
            form.add_field(f"file{number}", jpeg(scene), filename=f"{scene}.jpg", content_type="image/jpeg")
        await self._post("send", form)

    async def _get(self, path: str) -> Any:
        async with self.http.get(f"/phone/api/{path}", headers=self._headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def _post(self, path: str, content: dict[str, Any] | aiohttp.FormData) -> Any:
        body: dict[str, Any] = {"data" if isinstance(content, aiohttp.FormData) else "json": content}
        async with self.http.post(f"/phone/api/{path}", headers=self._headers, **body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _take_in(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "message" | "edited":
                self._messages[event["message"]["message_id"]] = event["message"]
            case "deleted":
                self._messages.pop(event["message_id"], None)
            case "callback_answer":
                self.toasts.append(event["text"] or "")


def _bubble(message: dict[str, Any]) -> Bubble:
    rows = message["inline_keyboard"] or []
    return Bubble(
        message_id=message["message_id"],
        text=message["text"] or message["caption"] or "",
        buttons=tuple((b["text"], b.get("callback_data") or b.get("url", "")) for row in rows for b in row),
        photo=message["photo"]["file_id"] if message["photo"] else None,
        edited=message["edit_date"] is not None,
        reply_keyboard=message["reply_keyboard"],
    )
