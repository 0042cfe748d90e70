"""A gateway, a scripted bot and a phone in Chromium for each test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from gateway.app import build
from gateway.settings import BotIdentity, GatewaySettings
from tests.browser.boards import board as board
from tests.browser.boards import complaints as complaints
from tests.browser.boards import lived_city as lived_city
from tests.browser.scripted_bot import ScriptedBot

TOKEN = "7:browser-test"
ROOT = Path(__file__).resolve().parents[2]
#: Somewhere inside the demonstration map.
HERE = {"latitude": 39.1180, "longitude": 117.1900, "accuracy": 12}
#: Read here, because no WHISTLE_ variable reaches a test.
SHOTS = Path(os.environ.get("WHISTLE_SHOTS", ROOT / "build" / "shots"))
CHROMIUM = os.environ.get("WHISTLE_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

#: Generous: a shared machine with two cores may be busy with other things.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder, so that `-m 'not browser'` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def shots() -> Path:
    """Names the folder where screenshots are kept."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS


@pytest.fixture
def street_map() -> Path | None:
    """Finds the demonstration map that ships with the project, if this is a tree that has it."""
    return next(iter(sorted(ROOT.glob("config/seed/**/*streets*.geojson*"))), None)


@pytest.fixture
async def server(tmp_path: Path, street_map: Path | None) -> AsyncIterator[TestServer]:
    """Runs a gateway with three demonstration people on a free port."""
    settings = GatewaySettings(
        port=0,
        data_folder=tmp_path / "gateway",
        tokens={TOKEN: BotIdentity("whistle_bot", "吹哨")},
        map_file=street_map,
        control=True,
        demo_codes={"li": "LI-CODE", "wang": "WANG-CODE", "sun": "SUN-CODE"},
        demo_titles={"li": "李敏 · 网格员", "wang": "王强 · 街道主管", "sun": "孙丽 · 核查员"},
    )
    running = TestServer(build(settings))
    await running.start_server()
    yield running
    await running.close()


@pytest.fixture
def address(server: TestServer) -> str:
    """Tells where the gateway answers, without a slash at the end."""
    return str(server.make_url("")).rstrip("/")


@pytest.fixture
async def bot(address: str) -> AsyncIterator[ScriptedBot]:
    """Runs the scripted bot."""
    running = ScriptedBot(address, TOKEN)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Starts Chromium."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield running
        await running.close()


NewPhone = Callable[..., Awaitable[BrowserContext]]


@pytest.fixture
async def new_phone(browser: Browser) -> AsyncIterator[NewPhone]:
    """Makes phones: contexts of 390 × 844 with a finger, a position and the Chinese language."""
    made: list[BrowserContext] = []
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    async def make(**wishes: Any) -> BrowserContext:
        given: dict[str, Any] = {
            "viewport": {"width": 390, "height": 844},
            "device_scale_factor": 2,
            "has_touch": True,
            "is_mobile": True,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "geolocation": HERE,
            "permissions": ["geolocation"],
        }
        context = await browser.new_context(**{**given, **wishes})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda fault: faults.append(str(fault.error)))
        context.on("console", on_console)
        made.append(context)
        return context

    yield make
    for context in made:
        await context.close()
    assert not faults, "the page threw an error or broke its content policy"


@pytest.fixture
async def phone(new_phone: NewPhone, address: str) -> Page:
    """Opens the page on a phone that nobody has signed in on."""
    context = await new_phone()
    page = await context.new_page()
    await page.goto(f"{address}/phone/")
    return page
