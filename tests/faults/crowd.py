"""People on a drill: grid workers who report one hazard after another, and two leads who both tap "sign".

They do what people do: look at what their phone shows, tap, tap again when nothing happens. What they were told is
written down, because that is what must be true afterwards.
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import wiring
from actions import people
from actions.ports import Deps
from models.rules.roles import Role
from models.store.rows import RosterRow
from tests.bot.outgoing.fake_bot_api import Bubble
from tests.fakes import small_city
from tests.fakes.pictures import jpeg
from tests.fakes.telegram.server import FakeTelegram

CHANNEL = "telegram"
FIRST_REPORTER, FIRST_LEAD, ADMIN = 5001, 7001, 9001
N_LEADS = 2
FILED, FILE = "已上报", "✅ 上报"
CASE_NO = re.compile(r"TJ-\d{4}-\d{6}")
AGAIN_S = 4.0
"""After so long without an answer a person taps once more."""


@dataclass
class Crowd:
    """Everybody. `receipts` maps the mark of a report to the case number that its reporter was shown."""

    telegram: FakeTelegram
    rng: Random
    receipts: dict[str, str] = field(default_factory=dict)
    tapped: set[str] = field(default_factory=set)
    with_photos: float = 0.2
    _marks: Any = field(default_factory=count)
    _messages: Any = field(default_factory=lambda: count(10**6))
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: bool = False

    def begin(self) -> None:
        """Lets everybody work again."""
        self._ended = False

    def end(self) -> None:
        """Lets everybody finish the report at hand and begin no other."""
        self._ended = True

    async def report(self, number: int, n: int | None = None) -> None:
        """Is one grid worker: files so many reports, or until the end."""
        done = 0
        while not self._ended and (n is None or done < n):
            await self._one(FIRST_REPORTER + number)
            done += 1

    async def lead(self, number: int) -> None:
        """Is one lead: taps "sign" on every card that comes, at once, as the other lead does."""
        chat_id = FIRST_LEAD + number
        tapped: set[str] = set()
        while not self._ended:
            for bubble in list(self.telegram.chats.get(chat_id, [])):
                for payload in _payloads(bubble, "签收"):
                    if payload not in tapped:
                        tapped.add(payload)
                        self.tap(chat_id, payload, bubble.message_id)
            await self._news(chat_id, 0.5)

    async def _one(self, chat_id: int) -> None:
        mark = _letters(next(self._marks))
        words = f"楼道堆满纸箱 {mark}"
        seen = len(self.telegram.said)
        if self.rng.random() < self.with_photos:
            self.say(chat_id, self._photo() | {"caption": words})
        else:
            self.say(chat_id, {"text": words})
        await self._until(chat_id, lambda b: mark in b.text)
        self.say(chat_id, {"location": self._place()})
        while not (card := await self._until(chat_id, lambda b: mark in b.text, "上报", "跳过", "不是同一处")):
            continue
        while not _payloads(card, FILE):
            onwards = _payloads(card, "跳过") or _payloads(card, "不是同一处")
            if onwards:
                self.tap(chat_id, onwards[0], card.message_id)
            card = await self._changed(chat_id, card, mark)
        self.tapped.add(mark)
        while True:
            # The newest card counts: a button that was used does nothing more.
            for payload, message_id in self._filing(chat_id, mark):
                for _ in range(self.rng.choice((1, 1, 1, 2))):
                    self.tap(chat_id, payload, message_id)
            case_no = await self._receipt(chat_id, seen)
            if case_no is not None:
                self.receipts[mark] = case_no
                self.news.set()
                return

    def _filing(self, chat_id: int, mark: str) -> list[tuple[str, int]]:
        """Finds what to tap on the newest card of a report so that it is filed."""
        for bubble in reversed(self.telegram.chats.get(chat_id, [])):
            found = _payloads(bubble, FILE) or _payloads(bubble, "不是同一处")
            if found and (mark in bubble.text or "不是同一处" in "".join(bubble.labels())):
                return [(found[0], bubble.message_id)]
        return []

    def unfinished(self, n_reporters: int) -> str:
        """Says what the phones of those show who could not finish, for whoever looks into it."""
        shown = []
        for chat_id in range(FIRST_REPORTER, FIRST_REPORTER + n_reporters):
            last = self.telegram.chats.get(chat_id, [])[-2:]
            shown.append(f"{chat_id}: " + " | ".join(f"{b.text[-80:]} {b.labels()}" for b in last))
        waiting = [(one.queue, one.tries) for one in self.telegram.deliveries.waiting()]
        return "\n".join([*shown, f"waiting: {waiting}", f"expired: {len(self.telegram.deliveries.expired)}"])

    async def _receipt(self, chat_id: int, seen: int) -> str | None:
        """Waits for the receipt a while; None when it is time to tap again."""
        deadline = asyncio.get_running_loop().time() + AGAIN_S
        while asyncio.get_running_loop().time() < deadline:
            known = set(self.receipts.values())
            for said in self.telegram.said[seen:]:
                found = CASE_NO.search(said.text) if said.chat_id == chat_id and FILED in said.text else None
                if found is not None and found[0] not in known:
                    return found[0]
            await self._news(chat_id, 0.5)
        return None

    async def _until(self, chat_id: int, right: Any, *labels: str) -> Bubble:
        """Waits until the phone shows a message like this, the newest first."""
        while True:
            for bubble in reversed(self.telegram.chats.get(chat_id, [])):
                if right(bubble) and (not labels or any(_payloads(bubble, label) for label in labels)):
                    return bubble
            await self._news(chat_id, 1.0)

    async def _changed(self, chat_id: int, before: Bubble, mark: str) -> Bubble:
        """Waits until the card of a draft looks otherwise; after a while gives it as it is, to tap again."""
        was = (before.message_id, before.text, _payloads(before, ""))
        deadline = asyncio.get_running_loop().time() + AGAIN_S
        while asyncio.get_running_loop().time() < deadline:
            bubble = await self._until(chat_id, lambda b: mark in b.text, "")
            if (bubble.message_id, bubble.text, _payloads(bubble, "")) != was:
                return bubble
            await self._news(chat_id, 0.5)
        return await self._until(chat_id, lambda b: mark in b.text, "")

    async def _news(self, chat_id: int, seconds: float) -> None:
        event = self.telegram.heard(chat_id)
        event.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)

    def say(self, chat_id: int, content: dict[str, Any]) -> int:
        """Sends a message from a phone."""
        number = next(self._messages)
        chat = {"id": chat_id, "type": "private", "first_name": "李"}
        message = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": _sender(chat_id)}
        return self.telegram.push("message", message | content)

    def tap(self, chat_id: int, payload: str, message_id: int) -> int:
        """Presses a button."""
        chat = {"id": chat_id, "type": "private", "first_name": "李"}
        message = {"message_id": message_id, "date": 1_790_000_000, "chat": chat, "text": "…"}
        press = {"id": str(next(self._messages)), "from": _sender(chat_id), "chat_instance": "1", "data": payload}
        return self.telegram.push("callback_query", press | {"message": message})

    def _photo(self) -> dict[str, Any]:
        file_id = f"photo-{next(self._messages)}"
        data = jpeg(self.rng.randrange(10**6))
        self.telegram.files[file_id] = data
        size = {"file_id": file_id, "file_unique_id": file_id, "width": 320, "height": 240, "file_size": len(data)}
        return {"photo": [size]}

    def _place(self) -> dict[str, float]:
        """Gives a place that is no other report's, far from every border of the two communities."""
        at = next(self._marks_of_places) % 352
        row, column = divmod(at, 16)
        low = 39.0815 if row < 11 else 39.0915
        return {
            "latitude": low + 0.0006 * (row % 11),
            "longitude": 117.2025 + 0.0008 * column,
            "horizontal_accuracy": 12.0,
        }

    def __post_init__(self) -> None:
        self._marks_of_places = count()


