"""What can a phone do, and what may it not?"""

import asyncio
import io
import uuid
from pathlib import Path

import aiohttp
import pytest
from PIL import Image
from yarl import URL

from gateway.settings import BotIdentity
from gateway.store import messages
from gateway.store.database import Tx
from tests.gateway import gateway_world
from tests.gateway.gateway_world import MovedClock, Phone, Running


async def test_signing_in_says_start_to_the_bot(gateway: Running) -> None:
    phone = await gateway.sign_in("李", code="A7K2")
    message = (await gateway.take_updates())[0]["message"]

    assert message["text"] == "/start A7K2"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {
        "id": phone.chat_id,
        "is_bot": False,
        "first_name": "李",
        "language_code": "zh-CN",
    }
    assert message["chat"] == {"id": phone.chat_id, "first_name": "李", "type": "private"}


async def test_a_phone_whose_sign_in_answer_was_lost_gets_the_same_chat(gateway: Running) -> None:
    secret = str(uuid.uuid4())
    first = await gateway.sign_in(client_id=secret)
    again = await gateway.sign_in(client_id=secret)

    assert (first.token, first.chat_id) == (again.token, again.chat_id)
    assert len(await gateway.take_updates()) == 1


async def test_somebody_without_a_name_is_called_by_the_number(gateway: Running) -> None:
    phone = await gateway.sign_in(None)

    assert (await phone.get("me"))["user"] == {"id": phone.chat_id, "first_name": str(phone.chat_id)}


async def test_guessing_codes_is_slowed_down(tmp_path: Path) -> None:
    gateway = await gateway_world.start(tmp_path, MovedClock(), sign_ins_per_10_minutes=2)
    await gateway.sign_in()
    await gateway.sign_in()
    async with gateway.http.post(f"{gateway.base}/phone/api/sign-in", json={"code": "X"}) as answer:
        refused = (answer.status, await answer.json())
    gateway.advance(300)
    await gateway.sign_in()
    await gateway.stop()

    assert refused == (429, {"error": "too_many_sign_ins", "retry_after": 300})


@pytest.mark.parametrize("path", ["me", "history", "events?after=0&wait=0", "map", "files/x"])
async def test_a_stranger_reads_nothing(gateway: Running, phone: Phone, path: str) -> None:
    stranger = Phone(gateway, "wrong", 0)
    async with stranger.request("GET", path) as answer:
        assert (answer.status, await answer.json()) == (401, {"error": "unknown_token"})


@pytest.mark.parametrize("path", ["send", "press", "read", "block", "edit"])
async def test_a_stranger_does_nothing(gateway: Running, phone: Phone, path: str) -> None:
    assert await Phone(gateway, "wrong", 0).post(path, status=401) == {"error": "unknown_token"}


async def test_a_message_sent_twice_is_kept_once(gateway: Running, phone: Phone) -> None:
    first = await phone.post("send", client_id="c1", type="text", text="积水")
    again = await phone.post("send", client_id="c1", type="text", text="积水")

    assert first == again
    assert first["message"]["client_id"] == "c1"
    assert len(await gateway.take_updates()) == 2


async def test_a_photo_sent_twice_at_the_same_time_is_kept_once(gateway: Running, phone: Phone) -> None:
    picture = gateway_world.jpeg()
    answers = await asyncio.gather(*(phone.send_files("photo", picture, client_id="c1") for _ in range(4)))

    assert all(answer == answers[0] for answer in answers)
    assert len(await phone.history()) == 2
    assert len(await gateway.take_updates()) == 2


async def test_an_album_sent_twice_is_kept_once(gateway: Running, phone: Phone) -> None:
    pictures = (gateway_world.jpeg(), gateway_world.jpeg(colour="blue"))
    first = await phone.send_files("album", *pictures, client_id="c1", caption="两张")
    again = await phone.send_files("album", *pictures, client_id="c1", caption="两张")

    assert first == again
    assert [message["caption"] for message in first["messages"]] == ["两张", None]
    assert len(await gateway.take_updates()) == 3


