"""Where is Telegram strict, and are we just as strict? Calls that only raw HTTP can make."""

from pathlib import Path

import aiohttp
import pytest

from gateway.botapi.entities import utf16_length
from gateway.botapi.errors import CannotParseEntities
from gateway.botapi.html import parse_html
from tests.gateway.gateway_world import TOKEN, MovedClock, Phone, Running, start


async def test_unknown_methods_and_tokens_have_their_own_errors(gateway: Running) -> None:
    assert await gateway.refused("sendNothing") == (404, "Not Found")
    assert await gateway.refused("getMe", "1:wrong") == (401, "Unauthorized")
    assert (await gateway.ok("GETME"))["id"] == 700001


@pytest.mark.parametrize("encoding", ["query", "form", "multipart", "json", "form with GET"])
async def test_every_encoding_of_parameters_is_read(gateway: Running, phone: Phone, encoding: str) -> None:
    address = f"{gateway.base}/bot{TOKEN}/sendMessage"
    values = {"chat_id": str(phone.chat_id), "text": "你好 & +"}
    multipart = aiohttp.MultipartWriter("form-data")
    for name, value in values.items():
        multipart.append(value).set_content_disposition("form-data", name=name)
    request = {
        "query": lambda: gateway.http.get(address, params=values),
        "form": lambda: gateway.http.post(address, data=values),
        "multipart": lambda: gateway.http.post(address, data=multipart),
        "json": lambda: gateway.http.post(address, json=values),
        "form with GET": lambda: gateway.http.get(address, data=values),
    }[encoding]
    async with request() as answer:
        body = await answer.json()

    assert body["result"]["text"] == "你好 & +"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("[]", "object expected as reply markup"),
        ("{", "can't parse reply markup JSON object"),
        ({"inline_keyboard": [{}]}, "can't parse inline keyboard: expected an Array of buttons"),
        ({"inline_keyboard": [[{"callback_data": "a"}]]}, 'Can\'t find field "text"'),
        ({"inline_keyboard": [[{"text": "a"}]]}, "Text buttons are unallowed in the inline keyboard"),
        ({"inline_keyboard": [[{"text": "a", "url": "javascript:alert(1)"}]]}, "is invalid: Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "a", "pay": True}]]}, "BUTTON_TYPE_INVALID"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "b"}] * 9]}, "REPLY_MARKUP_TOO_LONG"),
        ({"keyboard": [[{"no": "text"}]]}, 'Can\'t find field "text"'),
    ],
)
async def test_bad_markup_is_refused_with_its_reason(
    gateway: Running, phone: Phone, markup: object, reason: str
) -> None:
    code, text = await gateway.refused("sendMessage", chat_id=phone.chat_id, text="x", reply_markup=markup)

    assert code == 400
    assert reason in text


async def test_an_edit_takes_inline_buttons_only(gateway: Running, phone: Phone) -> None:
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="x")
    where = {"chat_id": phone.chat_id, "message_id": sent["message_id"]}

    refused = await gateway.refused("editMessageText", **where, text="y", reply_markup={"keyboard": [["a"]]})
    assert refused == (400, "Bad Request: inline keyboard expected")


async def test_a_message_with_a_reply_keyboard_cannot_be_edited(gateway: Running, phone: Phone) -> None:
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="x", reply_markup={"remove_keyboard": True})

    assert await gateway.refused("editMessageText", chat_id=phone.chat_id, message_id=sent["message_id"], text="y") == (
        400,
        "Bad Request: message can't be edited",
    )


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": "@name", "text": "x"}, "chat not found"),
        ({"chat_id": 10**30, "text": "x"}, "chat not found"),
        ({"chat_id": "me", "text": " \n"}, "message text is empty"),
        ({"chat_id": "me", "text": "\ud800"}, "strings must be encoded in UTF-8"),
        ({"chat_id": "me", "text": "x", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        ({"chat_id": "me", "text": "x", "reply_parameters": {"message_id": 77}}, "message to be replied not found"),
        ({"chat_id": "me", "text": "x", "entities": "{}"}, "can't parse entities: expected an Array of MessageEntity"),
    ],
)
async def test_a_bad_send_is_refused_with_its_reason(
    gateway: Running, phone: Phone, params: dict[str, object], text: str
) -> None:
    if params.get("chat_id") == "me":
        params = params | {"chat_id": phone.chat_id}

    assert await gateway.refused("sendMessage", **params) == (400, f"Bad Request: {text}")


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_a_bad_request(gateway: Running, body: bytes) -> None:
    async with gateway.http.post(
        f"{gateway.base}/bot{TOKEN}/sendMessage", data=body, headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 400


async def test_spaces_at_both_ends_are_trimmed_with_their_marks(gateway: Running, phone: Phone) -> None:
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="\n <b> 粗 </b>\n", parse_mode="HTML")

    assert (sent["text"], sent["entities"]) == ("粗", [{"type": "bold", "offset": 0, "length": 1}])


async def test_marks_can_be_given_without_a_parse_mode(gateway: Running, phone: Phone) -> None:
    entities = [
        {"type": "text_link", "offset": 0, "length": 2, "url": "a.cn/x"},
        {"type": "bold", "offset": 1, "length": 50},
        {"type": "italic", "offset": 40, "length": 1},
    ]
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="链接", entities=entities)

    assert sent["entities"] == [
        {"type": "text_link", "offset": 0, "length": 2, "url": "http://a.cn/x"},
        {"type": "bold", "offset": 1, "length": 1},
    ]