def _sender(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "李", "language_code": "zh-hans"}


def _payloads(bubble: Bubble, label: str) -> list[str]:
    return [b["callback_data"] for row in bubble.buttons for b in row if label in b["text"] and "callback_data" in b]


def _letters(number: int) -> str:
    """Writes a number so that nothing in it reads as a figure, an address or a word."""
    return "Q" + "".join(chr(ord("A") + int(digit)) for digit in f"{number:05d}") + "Q"


async def settle_in(deps: Deps, n_reporters: int) -> None:
    """Takes everybody into the roster and binds their chats."""
    own = (small_city.SOUTH, small_city.NORTH)
    rows = [
        RosterRow(staff_no=f"w{i}", name=f"网格员{i}", role=Role.GRID_WORKER, area_code=code)
        for i in range(n_reporters)
        for code in own
    ]
    rows += [
        RosterRow(
            staff_no=f"z{i}",
            name=f"负责人{i}",
            role=Role.STREET_SUPERVISOR,
            area_code=small_city.STREET,
            unit_code=f"ST-{small_city.STREET}",
        )
        for i in range(N_LEADS)
    ]
    rows.append(RosterRow(staff_no="wang", name="王敏", role=Role.STREET_DISPATCHER, area_code=small_city.STREET))
    rows.append(RosterRow(staff_no="admin", name="郑浩", role=Role.ADMIN, area_code=small_city.CITY))
    await people.import_roster(deps, rows)
    chats = {f"w{i}": FIRST_REPORTER + i for i in range(n_reporters)}
    chats |= {f"z{i}": FIRST_LEAD + i for i in range(N_LEADS)} | {"admin": ADMIN}
    async with deps.store.begin() as unit:
        for staff_no, chat_id in chats.items():
            person = await unit.people.by_staff_no(staff_no)
            assert person is not None
            await unit.people.bind(CHANNEL, chat_id, person.person_id, wiring.now())
