"""A running gateway, a phone and a bot's webhook for every test that asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.gateway import gateway_world
from tests.gateway.gateway_world import MovedClock, Phone, Running, WebhookBot


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    running = await gateway_world.start(tmp_path, MovedClock())
    yield running
    await running.stop()


@pytest.fixture
async def phone(gateway: Running) -> Phone:
    return await gateway.sign_in()


@pytest.fixture
async def webhook_bot() -> AsyncIterator[WebhookBot]:
    bot = WebhookBot()
    app = web.Application()
    app.router.add_post("/hook", bot.on_update)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield bot
    await runner.cleanup()
