"""Where a report lies: what can be told is told, what cannot is asked, and nothing typed is ever lost."""

import json

import pytest

from actions.ports import Deps
from bot.pins import PIN_DATUM
from config.texts import Texts
from models.store.rows import ReportRow
from tests.bot.chat import Chat
from tests.bot.conftest import Street, started
from tests.bot.outgoing.fake_bot_api import FakeBotApi
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import AT_BORDER, IN_NEIGHBOUR, IN_SOUTH, NEIGHBOUR, OUTSIDE, SOUTH, STREET

CLUTTER = "楼道堆满纸箱"
SHIFTED_OUT_OF_HOME = (39.0862, 117.2245)
"""What a map in GCJ-02 calls a point some 140 m inside the worker's own street."""

SHIFTED_OUT_OF_CITY = (39.1005, 117.2150)
"""North of the city, and some 50 m inside it when it is read as GCJ-02."""
HOME_ONLY_AS_SENT = (39.085, 117.2015)
"""In the west of the worker's own street, and west of the city when it is read as GCJ-02."""


@pytest.fixture
async def waiting(li: Chat) -> Chat:
    """Gives a phone whose report lacks nothing but the place."""
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    return li


async def report_of(street: Street) -> ReportRow:
    """Reads the first report."""
    async with street.deps.store.read() as unit:
        return (await unit.reports.of_case("TJ-2026-000001"))[0]


async def street_of(street: Street) -> str | None:
    """Tells which street the first case lies in."""
    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts("TJ-2026-000001")
    assert facts is not None
    return facts.areas.street if facts.areas.placed else None


async def test_the_question_says_what_to_do_without_the_location_button(waiting: Chat) -> None:
    assert "📎 → 位置" in waiting.card.text
    assert "写地址" in waiting.card.text


async def test_near_a_border_the_worker_is_asked_which_street(waiting: Chat, street: Street) -> None:
    await waiting.shares(*AT_BORDER)
    assert "交界" in waiting.card.text
    assert {"河西区 尖山街道", "河西区 梅江街道"} <= {" ".join(label.split()[:2]) for label in waiting.card.labels}

    await waiting.taps("尖山街道")
    await waiting.taps("上报")
    report = await report_of(street)
    assert await street_of(street) == STREET
    assert report.place_method == "chosen_at_border"
    assert (report.raw_latitude, report.raw_longitude) == AT_BORDER


async def test_the_answer_to_the_border_may_be_typed(waiting: Chat, street: Street) -> None:
    await waiting.shares(*AT_BORDER)
    await waiting.says("梅江街道")
    await waiting.taps("上报")

    assert await street_of(street) == NEIGHBOUR


async def test_outside_the_city_is_refused_kindly_and_nothing_typed_is_lost(waiting: Chat, street: Street) -> None:
    await waiting.shares(*OUTSIDE)
    assert "市外" in waiting.card.text
    assert "梅江街道" in waiting.card.text
    assert CLUTTER in waiting.card.text
    assert "照片 1 张" in waiting.card.text

    await waiting.shares(*IN_SOUTH)
    await waiting.taps("上报")
    assert await street_of(street) == STREET


async def test_a_pin_far_from_the_phone_is_confirmed(waiting: Chat, street: Street) -> None:
    await waiting.shares(*IN_SOUTH)
    await waiting.drops_pin(*IN_NEIGHBOUR)
    assert "米" in waiting.card.text
    await waiting.taps("图钉的位置")
    await waiting.taps("上报")

    report = await report_of(street)
    assert await street_of(street) == NEIGHBOUR
    assert report.by_hand
    assert report.place_method == "pin"


async def test_of_a_far_pin_and_the_phone_the_phone_may_count(waiting: Chat, street: Street) -> None:
    await waiting.shares(*IN_SOUTH)
    await waiting.drops_pin(*IN_NEIGHBOUR)
    await waiting.taps("手机的位置")
    await waiting.taps("上报")

    assert await street_of(street) == STREET
    assert not (await report_of(street)).by_hand


async def test_a_pin_of_a_map_with_shifted_coordinates_is_asked_about_by_name(
    deps: Deps, api: FakeBotApi, texts: Texts
) -> None:
    """On Telegram a pin may be set on a map in GCJ-02; which street is meant only the worker can tell."""
    async with started(deps, api, texts, "telegram") as street:
        li = await street.bound("li", 501)
        await li.sends_photo(jpeg(1), caption=CLUTTER)
        await li.drops_pin(*SHIFTED_OUT_OF_HOME)
        assert "偏移" in li.card.text
        await li.taps("尖山街道")
        await li.taps("上报")

        report = await report_of(street)
        assert await street_of(street) == STREET
        assert report.coord_sys == "gcj02"
        assert (report.raw_latitude, report.raw_longitude) == SHIFTED_OUT_OF_HOME


