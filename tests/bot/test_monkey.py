"""Somebody who taps and sends anything at all, in any order, never breaks the bot and never gets stuck."""

import random

import pytest

from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.fakes import small_city
from tests.fakes.pictures import jpeg

WORDS = (
    "3号楼楼道堆满纸箱，过道只剩60厘米",
    "光明里社区门口积水约30厘米，车过不去",
    "井盖丢了",
    "有人被困在水里",
    "12",
    "不清楚",
    "昨晚9点半",
    "尖山街道",
    "河西区",
    "发大水了，受灾人口120人，倒塌房屋3间，死亡0人",
    "燃气泄漏 <b>&",
    "/my",
    "/cancel",
    "/new",
    "😀",
    "x" * 5000,
)


@pytest.mark.parametrize("seed", range(8))
async def test_a_monkey_with_a_phone_breaks_nothing(li: Chat, street: Street, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(45):
        await _one_step(li, dice)
        if dice.random() < 0.1:
            street.deps.clock.forward(minutes=dice.choice((1, 30, 300)))  # type: ignore[attr-defined]
    async with street.deps.store.read() as unit:
        counts = await unit.inbox.counts()
        aside = await unit.inbox.poisoned()

    assert counts.undone == 0
    assert not aside, aside[0].fault
    assert all("intake." not in bubble.text and "refusal." not in bubble.text for bubble in li.bubbles)


async def _one_step(li: Chat, dice: random.Random) -> None:
    buttons = [
        b["callback_data"] for bubble in li.bubbles[-6:] for row in bubble.buttons for b in row if "callback_data" in b
    ]
    places = (small_city.IN_SOUTH, small_city.AT_BORDER, small_city.OUTSIDE, small_city.IN_NEIGHBOUR, (0.0, 0.0))
    match dice.choice(("tap", "tap", "tap", "tap", "words", "photo", "place", "pin", "edit")):
        case "tap" if buttons:
            await li.presses(dice.choice(buttons))
        case "photo":
            caption = dice.choice((*WORDS, None))
            await li.sends_photo(jpeg(dice.randrange(5)), caption if caption and len(caption) < 1024 else None)
        case "place":
            await li.shares(*dice.choice(places), accuracy_m=dice.choice((5.0, 60.0, 3000.0)))
        case "pin":
            await li.drops_pin(*dice.choice(places))
        case "edit":
            await li.edits(li.last_id - dice.randrange(4), text=dice.choice(WORDS))
        case _:
            await li.says(dice.choice(WORDS))
