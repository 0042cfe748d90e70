"""A small town at the bot's door: two streets, the people who work there, their phones, one moved clock.

Everything is real but the channel: database, catalogue, actions, dispatcher, courier, HTTP to a fake Bot API.
"""

import io
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import shapely
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from PIL import Image, ImageDraw

from actions import city, people, reports, routing
from actions.develop import Unusable, develop
from actions.photos import open_photos
from actions.ports import CityInfo, Deps, Developed
from actions.reports import FilingRequest, PlaceGiven
from bot.app import BotApp, build
from bot.outgoing.courier import Courier
from bot.outgoing.limiter import Limiter
from config.seed.read import read
from config.texts import Texts
from geo.areas import Area, AreaIndex, Level, Shape
from models.rules import catalogue as rules
from models.rules.errors import BadPhoto
from models.rules.facts import AreaCodes
from models.rules.roles import Role
from models.store import schema
from models.store.rows import RosterRow
from models.store.unit import Store
from tests.bot.outgoing.fake_bot_api import TOKEN, Bubble, FakeBotApi

CHANNEL = "test"
CITY, DISTRICT, STREET, COMMUNITY = "120000", "120103", "120103001", "120103001001"
OTHER_STREET, OTHER_COMMUNITY = "120103002", "120103002001"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 10:00 in Tianjin, an ordinary work day."""
CAST = {
    "li": ("李建国", Role.GRID_WORKER, COMMUNITY, None, "A"),
    "wang": ("王敏", Role.STREET_DISPATCHER, STREET, None, "A"),
    "zhou": ("周明", Role.STREET_SUPERVISOR, STREET, f"ST-{STREET}", "A"),
    "zhao": ("赵强", Role.RESPONSIBLE_UNIT, DISTRICT, f"DR-{DISTRICT}", "A"),
    "feng": ("冯涛", Role.RESPONSIBLE_UNIT, DISTRICT, f"DR-{DISTRICT}", "B"),
    "sun": ("孙丽", Role.VERIFIER, STREET, None, "A"),
    "qian": ("钱卫东", Role.DISTRICT_CENTRE, DISTRICT, None, "A"),
    "chen": ("陈静", Role.STREET_SUPERVISOR, OTHER_STREET, f"ST-{OTHER_STREET}", "A"),
}
CHATS = {name: 1001 + i for i, name in enumerate(CAST)}


class OpenDarkroom:
    """Develops in this process: the child is tested where it lives."""

    async def develop(self, data: bytes) -> Developed:
        """Develops a picture; raises `BadPhoto`."""
        try:
            with warnings.catch_warnings():
                # dhash 1.4 still asks Pillow for getdata.
                warnings.simplefilter("ignore", DeprecationWarning)
                return develop(data)
        except Unusable as fault:
            raise BadPhoto(why=fault.why) from fault


@dataclass
class Clock:
    """A clock that tests move."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        """Lets time pass."""
        self.at += timedelta(**span)


@dataclass
class Town:
    """The town, with what tests do in it."""

    deps: Deps
    api: FakeBotApi
    bot: Bot
    app: BotApp
    courier: Courier
    clock: Clock
    ids: dict[str, int]
    n_updates: int = 0
    n_photos: int = 0
    _message_ids: dict[str, int] = field(default_factory=dict)

    async def file(
        self, kind: str = "ponding", *, text: str = "桥下积水约30厘米", placed: bool = True, **more: Any
    ) -> str:
        """Lets Li file a report, and the service route it; gives the case's number."""
        self.n_updates += 1
        areas = AreaCodes(CITY, DISTRICT, STREET, COMMUNITY, placed=placed)
        place = PlaceGiven(
            areas=areas,
            edition=self.deps.index.edition if self.deps.index else "",
            method="phone" if placed else "nobody_knows",
            reason="inside_by_margin",
            latitude=39.105 if placed else None,
            longitude=117.205 if placed else None,
        )
        member = await people.member(self.deps, self.ids["li"], CHANNEL)
        required = {f.code: _any_value(f) for f in self.deps.catalogue.kinds[kind].fields if f.required}
        asked = {
            "fields": required,
            "before": (await self.picture("li"),),
            "place": place,
            "channel": CHANNEL,
            "update_id": 900_000 + self.n_updates,
        } | more
        filed = await reports.file(self.deps, member.actor, FilingRequest(kind=kind, text=text, **asked))
        assert filed.case_no is not None
        await routing.place_and_route(self.deps, [filed.case_no])
        await self.courier.drain()
        return filed.case_no

    async def checked(self, case_no: str) -> None:
        """Lets the service find a verifier for what was handed in."""
        await routing.assign_checks(self.deps, [case_no])
        await self.courier.drain()

    async def picture(self, who: str, *, seed: int | None = None) -> int:
        """Keeps a new photo of a person and gives its number."""
        from actions import media

        kept = await media.take(self.deps, self.ids[who], self.photo_bytes(seed))
        return kept.media_id

    def photo_bytes(self, seed: int | None = None) -> bytes:
        """Draws a photo; every seed looks different."""
        self.n_photos += 1
        return photo(seed if seed is not None else self.n_photos)

    async def says(self, who: str, text: str) -> None:
        """Lets somebody type."""
        await self._message(who, {"text": text} | _command(text))

    async def photographs(
        self,
        who: str,
        caption: str | None = None,
        *,
        seed: int | None = None,
        album: str | None = None,
        data: bytes | None = None,
    ) -> None:
        """Lets somebody send a photo."""
        name = f"photo-{self.n_updates}"
        self.api.files[name] = data or self.photo_bytes(seed)
        size = {"file_id": name, "file_unique_id": name, "width": 640, "height": 480, "file_size": 20_000}
        body: dict[str, Any] = {"photo": [size]}
        body |= {"caption": caption} if caption else {}
        body |= {"media_group_id": album} if album else {}
        await self._message(who, body)

    async def locates(self, who: str, latitude: float, longitude: float) -> None:
        """Lets somebody send a location."""
        await self._message(
            who, {"location": {"latitude": latitude, "longitude": longitude, "horizontal_accuracy": 10}}
        )

    async def drops_pin(self, who: str, latitude: float, longitude: float) -> None:
        """Lets somebody send a pin that they set on a map by hand."""
        await self._message(who, {"location": {"latitude": latitude, "longitude": longitude}})

    async def taps(self, who: str, label: str, *, on: str | None = None) -> None:
        """Lets somebody tap the button with these words, under the newest message that has it (or says `on`)."""
        for bubble in reversed(self.api.chats[CHATS[who]]):
            if any(label in text for text in bubble.labels()) and (on is None or on in bubble.text):
                await self.presses(who, bubble, bubble.data(label))
                return
        raise AssertionError(f"{who} sees no button {label!r}; the newest message is {self.sees(who)!r}")

    async def presses(self, who: str, bubble: Bubble, data: str) -> None:
        """Lets somebody press a button, perhaps one that the phone shows no more."""
        await self.keep(self.press_of(who, bubble, data))
        await self.settle()

    def press_of(self, who: str, bubble: Bubble, data: str) -> dict[str, Any]:
        """Gives the update of a press."""
        person = _person(who)
        shown = {
            "message_id": bubble.message_id,
            "date": int(self.clock().timestamp()),
            "chat": _chat(who),
            "text": ".",
        }
        query = {"id": str(self.n_updates), "from": person, "chat_instance": "1", "message": shown, "data": data}
        return {"callback_query": query}

    async def keep(self, update: dict[str, Any]) -> None:
        """Puts an update into the inbox."""
        self.n_updates += 1
        await self.app.intake.keep([json.dumps({"update_id": self.n_updates} | update).encode()])

    async def settle(self) -> None:
        """Lets everything be handled and delivered."""
        await self.app.processor.settle()
        await self.courier.drain()

    def sees(self, who: str) -> str:
        """Gives the newest words on somebody's phone."""
        return self.api.last(CHATS[who]).text

    def phone(self, who: str) -> list[Bubble]:
        """Gives everything on somebody's phone."""
        return self.api.chats.get(CHATS[who], [])

    def card(self, who: str, case_no: str) -> Bubble:
        """Gives the newest message about a case that has buttons, on somebody's phone."""
        found = [b for b in self.phone(who) if case_no in b.text and b.buttons]
        assert found, f"{who} has no card of {case_no}: {[b.text[:40] for b in self.phone(who)]}"
        return found[-1]

    async def toast(self) -> str:
        """Gives the words of the latest answer to a press."""
        return str(self.api.answers[-1].get("text", ""))

    async def _message(self, who: str, body: dict[str, Any]) -> None:
        self.n_updates += 1
        message = {"message_id": 5000 + self.n_updates, "date": int(self.clock().timestamp())}
        message |= {"chat": _chat(who), "from": _person(who)} | body
        await self.keep({"message": message})
        await self.settle()


