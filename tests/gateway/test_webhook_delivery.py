"""How does a bot with a webhook get what people did, also when it stumbles?"""

import asyncio
from typing import Any

from tests.gateway.gateway_world import Phone, Running, WebhookBot


async def _hook(gateway: Running, bot: WebhookBot, **choices: Any) -> None:
    await gateway.ok("setWebhook", url=bot.url, **choices)


async def _until_delivered(gateway: Running) -> None:
    async with asyncio.timeout(20):
        while (await gateway.ok("getWebhookInfo"))["pending_update_count"]:
            await gateway.board.signals.wait(("updates", 700001), 0.05)


async def test_updates_are_delivered_with_the_secret(gateway: Running, phone: Phone, webhook_bot: WebhookBot) -> None:
    await phone.say("积水")
    await _hook(gateway, webhook_bot, secret_token="s-1")
    await _until_delivered(gateway)

    assert webhook_bot.texts() == ["/start CODE-1", "积水"]
    assert set(webhook_bot.secrets) == {"s-1"}


async def test_a_failed_delivery_is_tried_again_at_once_then_after_two_seconds(
    gateway: Running, phone: Phone, webhook_bot: WebhookBot
) -> None:
    webhook_bot.answers = [(500, {}), (503, {})]
    await _hook(gateway, webhook_bot)
    await webhook_bot.wait_for(2)
    info = await gateway.ok("getWebhookInfo")
    gateway.advance(1.9)
    await gateway.ok("getMe")
    assert len(webhook_bot.received) == 2
    gateway.advance(0.2)
    await webhook_bot.wait_for(3)
    await _until_delivered(gateway)

    assert webhook_bot.texts() == ["/start CODE-1"] * 3
    assert info["pending_update_count"] == 1
    assert info["last_error_message"].startswith("Wrong response from the webhook: 50")


async def test_retry_after_is_kept_to_the_letter(gateway: Running, phone: Phone, webhook_bot: WebhookBot) -> None:
    webhook_bot.answers = [(503, {"Retry-After": "30"})]
    await _hook(gateway, webhook_bot)
    await webhook_bot.wait_for(1)
    await _until_postponed(gateway)
    gateway.advance(29)
    await gateway.ok("getMe")
    assert len(webhook_bot.received) == 1

    gateway.advance(2)
    await webhook_bot.wait_for(2)


async def _until_postponed(gateway: Running) -> None:
    async with asyncio.timeout(20):
        while "last_error_date" not in await gateway.ok("getWebhookInfo"):
            await gateway.board.signals.wait(("updates", 700001), 0.05)


async def test_one_failing_chat_holds_back_only_itself(gateway: Running, phone: Phone, webhook_bot: WebhookBot) -> None:
    other = await gateway.sign_in("王")
    webhook_bot.refuse_chat = phone.chat_id
    await _hook(gateway, webhook_bot)
    await phone.say("李一")
    await other.say("王一")
    await other.say("王二")
    async with asyncio.timeout(20):
        while "王二" not in webhook_bot.texts():
            await webhook_bot.wait_for(len(webhook_bot.received) + 1)

    assert "李一" not in webhook_bot.texts()
    webhook_bot.refuse_chat = None
    gateway.advance(120)
    await _until_delivered(gateway)
    own = [update["message"]["text"] for update in webhook_bot.received if _chat(update) == phone.chat_id]
    assert own[-2:] == ["/start CODE-1", "李一"]


def _chat(update: dict[str, dict[str, dict[str, int]]]) -> int:
    return update["message"]["chat"]["id"]


async def test_messages_of_a_chat_arrive_in_the_order_they_were_sent(
    gateway: Running, phone: Phone, webhook_bot: WebhookBot
) -> None:
    await _hook(gateway, webhook_bot)
    for number in range(20):
        await phone.say(str(number))
    await _until_delivered(gateway)

    assert webhook_bot.texts() == ["/start CODE-1", *map(str, range(20))]


