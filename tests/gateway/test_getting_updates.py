"""How does a polling bot get what people did?"""

import asyncio

from tests.gateway.gateway_world import OTHER_TOKEN, Phone, Running


async def test_a_long_poll_answers_as_soon_as_somebody_speaks(gateway: Running, phone: Phone) -> None:
    await gateway.take_updates()
    poll = asyncio.create_task(gateway.ok("getUpdates", timeout=50))
    await gateway.ok("getMe")
    await phone.say("积水")

    assert [update["message"]["text"] for update in await poll] == ["积水"]


async def test_a_second_poller_ends_the_first_with_a_conflict(gateway: Running, phone: Phone) -> None:
    await gateway.take_updates()
    first = asyncio.create_task(gateway.refused("getUpdates", timeout=50))
    await gateway.ok("getMe")
    second = asyncio.create_task(gateway.ok("getUpdates", timeout=50))

    code, text = await first
    assert code == 409
    assert text.startswith("Conflict: terminated by other getUpdates request")
    await phone.say("x")
    assert len(await second) == 1


async def test_a_webhook_ends_a_running_poll(gateway: Running, phone: Phone) -> None:
    await gateway.take_updates()
    poll = asyncio.create_task(gateway.refused("getUpdates", timeout=50))
    await gateway.ok("getMe")
    await gateway.ok("setWebhook", url="http://127.0.0.1:9/hook")

    assert (await poll)[0] == 409


async def test_a_negative_offset_counts_from_the_end(gateway: Running, phone: Phone) -> None:
    await phone.say("一")
    await phone.say("二")
    last = await gateway.ok("getUpdates", offset=-1)

    assert [update["message"]["text"] for update in last] == ["二"]
    assert len(await gateway.ok("getUpdates")) == 1


async def test_only_wanted_kinds_are_kept_from_then_on(gateway: Running, phone: Phone) -> None:
    await gateway.ok("getUpdates", allowed_updates=["callback_query"])
    await phone.say("不要")

    assert [update["message"]["text"] for update in await gateway.ok("getUpdates")] == ["/start CODE-1"]
    await gateway.ok("getUpdates", allowed_updates=[])
    await phone.say("要")
    assert (await gateway.ok("getUpdates"))[-1]["message"]["text"] == "要"


async def test_a_message_waits_a_day_and_a_press_150_seconds(gateway: Running, phone: Phone) -> None:
    sent = await gateway.ok(
        "sendMessage",
        chat_id=phone.chat_id,
        text="?",
        reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]},
    )
    await phone.post("press", client_id="p", message_id=sent["message_id"], data="b")

    def kinds(updates: list[dict[str, object]]) -> list[str]:
        return [next(name for name in update if name != "update_id") for update in updates]

    gateway.advance(149)
    assert kinds(await gateway.ok("getUpdates")) == ["message", "callback_query"]
    gateway.advance(2)
    assert kinds(await gateway.ok("getUpdates")) == ["message"]
    gateway.advance(86_400)
    assert await gateway.ok("getUpdates") == []


async def test_an_edited_text_reaches_the_bot_as_edited_message(gateway: Running, phone: Phone) -> None:
    message = await phone.say("积水30")
    gateway.advance(60)
    await phone.post("edit", message_id=message["message_id"], text="积水30厘米")
    edited = (await gateway.take_updates())[-1]["edited_message"]

    assert (edited["text"], edited["edit_date"] - edited["date"]) == ("积水30厘米", 60)


async def test_a_live_location_moves_and_stops(gateway: Running, phone: Phone) -> None:
    shared = await phone.post("send", client_id="l", type="location", latitude=39.1, longitude=117.2, live_period=900)
    message_id = shared["message"]["message_id"]
    await phone.post("edit", message_id=message_id, latitude=39.2, longitude=117.3)
    await phone.post("edit", message_id=message_id, latitude=39.3, longitude=117.4, stop=True)
    await phone.post("edit", status=409, message_id=message_id, latitude=39.4, longitude=117.5)
    first, second = [update["edited_message"]["location"] for update in (await gateway.take_updates())[2:]]

    assert (first["latitude"], first["live_period"]) == (39.2, 900)
    assert (second["latitude"], "live_period" in second) == (39.3, False)


async def test_a_bot_knows_nothing_of_another_bots_people(gateway: Running, phone: Phone) -> None:
    assert await gateway.ok("getUpdates", OTHER_TOKEN) == []
    assert await gateway.refused("sendMessage", OTHER_TOKEN, chat_id=phone.chat_id, text="x") == (
        400,
        "Bad Request: chat not found",
    )
