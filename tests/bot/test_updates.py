"""Updates come in byte for byte: polled or pushed, committed first, confirmed afterwards."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from actions.ports import Deps
from bot.updates import LONGEST_BODY, Envelope, Intake, Poller, split
from bot.webhook import SECRET_HEADER, handler, read_body
from models.store.errors import StoreBusyError

SECRET = "a-secret-of-enough-signs"
CHANNEL = "gateway"


def answer(*updates: bytes) -> bytes:
    """Makes what getUpdates answers."""
    return b'{"ok":true,"result":[' + b",".join(updates) + b"]}"


@pytest.mark.parametrize(
    "updates",
    [
        [],
        [b'{"update_id":1}'],
        [b'{"update_id":1,"a":[1,{"b":"]}"}]}', b'{ "update_id" : 2 }'],
        [b'{"update_id":1,"t":"\\"quoted\\" ]},{ \\\\"}', b'"alone"', b"[]"],
        [b'{"update_id":3,"t":"' + "井盖，丢了".encode() + b'"}', b'{"update_id":4,"t":"\xff\xfe"}'],
        [b'{"update_id":5,"d":' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"update_id":6}'],
    ],
)
def test_an_answer_is_cut_byte_for_byte(updates: list[bytes]) -> None:
    assert list(split(answer(*updates))) == updates


def test_other_members_of_an_answer_are_not_mistaken_for_updates() -> None:
    body = b'{"ok":true,"description":"\\"result\\":[1,2]","extra":[{"update_id":9}],"result":[{"update_id":1}]}'

    assert list(split(body)) == [b'{"update_id":1}']


@given(st.lists(st.dictionaries(st.text(), st.recursive(st.text() | st.integers(), st.lists), max_size=4), max_size=5))
def test_whatever_stands_in_an_update_it_is_cut_at_its_own_end(updates: list[dict[str, Any]]) -> None:
    bodies = [json.dumps(update, ensure_ascii=at % 2 == 0).encode() for at, update in enumerate(updates)]

    assert list(split(answer(*bodies))) == bodies


def test_a_press_stands_in_the_queue_of_its_chat() -> None:
    message = {"update_id": 1, "message": {"chat": {"id": 7}, "from": {"id": 7}}}
    press = {"update_id": 2, "callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 7}}}}

    assert Envelope.of(json.dumps(message).encode()).chat_key == "7"
    assert Envelope.of(json.dumps(press).encode()).chat_key == "7"


class Channel:
    """A channel that hands out updates from an offset on, over real HTTP."""

    def __init__(self, updates: dict[int, bytes]) -> None:
        self.updates = updates
        self.offsets: list[int | None] = []
        self.refuse: list[tuple[int, dict[str, Any]]] = []
        self.asked = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        """Answers getUpdates."""
        offset = (await request.json()).get("offset")
        self.offsets.append(offset)
        self.asked.set()
        if self.refuse:
            status, body = self.refuse.pop(0)
            return web.json_response(body, status=status)
        waiting = [body for number, body in sorted(self.updates.items()) if offset is None or number >= offset]
        if not waiting:
            await asyncio.Event().wait()
        return web.Response(body=answer(*waiting), content_type="application/json")


async def serve(path: str, handle: Any) -> tuple[str, web.AppRunner]:
    """Serves one POST handler on a free port."""
    app = web.Application()
    app.router.add_post(path, handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}", runner


async def until_asked_from(channel: Channel, offset: int) -> None:
    """Waits until the poller asks from an offset on."""
    while offset not in channel.offsets:
        channel.asked.clear()
        await channel.asked.wait()


async def test_the_offset_moves_on_only_after_the_commit(deps: Deps) -> None:
    channel = Channel({5: b'{"update_id":5,"message":{"chat":{"id":1}}}', 9: b'{"update_id":9,"bad":"\xff"}'})
    base, runner = await serve("/bot42:T/getUpdates", channel.answer)
    woken: list[bool] = []
    poller = Poller(Intake(deps, CHANNEL, lambda: woken.append(True)), TelegramAPIServer.from_base(base), "42:T")
    task = asyncio.create_task(poller.run())
    await until_asked_from(channel, 10)
    async with deps.store.read() as unit:
        first, second = await unit.inbox.get(CHANNEL, 5), await unit.inbox.get(CHANNEL, 9)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await runner.cleanup()

    assert first is not None
    assert first.body == channel.updates[5]
    assert second is not None
    assert second.body == channel.updates[9]
    assert woken


async def test_a_refusal_of_the_channel_is_waited_out(deps: Deps) -> None:
    channel = Channel({5: b'{"update_id":5}'})
    channel.refuse = [(409, {"ok": False, "error_code": 409, "description": "Conflict"})]
    base, runner = await serve("/bot42:T/getUpdates", channel.answer)
    poller = Poller(Intake(deps, CHANNEL, lambda: None), TelegramAPIServer.from_base(base), "42:T")
    async with aiohttp.ClientSession() as session:
        pause_s = await poller._once(session)
        channel.refuse = [(429, {"ok": False, "parameters": {"retry_after": 77}})]
        told_s = await poller._once(session)
        await poller._once(session)
    await runner.cleanup()

    assert pause_s > 0
    assert told_s == 77
    async with deps.store.read() as unit:
        assert await unit.inbox.get(CHANNEL, 5) is not None


@pytest.fixture
async def hook(deps: Deps) -> AsyncIterator[str]:
    """Serves the webhook."""
    base, runner = await serve("/hook", handler(Intake(deps, CHANNEL, lambda: None), SECRET))
    yield f"{base}/hook"
    await runner.cleanup()


async def post(url: str, body: bytes, secret: str | None = SECRET) -> tuple[int, str | None]:
    """Pushes an update as the channel does."""
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with aiohttp.ClientSession() as session, session.post(url, data=BytesIO(body), headers=headers) as response:
        return response.status, response.headers.get("Retry-After")


async def test_a_pushed_update_is_kept_before_200(hook: str, deps: Deps) -> None:
    body = b'{"update_id": 31, "message": {"chat": {"id": 1}}}'

    assert await post(hook, body) == (200, None)
    assert await post(hook, body) == (200, None)
    async with deps.store.read() as unit:
        kept = await unit.inbox.get(CHANNEL, 31)
    assert kept is not None
    assert kept.body == body


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "пароль", "x" * 5000])
async def test_who_does_not_know_the_secret_is_turned_away(hook: str, deps: Deps, secret: str | None) -> None:
    assert (await post(hook, b'{"update_id": 31}', secret))[0] == 401
    async with deps.store.read() as unit:
        assert await unit.inbox.get(CHANNEL, 31) is None


async def test_what_is_far_too_long_is_kept_in_part_and_answered_200(hook: str, deps: Deps) -> None:
    body = b'{"update_id": 32, "text": "' + b"x" * (LONGEST_BODY + 999) + b'"}'

    assert (await post(hook, body))[0] == 200
    async with deps.store.read() as unit:
        kept = await unit.inbox.get(CHANNEL, 32)
    assert kept is not None
    assert len(kept.body) == LONGEST_BODY


async def test_what_is_packed_is_not_unpacked_beyond_what_is_kept() -> None:
    async def measured(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await read_body(request))))

    base, runner = await serve("/hook", measured)
    packed, gzipped = gzip.compress(b"x" * (4 * LONGEST_BODY)), {"Content-Encoding": "gzip"}
    async with aiohttp.ClientSession() as session, session.post(f"{base}/hook", data=packed, headers=gzipped) as answer:
        kept = int(await answer.text())
    await runner.cleanup()

    assert len(packed) < LONGEST_BODY
    assert kept == LONGEST_BODY + 1


class FullIntake(Intake):
    """An intake whose database is busy."""

    async def keep(self, bodies: Any) -> int:
        """Fails as the store does."""
        raise StoreBusyError("busy")


async def test_a_database_that_cannot_commit_asks_the_channel_to_come_again(deps: Deps) -> None:
    base, runner = await serve("/hook", handler(FullIntake(deps, CHANNEL, lambda: None), SECRET))
    answered = await post(f"{base}/hook", b'{"update_id": 33}')
    await runner.cleanup()

    assert answered == (503, "5")


def test_a_secret_that_could_be_guessed_is_refused(deps: Deps) -> None:
    with pytest.raises(ValueError, match="secret"):
        handler(Intake(deps, CHANNEL, lambda: None), "short")
