"""What the channel does to a message, and what becomes of it: every failure that Telegram has, and a storm."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from PIL import Image

from actions import cases, media, people
from bot.outgoing.courier import Courier
from bot.outgoing.limiter import Limiter
from config.texts import Texts
from models.rules.roles import Role
from models.store.rows import RosterRow
from tests.bot.casework.town import CHANNEL, CHATS, STREET, Town, found
from tests.bot.outgoing.fake_bot_api import TOKEN

ZHAO = CHATS["zhao"]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made, close = await found(tmp_path)
    yield made
    await close()


async def say(town: Town, who: str, text: str, **more: Any) -> list[int]:
    """Puts a plain message into somebody's outbox."""
    async with town.deps.store.begin() as unit:
        said = {"say": {"text": text} | more.pop("say", {})}
        return await unit.messages.add(channel=CHANNEL, chat_id=CHATS[who], body=said, **more)


async def unsent(town: Town) -> int:
    async with town.deps.store.read() as unit:
        return await unit.messages.n_waiting()


async def test_whoever_blocked_the_bot_gets_nothing_more_and_the_street_hears_of_it(town: Town) -> None:
    town.api.fail("sendPhoto", 403, "Forbidden: bot was blocked by the user", chat_id=ZHAO, times=99)

    case_no = await town.file()

    assert await unsent(town) == 0
    async with town.deps.store.read() as unit:
        assert await unit.people.by_chat(CHANNEL, ZHAO) is not None
    await say(town, "zhao", "still here?")
    n_calls = len(town.api.sent("sendMessage"))
    assert "赵强 收不到消息（停用了机器人）" in "".join(b.text for b in [*town.phone("qian"), *town.phone("zhou")])
    assert case_no
    assert len(town.api.sent("sendMessage")) == n_calls


@pytest.mark.parametrize("said", ["Bad Request: chat not found", "Forbidden: user is deactivated"])
async def test_an_address_that_ended_is_dead(town: Town, said: str) -> None:
    town.api.fail("sendPhoto", 400 if said.startswith("Bad") else 403, said, chat_id=ZHAO)

    await town.file()

    async with town.deps.store.read() as unit:
        assert (await unit.messages.buried())[0].chat_id == ZHAO
    assert "收不到消息" in "".join(b.text for b in [*town.phone("qian"), *town.phone("zhou")])


async def test_a_message_that_must_wait_waits_exactly_so_long(town: Town) -> None:
    town.api.fail("sendMessage", 429, "Too Many Requests: retry after 37", parameters={"retry_after": 37})
    await say(town, "zhao", "hello")

    await town.courier.drain()
    town.clock.forward(seconds=36)
    await town.courier.drain()
    assert town.phone("zhao") == []
    town.clock.forward(seconds=2)
    await town.courier.drain()

    assert town.sees("zhao") == "hello"
    assert len(town.api.sent("sendMessage")) == 2


async def test_what_waits_does_not_overtake_within_a_chat(town: Town) -> None:
    town.api.fail("sendMessage", 429, "Too Many Requests", parameters={"retry_after": 5})
    for text in ("one", "two", "three"):
        await say(town, "zhao", text)

    await town.courier.drain()
    town.clock.forward(seconds=6)
    await town.courier.drain()

    assert [b.text for b in town.phone("zhao")] == ["one", "two", "three"]


async def test_a_channel_that_is_down_is_tried_again_and_again(town: Town) -> None:
    town.api.fail("sendMessage", 502, "Bad Gateway", times=3)
    await say(town, "zhao", "hello")

    for _ in range(6):
        await town.courier.drain()
        town.clock.forward(seconds=10)

    assert town.sees("zhao") == "hello"
    assert len(town.api.sent("sendMessage")) == 4


async def test_an_outage_of_one_chat_does_not_hold_up_another(town: Town) -> None:
    town.api.fail("sendMessage", 502, "Bad Gateway", chat_id=ZHAO, times=99)
    await say(town, "zhao", "hello")
    await say(town, "li", "hello")

    await town.courier.drain()

    assert town.sees("li") == "hello"