async def test_two_people_may_use_the_same_client_id(gateway: Running, phone: Phone) -> None:
    other = await gateway.sign_in("王")
    await phone.post("send", client_id="c1", type="text", text="李")
    await other.post("send", client_id="c1", type="text", text="王")

    assert [update["message"]["text"] for update in await gateway.take_updates()][2:] == ["李", "王"]


async def test_events_wait_for_the_bot_and_come_in_order(gateway: Running, phone: Phone) -> None:
    await phone.news()
    waiting = asyncio.create_task(phone.news(wait=25))
    await gateway.ok("getMe")
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="一")
    assert [event["message"]["text"] for event in await waiting] == ["一"]

    await gateway.ok("editMessageText", chat_id=phone.chat_id, message_id=sent["message_id"], text="二")
    await gateway.ok("sendMessage", chat_id=phone.chat_id, text="三")
    events = await phone.news()
    assert [(event["type"], event["message"]["text"]) for event in events] == [("edited", "二"), ("message", "三")]
    assert await phone.news() == []


async def test_a_phone_that_was_away_too_long_is_told_to_start_over(gateway: Running, phone: Phone) -> None:
    for _ in range(2400):
        await phone.gateway.board.database.write(lambda tx: _nothing_happened(tx, phone.chat_id))
    answer = await phone.get("events?after=1&wait=0")

    assert answer["reset"] is True
    assert answer["seq"] == (await phone.get("me"))["last_seq"]


def _nothing_happened(tx: Tx, person_id: int) -> None:
    messages.add_event(tx, person_id, "action", {"action": "typing"})


async def test_history_comes_in_pages(gateway: Running, phone: Phone) -> None:
    for number in range(5):
        await phone.say(str(number))
    page = await phone.get("history?limit=3")
    older = await phone.get(f"history?limit=10&before={page['messages'][0]['message_id']}")

    assert ([message["text"] for message in page["messages"]], page["more"]) == (["2", "3", "4"], True)
    assert ([message["text"] for message in older["messages"]], older["more"]) == (["/start CODE-1", "0", "1"], False)


async def test_a_press_counts_once(gateway: Running, phone: Phone) -> None:
    buttons = {"inline_keyboard": [[{"text": "签收", "callback_data": "sign"}]]}
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="任务", reply_markup=buttons)
    await gateway.take_updates()
    presses = [await phone.post("press", client_id="p1", message_id=sent["message_id"], data="sign") for _ in range(3)]

    assert len({press["press_id"] for press in presses}) == 1
    assert len(await gateway.take_updates()) == 1


async def test_a_press_that_no_bot_took_in_time_is_told_to_its_phone_once(gateway: Running, phone: Phone) -> None:
    buttons = {"inline_keyboard": [[{"text": "签收", "callback_data": "sign"}]]}
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="任务", reply_markup=buttons)
    await gateway.take_updates()
    press = await phone.post("press", client_id="p1", message_id=sent["message_id"], data="sign")
    gateway.advance(151)
    async with asyncio.timeout(5):
        while not (told := [event for event in await phone.news() if event["type"] == "callback_answer"]):
            gateway.advance(60)

    assert [(event["press_id"], event["expired"]) for event in told] == [(press["press_id"], True)]
    assert await gateway.take_updates() == []


async def test_a_button_that_is_gone_cannot_be_pressed(gateway: Running, phone: Phone) -> None:
    buttons = {"inline_keyboard": [[{"text": "签收", "callback_data": "sign"}]]}
    sent = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="任务", reply_markup=buttons)
    await phone.post("press", status=409, client_id="p0", message_id=sent["message_id"], data="forged")
    await gateway.ok("editMessageReplyMarkup", chat_id=phone.chat_id, message_id=sent["message_id"])

    refused = await phone.post("press", status=409, client_id="p1", message_id=sent["message_id"], data="sign")
    assert refused == {"error": "button_gone"}


