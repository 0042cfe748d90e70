"""A person with a phone on the network: signs in, writes, sends photos and places, presses buttons, reads."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.conftest import HERE, NewPhone
from tests.browser.scripted_bot import ScriptedBot, Update
from tests.browser.steps import attach_photos, bubble, settled, sign_in, street_photo, write

BUTTONS = {
    "inline_keyboard": [
        [{"text": "上报", "callback_data": "file"}],
        [{"text": "修改", "callback_data": "edit"}, {"text": "取消", "callback_data": "cancel"}],
    ]
}


async def test_an_invite_code_signs_a_phone_in(phone: Page, bot: ScriptedBot, shots: Path) -> None:
    await phone.get_by_role("button", name="进入").wait_for()
    await phone.screenshot(path=shots / "phone_sign_in.png")

    await sign_in(phone, bot, "LI-2026")

    await expect(phone.get_by_role("heading", name="吹哨")).to_be_visible()
    await phone.reload()
    await expect(bubble(phone, "/start LI-2026")).to_be_visible()


async def test_an_empty_code_is_answered_in_words(phone: Page) -> None:
    await phone.get_by_role("button", name="进入").click()

    await expect(phone.get_by_role("alert")).to_have_text("请先输入邀请码")


async def test_a_link_with_a_code_signs_in_and_forgets_the_code(
    new_phone: NewPhone, address: str, bot: ScriptedBot
) -> None:
    page = await (await new_phone()).new_page()
    await page.goto(f"{address}/phone/?slot=li&code=ONCE-1")

    await bot.expect_text("/start ONCE-1")
    await expect(bubble(page, "/start ONCE-1")).to_be_visible()
    assert "ONCE-1" not in page.url
    assert "slot=li" in page.url


async def test_a_link_with_another_code_asks_before_using_it(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot, "LI-2026")
    await phone.goto(f"{phone.url}?code=NEW-POST")

    await expect(phone.get_by_role("dialog")).to_contain_text("NEW-POST")
    await phone.get_by_role("button", name="使用").click()

    await bot.expect_text("/start NEW-POST")


async def test_two_slots_of_one_browser_are_two_people(new_phone: NewPhone, address: str, bot: ScriptedBot) -> None:
    context = await new_phone()
    li, wang = await context.new_page(), await context.new_page()
    await li.goto(f"{address}/phone/?slot=li&code=LI")
    await wang.goto(f"{address}/phone/?slot=wang&code=WANG")
    chat_of_li = (await bot.expect_text("/start LI"))["message"]["chat"]["id"]
    chat_of_wang = (await bot.expect_text("/start WANG"))["message"]["chat"]["id"]

    await bot.call("sendMessage", chat_id=chat_of_wang, text="只给王强")

    assert chat_of_li != chat_of_wang
    await expect(bubble(wang, "只给王强")).to_be_visible()
    await expect(bubble(li, "只给王强")).to_have_count(0)


async def test_a_text_arrives_and_shows_as_delivered(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)

    await write(phone, "和平路地下通道口积水约30厘米")

    await bot.expect_text("和平路地下通道口积水约30厘米")
    sent = bubble(phone, "积水约30厘米")
    await expect(sent).to_have_count(1)
    await expect(sent.locator(".state-check")).to_be_visible()
    await expect(phone.get_by_role("textbox", name="写消息")).to_have_value("")


async def test_words_not_yet_sent_survive_a_reload(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)
    await phone.get_by_role("textbox", name="写消息").fill("写到一半")

    await phone.reload()

    await expect(phone.get_by_role("textbox", name="写消息")).to_have_value("写到一半")


async def test_one_photo_with_a_caption_arrives_with_its_exif(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)
    picture, packed, exif = Image.new("RGB", (640, 480), "teal"), io.BytesIO(), Image.Exif()
    exif[0x0132] = "2026:11:24 08:30:00"
    picture.save(packed, "JPEG", exif=exif)

    await attach_photos(phone, packed.getvalue())
    await phone.get_by_role("textbox", name="写消息").fill("井盖缺失")
    await phone.get_by_role("button", name="发送", exact=True).click()

    update = await bot.expect(lambda update: "photo" in update.get("message", {}))
    assert update["message"]["caption"] == "井盖缺失"
    assert await bot.fetch_file(update["message"]["photo"][-1]["file_id"]) == packed.getvalue()
    await expect(bubble(phone, "井盖缺失").locator(".tile.loaded")).to_have_count(1)


async def test_several_photos_travel_as_one_album(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)

    await attach_photos(phone, street_photo(20), street_photo(120), street_photo(200))
    await phone.get_by_role("textbox", name="写消息").fill("现场照片")
    await phone.get_by_role("button", name="发送", exact=True).click()

    await bot.expect(lambda _: len(_photos(bot)) == 3)
    groups = {update["message"]["media_group_id"] for update in _photos(bot)}
    assert len(groups) == 1
    assert [update["message"].get("caption") for update in _photos(bot)] == ["现场照片", None, None]
    await expect(phone.locator(".album")).to_have_count(1)
    await expect(phone.locator(".album .tile.loaded")).to_have_count(3)


def _photos(bot: ScriptedBot) -> list[Update]:
    return [update for update in bot.updates if "photo" in update.get("message", {})]


async def test_photos_open_on_the_whole_screen(phone: Page, bot: ScriptedBot, shots: Path) -> None:
    chat_id = await sign_in(phone, bot)
    await bot.send_photo(chat_id, street_photo(90), caption="整改后")

    await phone.get_by_role("button", name="打开照片：整改后").click()

    viewer = phone.get_by_role("dialog", name="查看照片")
    await expect(viewer.get_by_role("img", name="整改后")).to_be_visible()
    await phone.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)


async def test_the_phones_own_position_is_sent_with_its_accuracy(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)

    await _open_location(phone)
    await phone.get_by_role("button", name="发送我现在的位置（误差约 12 米）").click()

    location = (await bot.expect(_has_location))["message"]["location"]
    assert (location["latitude"], location["longitude"]) == (HERE["latitude"], HERE["longitude"])
    assert location["horizontal_accuracy"] == 12
    await expect(phone.locator(".place-note", has_text="误差约 12 米")).to_be_visible()


async def test_a_pin_moved_by_hand_is_no_fix_of_the_phone(phone: Page, bot: ScriptedBot, shots: Path) -> None:
    await sign_in(phone, bot)
    await _open_location(phone)
    await phone.get_by_role("button", name="发送我现在的位置（误差约 12 米）").wait_for()
    canvas = phone.get_by_role("application")
    # The sheet is still rising: a finger that is down then would draw a slanted line.
    await settled(phone)
    await canvas.hover(position={"x": 200, "y": 200})
    box = await canvas.bounding_box()
    assert box is not None

    await phone.mouse.down()
    await phone.mouse.move(box["x"] + 120, box["y"] + 200, steps=4)
    await phone.mouse.up()
    await phone.screenshot(path=shots / "phone_pin.png")
    await phone.get_by_role("button", name="发送图钉所在位置").click()

    location = (await bot.expect(_has_location))["message"]["location"]
    assert "horizontal_accuracy" not in location
    # The map was pulled to the left, so the pin went east.
    assert location["longitude"] > HERE["longitude"]
    assert abs(location["latitude"] - HERE["latitude"]) < 1e-5
    await expect(phone.locator(".place-note", has_text="手动标记")).to_be_visible()


async def test_a_street_is_found_by_name(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)
    await _open_location(phone)

    await phone.get_by_role("searchbox", name="搜索街道、乡镇").fill("小白楼")
    await phone.get_by_role("button", name="小白楼街道 和平区").click()

    await expect(phone.locator(".pin-name")).to_have_text("和平区 小白楼街道")


async def test_without_permission_the_map_says_what_to_do(new_phone: NewPhone, address: str, bot: ScriptedBot) -> None:
    page = await (await new_phone(permissions=[], geolocation=None)).new_page()
    await page.goto(f"{address}/phone/")
    await sign_in(page, bot)

    await _open_location(page)

    await expect(page.locator(".here")).to_contain_text("移动地图标记位置")
    await expect(page.get_by_role("button", name="发送图钉所在位置")).to_be_enabled()


def _has_location(update: Update) -> bool:
    return "location" in update.get("message", {})


async def _open_location(page: Page) -> None:
    await page.get_by_role("button", name="照片、位置、文件").click()
    await page.get_by_role("button", name="位置", exact=True).click()


async def test_a_button_press_is_answered_and_the_message_edited(phone: Page, bot: ScriptedBot, shots: Path) -> None:
    chat_id = await sign_in(phone, bot)
    await bot.call("sendMessage", chat_id=chat_id, text="<b>积水</b> 30 厘米", parse_mode="HTML", reply_markup=BUTTONS)
    await phone.get_by_role("button", name="上报", exact=True).click()
    query = (await bot.expect(lambda update: "callback_query" in update))["callback_query"]
    assert query["data"] == "file"
    await expect(phone.locator(".key[aria-busy=true]")).to_have_count(1)

    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="已上报")
    await bot.call(
        "editMessageText", chat_id=chat_id, message_id=query["message"]["message_id"], text="已上报 TJ-2026-000123"
    )

    await expect(phone.get_by_role("status")).to_contain_text("已上报")
    edited = bubble(phone, "TJ-2026-000123")
    await expect(edited).to_contain_text("已编辑")
    await expect(phone.get_by_role("button", name="上报", exact=True)).to_have_count(0)
    await phone.screenshot(path=shots / "phone_edited.png")


async def test_an_alert_waits_to_be_read(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    await bot.call("sendMessage", chat_id=chat_id, text="卡片", reply_markup=BUTTONS)
    await phone.get_by_role("button", name="取消", exact=True).click()
    query = (await bot.expect(lambda update: "callback_query" in update))["callback_query"]

    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="王强已经签收", show_alert=True)

    await expect(phone.get_by_role("dialog")).to_contain_text("王强已经签收")
    await phone.get_by_role("button", name="好的").click()
    await expect(phone.get_by_role("dialog")).to_have_count(0)


async def test_the_bots_keyboard_sends_its_words_and_goes_when_removed(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    keyboard = {"keyboard": [[{"text": "跳过"}, {"text": "返回"}]], "input_field_placeholder": "积水多深？"}
    await bot.call("sendMessage", chat_id=chat_id, text="积水多深？", reply_markup=keyboard)
    await expect(phone.get_by_placeholder("积水多深？")).to_be_visible()

    await phone.get_by_role("button", name="跳过").click()

    await bot.expect_text("跳过")
    await bot.call("sendMessage", chat_id=chat_id, text="好", reply_markup={"remove_keyboard": True})
    await expect(phone.get_by_role("button", name="跳过")).to_have_count(0)


async def test_a_location_key_sends_the_position_with_one_tap(phone: Page, bot: ScriptedBot) -> None:
    chat_id = await sign_in(phone, bot)
    keyboard = {"keyboard": [[{"text": "发送位置", "request_location": True}]]}
    await bot.call("sendMessage", chat_id=chat_id, text="在哪里？", reply_markup=keyboard)

    await phone.get_by_role("button", name="发送位置").click()

    assert (await bot.expect(_has_location))["message"]["location"]["horizontal_accuracy"] == 12


async def test_commands_are_offered_and_sent(phone: Page, bot: ScriptedBot) -> None:
    await bot.call("setMyCommands", commands=[{"command": "todo", "description": "待办"}])
    await sign_in(phone, bot)

    await phone.get_by_role("button", name="命令菜单").click()
    await phone.get_by_role("button", name="待办 /todo").click()

    await bot.expect_text("/todo")


async def test_a_person_may_stop_and_resume_messages(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)
    await phone.get_by_role("button", name="菜单", exact=True).click()
    await phone.get_by_role("button", name="停止接收消息").click()
    await bot.expect(lambda update: "my_chat_member" in update)

    await phone.get_by_role("button", name="恢复接收消息").click()

    await expect(phone.get_by_role("textbox", name="写消息")).to_be_visible()


async def test_a_huge_photo_is_made_smaller_and_keeps_time_and_place(phone: Page, bot: ScriptedBot) -> None:
    """Above 8 MB the page redraws the photo; what EXIF says goes along, turned upright."""
    await sign_in(phone, bot)
    noise = Image.frombytes("RGB", (3000, 2000), random.Random(1).randbytes(3000 * 2000 * 3))
    packed, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # orientation: the camera was held upright
    exif.get_ifd(0x8825)[0x0001] = "N"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:24 08:30:00"
    noise.save(packed, "JPEG", quality=98, exif=exif)
    assert packed.tell() > 8 * 1024 * 1024

    await attach_photos(phone, packed.getvalue())
    await phone.get_by_role("button", name="发送", exact=True).click()
    update = await bot.expect(lambda update: "photo" in update.get("message", {}))

    arrived = await bot.fetch_file(update["message"]["photo"][-1]["file_id"])
    sent = Image.open(io.BytesIO(arrived))
    assert len(arrived) < 8 * 1024 * 1024
    assert sent.size == (1067, 1600)
    assert sent.getexif()[0x0112] == 1
    assert sent.getexif().get_ifd(0x8769)[0x9003] == "2026:11:24 08:30:00"
    assert sent.getexif().get_ifd(0x8825)[0x0001] == "N"


async def test_a_sent_message_is_changed_in_its_place(phone: Page, bot: ScriptedBot) -> None:
    await sign_in(phone, bot)
    await write(phone, "二号楼消防通道被堵")
    await bot.expect_text("二号楼消防通道被堵")
    await phone.get_by_label("写消息").fill("还没写完的话")

    await bubble(phone, "二号楼消防通道被堵").click(button="right")
    await phone.get_by_role("button", name="修改").click()
    await phone.get_by_label("写消息").fill("三号楼消防通道被堵")
    await phone.get_by_role("button", name="发送").click()

    await expect(bubble(phone, "三号楼消防通道被堵")).to_contain_text("已编辑")
    await expect(bubble(phone, "二号楼消防通道被堵")).to_have_count(0)
    await expect(phone.get_by_label("写消息")).to_have_value("还没写完的话")
    await bot.expect(lambda update: update.get("edited_message", {}).get("text") == "三号楼消防通道被堵")
