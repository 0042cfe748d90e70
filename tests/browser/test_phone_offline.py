"""A person whose network comes and goes: nothing typed is lost, nothing arrives twice or out of order."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.scripted_bot import ScriptedBot
from tests.browser.steps import attach_photos, bubble, sign_in, street_photo, write

BUTTON = {"inline_keyboard": [[{"text": "签收", "callback_data": "sign"}]]}


async def shell_kept(page: Page) -> None:
    """Waits until the service worker holds the page."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")


async def test_what_was_written_offline_arrives_once_and_in_order_after_a_reload(
    phone: Page, bot: ScriptedBot, shots: Path
) -> None:
    async with phone.expect_response("**/phone/api/map"):
        await sign_in(phone, bot)
    await shell_kept(phone)
    await phone.context.set_offline(True)
    for words in ("第一句", "第二句"):
        await write(phone, words)
    await attach_photos(phone, street_photo(30), street_photo(160))
    await phone.get_by_role("button", name="发送", exact=True).click()
    await phone.get_by_role("button", name="照片、位置、文件").click()
    await phone.get_by_role("button", name="位置", exact=True).click()
    await phone.get_by_role("button", name="发送图钉所在位置").click()
    await write(phone, "第三句")
    await expect(phone.locator(".state-clock")).to_have_count(5)

    await phone.reload()
    await expect(bubble(phone, "/start LI-2026")).to_be_visible()
    await expect(phone.locator(".state-clock")).to_have_count(5)
    await expect(phone.locator(".status")).to_have_text("没有网络 · 5 条待发送")
    await expect(phone.locator(".place-name")).to_have_text("和平区 劝业场街道")
    await phone.screenshot(path=shots / "phone_offline.png")
    await phone.context.set_offline(False)

    await bot.expect_text("第三句")
    await expect(phone.locator(".state-clock")).to_have_count(0)
    arrived = [_kind(update["message"]) for update in bot.updates if "message" in update]
    assert arrived == ["/start LI-2026", "第一句", "第二句", "photo", "photo", "location", "第三句"]
    await expect(bubble(phone, "第二句")).to_have_count(1)


def _kind(message: dict[str, object]) -> object:
    return message.get("text") or next(kind for kind in ("photo", "location", "document") if kind in message)


async def test_a_lost_answer_does_not_make_a_second_message(phone: Page, bot: ScriptedBot) -> None:
    """The server got the message, the phone never learned it and sends again."""
    await sign_in(phone, bot)
    lost = 0

    async def lose_first_answer(route) -> None:  # type: ignore[no-untyped-def]
        nonlocal lost
        if lost == 0:
            lost += 1
            await route.fetch()
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await phone.route("**/phone/api/send", lose_first_answer)
    await phone.route("**/phone/api/events*", lambda route: route.abort())
    await write(phone, "只有一次")
    await write(phone, "随后一句")

    await bot.expect_text("随后一句")
    assert bot.texts() == ["/start LI-2026", "只有一次", "随后一句"]
    assert lost == 1


async def test_a_phone_the_server_forgot_keeps_what_was_written(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)
    await phone.context.set_offline(True)
    await write(phone, "写在断网时")
    await expect(phone.locator(".state-clock")).to_have_count(1)

    await phone.route("**/phone/api/me", lambda route: route.fulfill(status=401, json={"error": "unknown_token"}))
    await phone.route("**/phone/api/events*", lambda route: route.fulfill(status=401, json={"error": "gone"}))
    await phone.route("**/phone/api/send", lambda route: route.fulfill(status=401, json={"error": "gone"}))
    await phone.context.set_offline(False)
    await expect(phone.get_by_role("alert")).to_have_text("这台手机已退出登录，请重新输入邀请码")
    await phone.unroute_all()

    await sign_in(phone, bot, "LI-AGAIN")
    await expect(phone.get_by_role("dialog")).to_contain_text("1 条以前的身份写下")
    await phone.get_by_role("dialog").get_by_role("button", name="发送").click()
    await bot.expect_text("写在断网时")


async def test_history_can_be_read_without_network(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    await bot.send_photo(chat_id, street_photo(60), caption="整改后")
    await expect(phone.locator(".tile.loaded")).to_have_count(1)
    await shell_kept(phone)
    await phone.context.set_offline(True)

    await phone.reload()

    await expect(bubble(phone, "整改后").locator(".tile.loaded")).to_have_count(1)
    await expect(phone.locator(".status")).to_have_text("没有网络")


async def test_a_press_without_network_waits_and_is_sent_when_it_returns(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    await bot.call("sendMessage", chat_id=chat_id, text="请签收", reply_markup=BUTTON)
    await phone.get_by_role("button", name="签收").wait_for()
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="签收").click()
    await expect(phone.get_by_role("button", name="签收 等待网络，恢复后自动发送")).to_be_visible()

    await phone.context.set_offline(False)

    query = (await bot.expect(lambda update: "callback_query" in update))["callback_query"]
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="已签收")
    await expect(phone.get_by_role("status")).to_contain_text("已签收")
    await expect(phone.locator(".key[aria-busy=true]")).to_have_count(0)


async def test_a_press_that_waited_too_long_is_dropped_with_a_note(phone: Page, bot: ScriptedBot) -> None:
    await phone.clock.install()
    chat_id = await sign_in(phone, bot)
    await bot.call("sendMessage", chat_id=chat_id, text="请签收", reply_markup=BUTTON)
    await phone.get_by_role("button", name="签收").wait_for()
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="签收").click()
    await expect(phone.locator(".key[aria-busy=true]")).to_have_count(1)

    await phone.clock.fast_forward(151_000)

    await expect(phone.get_by_role("status")).to_contain_text("已作废，请再点一次")
    await expect(phone.locator(".key[aria-busy=true]")).to_have_count(0)
    await phone.context.set_offline(False)
    await write(phone, "网络好了")
    await bot.expect_text("网络好了")
    assert not any("callback_query" in update for update in bot.updates)


async def test_a_refused_message_says_why_and_can_be_deleted(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)
    await attach_photos(phone, b"this is no picture")

    await phone.get_by_role("button", name="发送", exact=True).click()

    await expect(phone.get_by_role("alert")).to_contain_text("图片无法识别，没有发出去")
    await phone.get_by_role("button", name="删除").click()
    await expect(phone.get_by_role("alert")).to_have_count(0)
    await write(phone, "下一条不受影响")
    await bot.expect_text("下一条不受影响")