async def test_a_pin_outside_the_city_that_only_a_shift_brings_home_is_asked_about(
    deps: Deps, api: FakeBotApi, texts: Texts
) -> None:
    async with started(deps, api, texts, "telegram") as street:
        li = await street.bound("li", 501)
        await li.sends_photo(jpeg(1), caption=CLUTTER)
        await li.drops_pin(*SHIFTED_OUT_OF_CITY)
        assert "偏移" in li.card.text
        await li.taps("市外的那一点")

        assert "市外" in li.card.text
        assert "尖山街道" not in [button for row in li.card.buttons for button in row]


async def test_a_channel_that_declares_a_shifted_map_is_taken_at_its_word(
    deps: Deps, api: FakeBotApi, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PIN_DATUM, "chinese_map", "gcj02")
    async with started(deps, api, texts, "chinese_map") as street:
        li = await street.bound("li", 501)
        await li.sends_photo(jpeg(1), caption=CLUTTER)
        await li.drops_pin(*SHIFTED_OUT_OF_HOME)
        assert "偏移" not in li.card.text
        await li.taps("上报")

        report = await report_of(street)
        assert await street_of(street) == STREET
        assert report.coord_sys == "gcj02"


async def test_a_pin_that_does_not_fit_the_declared_map_is_asked_about_and_not_turned(
    deps: Deps, api: FakeBotApi, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers lie in the worker's own street as they are, and outside it as the channel declares them."""
    monkeypatch.setitem(PIN_DATUM, "chinese_map", "gcj02")
    async with started(deps, api, texts, "chinese_map") as street:
        li = await street.bound("li", 501)
        await li.sends_photo(jpeg(1), caption=CLUTTER)
        await li.drops_pin(*HOME_ONLY_AS_SENT)
        assert "偏移" in li.card.text
        await li.taps("尖山街道")
        await li.taps("上报")

        assert (await report_of(street)).coord_sys == "wgs84"
        assert await street_of(street) == STREET


async def test_a_phones_own_fix_is_never_held_for_shifted(deps: Deps, api: FakeBotApi, texts: Texts) -> None:
    async with started(deps, api, texts, "telegram") as street:
        li = await street.bound("li", 501)
        await li.sends_photo(jpeg(1), caption=CLUTTER)
        await li.shares(*SHIFTED_OUT_OF_HOME)
        assert "偏移" not in li.card.text
        await li.taps("上报")

        assert await street_of(street) == NEIGHBOUR


async def test_a_live_location_is_followed_while_the_draft_is_open(waiting: Chat, street: Street) -> None:
    await waiting.shares(*IN_SOUTH, live_period=900)
    live_id = waiting.last_id
    latitude, longitude = IN_NEIGHBOUR
    place = {"latitude": latitude, "longitude": longitude, "horizontal_accuracy": 8.0, "live_period": 900}
    await waiting.edits(live_id, location=place)

    assert "梅江街道" in waiting.card.text
    await waiting.taps("上报")
    assert (await report_of(street)).place_method == "live"


async def test_a_forwarded_place_is_no_fix_of_this_phone(waiting: Chat, street: Street) -> None:
    origin = {"type": "hidden_user", "date": 1_790_000_000, "sender_user_name": "某人"}
    await waiting.shares(*IN_SOUTH, forward_origin=origin)
    await waiting.taps("上报")

    assert (await report_of(street)).place_method == "pin"


async def test_a_place_with_a_name_keeps_its_address(waiting: Chat, street: Street) -> None:
    latitude, longitude = IN_SOUTH
    location = {"latitude": latitude, "longitude": longitude}
    await waiting._message(
        {"venue": {"location": location, "title": "3号楼", "address": "光明里"}, "location": location}
    )
    await waiting.taps("上报")

    assert (await report_of(street)).address_text == "光明里 3号楼"


async def test_an_address_in_words_names_the_street(waiting: Chat, street: Street) -> None:
    await waiting.says("梅江街道川水园社区2号楼门口")
    await waiting.taps("上报")

    report = await report_of(street)
    assert await street_of(street) == NEIGHBOUR
    assert report.place_method == "words"
    assert report.address_text == "梅江街道川水园社区2号楼门口"
    assert report.latitude is None


async def test_a_place_in_the_first_sentence_is_not_asked_again(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption="尖山街道光明里社区3号楼楼道堆满纸箱")
    await li.taps("上报")

    assert li.steps == 2
    assert await street_of(street) == STREET


async def test_a_fix_counts_more_than_the_words(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption="尖山街道光明里社区3号楼楼道堆满纸箱")
    await li.shares(*IN_SOUTH)
    await li.taps("上报")

    assert (await report_of(street)).place_method == "phone"


async def test_an_address_that_says_nothing_is_kept_and_asked_about(waiting: Chat, street: Street) -> None:
    await waiting.says("大树底下")
    assert "大树底下" in waiting.card.text
    await waiting.shares(*IN_SOUTH)
    await waiting.taps("上报")

    report = await report_of(street)
    assert report.address_text == "大树底下"
    assert report.place_method == "phone"


async def test_one_of_the_workers_own_communities_is_two_taps(waiting: Chat, street: Street) -> None:
    await waiting.taps("我的社区")
    assert {"光明里社区", "红星里社区"} <= set(waiting.card.labels)
    await waiting.taps("光明里社区")
    await waiting.taps("上报")

    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts("TJ-2026-000001")
    assert facts is not None
    assert facts.areas.community == SOUTH


async def test_any_street_can_be_picked_from_the_list(waiting: Chat, street: Street) -> None:
    await waiting.taps("按区、街镇选")
    await waiting.taps("河西区")
    await waiting.taps("梅江街道")
    await waiting.taps("上报")

    assert await street_of(street) == NEIGHBOUR


async def test_what_nobody_can_place_goes_to_the_dispatcher_of_ones_street(waiting: Chat, street: Street) -> None:
    await waiting.taps("说不清")
    assert "由派遣员确定" in waiting.card.text
    await waiting.taps("上报")

    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts("TJ-2026-000001")
    assert facts is not None
    assert not facts.areas.placed
    assert facts.areas.street == STREET


async def test_a_fix_too_coarse_to_tell_the_street_is_kept_beside_the_chosen_one(waiting: Chat, street: Street) -> None:
    await waiting.shares(*IN_SOUTH, accuracy_m=5000.0)
    labels = "".join(waiting.card.labels)
    if "梅江街道" in labels:
        await waiting.taps("尖山街道")
    else:
        assert "5000" in waiting.card.text
        await waiting.taps("我的社区")
        await waiting.taps("光明里社区")
    await waiting.taps("上报")

    report = await report_of(street)
    assert await street_of(street) == STREET
    assert report.accuracy_m == 5000.0


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0.0, 0.0), (91.0, 117.2), (39.08, 181.0), (1e308, 1.0), (float("nan"), 117.2), (float("inf"), 1.0)],
)
async def test_a_place_that_cannot_be_is_asked_for_again(waiting: Chat, latitude: float, longitude: float) -> None:
    await waiting.shares(latitude, longitude)

    assert "📍" in waiting.card.text
    assert "在哪里？" in waiting.card.text
    await waiting.shares(*IN_SOUTH)
    assert "尖山街道" in waiting.card.text