async def test_links_and_commands_are_found_in_plain_text(gateway: Running, phone: Phone) -> None:
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="😀 见 https://a.cn/x，或 /todo。")

    assert sent["entities"] == [
        {"type": "url", "offset": 5, "length": 14},
        {"type": "bot_command", "offset": 22, "length": 5},
    ]


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("a &amp;lt; b", "a &lt; b", []),
        ("&#x6c34;&#20301; &copy;", "水位 &copy;", []),
        ("<u><s>x</s></u>", "x", ["strikethrough", "underline"]),
        ('<pre><code class="language-py">x</code></pre>', "x", ["pre"]),
        ("<blockquote expandable>x</blockquote>", "x", ["expandable_blockquote"]),
        ('<span class="tg-spoiler">x</span>', "x", ["spoiler"]),
        ("<a href='javascript:alert(1)'>x</a>", "x", []),
        ("<b></b>x", "x", []),
    ],
)
def test_html_is_read_as_telegram_reads_it(source: str, text: str, kinds: list[str]) -> None:
    plain, entities = parse_html(source)

    assert (plain, sorted(entity["type"] for entity in entities)) == (text, kinds)


@pytest.mark.parametrize("source", ["<b", "<b class", "</b>", "<span>x</span>", "<p>x</p>", "<b>x</b", "<b ='1'>x</b>"])
def test_unsound_html_is_refused(source: str) -> None:
    with pytest.raises(CannotParseEntities):
        parse_html(source)


def test_utf16_counts_emoji_twice() -> None:
    assert utf16_length("水😀") == 3


async def test_old_messages_cannot_be_deleted(gateway: Running, phone: Phone) -> None:
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="x")
    gateway.advance(48 * 3600 + 1)

    assert await gateway.refused("deleteMessage", chat_id=phone.chat_id, message_id=sent["message_id"]) == (
        400,
        "Bad Request: message can't be deleted for everyone",
    )


async def test_several_messages_are_deleted_at_once(gateway: Running, phone: Phone) -> None:
    sent = [await gateway.ok("sendMessage", chat_id=phone.chat_id, text=text) for text in "ab"]
    numbers = [message["message_id"] for message in sent]

    assert await gateway.ok("deleteMessages", chat_id=phone.chat_id, message_ids=[*numbers, 99])
    assert len(await phone.history()) == 1


async def test_limits_are_enforced_when_asked_for(tmp_path: Path) -> None:
    gateway = await start(tmp_path, MovedClock(), strict_limits=True)
    phone = await gateway.sign_in()
    for _ in range(5):
        await gateway.ok("sendMessage", chat_id=phone.chat_id, text="x")
    refused = await gateway.call("sendMessage", chat_id=phone.chat_id, text="x")
    gateway.advance(1)
    await gateway.ok("sendMessage", chat_id=phone.chat_id, text="x")
    await gateway.stop()

    assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 1})
    assert refused["description"] == "Too Many Requests: retry after 1"


async def test_a_bot_sends_thirty_messages_a_second_to_all_chats(tmp_path: Path) -> None:
    gateway = await start(tmp_path, MovedClock(), strict_limits=True)
    phones = [await gateway.sign_in() for _ in range(16)]
    codes = [
        (await gateway.call("sendMessage", chat_id=phone.chat_id, text="x")).get("error_code") for phone in phones * 2
    ]
    await gateway.stop()

    assert codes == [None] * 30 + [429] * 2


async def test_a_timeout_after_the_effect_leaves_the_message_sent(gateway: Running, phone: Phone) -> None:
    await gateway.add_faults(
        {"method": "sendMessage", "kind": "timeout_before", "times": 1},
        {"method": "sendMessage", "kind": "timeout_after", "times": 1},
    )
    for text in ("没到", "到了"):
        with pytest.raises(TimeoutError):
            await gateway.http.post(
                f"{gateway.base}/bot{TOKEN}/sendMessage",
                json={"chat_id": phone.chat_id, "text": text},
                timeout=aiohttp.ClientTimeout(total=0.3),
            )

    news = await phone.news()
    while news[-1]["message"]["text"] != "到了":
        news += await phone.news(wait=25)
    assert [event["message"]["text"] for event in news] == ["/start CODE-1", "到了"]
    async with gateway.http.get(f"{gateway.base}/control/ledger") as answer:
        assert [entry["text"] for entry in await answer.json()] == ["到了"]


async def test_faults_end_when_they_are_cleared(gateway: Running, phone: Phone) -> None:
    await gateway.add_faults({"method": "*", "kind": "500", "times": 100})
    assert (await gateway.refused("getMe"))[0] == 500
    async with gateway.http.delete(f"{gateway.base}/control/faults"):
        assert (await gateway.ok("getMe"))["is_bot"]


async def test_control_is_not_there_unless_asked_for(tmp_path: Path) -> None:
    gateway = await start(tmp_path, MovedClock(), control=False)
    async with gateway.http.get(f"{gateway.base}/control/ledger") as answer:
        assert answer.status == 404
    await gateway.stop()


async def test_a_file_path_leads_nowhere_else(gateway: Running, phone: Phone) -> None:
    for path in ("../gateway.sqlite3", "photos/file_1.jpg", "%2e%2e/gateway.sqlite3"):
        async with gateway.http.get(f"{gateway.base}/file/bot{TOKEN}/{path}") as answer:
            assert answer.status == 404
