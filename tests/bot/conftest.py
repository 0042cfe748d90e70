"""A bot with its real dispatcher and a real database, and phones that talk to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from actions import people
from actions.ports import CityInfo, Deps
from bot.app import BotApp, build
from config.seed.read import read
from config.texts import Texts
from models.rules.catalogue import Catalogue
from models.rules.catalogue import build as build_catalogue
from models.rules.roles import Role
from models.store import Store
from models.store.rows import RosterRow
from tests.bot.chat import CHANNEL, Chat, Screens
from tests.bot.outgoing.fake_bot_api import TOKEN, FakeBotApi
from tests.clock import Clock
from tests.fakes import small_city
from tests.fakes.photos import MemoryPhotos, OpenDarkroom

OWNER = "bot-test"
LOCALES = Path(__file__).parents[2] / "bot" / "locales"
ROSTER = (
    RosterRow(staff_no="li", name="李建国", role=Role.GRID_WORKER, area_code=small_city.SOUTH),
    RosterRow(staff_no="li", name="李建国", role=Role.GRID_WORKER, area_code=small_city.NORTH),
    RosterRow(staff_no="lin", name="林小燕", role=Role.GRID_WORKER, area_code=small_city.NORTH),
    RosterRow(staff_no="wang", name="王敏", role=Role.STREET_DISPATCHER, area_code=small_city.STREET),
)


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """Writes tracebacks plainly: the coloured ones with all variables take seconds each."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, renderer])


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Builds the demonstration city's catalogue once."""
    return build_catalogue(read())


@pytest.fixture(scope="session")
def texts() -> Texts:
    """Loads the sentences once."""
    return Texts.load([LOCALES])


@pytest.fixture
async def deps(store: Store, clock: Clock, catalogue: Catalogue) -> Deps:
    """Gives a city with boundaries and a roster."""
    made = Deps(
        store=store,
        catalogue=catalogue,
        setting=catalogue.setting,
        photos=MemoryPhotos(),
        darkroom=OpenDarkroom(),
        clock=clock,
        hint=lambda: None,
        city=CityInfo(small_city.CITY, "天津市", "TJ", web_url="https://whistle.example"),
        index=small_city.index(),
        gazetteer=small_city.gazetteer(),
    )
    async with store.begin() as unit:
        await unit.areas.save_edition(small_city.EDITION, list(small_city.rows()), clock())
    await people.import_roster(made, ROSTER)
    return made


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    """Gives the Bot API that files are fetched from and presses are answered to."""
    server = FakeBotApi()
    await server.start()
    yield server
    await server.stop()


@dataclass
class Street:
    """The bot and everybody's phones."""

    deps: Deps
    app: BotApp
    api: FakeBotApi
    screens: Screens
    numbers: Callable[[], int]

    def phone(self, chat_id: int, name: str = "李", language: str = "zh-hans") -> Chat:
        """Gives a phone that nobody is bound to yet."""
        return Chat(chat_id, self.screens, self.deliver, self.api.files, self.numbers, self.api.answers, name, language)

    async def deliver(self, bodies: list[bytes]) -> None:
        """Hands updates to the bot and waits until it is at rest."""
        await self.app.intake.keep(bodies)
        await self.app.processor.settle()

    async def bound(self, staff_no: str, chat_id: int) -> Chat:
        """Gives a phone whose person is known to the bot."""
        phone = self.phone(chat_id, staff_no)
        await phone.says(f"/start {await self.code(staff_no)}")
        phone.steps = 0
        return phone

    async def code(self, staff_no: str) -> str:
        """Issues an invite code."""
        async with self.deps.store.read() as unit:
            person = await unit.people.by_staff_no(staff_no)
        assert person is not None
        return await people.issue_code(self.deps, person.person_id)


@pytest.fixture
async def street(deps: Deps, api: FakeBotApi, texts: Texts) -> AsyncIterator[Street]:
    """Starts the bot on our own gateway's channel."""
    async with started(deps, api, texts, CHANNEL) as running:
        yield running


@asynccontextmanager
async def started(deps: Deps, api: FakeBotApi, texts: Texts, channel: str) -> AsyncIterator[Street]:
    """Runs the bot on a channel."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api.base))
    bot = Bot(TOKEN, session=session)
    screens = Screens(deps, OWNER, channel)
    numbers = count(1000)
    app = build(deps, bot, texts, screens, channel=channel, owner=OWNER)
    yield Street(deps, app, api, screens, lambda: next(numbers))
    await session.close()


@pytest.fixture
async def li(street: Street) -> Chat:
    """Gives the phone of Li, grid worker of two communities of 尖山街道."""
    return await street.bound("li", 501)
