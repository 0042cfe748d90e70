"""What a person sees on the phone page: old and new messages in their place, typing, day and night, three phones."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import NewPhone
from tests.browser.scripted_bot import ScriptedBot
from tests.browser.steps import attach_photos, bubble, settled, sign_in, street_photo, write

BUTTONS = {"inline_keyboard": [[{"text": "上报", "callback_data": "file"}]]}


async def test_markup_is_shown_and_never_run(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    text = "<b>粗</b><i>斜</i> <a href='https://example.org/'>链接</a> &lt;img src=x onerror=alert(1)&gt;"

    await bot.call("sendMessage", chat_id=chat_id, text=text, parse_mode="HTML")

    shown = bubble(phone, "粗斜 链接 <img src=x onerror=alert(1)>")
    await expect(shown.locator("strong")).to_have_text("粗")
    await expect(shown.locator("em")).to_have_text("斜")
    await expect(shown.get_by_role("link", name="链接")).to_have_attribute("rel", "noopener noreferrer")
    await expect(shown.locator("img")).to_have_count(0)


async def test_reading_further_up_is_not_disturbed_and_news_are_counted(
    phone: Page, bot: ScriptedBot, shots: Path
) -> None:
    chat_id = await sign_in(phone, bot)
    for number in range(30):
        await bot.call("sendMessage", chat_id=chat_id, text=f"第 {number} 条通知")
    await expect(bubble(phone, "第 29 条通知")).to_be_in_viewport()
    await phone.get_by_role("region", name="聊天记录").evaluate("thread => { thread.scrollTop -= 700 }")
    await expect(phone.locator(".jump")).to_be_visible()
    seen = bubble(phone, "第 20 条通知")
    await settled(phone)
    before = await seen.bounding_box()

    await bot.call("sendMessage", chat_id=chat_id, text="新来的")

    await expect(phone.locator(".jump-count")).to_have_text("1")
    assert await seen.bounding_box() == before
    await phone.screenshot(path=shots / "phone_unread.png")
    await phone.locator(".jump").click()
    await expect(bubble(phone, "新来的")).to_be_in_viewport()
    await expect(phone.locator(".jump")).to_be_hidden()


async def test_long_histories_are_paged_in(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    for number in range(120):
        await bot.call("sendMessage", chat_id=chat_id, text=f"第 {number} 条通知")
    await expect(bubble(phone, "第 119 条通知")).to_be_in_viewport()
    # A phone that starts anew knows only the last page.
    await phone.evaluate("indexedDB.deleteDatabase('whistle-default')")
    await phone.reload()
    await expect(bubble(phone, "第 119 条通知")).to_be_in_viewport()
    await expect(bubble(phone, "第 0 条通知")).to_have_count(0)

    thread = phone.get_by_role("region", name="聊天记录")
    for _ in range(3):
        oldest = await phone.locator("[data-key]").first.get_attribute("data-key")
        await thread.evaluate("thread => { thread.scrollTop = 1 }")
        if await bubble(phone, "第 0 条通知").count():
            break
        await expect(phone.locator(f"[data-key]:first-of-type[data-key='{oldest}']")).to_have_count(0)

    await expect(bubble(phone, "第 0 条通知")).to_have_count(1)


async def test_what_came_while_the_page_was_closed_stands_below_a_line(
    phone: Page, bot: ScriptedBot, address: str
) -> None:
    chat_id = await sign_in(phone, bot)
    await bot.call("sendMessage", chat_id=chat_id, text="看过的")
    async with phone.expect_response("**/phone/api/read"):
        await bubble(phone, "看过的").wait_for()
    await phone.goto("about:blank")
    for number in range(20):
        await bot.call("sendMessage", chat_id=chat_id, text=f"没看过的 {number}")

    await phone.goto(f"{address}/phone/")

    await expect(phone.locator(".unread-line")).to_be_in_viewport()
    after = phone.locator(".unread-line + .row")
    await expect(after).to_contain_text("没看过的 0")


async def test_every_button_is_large_enough_for_a_thumb(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    await bot.call("setMyCommands", commands=[{"command": "todo", "description": "待办"}])
    await bot.call("sendMessage", chat_id=chat_id, text="卡片", reply_markup=BUTTONS)
    await bot.call("sendMessage", chat_id=chat_id, text="?", reply_markup={"keyboard": [[{"text": "跳过"}]]})
    await phone.get_by_role("button", name="跳过").wait_for()
    await attach_photos(phone, street_photo(20))
    await settled(phone)
    await _expect_thumb_sized(phone)
    await phone.get_by_role("button", name="照片、位置、文件").click()
    await settled(phone)
    await _expect_thumb_sized(phone)
    await phone.get_by_role("button", name="位置", exact=True).click()
    await phone.get_by_role("searchbox").fill("小白楼")
    await phone.get_by_role("button", name="小白楼街道 和平区").wait_for()
    await settled(phone)
    await _expect_thumb_sized(phone)


async def _expect_thumb_sized(page: Page) -> None:
    """Checks everything that can be pressed, except links in running text."""
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button:not(.link), a.key, input, textarea")]
            .filter((one) => one.checkVisibility() && !one.matches(".spoken"))
            .map((one) => [one.getAttribute("aria-label") ?? one.textContent, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 43.9 || box.height < 43.9)
            .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
    )
    assert small == []


async def test_typing_is_shown_until_the_message_comes(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)

    await bot.call("sendChatAction", chat_id=chat_id, action="typing")
    await expect(phone.locator(".status")).to_have_text("正在输入…")
    await bot.call("sendMessage", chat_id=chat_id, text="来了")

    await expect(phone.locator(".status")).to_have_text("在线")


async def test_the_page_is_dark_where_the_phone_is(
    new_phone: NewPhone, address: str, bot: ScriptedBot, shots: Path
) -> None:
    page = await (await new_phone(color_scheme="dark")).new_page()
    await page.goto(f"{address}/phone/")
    chat_id = await sign_in(page, bot)
    await bot.call("sendMessage", chat_id=chat_id, text="<b>积水</b> 30 厘米", parse_mode="HTML", reply_markup=BUTTONS)
    await write(page, "收到")
    await expect(bubble(page, "收到").locator(".state-check")).to_be_visible()

    colour = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.screenshot(path=shots / "phone_dark.png")

    assert colour == "rgb(12, 20, 17)"


async def test_three_phones_stand_side_by_side(
    new_phone: NewPhone, address: str, bot: ScriptedBot, shots: Path
) -> None:
    context = await new_phone(
        viewport={"width": 1440, "height": 900}, is_mobile=False, has_touch=False, device_scale_factor=1
    )
    page = await context.new_page()
    await page.goto(f"{address}/phones/")

    for code in ("LI-CODE", "WANG-CODE", "SUN-CODE"):
        chat_id = (await bot.expect_text(f"/start {code}"))["message"]["chat"]["id"]
        await bot.call("sendMessage", chat_id=chat_id, text=f"欢迎 {code}")

    for slot, code in (("李敏", "LI-CODE"), ("王强", "WANG-CODE"), ("孙丽", "SUN-CODE")):
        frame = page.get_by_role("region", name=slot).frame_locator("iframe")
        await expect(frame.locator("article.bubble", has_text=f"欢迎 {code}")).to_be_visible()
    await page.screenshot(path=shots / "phones.png")


async def test_a_card_changed_out_of_sight_says_so_and_is_one_tap_away(
    new_phone: NewPhone, address: str, bot: ScriptedBot
) -> None:
    phone = await (await new_phone(reduced_motion="reduce")).new_page()
    await phone.goto(f"{address}/phone/")
    chat_id = await sign_in(phone, bot)
    card = await bot.call("sendMessage", chat_id=chat_id, text="卡片", reply_markup=BUTTONS)
    for number in range(30):
        await bot.call("sendMessage", chat_id=chat_id, text=f"第 {number} 条通知")
    await expect(bubble(phone, "第 29 条通知")).to_be_in_viewport()

    changed = {"chat_id": chat_id, "message_id": card["message_id"]}
    await bot.call("editMessageText", **changed, text="卡片：积水 30 厘米", reply_markup=BUTTONS)
    await phone.get_by_role("button", name="上方的卡片已更新").click()

    await expect(bubble(phone, "卡片：积水 30 厘米")).to_be_in_viewport()
    await expect(phone.get_by_role("button", name="上方的卡片已更新")).to_have_count(0)
    # What is read stays where it is when it changes under the eyes.
    await settled(phone)
    before = await bubble(phone, "第 3 条通知").bounding_box()
    await bot.call("editMessageText", **changed, text="卡片：已上报", reply_markup=BUTTONS)
    await expect(bubble(phone, "卡片：已上报")).to_be_in_viewport()
    await expect(phone.get_by_role("button", name="上方的卡片已更新")).to_have_count(0)
    assert await bubble(phone, "第 3 条通知").bounding_box() == before


async def test_an_old_card_that_lost_its_buttons_asks_for_no_attention(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    card = await bot.call("sendMessage", chat_id=chat_id, text="待核查", reply_markup=BUTTONS)
    for number in range(30):
        await bot.call("sendMessage", chat_id=chat_id, text=f"第 {number} 条通知")
    await bot.call("sendMessage", chat_id=chat_id, text="核查通过", reply_markup=BUTTONS)
    await expect(bubble(phone, "核查通过")).to_be_in_viewport()

    await bot.call("editMessageText", chat_id=chat_id, message_id=card["message_id"], text="已销号")

    await expect(bubble(phone, "已销号")).to_have_count(1)
    await expect(phone.get_by_role("button", name="上方的卡片已更新")).to_be_hidden()
