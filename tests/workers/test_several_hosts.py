"""Two hosts that share nothing but PostgreSQL and Redis serve one channel: each update is handled and answered once."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import text

from actions.ports import Store
from tests.gateway import gateway_world
from tests.gateway.gateway_world import TOKEN, MovedClock, Running
from tests.store.beside_postgres import free_port, listening
from tests.workers.conftest import REDIS_URL, ROOT

pytestmark = pytest.mark.servers
SECRET = "a-secret-of-the-webhook-1"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
N_PHONES, N_TEXTS = 8, 3
N_UPDATES = N_PHONES * (N_TEXTS + 1)
"""Signing in says /start, which is an update too."""


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[Running]:
    """Runs a gateway that plays Telegram."""
    running = await gateway_world.start(tmp_path / "gateway", MovedClock())
    yield running
    await running.stop()


@contextmanager
def process(data: Path, database_url: str, api_url: str, port: int, name: str) -> Iterator[None]:
    """Runs one process of one host."""
    settings = {
        "WHISTLE_DATA_FOLDER": str(data),
        "WHISTLE_DATABASE_URL": database_url,
        "REDIS_URL": str(REDIS_URL),
        "WHISTLE_CHANNEL": "telegram",
        "WHISTLE_BOT_TOKEN": TOKEN,
        "WHISTLE_BOT_API_URL": api_url,
        "WHISTLE_PUBLIC_URL": "http://balancer",
        "WHISTLE_WEBHOOK_SECRET": SECRET,
        "WHISTLE_FIELD_KEYS": KEY,
        "WHISTLE_WEB_PORT": str(port),
        "WHISTLE_LOG_LEVEL": "warning",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WHISTLE_")} | settings
    data.mkdir(exist_ok=True)
    with subprocess.Popen([sys.executable, "cli.py", name], cwd=ROOT, env=environment) as running:
        try:
            yield
        finally:
            running.terminate()


async def balancer(ports: tuple[int, int]) -> tuple[web.AppRunner, str]:
    """Runs a careless balancer: every update goes to both hosts, and both must take it well."""

    async def deliver(request: web.Request) -> web.Response:
        body, headers = await request.read(), {HEADER: request.headers[HEADER]}
        async with aiohttp.ClientSession() as session:
            posts = (session.post(f"http://127.0.0.1:{p}/telegram/webhook", data=body, headers=headers) for p in ports)
            answers = await asyncio.gather(*posts)
        return web.Response(status=max(answer.status for answer in answers))

    app = web.Application()
    app.router.add_post("/", deliver)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


async def test_two_hosts_answer_everybody_once(postgres_url: str, channel: Running, tmp_path: Path) -> None:
    if REDIS_URL is None:
        pytest.skip("WHISTLE_TEST_REDIS_URL is not set")
    ports = free_port(), free_port()
    runner, address = await balancer(ports)
    phones = [await channel.sign_in(f"路人{n}") for n in range(N_PHONES)]
    store = await Store.open(postgres_url)
    with ExitStack() as hosts:
        for n, port in enumerate(ports):
            for name in ("web", "bot"):
                hosts.enter_context(process(tmp_path / f"host{n}", postgres_url, channel.base, port, name))
        for port in ports:
            await listening(port, within_s=100)
        await channel.ok("setWebhook", url=address, secret_token=SECRET, max_connections=20)
        for n in range(N_TEXTS):
            await asyncio.gather(*(phone.say(f"{n}: 积水") for phone in phones))
        counts = await settled(store)
    await store.close()
    await runner.cleanup()

    assert counts == {"updates": N_UPDATES, "open": 0, "sent": N_UPDATES, "dead": 0}
    for phone in phones:
        answers = [m for m in (await phone.get("history?limit=50"))["messages"] if m["from_bot"]]
        assert len(answers) == N_TEXTS + 1


async def settled(store: Store) -> dict[str, int]:
    """Waits until everything that came in is handled and answered, and counts it."""
    asked = {
        "updates": "select count(*) from inbox",
        "open": "select count(*) from inbox where done_at is null",
        "sent": "select count(*) from message where sent_at is not null",
        "dead": "select count(*) from message where buried_at is not null",
    }
    async with asyncio.timeout(110):
        while True:
            async with store.read() as unit:
                line = unit.line.connection
                counts = {name: (await line.execute(text(sql))).scalar_one() for name, sql in asked.items()}
            if counts["open"] == 0 and counts["sent"] + counts["dead"] >= N_UPDATES:
                return counts
            await asyncio.sleep(0.1)
