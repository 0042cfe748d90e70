"""Is it the Bot API, or our idea of it? The same calls with three independent client libraries."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.gateway import gateway_world
from tests.gateway.bot_clients import Aiogram, BotClient, PythonTelegramBot, Refused, Telebot
from tests.gateway.gateway_world import TOKEN, Phone, Running


@pytest.fixture(params=[Aiogram, PythonTelegramBot, Telebot], ids=lambda library: library.__name__)
async def bot(
    request: pytest.FixtureRequest, gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[BotClient]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    client: BotClient = request.param(gateway.base, TOKEN)
    yield client
    await client.close()


def marks(entities: Any) -> list[tuple[str, int, int]]:
    return [(str(entity.type), entity.offset, entity.length) for entity in entities or ()]


async def test_a_bot_learns_its_own_name(bot: BotClient) -> None:
    me = await bot.call("get_me")

    assert (me.id, me.is_bot, me.username, me.first_name) == (700001, True, "whistle_bot", "吹哨")


async def test_a_wrong_token_is_unauthorized(gateway: Running, bot: BotClient) -> None:
    stranger = type(bot)(gateway.base, "700001:wrong")  # type: ignore[call-arg]
    with pytest.raises(Refused) as refused:
        await stranger.call("get_me")
    await stranger.close()

    assert refused.value.kind == "unauthorized"


async def test_a_text_comes_back_as_the_message_that_the_phone_shows(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call("send_message", chat_id=phone.chat_id, text="你好，已登记")

    assert (sent.text, sent.chat.id, sent.chat.type) == ("你好，已登记", phone.chat_id, "private")
    shown = (await phone.history())[-1]
    assert (shown["message_id"], shown["text"], shown["from_bot"]) == (sent.message_id, "你好，已登记", True)


async def test_html_becomes_entities_counted_in_utf16(bot: BotClient, phone: Phone) -> None:
    text = '😀 <b>粗 <i>斜</i></b> <code>x&lt;1</code> <a href="https://a.cn/?q=1&amp;r=2">链接</a>'
    sent = await bot.call("send_message", chat_id=phone.chat_id, text=text, parse_mode="HTML")

    assert sent.text == "😀 粗 斜 x<1 链接"
    assert marks(sent.entities) == [("bold", 3, 3), ("italic", 5, 1), ("code", 7, 3), ("text_link", 11, 2)]
    assert sent.entities[-1].url == "https://a.cn/?q=1&r=2"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("水深 <30", 'Unsupported start tag "30" at byte offset 7'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
    ],
)
async def test_broken_html_is_refused_and_nothing_is_sent(bot: BotClient, phone: Phone, text: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        await bot.call("send_message", chat_id=phone.chat_id, text=text, parse_mode="HTML")

    assert refused.value.kind == "bad request"
    assert reason.lower() in refused.value.text.lower()
    assert "can't parse entities" in refused.value.text.lower()
    assert len(await phone.history()) == 1


async def test_an_unknown_chat_is_not_found(bot: BotClient) -> None:
    with pytest.raises(Refused) as refused:
        await bot.call("send_message", chat_id=999, text="?")

    assert refused.value.kind == "bad request"
    assert "chat not found" in refused.value.text.lower()


@pytest.mark.parametrize(("length", "accepted"), [(4096, True), (4097, False)], ids=["4096 is sent", "4097 is refused"])
async def test_a_text_has_4096_characters_at_most(bot: BotClient, phone: Phone, length: int, accepted: bool) -> None:
    if accepted:
        sent = await bot.call("send_message", chat_id=phone.chat_id, text="水" * length)
        assert len(sent.text) == length
        return
    with pytest.raises(Refused) as refused:
        await bot.call("send_message", chat_id=phone.chat_id, text="水" * length)

    assert "message is too long" in refused.value.text.lower()


async def test_emoji_count_twice_towards_the_limit(bot: BotClient, phone: Phone) -> None:
    with pytest.raises(Refused, match="too long"):
        await bot.call("send_message", chat_id=phone.chat_id, text="😀" * 2049)


async def test_inline_buttons_come_back_and_reach_the_phone(bot: BotClient, phone: Phone) -> None:
    buttons = bot.inline([[("签收", "sign:1"), ("退回", "back:1")]])
    sent = await bot.call("send_message", chat_id=phone.chat_id, text="新任务", reply_markup=buttons)

    row = sent.reply_markup.inline_keyboard[0]
    assert [(button.text, button.callback_data) for button in row] == [("签收", "sign:1"), ("退回", "back:1")]
    shown = (await phone.history())[-1]["inline_keyboard"]
    assert shown == [[{"text": "签收", "callback_data": "sign:1"}, {"text": "退回", "callback_data": "back:1"}]]


async def test_callback_data_above_64_bytes_is_refused(bot: BotClient, phone: Phone) -> None:
    await bot.call("send_message", chat_id=phone.chat_id, text="x", reply_markup=bot.inline([[("a", "水" * 21)]]))
    with pytest.raises(Refused) as refused:
        await bot.call("send_message", chat_id=phone.chat_id, text="x", reply_markup=bot.inline([[("a", "水" * 22)]]))

    assert "button_data_invalid" in refused.value.text.lower()


async def test_a_reply_keyboard_reaches_the_phone_only(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call(
        "send_message", chat_id=phone.chat_id, text="选一个", reply_markup=bot.keyboard([["内涝", "井盖"]])
    )

    assert sent.reply_markup is None
    assert (await phone.history())[-1]["reply_keyboard"]["keyboard"] == [[{"text": "内涝"}, {"text": "井盖"}]]


async def test_a_forced_reply_reaches_the_phone(bot: BotClient, phone: Phone) -> None:
    await bot.call("send_message", chat_id=phone.chat_id, text="多深？", reply_markup=bot.force_reply())

    shown = (await phone.history())[-1]["reply_keyboard"]
    assert shown == {"force_reply": True, "placeholder": "深度"}


async def test_a_photo_comes_in_several_sizes_and_can_be_fetched(bot: BotClient, phone: Phone) -> None:
    picture = gateway_world.jpeg(1600, 900)
    sent = await bot.call("send_photo", chat_id=phone.chat_id, photo=bot.file(picture, "a.jpg"), caption="现场")

    assert [(size.width, size.height) for size in sent.photo] == [(320, 180), (800, 450), (1600, 900)]
    assert len({size.file_unique_id for size in sent.photo}) == 3
    assert sent.caption == "现场"
    assert await bot.download(sent.photo[-1].file_id) == picture


async def test_a_photo_is_sent_again_by_its_file_id(bot: BotClient, phone: Phone) -> None:
    first = await bot.call("send_photo", chat_id=phone.chat_id, photo=bot.file(gateway_world.jpeg(), "a.jpg"))
    again = await bot.call("send_photo", chat_id=phone.chat_id, photo=first.photo[0].file_id)

    assert again.photo[-1].file_unique_id == first.photo[-1].file_unique_id
    assert again.message_id != first.message_id


async def test_what_is_no_picture_is_refused_as_a_photo(bot: BotClient, phone: Phone) -> None:
    with pytest.raises(Refused) as refused:
        await bot.call("send_photo", chat_id=phone.chat_id, photo=bot.file(b"not a picture", "a.jpg"))

    assert "image_process_failed" in refused.value.text.lower()


async def test_an_unknown_file_id_is_refused(bot: BotClient, phone: Phone) -> None:
    with pytest.raises(Refused) as refused:
        await bot.call("send_photo", chat_id=phone.chat_id, photo="AgACnothing")

    assert "wrong file identifier" in refused.value.text.lower()


async def test_an_album_is_one_group_of_messages(bot: BotClient, phone: Phone) -> None:
    media = [
        bot.photo_media(bot.file(gateway_world.jpeg(colour=colour), f"{colour}.jpg"), caption)
        for colour, caption in [("red", "前"), ("green", None), ("blue", None)]
    ]
    sent = await bot.call("send_media_group", chat_id=phone.chat_id, media=media)

    assert len(sent) == 3
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["前", None, None]
    assert len({message.photo[-1].file_unique_id for message in sent}) == 3
    assert {message["media_group_id"] for message in (await phone.history())[1:]} == {sent[0].media_group_id}


async def test_a_document_keeps_its_name(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call("send_document", chat_id=phone.chat_id, document=bot.file(b"a,b\n1,2\n", "report.csv"))

    assert sent.document.file_name == "report.csv"
    assert sent.document.file_size == 8
    assert await bot.download(sent.document.file_id) == b"a,b\n1,2\n"


async def test_a_location_is_sent(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call("send_location", chat_id=phone.chat_id, latitude=39.1, longitude=117.2)

    assert (sent.location.latitude, sent.location.longitude) == (39.1, 117.2)


async def test_an_edited_text_has_an_edit_date_and_loses_its_buttons(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call("send_message", chat_id=phone.chat_id, text="旧", reply_markup=bot.inline([[("a", "b")]]))
    edited = await bot.call(
        "edit_message_text", chat_id=phone.chat_id, message_id=sent.message_id, text="<b>新</b>", parse_mode="HTML"
    )

    assert (edited.message_id, edited.text, edited.reply_markup) == (sent.message_id, "新", None)
    assert edited.edit_date
    assert marks(edited.entities) == [("bold", 0, 1)]


async def test_an_edit_that_changes_nothing_is_refused(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call("send_message", chat_id=phone.chat_id, text="同")
    with pytest.raises(Refused) as refused:
        await bot.call("edit_message_text", chat_id=phone.chat_id, message_id=sent.message_id, text="同")

    assert "message is not modified" in refused.value.text.lower()


async def test_a_message_that_is_not_there_cannot_be_edited_or_deleted(bot: BotClient, phone: Phone) -> None:
    with pytest.raises(Refused, match=r"(?i)message to edit not found"):
        await bot.call("edit_message_text", chat_id=phone.chat_id, message_id=99, text="x")
    with pytest.raises(Refused, match=r"(?i)message to delete not found"):
        await bot.call("delete_message", chat_id=phone.chat_id, message_id=99)


async def test_what_a_person_wrote_cannot_be_edited(bot: BotClient, phone: Phone) -> None:
    with pytest.raises(Refused, match=r"(?i)message can't be edited"):
        await bot.call("edit_message_text", chat_id=phone.chat_id, message_id=1, text="x")


async def test_caption_picture_and_buttons_are_edited_each_by_itself(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call(
        "send_photo", chat_id=phone.chat_id, photo=bot.file(gateway_world.jpeg(), "a.jpg"), caption="前"
    )
    where = {"chat_id": phone.chat_id, "message_id": sent.message_id}
    captioned = await bot.call("edit_message_caption", **where, caption="后")
    buttoned = await bot.call("edit_message_reply_markup", **where, reply_markup=bot.inline([[("看", "see")]]))
    media = bot.photo_media(bot.file(gateway_world.jpeg(colour="blue"), "b.jpg"), "蓝")
    replaced = await bot.call("edit_message_media", **where, media=media)

    assert (captioned.caption, captioned.photo[-1].file_id) == ("后", sent.photo[-1].file_id)
    assert buttoned.reply_markup.inline_keyboard[0][0].text == "看"
    assert buttoned.caption == "后"
    assert (replaced.caption, replaced.reply_markup) == ("蓝", None)
    assert replaced.photo[-1].file_unique_id != sent.photo[-1].file_unique_id


async def test_a_photo_has_no_text_to_edit(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call("send_photo", chat_id=phone.chat_id, photo=bot.file(gateway_world.jpeg(), "a.jpg"))
    with pytest.raises(Refused, match=r"(?i)there is no text in the message to edit"):
        await bot.call("edit_message_text", chat_id=phone.chat_id, message_id=sent.message_id, text="x")


async def test_a_deleted_message_is_gone_from_the_phone(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call("send_message", chat_id=phone.chat_id, text="误发")
    assert await bot.call("delete_message", chat_id=phone.chat_id, message_id=sent.message_id)

    assert [message["text"] for message in await phone.history()] == ["/start CODE-1"]
    assert (await phone.news())[-1]["type"] == "deleted"


async def test_updates_come_in_order_and_are_confirmed_by_the_offset(bot: BotClient, phone: Phone) -> None:
    await phone.say("一")
    await phone.say("二")
    first = await bot.call("get_updates")
    again = await bot.call("get_updates", offset=first[1].update_id)
    rest = await bot.call("get_updates", offset=first[-1].update_id + 1, timeout=0)

    assert [update.message.text for update in first] == ["/start CODE-1", "一", "二"]
    assert [update.message.text for update in again] == ["一", "二"]
    assert list(rest) == []


async def test_a_press_is_a_callback_query_and_its_answer_reaches_the_phone(bot: BotClient, phone: Phone) -> None:
    sent = await bot.call(
        "send_message", chat_id=phone.chat_id, text="任务", reply_markup=bot.inline([[("签收", "sign:1")]])
    )
    await bot.call("get_updates")
    press = await phone.post("press", client_id="p1", message_id=sent.message_id, data="sign:1")
    query = (await bot.call("get_updates"))[-1].callback_query
    await bot.call("answer_callback_query", callback_query_id=query.id, text="已签收", show_alert=True)

    assert (query.data, query.message.message_id, query.id) == ("sign:1", sent.message_id, press["press_id"])
    answer = (await phone.news())[-1]
    assert (answer["type"], answer["text"], answer["show_alert"]) == ("callback_answer", "已签收", True)
    with pytest.raises(Refused, match=r"(?i)query is too old"):
        await bot.call("answer_callback_query", callback_query_id=query.id)


async def test_a_photo_with_place_and_words_from_a_phone_is_read_by_the_library(bot: BotClient, phone: Phone) -> None:
    picture = gateway_world.jpeg(900, 1200)
    await phone.send_files("album", picture, gateway_world.jpeg(colour="blue"), caption="路口积水")
    await phone.post("send", client_id="l1", type="location", latitude=39.1, longitude=117.2, horizontal_accuracy=12)
    first, second, third = [update.message for update in await bot.call("get_updates")][1:]

    assert first.media_group_id == second.media_group_id
    assert (first.caption, second.caption) == ("路口积水", None)
    assert await bot.download(first.photo[-1].file_id) == picture
    assert (third.location.latitude, third.location.horizontal_accuracy) == (39.1, 12)


async def test_a_person_who_blocked_the_bot_gets_nothing(bot: BotClient, phone: Phone) -> None:
    await phone.post("block", blocked=True)
    with pytest.raises(Refused) as refused:
        await bot.call("send_message", chat_id=phone.chat_id, text="x")

    assert refused.value.kind == "forbidden"
    assert "bot was blocked by the user" in refused.value.text.lower()
    change = (await bot.call("get_updates"))[-1].my_chat_member
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")


async def test_flood_control_tells_how_long_to_wait(bot: BotClient, gateway: Running, phone: Phone) -> None:
    await gateway.add_faults({"method": "sendMessage", "kind": "429", "times": 1, "retry_after": 7})
    with pytest.raises(Refused) as refused:
        await bot.call("send_message", chat_id=phone.chat_id, text="x")
    await bot.call("send_message", chat_id=phone.chat_id, text="x")

    assert (refused.value.kind, refused.value.retry_after_s) == ("flood", 7)


async def test_an_ailing_server_answers_500(bot: BotClient, gateway: Running, phone: Phone) -> None:
    await gateway.add_faults({"method": "*", "kind": "500", "times": 1})
    with pytest.raises(Refused) as refused:
        await bot.call("send_message", chat_id=phone.chat_id, text="x")

    assert refused.value.kind == "server"


async def test_webhook_and_polling_exclude_each_other(bot: BotClient, gateway: Running) -> None:
    await bot.call("set_webhook", url="http://127.0.0.1:9/hook", secret_token="s", max_connections=3)
    info = await bot.call("get_webhook_info")
    with pytest.raises(Refused) as refused:
        await bot.call("get_updates")
    await bot.call("delete_webhook")

    assert (info.url, info.max_connections) == ("http://127.0.0.1:9/hook", 3)
    assert refused.value.kind == "conflict"
    assert list(await bot.call("get_updates", timeout=0)) == []


async def test_commands_are_kept_and_shown_on_the_phone(bot: BotClient, phone: Phone) -> None:
    await bot.call("set_my_commands", commands=[bot.command("my", "我的上报"), bot.command("todo", "待办")])
    read = await bot.call("get_my_commands", scope=None, language_code=None)

    assert [(command.command, command.description) for command in read] == [("my", "我的上报"), ("todo", "待办")]
    assert (await phone.get("me"))["commands"][0] == {"command": "my", "description": "我的上报"}
    assert (await phone.news())[-1]["type"] == "commands"


async def test_a_chat_is_described(bot: BotClient, phone: Phone) -> None:
    chat = await bot.call("get_chat", chat_id=phone.chat_id)

    assert (chat.id, chat.type, chat.first_name) == (phone.chat_id, "private", "李")


async def test_typing_is_shown_until_the_message_comes(bot: BotClient, phone: Phone) -> None:
    await bot.call("send_chat_action", chat_id=phone.chat_id, action="typing")
    assert (await phone.get("me"))["typing"] is True
    assert (await phone.news())[-1]["action"] == "typing"

    await bot.call("send_message", chat_id=phone.chat_id, text="好")
    assert (await phone.get("me"))["typing"] is False


async def test_close_and_log_out_are_understood(bot: BotClient) -> None:
    assert await bot.call("close")
    assert await bot.call("log_out")