async def test_reading_lowers_the_unread_count(gateway: Running, phone: Phone) -> None:
    sent = [await gateway.ok("sendMessage", chat_id=phone.chat_id, text=text) for text in "一二三"]
    assert (await phone.get("me"))["unread"] == 3

    await phone.post("read", message_id=sent[1]["message_id"])
    await phone.post("read", message_id=sent[0]["message_id"])
    assert (await phone.get("me"))["unread"] == 1
    assert [event["type"] for event in await phone.news()].count("read") == 1


async def test_a_blocked_bot_hears_nothing_until_unblocked(gateway: Running, phone: Phone) -> None:
    await phone.post("block", blocked=True)
    await phone.post("block", blocked=True)
    assert await phone.post("send", status=409, client_id="c", type="text", text="x") == {"error": "blocked"}
    await phone.post("block", blocked=False)
    await phone.say("又来了")

    kinds = [sorted(set(update) - {"update_id"})[0] for update in await gateway.take_updates()]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message"]


async def test_a_pin_set_by_hand_has_no_accuracy(gateway: Running, phone: Phone) -> None:
    where = {"latitude": 39.1, "longitude": 117.2, "horizontal_accuracy": 5}
    pinned = await phone.post("send", client_id="a", type="location", pinned=True, **where)
    await phone.post("send", client_id="b", type="location", **where)
    first, second = [update["message"]["location"] for update in (await gateway.take_updates())[1:]]

    assert first == {"latitude": 39.1, "longitude": 117.2}
    assert second["horizontal_accuracy"] == 5
    assert pinned["message"]["location"]["pinned"] is True


@pytest.mark.parametrize(
    "where", [{"latitude": 91, "longitude": 0}, {"latitude": "nan", "longitude": 0}, {"latitude": 39}]
)
async def test_a_place_outside_the_world_is_refused(phone: Phone, where: dict[str, object]) -> None:
    refused = await phone.post("send", status=400, client_id="a", type="location", **where)

    assert refused["error"] == "bad_field"


async def test_a_person_sees_the_files_of_the_own_chat_only(gateway: Running, phone: Phone) -> None:
    picture = gateway_world.jpeg(1600, 1200)
    sent = (await phone.send_files("photo", picture))["message"]
    other = await gateway.sign_in("王")
    path = f"files/{sent['photo']['file_id']}"
    async with phone.request("GET", path) as answer:
        assert (answer.headers["Content-Type"], await answer.read()) == ("image/jpeg", picture)
    async with phone.request("GET", f"{path}?thumb=1") as answer:
        assert len(await answer.read()) < len(picture)
    async with other.request("GET", path) as answer:
        assert (answer.status, await answer.json()) == (404, {"error": "no_such_file"})


async def test_a_document_is_never_shown_inline(phone: Phone) -> None:
    sent = (await phone.send_files("document", b"<script>alert(1)</script>"))["message"]
    async with phone.request("GET", f"files/{sent['document']['file_id']}") as answer:
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_a_photo_keeps_what_the_camera_wrote(gateway: Running, phone: Phone) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2026:07:01 16:00:00"
    picture = gateway_world.jpeg(4000, 3000, exif=exif)
    sent = (await phone.send_files("photo", picture))["message"]
    async with phone.request("GET", f"files/{sent['photo']['file_id']}") as answer:
        largest = await answer.read()

    with Image.open(io.BytesIO(largest)) as shown:
        assert max(shown.size) == 2560
        assert shown.getexif()[0x0132] == "2026:07:01 16:00:00"


async def test_a_photo_of_a_large_camera_taken_upright_is_made_smaller(phone: Phone) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    sent = (await phone.send_files("photo", gateway_world.jpeg(8064, 6048, exif=exif)))["message"]
    async with phone.request("GET", f"files/{sent['photo']['file_id']}?thumb=1") as answer:
        thumb = await answer.read()

    assert (sent["photo"]["width"], sent["photo"]["height"]) == (1920, 2560)
    with Image.open(io.BytesIO(thumb)) as shown:
        assert shown.size == (240, 320)