async def test_nothing_to_change_is_success(town: Town) -> None:
    case_no = await town.file()
    town.api.fail(
        "*", 400, "Bad Request: message is not modified: specified new message content is exactly the same", times=2
    )
    await town.taps("zhao", "签收")

    assert await unsent(town) == 0
    assert case_no


async def test_a_card_that_was_deleted_is_sent_anew(town: Town) -> None:
    case_no = await town.file()
    town.api.chats[ZHAO].clear()

    await town.says("feng", f"/sign {case_no}")

    assert "已签收，待处置" in town.sees("zhao")
    assert town.phone("zhao")[-1].buttons


async def test_markup_that_the_channel_cannot_read_is_sent_plain(town: Town) -> None:
    town.api.fail("sendMessage", 400, "Bad Request: can't parse entities: unsupported start tag")
    await say(town, "zhao", "<b>bold</b> &amp; so on")

    await town.courier.drain()

    assert town.sees("zhao") == "bold &amp; so on"


async def test_what_a_person_wrote_never_becomes_markup(town: Town) -> None:
    await town.file(text="<b>水</b> & <script> 深 >30")

    shown = town.sees("zhao")

    assert "&lt;b&gt;水&lt;/b&gt; &amp; &lt;script&gt; 深 &gt;30" in shown


async def test_a_long_report_fits_under_its_picture(town: Town) -> None:
    await town.file(text="水" * 3000)

    photo = town.api.sent("sendPhoto")[-1]
    assert len(str(photo["caption"]).encode("utf-16-le")) // 2 <= 1024
    assert "待签收" in town.sees("zhao")
    assert town.phone("zhao")[-1].photo is not None


async def test_a_picture_travels_once_and_is_named_afterwards(town: Town) -> None:
    case_no = await town.file()
    assert isinstance(town.api.sent("sendPhoto")[0]["photo"], str)
    first = town.phone("zhao")[-1]
    assert isinstance(first.photo, bytes)

    await town.says("wang", f"/case {case_no}")

    assert town.phone("wang")[-1].photo == f"file-of-{first.message_id}"


async def test_a_file_that_the_channel_lost_is_sent_again(town: Town) -> None:
    case_no = await town.file()
    town.api.fail("sendPhoto", 400, "Bad Request: wrong file identifier/HTTP URL specified")

    await town.says("wang", f"/case {case_no}")

    assert isinstance(town.phone("wang")[-1].photo, bytes)


async def test_a_photo_that_comes_later_completes_the_card(town: Town) -> None:
    late = await media.take_later(town.deps, town.ids["li"], file_id="late")
    case_no = await town.file(before=(late.media_id,))
    first = town.phone("zhao")[-1].photo
    assert isinstance(first, bytes)
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.size == (480, 480), "the map alone"

    async def download(file_id: str) -> bytes:
        return town.photo_bytes()

    await media.fetch(town.deps, late.media_id, download)
    await town.taps("zhao", "签收")

    whole = town.card("zhao", case_no).photo
    assert isinstance(whole, bytes)
    with Image.open(io.BytesIO(whole)) as picture:
        assert picture.size == (968, 480)


async def test_the_picture_of_a_card_shows_the_photos_and_the_map(town: Town) -> None:
    await town.file()

    sheet = town.phone("zhao")[-1].photo
    assert isinstance(sheet, bytes)
    with Image.open(io.BytesIO(sheet)) as picture:
        assert picture.size == (968, 480)


async def test_a_message_that_is_refused_for_good_is_set_aside_and_the_next_goes_out(town: Town) -> None:
    town.api.fail("sendMessage", 400, "Bad Request: BUTTON_DATA_INVALID")
    await say(town, "zhao", "odd")
    await say(town, "zhao", "fine")

    await town.courier.drain()

    assert [b.text for b in town.phone("zhao")] == ["fine"]
    async with town.deps.store.read() as unit:
        assert "BUTTON_DATA_INVALID" in str((await unit.messages.buried())[0].error)


