"""How a report is filed: in any order, in few taps, with only what is missing asked for."""

import itertools

import pytest

from models.rules.states import Grade, State, Urgency
from models.store.rows import ReportRow
from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_SOUTH

CASE = "TJ-2026-000001"
CLUTTER = "3号楼2单元楼道堆满纸箱，过道只剩60厘米"


async def filed(street: Street, case_no: str = CASE) -> ReportRow:
    """Reads the first report of a case."""
    async with street.deps.store.read() as unit:
        return (await unit.reports.of_case(case_no))[0]


async def test_a_common_hazard_is_filed_in_four_messages_and_taps(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1))
    await li.shares(*IN_SOUTH)
    await li.says(CLUTTER)
    await li.taps("上报")

    assert li.steps == 4
    assert "已上报" in li.card.text
    assert CASE in li.card.text
    assert li.card.labels == ["➕ 补充照片或说明"]
    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts(CASE)
    report = await filed(street)
    assert facts is not None
    assert (facts.state, facts.kind, facts.areas.street) == (State.REGISTERED, "corridor_clutter", "120103009")
    assert report.fields == {"passage_cm": 60.0}
    assert (report.accuracy_m, report.coord_sys, report.by_hand) == (12.0, "wgs84", False)


@pytest.mark.parametrize("order", list(itertools.permutations(["photo", "place", "words"])))
async def test_the_order_does_not_matter(li: Chat, street: Street, order: tuple[str, ...]) -> None:
    for part in order:
        match part:
            case "photo":
                await li.sends_photo(jpeg(1))
            case "place":
                await li.shares(*IN_SOUTH)
            case _:
                await li.says(CLUTTER)
    await li.taps("上报")

    report = await filed(street)
    assert report.text == CLUTTER
    assert report.kind == "corridor_clutter"


async def test_one_card_is_edited_in_place_by_every_answer(li: Chat) -> None:
    await li.sends_photo(jpeg(1))
    await li.shares(*IN_SOUTH)
    await li.says(CLUTTER)

    cards = [b for b in li.bubbles if (b.card_key or "").startswith("draft:")]
    assert len(cards) == 1
    assert cards[0].n_edits == 2
    assert "尖山街道" in cards[0].text
    assert "照片 1 张" in cards[0].text


async def test_an_album_is_one_thing(li: Chat, street: Street) -> None:
    await li.sends_album([jpeg(n) for n in range(1, 11)], caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("上报")

    assert li.steps == 3
    async with street.deps.store.read() as unit:
        evidence = await unit.media.of_case(CASE)
    assert [e.role for e in evidence] == ["before"] * 10
    assert len([b for b in li.bubbles if (b.card_key or "").startswith("draft:")]) == 1


async def test_an_album_with_words_between_its_photos_stays_one_report(li: Chat, street: Street) -> None:
    await li.sends_album([jpeg(1), jpeg(2)])
    await li.says(CLUTTER)
    await li.sends_album([jpeg(3)])
    await li.shares(*IN_SOUTH)
    await li.taps("上报")

    async with street.deps.store.read() as unit:
        assert len(await unit.media.of_case(CASE)) == 3


async def test_when_words_fit_several_kinds_the_best_are_offered(li: Chat, street: Street) -> None:
    await li.says("电动车停在消防通道")
    offered = li.card.labels[: li.card.labels.index("其他类别…")]
    await li.taps(offered[-1])
    await li.sends_photo(jpeg(1))
    await li.shares(*IN_SOUTH)
    await li.taps("上报")

    assert 2 <= len(offered) <= 3
    kind = street.deps.catalogue.kinds[(await filed(street)).kind]
    assert kind.label.zh_CN in offered[-1]


async def test_every_kind_is_in_the_list_of_its_group(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1))
    await li.taps("隐患")

    hazards = [k for k in street.deps.catalogue.kinds.values() if k.group == "hazard"]
    assert all(any(kind.label.zh_CN in label for label in li.card.labels) for kind in hazards)
    await li.taps("井盖")
    assert "井盖" in li.card.text


async def test_numbers_in_the_words_are_not_asked_again(li: Chat, street: Street) -> None:
    await li.says("光明里社区门口积水约30厘米")
    await li.sends_photo(jpeg(1))
    await li.shares(*IN_SOUTH)

    assert "积水深度：30 厘米" in li.card.text
    await li.taps("上报")
    assert (await filed(street)).fields == {"depth_cm": 30.0}


async def test_words_for_life_in_danger_put_the_telephone_first_and_set_the_highest_urgency(
    li: Chat, street: Street
) -> None:
    await li.shares(*IN_SOUTH)
    await li.sends_photo(jpeg(1))
    await li.says("地下室进水，有人被困")

    assert li.card.text.startswith("🆘")
    assert "119" in li.card.text.splitlines()[0]
    # It rings: the card is at the end of the chat and not edited somewhere above.
    assert li.last is li.card
    if "上报" not in "".join(li.card.labels):
        await li.taps(li.card.labels[0])
    await li.taps("上报")
    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts(CASE)
    assert facts is not None
    assert facts.urgency is Urgency.U1
    assert "119" in li.card.text


