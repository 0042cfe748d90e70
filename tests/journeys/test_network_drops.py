"""A cellar without signal, an answer that is lost, a bot that dies in mid-sentence: one report, and nothing twice."""

from tests.fakes.small_city import IN_SOUTH
from tests.journeys.acts import CASE, CLUTTER, SECOND
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_what_was_said_in_the_cellar_arrives_once_and_in_order(city: City, li: Phone, zhou: Phone) -> None:
    await li.sends_photo(scene=1)
    li.loses_network()
    await li.shares(IN_SOUTH)
    await li.says(CLUTTER)
    assert len(li.unsent) == 2
    await city.forward(minutes=25)
    li.does_not_see("楼道堆物")

    await li.finds_network()
    li.sees("楼道堆物", "光明里社区", "照片 1 张")
    await li.taps("上报")
    zhou.hears("派给您一件", CASE)
    assert await city.numbers() == [CASE]


async def test_a_photo_whose_answer_was_lost_is_sent_again_and_kept_once(city: City, li: Phone) -> None:
    await li.sends_photo(scene=1)
    li.never_learns_that_it_arrived()
    await li.finds_network()
    await li.shares(IN_SOUTH)
    await li.says(CLUTTER)

    li.sees("照片 1 张")
    await li.taps("上报")
    assert len((await city.view(CASE)).before) == 1


async def test_a_bot_that_dies_before_its_answer_loses_neither_the_draft_nor_the_answer(
    city: City, li: Phone, zhou: Phone
) -> None:
    await li.sends_photo(scene=1)
    await city.misbehaves("editMessageText", "timeout_before")
    with city.in_a_hurry():
        await li.says(CLUTTER)
        await city.inbox_is_empty()
        await city.bot_dies()
    await li.look()
    li.does_not_see("楼道堆物")

    await li.shares(IN_SOUTH)
    await city.behaves()
    await city.bot_starts()
    await city.forward(minutes=2)
    li.sees("楼道堆物", "光明里社区", "照片 1 张")
    await li.taps("上报")

    zhou.hears("派给您一件", CASE)
    assert (await city.view(CASE)).text == CLUTTER


async def test_the_tap_that_files_is_repeated_after_a_crash_and_files_once(city: City, li: Phone, zhou: Phone) -> None:
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.shares(IN_SOUTH)
    card = li.sees("都齐了")
    file = next(payload for label, payload in card.buttons if "上报" in label)
    await city.bot_dies()
    await li.presses(card.message_id, file)
    await li.presses(card.message_id, file)
    assert await city.numbers() == []

    await city.bot_starts()
    await city.settle()

    assert await city.numbers() == [CASE]
    li.sees("已上报", CASE)
    li.does_not_see(SECOND)
    zhou.hears("派给您一件", CASE)


async def test_a_channel_that_fails_for_a_while_delays_the_card_and_loses_nothing(
    city: City, li: Phone, zhou: Phone
) -> None:
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.shares(IN_SOUTH)
    await city.misbehaves("sendPhoto", "500", times=2)
    await li.taps("上报")
    zhou.does_not_see(CASE)

    await city.forward(seconds=1)
    zhou.does_not_see(CASE)
    await city.forward(seconds=2)

    zhou.hears("派给您一件", CASE)