async def test_a_text_that_is_too_long_is_shortened(town: Town) -> None:
    town.api.fail("sendMessage", 400, "Bad Request: message is too long")
    await say(town, "zhao", "水" * 5000)

    await town.courier.drain()

    assert len(town.sees("zhao")) <= 4096
    assert town.sees("zhao").endswith("…")


async def test_a_sender_that_died_after_sending_sends_again_and_loses_nothing(town: Town) -> None:
    await say(town, "zhao", "R2026-0000001")
    async with town.deps.store.begin() as unit:
        taken = await unit.messages.claim("dead-sender", 10, town.clock(), 90.0, channel=CHANNEL)
    assert len(taken) == 1

    await town.courier.drain()
    assert town.phone("zhao") == []
    town.clock.forward(seconds=91)
    await town.courier.drain()

    assert town.sees("zhao") == "R2026-0000001"


async def test_own_replies_do_not_wait_behind_a_storm(town: Town) -> None:
    await say(town, "zhao", "later", not_before=town.clock() + timedelta(hours=1))
    ids = await say(town, "zhao", "now")

    await town.courier.send_now(ids)

    assert town.sees("zhao") == "now"


async def test_many_notices_at_once_become_one_message(town: Town) -> None:
    numbers = []
    town.api.fail("*", 502, "Bad Gateway", chat_id=ZHAO, times=99)
    for i in range(6):
        numbers.append(await town.file(text=f"第{i}处积水"))
    town.api.faults.clear()
    town.clock.forward(minutes=10)

    await town.courier.drain()

    notices = [b for b in town.phone("zhao") if "派给您一件" in b.text]
    assert len(notices) == 1
    assert "有 6 件同时有消息" in notices[0].text
    assert all(number in notices[0].text for number in numbers)
    await town.taps("zhao", "3")
    assert numbers[2] in town.sees("zhao")
    assert "✅ 签收" in town.phone("zhao")[-1].labels()


async def test_life_in_danger_is_never_bundled_and_goes_first(town: Town) -> None:
    town.api.fail("*", 502, "Bad Gateway", chat_id=ZHAO, times=99)
    for i in range(5):
        await town.file(text=f"第{i}处积水")
    danger = await town.file(text="桥下有人被困", danger=("被困",), life_danger=True)
    town.api.faults.clear()
    town.clock.forward(minutes=1)

    await town.courier.drain()

    shown = town.phone("zhao")
    assert danger in shown[0].text
    assert "特急" in shown[0].text
    assert any("有 5 件同时有消息" in b.text for b in shown[1:])


async def test_a_phone_that_rang_often_rings_later_with_the_rest(tmp_path: Path) -> None:
    seconds = [0.0]
    town, close = await found(tmp_path, now=lambda: seconds[0])
    try:
        for i in range(12):
            await town.file(text=f"第{i}处积水")
            seconds[0] += 1.5
            town.clock.forward(seconds=1.5)
        rang = sum("派给您一件" in b.text for b in town.phone("zhao"))
        assert rang <= 8
        seconds[0] += 60
        town.clock.forward(seconds=60)
        await town.courier.drain()

        assert await unsent(town) == 0
        assert "合成一条" in town.sees("zhao")
    finally:
        await close()


async def test_quiet_changes_of_one_card_fold_into_the_latest(town: Town) -> None:
    case_no = await town.file()
    card = town.card("li", case_no)
    before = card.n_edits
    member = await people.member(town.deps, town.ids["zhao"], CHANNEL)
    await cases.sign(town.deps, member.actor, case_no)
    await cases.arrive(town.deps, member.actor, case_no)

    await town.courier.drain()

    assert card.n_edits == before + 1
    assert "处置中" in card.text