@pytest.mark.parametrize("size", [(12_000, 9_000), (3_000, 100)])
async def test_a_picture_of_absurd_size_is_refused(phone: Phone, size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("L", size).save(out, "PNG")

    assert (await phone.send_files("photo", out.getvalue(), status=400))["error"] == "not_a_picture"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty_file"), (b"GIF89a-broken", "not_a_picture"), (b"<svg/>", "not_a_picture")]
)
async def test_a_broken_picture_is_refused_with_a_code(phone: Phone, content: bytes, code: str) -> None:
    assert (await phone.send_files("photo", content, status=400))["error"] == code


async def test_a_long_text_is_refused_with_the_limit(phone: Phone) -> None:
    refused = await phone.post("send", status=400, client_id="a", type="text", text="水" * 4097)

    assert refused == {"error": "text_too_long", "field": "text", "limit": 4096}


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"type":"text","text":"\\ud800","client_id":"a"}', b"\xff"])
async def test_an_unreadable_body_is_a_refusal_not_a_crash(phone: Phone, body: bytes) -> None:
    async with phone.request("POST", "send", data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400


async def test_a_reply_names_what_it_answers(gateway: Running, phone: Phone) -> None:
    asked = await gateway.ok("sendMessage", chat_id=phone.chat_id, text="多深？")
    await phone.say("30", reply_to=asked["message_id"])

    assert (await gateway.take_updates())[-1]["message"]["reply_to_message"]["text"] == "多深？"


async def test_the_map_is_sent_once(tmp_path: Path) -> None:
    streets = tmp_path / "streets.geojson"
    streets.write_text('{"type":"FeatureCollection","features":[1]}')
    gateway = await gateway_world.start(tmp_path / "data", MovedClock(), map_file=streets)
    phone = await gateway.sign_in()
    async with phone.request("GET", "map") as answer:
        tag, first = answer.headers["ETag"], await answer.json(content_type=None)
    async with phone.request("GET", "map", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
    await gateway.stop()

    assert first["features"] == [1]


async def test_pages_come_with_a_strict_policy_and_slots_only_in_demonstrations(tmp_path: Path) -> None:
    gateway = await gateway_world.start(
        tmp_path,
        MovedClock(),
        demo_codes={"li": "C-1"},
    )
    async with gateway.http.get(f"{gateway.base}/phones/slots") as answer:
        assert await answer.json() == [{"slot": "li", "title": "li", "code": "C-1"}]
    async with gateway.http.get(f"{gateway.base}/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/phone/")
    async with gateway.http.get(f"{gateway.base}/phone/nothing.js") as answer:
        assert answer.status == 404
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    await gateway.stop()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("sw.js", "text/javascript; charset=utf-8"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("", "text/html"),
    ],
)
async def test_the_page_is_served_with_its_types(gateway: Running, path: str, kind: str) -> None:
    async with gateway.http.get(f"{gateway.base}/phone/{path}") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["%2e%2e/app.py", "..%2fapp.py", "%00.js", "tools", "nothing.py"])
async def test_the_page_folder_shows_nothing_else(gateway: Running, path: str) -> None:
    async with gateway.http.get(URL(f"{gateway.base}/phone/{path}", encoded=True)) as answer:
        assert answer.status == 404


async def test_people_of_a_bot_that_is_gone_have_to_sign_in_again(tmp_path: Path) -> None:
    gateway = await gateway_world.start(tmp_path, MovedClock())
    phone = await gateway.sign_in()
    await gateway.stop()
    tokens = {gateway_world.OTHER_TOKEN: BotIdentity("other_bot", "Other")}
    again = await gateway_world.start(tmp_path, MovedClock(), tokens=tokens)
    async with Phone(again, phone.token, phone.chat_id).request("GET", "me") as answer:
        status = answer.status
    await again.stop()

    assert status == 401


async def test_a_file_above_the_limit_is_refused_with_it(phone: Phone) -> None:
    refused = await phone.send_files("document", bytes((20 << 20) + 1), status=413)

    assert refused == {"error": "file_too_big", "limit": 20 << 20}


async def test_a_form_without_a_file_is_refused(phone: Phone) -> None:
    form = aiohttp.FormData({"client_id": "a", "type": "photo"})
    async with phone.request("POST", "send", data=form) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "missing_field")