async def found(folder: Path, *, now: Callable[[], float] | None = None) -> tuple[Town, Callable[[], Any]]:
    """Founds the town; gives it and what ends it. `now` drives the sending limits, which else never bind."""
    clock = Clock()
    url = f"sqlite+aiosqlite:///{folder / 'town.db'}"
    schema.upgrade(url)
    store = await Store.open(url, clock=clock)
    catalogue = rules.build(read())
    shapes = _shapes()
    imported = await city.import_boundaries(store, shapes, clock())
    index = AreaIndex.build(shapes, imported.edition)
    deps = Deps(
        store=store,
        catalogue=catalogue,
        setting=catalogue.setting,
        photos=open_photos(str(folder / "photos")),
        darkroom=OpenDarkroom(),
        clock=clock,
        hint=lambda: None,
        city=CityInfo(CITY, "天津市", "TJ", map_link="https://maps.example/?q={latitude:.6f},{longitude:.6f}"),
        index=index,
    )
    async with store.begin() as unit:
        await city.import_units(unit, catalogue, index.areas.values(), "zh_CN")
        await unit.routing.save(list(catalogue.routing))
        roster = [
            RosterRow(staff_no=key, name=name, role=role, area_code=area, unit_code=unit_code, shift=shift)
            for key, (name, role, area, unit_code, shift) in CAST.items()
        ]
        await unit.people.import_roster(roster)
        ids = {}
        for key in CAST:
            person = await unit.people.by_staff_no(key)
            assert person is not None
            ids[key] = person.person_id
            await unit.people.bind(CHANNEL, CHATS[key], person.person_id, clock())
    api = FakeBotApi()
    await api.start()
    session = AiohttpSession(api=TelegramAPIServer.from_base(api.base, is_local=False))
    bot = Bot(TOKEN, session=session)
    texts = Texts.load([Path("bot/locales")])
    ticks = iter(range(10**9))
    limiter = Limiter.local(now or (lambda: float(next(ticks) * 60)))
    courier = Courier(deps, bot, CHANNEL, texts, limiter, owner="bot-1")
    app = build(deps, bot, texts, courier, channel=CHANNEL, owner="bot-1")

    async def close() -> None:
        await bot.session.close()
        await api.stop()
        await store.close()

    return Town(deps, api, bot, app, courier, clock, ids), close


