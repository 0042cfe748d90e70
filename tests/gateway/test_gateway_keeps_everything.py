"""What is left after a restart, a crash, two processes? Everything that was answered, and nothing twice."""

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path

import aiohttp
import pytest

from gateway import app as gateway_app
from gateway.store.database import Database, DataFolderInUseError, Tx
from tests.gateway import gateway_world
from tests.gateway.gateway_world import MovedClock, Phone, WebhookBot


async def test_a_restart_loses_nothing_on_either_side(tmp_path: Path) -> None:
    clock = MovedClock()
    gateway = await gateway_world.start(tmp_path, clock)
    phone = await gateway.sign_in()
    picture = gateway_world.jpeg()
    await phone.send_files("photo", picture, client_id="c1", caption="现场")
    sent = await gateway.ok(
        "sendMessage",
        chat_id=phone.chat_id,
        text="<b>收到</b>",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": [[{"text": "看", "callback_data": "see"}]]},
    )
    await gateway.ok("setMyCommands", commands=[{"command": "my", "description": "我的"}])
    before = (await phone.history(), await gateway.ok("getUpdates"), await phone.get("me"))
    await gateway.stop()

    again = await gateway_world.start(tmp_path, clock)
    same = Phone(again, phone.token, phone.chat_id)
    after = (await same.history(), await again.ok("getUpdates"), await same.get("me"))
    resent = await same.send_files("photo", picture, client_id="c1", caption="现场")
    press = await same.post("press", client_id="p", message_id=sent["message_id"], data="see")
    following = await again.ok("sendMessage", chat_id=phone.chat_id, text="接着")
    async with same.request("GET", f"files/{resent['message']['photo']['file_id']}") as answer:
        assert await answer.read() == picture
    await again.stop()

    assert before == after
    assert resent["message"]["message_id"] == 2
    assert press["press_id"]
    assert following["message_id"] == sent["message_id"] + 1


async def test_a_webhook_works_on_after_a_restart(tmp_path: Path, webhook_bot: WebhookBot) -> None:
    clock = MovedClock()
    webhook_bot.answers = [(503, {"Retry-After": "3600"})]
    gateway = await gateway_world.start(tmp_path, clock)
    await gateway.ok("setWebhook", url=webhook_bot.url, secret_token="s")
    await gateway.sign_in()
    await webhook_bot.wait_for(1)
    await gateway.stop()

    again = await gateway_world.start(tmp_path, clock)
    await webhook_bot.wait_for(2)
    await again.stop()

    assert webhook_bot.texts() == ["/start CODE-1"] * 2
    assert webhook_bot.secrets == ["s", "s"]


async def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    process, base = await _spawn(tmp_path)
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{base}/phone/api/sign-in", json={"code": "A", "name": "李"}) as answer:
            token = (await answer.json())["token"]
        headers = {"Authorization": f"Bearer {token}"}
        answered: list[str] = []

        async def talk(number: int) -> None:
            fields = {"client_id": f"c{number}", "type": "text", "text": str(number)}
            try:
                async with http.post(f"{base}/phone/api/send", json=fields, headers=headers) as answer:
                    await answer.json()
                    answered.append(str(number))
            except aiohttp.ClientError:
                return
            if len(answered) == 60:
                os.kill(process.pid, signal.SIGKILL)

        await asyncio.gather(*(talk(number) for number in range(200)))
    await process.wait()
    with sqlite3.connect(tmp_path / "gateway.sqlite3") as database:
        kept = {row[0] for row in database.execute("SELECT body ->> 'text' FROM message")}
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
        (n_updates,) = database.execute("SELECT count(*) FROM pending_update").fetchone()
    database.close()

    assert set(answered) <= kept
    assert n_updates == len(kept)
    assert verdict == "ok"


async def _spawn(folder: Path) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "--port", "0", "--data", str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while not (line := (await process.stdout.readline()).decode().strip()).startswith("http"):
            assert process.returncode is None
    return process, line.rstrip("/")


async def test_a_supervisor_stops_it_although_polls_are_open(tmp_path: Path) -> None:
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(gateway_app.serve(gateway_world.settings_for(tmp_path), stop, ready=port.set_result))
    async with aiohttp.ClientSession(f"http://127.0.0.1:{await port}") as http:
        async with http.post("/phone/api/sign-in", json={"code": "A"}) as answer:
            token = (await answer.json())["token"]
        headers = {"Authorization": f"Bearer {token}"}

        async def poll(path: str) -> int:
            async with http.get(path, headers=headers) as answer:
                return answer.status

        polls = [
            asyncio.create_task(poll("/phone/api/events?after=1&wait=50")),
            asyncio.create_task(poll(f"/bot{gateway_world.OTHER_TOKEN}/getUpdates?timeout=50")),
        ]
        async with http.get("/phone/api/me", headers=headers):
            stop.set()
        async with asyncio.timeout(10):
            await serving
            assert await asyncio.gather(*polls) == [200, 200]


async def test_a_second_gateway_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    gateway = await gateway_world.start(tmp_path, MovedClock())
    with pytest.raises(DataFolderInUseError):
        gateway_app.build(gateway_world.settings_for(tmp_path))
    await gateway.stop()


async def test_a_change_that_fails_takes_nothing_else_with_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.sqlite3", lambda keys: None)

    def good(tx: Tx) -> None:
        tx.execute("INSERT INTO bot (bot_id, last_update_id) VALUES (1, 1)")

    def bad(tx: Tx) -> None:
        tx.execute("INSERT INTO bot (bot_id, last_update_id) VALUES (2, 1)")
        raise LookupError

    results = await asyncio.gather(database.write(good), database.write(bad), return_exceptions=True)
    kept = [row[0] for row in database.reader.execute("SELECT bot_id FROM bot")]
    await database.close()

    assert results[0] is None
    assert isinstance(results[1], LookupError)
    assert kept == [1]


async def test_waiters_are_woken_only_after_the_commit(tmp_path: Path) -> None:
    woken: list[object] = []
    database = Database(tmp_path / "x.sqlite3", woken.extend)

    def change(tx: Tx) -> int:
        tx.execute("INSERT INTO bot (bot_id, last_update_id) VALUES (1, 1)")
        tx.wake("a")
        return len(woken)

    seen_inside = await database.write(change)
    await database.close()

    assert (seen_inside, woken) == (0, ["a"])