async def test_danger_named_in_an_answer_is_not_swallowed_by_the_question(li: Chat) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    assert "在哪里" in li.card.text
    await li.says("快来，有人被困")

    assert li.card.text.startswith("🆘")


async def test_the_sender_may_say_that_nobody_is_in_danger(li: Chat, street: Street) -> None:
    await li.says("楼道堆满纸箱，上次有人触电")
    await li.sends_photo(jpeg(1))
    await li.shares(*IN_SOUTH)
    await li.taps("修改")
    await li.taps("没有生命危险")
    await li.taps("上报")

    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts(CASE)
    assert facts is not None
    assert facts.urgency is Urgency.U3
    assert (await filed(street)).danger


async def test_a_major_hazard_asks_for_the_measure_and_keeps_the_five_guarantees(li: Chat, street: Street) -> None:
    await li.says("光明里消火栓没水")
    await li.sends_photo(jpeg(1))
    await li.shares(*IN_SOUTH)
    await li.taps("修改")
    await li.taps("列为重大隐患")
    assert "整改措施" in li.card.text
    await li.says("安排专人值守，备足灭火器")
    await li.taps("修改")
    await li.taps("责任人")
    await li.says("尖山街道 王敏")
    await li.taps("修改")
    await li.taps("整改期限")
    await li.says("12月3日")
    await li.taps("上报")

    report = await filed(street)
    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts(CASE)
    assert facts is not None
    assert facts.grade is Grade.MAJOR
    assert report.fields["measure"] == "安排专人值守，备足灭火器"
    assert report.fields["owner"] == "尖山街道 王敏"
    assert report.fields["deadline"] == "2026-12-03"


async def test_a_hazard_fixed_on_the_spot_goes_to_the_check_with_both_photos(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("已当场处理")
    assert "处理后的照片" in li.card.text
    await li.sends_photo(jpeg(2))
    await li.taps("上报")

    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts(CASE)
        roles = [e.role for e in await unit.media.of_case(CASE)]
    assert facts is not None
    assert facts.state in (State.HANDLED, State.VERIFYING)
    assert sorted(roles) == ["after", "before"]


async def test_who_fixed_it_on_the_spot_must_show_how_it_was_too(li: Chat) -> None:
    await li.says(CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("跳过")
    await li.taps("已当场处理")

    assert "现场照片" in li.card.text
    assert "跳过" not in li.card.labels


async def test_the_same_picture_does_not_prove_that_it_was_fixed(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("已当场处理")
    await li.sends_photo(jpeg(1))

    assert "同一张" in li.card.text
    assert "处理后的照片" in li.card.text
    await li.sends_photo(jpeg(3))
    await li.taps("上报")
    assert "已上报" in li.card.text


async def test_choices_and_several_answers_are_ticked_with_taps(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption="楼道堆满纸箱")
    await li.shares(*IN_SOUTH)
    await li.taps("堆了什么")
    first, second = li.card.labels[0], li.card.labels[1]
    await li.taps(first)
    await li.taps(second)
    assert li.card.labels[0].startswith("✓")
    await li.taps("好了")
    await li.taps("上报")

    assert len((await filed(street)).fields["clutter"]) == 2


async def test_a_number_that_cannot_be_is_asked_about_kindly(li: Chat, street: Street) -> None:
    await li.says("门口积水")
    await li.shares(*IN_SOUTH)
    await li.sends_photo(jpeg(1))
    await li.taps("积水深度")
    await li.says("9000")
    assert "0 到 500" in li.card.text
    await li.says("三十公分")
    await li.taps("上报")

    assert (await filed(street)).fields["depth_cm"] == 30.0


async def test_an_observation_is_noted_without_a_case(li: Chat, street: Street) -> None:
    await li.says("刚才地震，屋里吊灯晃得厉害，有震感")
    await li.shares(*IN_SOUTH)
    if "震感" not in li.card.text:
        await li.taps("地震")
    while "上报" not in "".join(li.card.labels):
        await li.taps(li.card.labels[0])
    await li.taps("上报")

    assert "已记录" in li.card.text
    async with street.deps.store.read() as unit:
        assert await unit.cases.facts(CASE) is None


async def test_words_of_no_kind_lead_to_the_groups(li: Chat) -> None:
    await li.says("这里情况不太好，麻烦来看看")

    assert li.card.labels[:2] == ["⚠️ 隐患", "🌊 灾情"]


async def test_a_mere_hello_starts_nothing(li: Chat) -> None:
    await li.says("你好")

    assert "拍张照" in li.last.text
    assert li.last.card_key is None


async def test_a_voice_message_is_refused_kindly_and_loses_nothing(li: Chat) -> None:
    await li.sends_photo(jpeg(1))
    await li._message({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}})

    assert "打出来" in li.last.text
    await li.says(CLUTTER)
    assert "照片 1 张" in li.card.text