def photo(seed: int) -> bytes:
    """Draws a picture that differs from every other seed's for the eye and for its hash."""
    image = Image.new("RGB", (640, 480), ((seed * 53) % 256, (seed * 97) % 256, (seed * 151) % 256))
    pen = ImageDraw.Draw(image)
    for i in range(24):
        x, y = (seed * 131 + i * 197) % 640, (seed * 71 + i * 113) % 480
        pen.rectangle((x, y, x + 40 + seed % 37, y + 30 + i), fill=((i * 40) % 256, (seed * i) % 256, (i * 90) % 256))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=88)
    return kept.getvalue()


def _shapes() -> list[Shape]:
    """Lays two streets of one community each side by side, about 2 km wide."""
    west, middle, east, south, north = 117.20, 117.22, 117.24, 39.10, 39.12

    def box(code: str, name: str, level: Level, parent: str | None, left: float, right: float) -> Shape:
        return Shape(Area(code, name, level, parent), shapely.to_wkb(shapely.box(left, south, right, north)))

    return [
        box(CITY, "天津市", Level.CITY, None, west, east),
        box(DISTRICT, "河西区", Level.DISTRICT, CITY, west, east),
        box(STREET, "大营门街道", Level.STREET, DISTRICT, west, middle),
        box(OTHER_STREET, "下瓦房街道", Level.STREET, DISTRICT, middle, east),
        box(COMMUNITY, "敬重里社区", Level.COMMUNITY, STREET, west, middle),
        box(OTHER_COMMUNITY, "台北路社区", Level.COMMUNITY, OTHER_STREET, middle, east),
    ]


def _any_value(asked: Any) -> object:
    """Gives some lawful value of a field."""
    match str(asked.type):
        case "number":
            return float(asked.low or 1)
        case "choice":
            return asked.choices[0].code
        case "multi":
            return (asked.choices[0].code,)
    return "测试"


def _command(text: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]}


def _chat(who: str) -> dict[str, Any]:
    return {"id": CHATS[who], "type": "private", "first_name": CAST[who][0] if who in CAST else who}


def _person(who: str) -> dict[str, Any]:
    return {"id": CHATS[who], "is_bot": False, "first_name": _chat(who)["first_name"], "language_code": "zh-hans"}