async def test_swapped_numbers_are_noticed(waiting: Chat, street: Street) -> None:
    latitude, longitude = IN_SOUTH
    await waiting.shares(longitude, latitude)
    assert "写反" in waiting.card.text
    await waiting.taps("尖山街道")
    await waiting.taps("上报")

    assert await street_of(street) == STREET


async def test_a_place_as_text_instead_of_numbers_is_set_aside_and_told(li: Chat, street: Street) -> None:
    message = {
        "message_id": 9,
        "date": 1,
        "chat": {"id": 501, "type": "private"},
        "from": {"id": 501, "is_bot": False, "first_name": "李"},
        "location": {"latitude": "north", "longitude": []},
    }
    await street.deliver([json.dumps({"update_id": 77, "message": message}).encode()])

    assert "U77" in li.last.text


async def test_the_place_can_be_changed_before_filing(waiting: Chat, street: Street) -> None:
    await waiting.shares(*IN_SOUTH)
    await waiting.taps("修改")
    await waiting.taps("地点")
    await waiting.shares(*IN_NEIGHBOUR)
    await waiting.taps("上报")

    assert await street_of(street) == NEIGHBOUR


async def test_the_place_a_camera_wrote_into_its_picture_is_offered_and_never_assumed(li: Chat, street: Street) -> None:
    street.api.files["doc"] = jpeg(5, taken_in=IN_SOUTH)
    document = {"file_id": "doc", "file_unique_id": "doc", "mime_type": "image/jpeg", "file_size": 9000}
    await li._message({"document": document, "caption": CLUTTER})
    assert "在哪里？" in li.card.text
    await li.taps("用照片里的位置")
    await li.taps("上报")

    assert await street_of(street) == STREET
    assert (await report_of(street)).place_method == "photo"


async def test_none_of_the_offered_places_asks_again(waiting: Chat) -> None:
    await waiting.shares(*AT_BORDER)
    await waiting.taps("都不是")

    assert "在哪里？" in waiting.card.text