async def test_an_unreachable_bot_gets_everything_later(gateway: Running, phone: Phone) -> None:
    await gateway.ok("setWebhook", url="http://127.0.0.1:9/nobody")
    await _until_postponed(gateway)
    await gateway.ok("deleteWebhook")

    assert len(await gateway.ok("getUpdates")) == 1


async def test_waiting_updates_can_be_dropped(gateway: Running, phone: Phone) -> None:
    await gateway.ok("deleteWebhook", drop_pending_updates=True)

    assert await gateway.ok("getUpdates") == []


async def test_an_update_that_expired_meanwhile_is_not_delivered(
    gateway: Running, phone: Phone, webhook_bot: WebhookBot
) -> None:
    webhook_bot.answers = [(503, {"Retry-After": "3600"})]
    await _hook(gateway, webhook_bot)
    await webhook_bot.wait_for(1)
    await _until_postponed(gateway)
    gateway.advance(86_401)
    await phone.say("新")
    await _until_delivered(gateway)

    assert webhook_bot.texts() == ["/start CODE-1", "新"]


async def test_a_drill_delivers_twice_and_drops_and_overtakes(
    gateway: Running, phone: Phone, webhook_bot: WebhookBot
) -> None:
    await gateway.take_updates()
    await gateway.add_faults({"kind": "duplicate", "times": 1})
    await _hook(gateway, webhook_bot)
    await phone.say("两次")
    await _until_delivered(gateway)
    await gateway.add_faults({"kind": "drop_webhook", "times": 1})
    await phone.say("丢一次")
    await _until_delivered(gateway)
    assert webhook_bot.texts() == ["两次", "两次", "丢一次"]

    await gateway.add_faults({"kind": "reorder", "times": 1})
    await phone.say("先")
    await phone.say("后")
    await _until_delivered(gateway)
    assert sorted(webhook_bot.texts()[3:]) == ["先", "后"]


async def test_what_a_drill_held_back_comes_after_a_second_at_the_latest(
    gateway: Running, phone: Phone, webhook_bot: WebhookBot
) -> None:
    await gateway.take_updates()
    await gateway.add_faults({"kind": "reorder", "times": 1})
    await _hook(gateway, webhook_bot)
    await phone.say("单独")
    gateway.advance(1.1)
    await _until_delivered(gateway)

    assert webhook_bot.texts() == ["单独"]


async def test_a_storm_of_many_chats_is_delivered_whole(gateway: Running, webhook_bot: WebhookBot) -> None:
    phones = [await gateway.sign_in() for _ in range(60)]
    await _hook(gateway, webhook_bot, max_connections=7)
    await asyncio.gather(*(phone.say(str(number)) for number in range(5) for phone in phones))
    await _until_delivered(gateway)

    by_chat: dict[int, list[str]] = {}
    for update in webhook_bot.received:
        by_chat.setdefault(_chat(update), []).append(update["message"]["text"])
    assert len(by_chat) == 60
    for texts in by_chat.values():
        assert sorted(texts) == ["/start CODE-1", *map(str, range(5))]


async def test_a_redirect_is_a_failure(gateway: Running, phone: Phone, webhook_bot: WebhookBot) -> None:
    webhook_bot.answers = [(302, {"Location": "/elsewhere"})]
    await _hook(gateway, webhook_bot)
    await webhook_bot.wait_for(2)
    await _until_delivered(gateway)

    assert webhook_bot.texts() == ["/start CODE-1"] * 2


async def test_a_wrong_address_or_secret_is_refused(gateway: Running) -> None:
    assert (await gateway.refused("setWebhook", url="ftp://a"))[1].startswith("Bad Request: bad webhook")
    assert (await gateway.refused("setWebhook", url="http://["))[1].startswith("Bad Request: bad webhook")
    assert await gateway.refused("setWebhook", url="https://a.cn", secret_token="a b") == (
        400,
        "Bad Request: secret token contains unallowed characters",
    )
