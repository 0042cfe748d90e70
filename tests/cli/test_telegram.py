"""An operator has updates delivered, takes that back, and looks how it works; nothing secret is ever printed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from config.seed.read import read
from config.settings import Settings
from config.texts import Texts
from models.rules.catalogue import build
from models.store import Store
from tests.cli.conftest import Desk
from tests.clock import Clock
from tests.gateway import gateway_world
from tests.gateway.gateway_world import TOKEN, MovedClock, Running
from tests.make import make_deps
from web.app import build as build_web

SECRET = "a-secret-of-the-webhook-1"


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[Running]:
    """Runs our own gateway, which speaks as Telegram does."""
    running = await gateway_world.start(tmp_path / "gateway", MovedClock())
    yield running
    await running.stop()


def desk_of(channel: Running, tmp_path: Path, **more: str) -> Desk:
    """Gives an operator whose bot is on that channel."""
    settings = {
        "WHISTLE_CHANNEL": "telegram",
        "WHISTLE_BOT_TOKEN": TOKEN,
        "WHISTLE_BOT_API_URL": channel.base,
        "WHISTLE_WEBHOOK_SECRET": SECRET,
    }
    return Desk(tmp_path / "data", settings | more)


async def test_updates_are_delivered_to_the_web_server_and_asked_for_again(
    channel: Running, tmp_path: Path, sqlite_url: str, clock: Clock
) -> None:
    store = await Store.open(sqlite_url, clock=clock)
    deps = await make_deps(store, clock, build(read()))
    settings = Settings(data_folder=tmp_path, channel="telegram", webhook_secret=SECRET)  # type: ignore[arg-type]
    async with TestClient(TestServer(build_web(deps, Texts.load([]), settings))) as web:
        desk = desk_of(channel, tmp_path, WHISTLE_PUBLIC_URL=str(web.make_url("/")))
        phone = await channel.sign_in()

        said = await asyncio.to_thread(desk, "telegram", "set-webhook", "--connections", "7")
        await phone.say("积水")
        await kept(store, clock)
        shown = await asyncio.to_thread(desk, "telegram", "info")
        gone = await asyncio.to_thread(desk, "telegram", "delete-webhook")
        after = await asyncio.to_thread(desk, "telegram", "info")
    await store.close()

    assert "/telegram/webhook" in said
    assert "@whistle_bot" in shown
    assert "7" in shown
    assert "/telegram/webhook" in shown
    assert "nowhere" in after
    for text in (said, shown, gone, after):
        assert TOKEN not in text
        assert TOKEN.partition(":")[2] not in text
        assert SECRET not in text


async def kept(store: Store, clock: Clock) -> None:
    """Waits until an update has arrived."""
    async with asyncio.timeout(20):
        while True:
            async with store.read() as unit:
                if await unit.inbox.ready(1, channel="telegram", now=clock()):
                    return


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"WHISTLE_BOT_TOKEN": "700009:not-one-of-theirs"}, "Telegram refused: "),
        ({"WHISTLE_BOT_TOKEN": "no token"}, "has not the form of one"),
        ({"WHISTLE_BOT_TOKEN": ""}, "set WHISTLE_BOT_TOKEN"),
        ({"WHISTLE_BOT_API_URL": "http://127.0.0.1:1"}, "Telegram refused: "),
        ({"WHISTLE_CHANNEL": "gateway"}, "needs no webhook"),
        ({"WHISTLE_PUBLIC_URL": ""}, "set WHISTLE_PUBLIC_URL"),
        ({"WHISTLE_WEBHOOK_SECRET": ""}, "WHISTLE_WEBHOOK_SECRET is needed"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence(
    channel: Running, tmp_path: Path, wrong: dict[str, str], told: str
) -> None:
    desk = desk_of(channel, tmp_path, **({"WHISTLE_PUBLIC_URL": "https://whistle.example"} | wrong))
    said = await asyncio.to_thread(desk, "telegram", "set-webhook", code=1)
    assert told in said
    assert said.count("\n") == 1
    assert "not-one-of-theirs" not in said
