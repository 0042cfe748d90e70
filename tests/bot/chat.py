"""A phone in a test: it says, photographs, shares and taps, and sees what the bot sent."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from actions.buttons import Seals
from actions.ports import Deps

CHANNEL = "gateway"


@dataclass
class Bubble:
    """One message as the phone shows it now."""

    text: str
    buttons: list[list[dict[str, str]]]
    card_key: str | None
    message_id: int
    photo: int | None = None
    reply_keyboard: dict[str, Any] | None = None
    n_edits: int = 0
    template: str | None = None

    @property
    def labels(self) -> list[str]:
        """Lists what stands on the buttons."""
        return [button["text"] for row in self.buttons for button in row]


class Screens:
    """What every phone shows, made of the message rows the bot wrote; the courier of these tests."""

    def __init__(self, deps: Deps, owner: str, channel: str = CHANNEL) -> None:
        self._deps = deps
        self._owner = owner
        self._channel = channel
        self._seals = Seals(deps, channel)
        self.bubbles: dict[int, list[Bubble]] = {}

    async def send_now(self, message_ids: list[int]) -> int:
        """Shows rows on the phones, as the courier would send them."""
        async with self._deps.store.begin() as unit:
            now = self._deps.clock()
            rows = await unit.messages.claim(self._owner, 100, now, 30.0, ids=message_ids, channel=self._channel)
            for row in rows:
                await self._show(row.chat_id, row.id, row.body, row.card_key, row.loud)
                await unit.messages.sent(row.id, row.id, now)
                if row.card_key is not None:
                    await unit.cards.put(self._channel, row.chat_id, row.card_key, row.id, "", now)
        return len(rows)

    async def _show(
        self, chat_id: int, message_id: int, body: dict[str, Any], card_key: str | None, loud: bool
    ) -> None:
        said = body.get("say", {})
        shown = Bubble(
            said.get("text", ""),
            await self._sealed(chat_id, said.get("keyboard") or []),
            card_key,
            message_id,
            said.get("photo"),
            said.get("reply_keyboard"),
            template=body.get("template"),
        )
        chat = self.bubbles.setdefault(chat_id, [])
        old = next((b for b in reversed(chat) if card_key is not None and b.card_key == card_key), None)
        if old is not None and not loud:
            shown.n_edits = old.n_edits + 1
            chat[chat.index(old)] = shown
            return
        if old is not None:
            chat.remove(old)
        chat.append(shown)

    async def made(self, chat_id: int, payload: str) -> str:
        """Gives what a button of an earlier card would send that meant this."""
        return (await self._seals.seal(chat_id, [payload]))[0]

    async def _sealed(self, chat_id: int, rows: list[list[dict[str, str]]]) -> list[list[dict[str, str]]]:
        meant = [button["callback_data"] for row in rows for button in row if "callback_data" in button]
        tokens = iter(await self._seals.seal(chat_id, meant) if meant else ())
        return [[b | ({"callback_data": next(tokens)} if "callback_data" in b else {}) for b in row] for row in rows]


@dataclass
class Chat:
    """One person's chat with the bot. `deliver` hands raw updates to the bot and waits until it is at rest."""

    chat_id: int
    screens: Screens
    deliver: Callable[[list[bytes]], Awaitable[None]]
    files: dict[str, bytes]
    numbers: Callable[[], int]
    answers: list[dict[str, Any]]
    name: str = "李"
    language: str = "zh-hans"
    steps: int = 0
    last_id: int = 0
    unsent: list[bytes] = field(default_factory=list)

    @property
    def bubbles(self) -> list[Bubble]:
        """Gives all messages of the bot, the oldest first."""
        return self.screens.bubbles.get(self.chat_id, [])

    @property
    def last(self) -> Bubble:
        """Gives the newest message."""
        return self.bubbles[-1]

    @property
    def card(self) -> Bubble:
        """Gives the live card of the newest draft."""
        return next(b for b in reversed(self.bubbles) if (b.card_key or "").startswith("draft:"))

    @property
    def toast(self) -> str:
        """Gives what the last press was answered with."""
        return str(self.answers[-1].get("text", ""))

    async def says(self, text: str, **more: Any) -> None:
        """Types words."""
        await self._message({"text": text, **more})

    async def sends_photo(self, data: bytes, caption: str | None = None, **more: Any) -> None:
        """Sends one photo, perhaps with words under it."""
        await self._message(self._photo(data) | ({"caption": caption} if caption else {}) | more)

    async def sends_album(self, pictures: list[bytes], caption: str | None = None) -> None:
        """Sends several photos as one thing."""
        group = f"g{self.numbers()}"
        parts = []
        for at, data in enumerate(pictures):
            words = {"caption": caption} if caption and at == 0 else {}
            parts.append(self._update("message", self._content(self._photo(data) | {"media_group_id": group} | words)))
        self.steps += 1
        await self.deliver(parts)

    async def shares(self, latitude: float, longitude: float, accuracy_m: float | None = 12.0, **more: Any) -> None:
        """Shares where the phone is."""
        live = {"live_period": more.pop("live_period")} if "live_period" in more else {}
        location = {"latitude": latitude, "longitude": longitude} | live
        if accuracy_m is not None:
            location["horizontal_accuracy"] = accuracy_m
        await self._message({"location": location, **more})

    async def drops_pin(self, latitude: float, longitude: float) -> None:
        """Drops a pin on the map by hand."""
        await self.shares(latitude, longitude, accuracy_m=None)

    async def edits(self, message_id: int, **content: Any) -> None:
        """Edits an earlier message."""
        message = self._content(content) | {"message_id": message_id, "edit_date": 1_790_000_100}
        await self.deliver([self._update("edited_message", message)])

    async def taps(self, label: str) -> None:
        """Taps the newest button whose label contains the words."""
        for bubble in reversed(self.bubbles):
            for row in bubble.buttons:
                for button in row:
                    if label in button["text"]:
                        self.steps += 1
                        await self.presses(button["callback_data"])
                        return
        raise AssertionError(f"no button {label!r}; the last message is {self.last.text!r} {self.last.labels}")

    async def presses(self, payload: str) -> None:
        """Presses a button by its payload, wherever it stood."""
        await self.deliver([self.press(payload)])

    def press(self, payload: str) -> bytes:
        """Makes the update of a press."""
        query = {"id": str(self.numbers()), "from": self._sender(), "chat_instance": "1", "data": payload}
        return self._update("callback_query", query | {"message": self._content({"text": "…"})})

    def payload(self, label: str) -> str:
        """Finds the payload of a button without pressing it."""
        found = [b for bubble in reversed(self.bubbles) for row in bubble.buttons for b in row if label in b["text"]]
        assert found, f"no button {label!r}"
        return found[0]["callback_data"]

    async def _message(self, content: dict[str, Any]) -> None:
        self.steps += 1
        await self.deliver([self._update("message", self._content(content))])

    def _photo(self, data: bytes) -> dict[str, Any]:
        file_id = f"photo-{self.numbers()}"
        self.files[file_id] = data
        size = {"file_id": file_id, "file_unique_id": file_id, "width": 320, "height": 240, "file_size": len(data)}
        return {"photo": [size | {"file_id": f"{file_id}-small", "width": 90, "height": 60}, size]}

    def _content(self, content: dict[str, Any]) -> dict[str, Any]:
        self.last_id = self.numbers()
        chat = {"id": self.chat_id, "type": "private", "first_name": self.name}
        return {"message_id": self.last_id, "date": 1_790_000_000, "chat": chat, "from": self._sender()} | content

    def _sender(self) -> dict[str, Any]:
        return {"id": self.chat_id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    def _update(self, kind: str, content: dict[str, Any]) -> bytes:
        return json.dumps({"update_id": self.numbers(), kind: content}, ensure_ascii=False).encode()
