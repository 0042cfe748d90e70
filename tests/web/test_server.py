"""The server starts, says whether everything is there, takes the channel's updates, and ends at once."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port
from structlog.testing import capture_logs

from actions.ports import Deps, Store
from config.settings import Settings
from config.texts import Texts
from models.rules.catalogue import Catalogue
from tests.clock import Clock
from tests.make import make_deps
from tests.web.conftest import NewClient
from web.app import build, serve

SECRET = "a-secret-of-the-webhook-1"


async def test_it_is_alive_whatever_is_missing(new_client: NewClient) -> None:
    client = await new_client(redis_url="redis://127.0.0.1:1")
    answer = await client.get("/healthz")
    assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_it_names_what_does_not_answer(new_client: NewClient) -> None:
    client = await new_client(redis_url="redis://127.0.0.1:1")
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert await answer.json() == {
        "ready": False,
        "checks": {"database": "ok", "redis": "failed", "boundaries": "ok"},
    }


async def test_it_is_ready_when_everything_answers(new_client: NewClient, valkey_url: str) -> None:
    client = await new_client(redis_url=valkey_url)
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["ready"]) == (200, True)


async def test_without_a_database_the_caller_may_come_back(
    sqlite_url: str, clock: Clock, catalogue: Catalogue, texts: Texts, tmp_path: Path
) -> None:
    store = await Store.open(sqlite_url, clock=clock)
    here = await make_deps(store, clock, catalogue)
    await store.close()
    destroy(Path(sqlite_url.partition("///")[2]))

    async with TestClient(TestServer(build(here, texts, Settings(data_folder=tmp_path)))) as client:
        answer = await client.get("/api/v1/stats", headers={"Accept-Language": "en"})
        document = await answer.json(content_type="application/problem+json")
        checks = (await (await client.get("/readyz")).json())["checks"]

    assert (answer.status, document["code"], answer.headers["Retry-After"]) == (503, "unavailable", "5")
    assert checks["database"] == "failed"


async def test_a_fault_of_ours_shows_its_number_and_nothing_else(deps: Deps, texts: Texts, tmp_path: Path) -> None:
    def broken() -> datetime:
        raise ZeroDivisionError("the secret of the house")

    app = build(replace(deps, clock=broken), texts, Settings(data_folder=tmp_path))
    with capture_logs() as logged:
        async with TestClient(TestServer(app)) as client:
            answer = await client.get("/api/v1/stats", params={"lang": "en"})
            document = await answer.json(content_type="application/problem+json")

    assert (answer.status, document["code"]) == (500, "fault")
    assert "secret" not in await answer.text()
    (line,) = [line for line in logged if line["event"] == "request failed"]
    assert line["reference"] == document["reference"]
    assert document["reference"] in document["detail"]


async def test_updates_of_telegram_are_kept(new_client: NewClient, deps: Deps) -> None:
    client = await new_client(channel="telegram", webhook_secret=SECRET)
    body = json.dumps({"update_id": 7, "message": {"message_id": 1, "chat": {"id": 5}, "text": "积水"}})
    secret = {"X-Telegram-Bot-Api-Secret-Token": SECRET}

    assert (await client.post("/telegram/webhook", data=body)).status == 401
    for _ in range(2):
        assert (await client.post("/telegram/webhook", data=body, headers=secret)).status == 200

    async with deps.store.read() as unit:
        (row,) = await unit.inbox.ready(10, channel="telegram", now=deps.clock())
    assert row.body == body.encode()


async def test_our_own_channel_needs_no_webhook(new_client: NewClient) -> None:
    client = await new_client()
    assert (await client.post("/telegram/webhook", data="{}")).status == 404


async def test_a_secret_that_can_be_guessed_refuses_to_start(new_client: NewClient) -> None:
    for wrong in (
        {"webhook_secret": "1234"},
        {"webhook_secret": "not all of these signs!"},
        {"public_url": "https://x"},
    ):
        with pytest.raises(ValueError, match="WHISTLE_WEBHOOK_SECRET"):
            await new_client(channel="telegram", **wrong)


async def test_without_a_secret_there_is_no_webhook_and_the_bot_asks(new_client: NewClient) -> None:
    client = await new_client(channel="telegram")
    assert (await client.post("/telegram/webhook", data="{}")).status == 404


async def test_an_update_in_hand_is_kept_and_answered_before_the_server_ends(
    deps: Deps, texts: Texts, tmp_path: Path
) -> None:
    port, stop = unused_port(), asyncio.Event()
    settings = Settings(data_folder=tmp_path, web_port=port, channel="telegram", webhook_secret=SECRET)  # type: ignore[arg-type]
    serving = asyncio.create_task(serve(deps, texts, settings, stop))
    await answering(port)
    body = json.dumps({"update_id": 8, "message": {"message_id": 1, "chat": {"id": 5}, "text": "积水"}}).encode()
    head = f"POST /telegram/webhook HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{head}Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n")

    stop.set()
    await closed(port)
    assert not serving.done()
    writer.write(body)
    answer = await reader.read()
    async with asyncio.timeout(3):
        await serving

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"connection: close" in answer.lower()
    async with deps.store.read() as unit:
        assert len(await unit.inbox.ready(10, channel="telegram", now=deps.clock())) == 1
    writer.close()


async def test_it_ends_within_a_second_although_somebody_holds_on(deps: Deps, texts: Texts, tmp_path: Path) -> None:
    port = unused_port()
    settings = Settings(data_folder=tmp_path, web_port=port)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(deps, texts, settings, stop))
    await answering(port)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/v1/stats HTTP/1.1\r\nHost: x\r\n")
        await writer.drain()

        stop.set()
        async with asyncio.timeout(3):
            await serving
        assert await reader.read() == b""
        writer.close()


async def closed(port: int) -> None:
    """Waits until the server takes no connections any more."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return
            writer.close()


def destroy(database: Path) -> None:
    """Puts a folder where the database was."""
    database.unlink()
    database.mkdir()


async def answering(port: int) -> None:
    """Waits until the server takes connections."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0)
            else:
                writer.close()
                return