async def test_a_new_notice_takes_the_buttons_off_the_old_card(town: Town) -> None:
    case_no = await town.file()
    old = town.card("zhao", case_no)

    await town.taps("li", "催办", on=case_no)

    assert old.buttons == []
    assert town.card("zhao", case_no) is not old


async def test_whoever_lost_the_post_sees_no_more_of_the_case(town: Town) -> None:
    case_no = await town.file("other_hazard", text="铁架子")
    card = town.card("wang", case_no)
    async with town.deps.store.begin() as unit:
        await unit.people.end_posts(town.ids["wang"], town.clock())
        replacement = RosterRow(staff_no="tang", name="唐磊", role=Role.STREET_DISPATCHER, area_code=STREET)
        await unit.people.import_roster([replacement])
        body = {"template": "card", "case_no": case_no, "facts": {}}
        await unit.messages.add(
            channel=CHANNEL, chat_id=CHATS["wang"], body=body, card_key=f"case:{case_no}", loud=False
        )

    await town.courier.drain()

    assert card.buttons == []
    assert await unsent(town) == 0


async def test_a_fault_in_one_message_is_tried_again_and_does_not_stop_the_others(town: Town) -> None:
    async with town.deps.store.begin() as unit:
        await unit.messages.add(channel=CHANNEL, chat_id=ZHAO, body={"unheard": "of"}, loud=True)
    await say(town, "li", "hello")

    await town.courier.drain()

    assert town.sees("li") == "hello"
    assert await unsent(town) == 1


async def test_the_token_is_never_written_down(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    await town.api.stop()
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        await say(town, "zhao", "hello")
        await town.courier.drain()

    secret = TOKEN.partition(":")[2]
    assert logs
    assert secret not in str(logs)
    assert secret not in caplog.text
    async with town.deps.store.read() as unit:
        assert await unit.messages.n_waiting() == 1


async def test_two_couriers_share_the_outbox_without_sending_twice(town: Town) -> None:
    for i in range(30):
        await say(town, "zhao" if i % 2 else "li", f"message {i}")
    other = Courier(
        town.deps, town.bot, CHANNEL, Texts.load([Path("bot/locales")]), Limiter.local(_racing()), owner="other"
    )

    await _together(town.courier, other)

    texts = [b.text for who in ("zhao", "li") for b in town.phone(who)]
    assert sorted(texts) == sorted(f"message {i}" for i in range(30))


async def test_a_chat_that_waits_for_its_turn_holds_up_nobody_else(town: Town) -> None:
    for i in range(6):
        await say(town, "li", f"message {i}")
    await say(town, "zhao", "a card")
    patient = Courier(
        town.deps, town.bot, CHANNEL, Texts.load([Path("bot/locales")]), Limiter.local(lambda: 0.0), owner="patient"
    )

    await patient.drain()

    assert [b.text for b in town.phone("zhao")] == ["a card"]
    assert [b.text for b in town.phone("li")] == ["message 0", "message 1", "message 2"]
    async with town.deps.store.read() as unit:
        assert await unit.messages.n_waiting() == 3


def _racing() -> Any:
    ticks = iter(range(10**9))
    return lambda: float(next(ticks) * 60)


async def _together(*couriers: Courier) -> None:
    await asyncio.gather(*(courier.drain() for courier in couriers))


async def test_the_administrator_reads_what_the_service_found_out_about_itself(town: Town) -> None:
    facts = {"late": 1, "undelivered": 2, "unowned": 0, "cases": "TJ-2026-000001"}
    async with town.deps.store.begin() as unit:
        for body in (
            {"template": "notice.audit", "facts": facts},
            {"template": "notice.job_dead", "facts": {"verb": "route", "job_id": 7}},
            {"template": "notice.update_dead", "facts": {"reference": "U9", "n": 1}},
        ):
            await unit.messages.add(person_id=town.ids["qian"], body=body, loud=True)

    await town.courier.drain()

    assert "TJ-2026-000001" in town.phone("qian")[0].text
    assert "route" in town.phone("qian")[1].text
    assert "U9" in town.phone("qian")[2].text
