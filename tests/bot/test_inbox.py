"""Updates are kept before they are looked at, handled once and in order, and set aside with a number when we fail."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject

from actions import people
from bot.processor import PAUSES
from bot.updates import LONGEST_BODY
from models.rules.roles import Role
from models.store.rows import RosterRow
from tests.bot.chat import CHANNEL, Chat
from tests.bot.conftest import Street
from tests.fakes import small_city
from tests.fakes.small_city import IN_SOUTH

CLUTTER = "楼道堆满纸箱"


class Stumble(BaseMiddleware):
    """Fails so many times after the handler has done its work."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Lets the handler work and then fails."""
        done = await handler(event, data)
        if self.times:
            self.times -= 1
            raise RuntimeError("the sky fell down")
        return done


def stumble(street: Street, times: int) -> None:
    """Makes the bot fail so many times."""
    street.app.processor._dispatcher.update.outer_middleware(Stumble(times))


async def test_an_update_delivered_three_times_is_handled_once(li: Chat, street: Street) -> None:
    update = li._update("message", li._content({"text": CLUTTER}))
    await street.deliver([update, update])
    await street.deliver([update])

    assert li.card.text.count("纸箱") == 1
    assert len([b for b in li.bubbles if b.card_key]) == 1


async def test_a_fault_leaves_nothing_behind_and_is_tried_again(li: Chat, street: Street) -> None:
    stumble(street, 1)
    await li.says(CLUTTER)
    assert not [b for b in li.bubbles if b.card_key]

    street.deps.clock.forward(PAUSES[0] + timedelta(seconds=1))  # type: ignore[attr-defined]
    await street.app.processor.settle()
    assert CLUTTER in li.card.text
    assert li.card.n_edits == 0


async def test_messages_wait_for_the_one_before_them(li: Chat, street: Street) -> None:
    stumble(street, 1)
    await li.says(CLUTTER)
    await li.shares(*IN_SOUTH)
    assert not [b for b in li.bubbles if b.card_key]

    street.deps.clock.forward(PAUSES[0] + timedelta(seconds=1))  # type: ignore[attr-defined]
    await street.app.processor.settle()
    assert CLUTTER in li.card.text
    assert "尖山街道" in li.card.text


async def test_another_chat_does_not_wait(li: Chat, street: Street) -> None:
    lin = await street.bound("lin", 502)
    stumble(street, 1)
    await li.says(CLUTTER)
    await lin.says("井盖丢了")

    assert "井盖" in lin.card.text


async def test_an_update_that_always_fails_is_set_aside_with_a_number_and_the_chat_goes_on(
    li: Chat, street: Street
) -> None:
    stumble(street, len(PAUSES) + 1)
    await li.says(CLUTTER)
    for pause in PAUSES:
        street.deps.clock.forward(pause + timedelta(seconds=1))  # type: ignore[attr-defined]
        await street.app.processor.settle()
    async with street.deps.store.read() as unit:
        aside = await unit.inbox.poisoned()

    assert len(aside) == 1
    assert "the sky fell down" in (aside[0].fault or "")
    assert "Traceback" in (aside[0].fault or "")
    assert f"U{aside[0].update_id}" in li.last.text
    assert "sky" not in li.last.text
    await li.says("井盖丢了")
    assert "井盖" in li.card.text


async def test_the_admin_hears_once_of_a_flood_of_updates_that_were_set_aside(street: Street) -> None:
    admin = RosterRow(staff_no="zheng", name="郑浩", role=Role.ADMIN, area_code=small_city.CITY)
    await people.import_roster(street.deps, [admin])
    await street.bound("zheng", 590)
    for number in range(3):
        await street.deliver([b'{"update_id": %d, "message": 5}' % (70 + number)])

    async with street.deps.store.begin() as unit:
        now = street.deps.clock()
        told = [row.body for row in await unit.messages.claim("worker", 10, now, 30.0) if "template" in row.body]
    assert told == [{"template": "notice.update_dead", "facts": {"reference": "U70", "n": 1}}]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"update_id": null}',
        b'{"update_id": 36893488147419103232, "message": {}}',
        b'{"update_id": 9, "message": {"chat": {"id": 501}, "text": 5}}',
        b'{"update_id": 10, "message": ' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"}",
        b'{"update_id": 11, "message": {"text": "\xff\xfe"}}',
        b'{"update_id": 12, "text": "' + b"x" * LONGEST_BODY + b'"}',
    ],
    ids=["empty", "no-json", "list", "bare", "no-id", "huge-id", "wrong-type", "deep", "no-utf8", "too-long"],
)
async def test_what_cannot_be_read_is_kept_and_set_aside(street: Street, body: bytes) -> None:
    await street.deliver([body])
    async with street.deps.store.read() as unit:
        aside = await unit.inbox.poisoned()
        counts = await unit.inbox.counts()

    assert counts.undone == 0
    assert len(aside) == 1
    assert body.startswith(aside[0].body)


async def test_an_update_of_a_kind_that_nobody_knows_is_simply_done(street: Street) -> None:
    await street.deliver([json.dumps({"update_id": 5, "brand_new_thing": {"x": 1}}).encode()])
    async with street.deps.store.read() as unit:
        row = await unit.inbox.get(CHANNEL, 5)
        counts = await unit.inbox.counts()

    assert row is not None
    assert (counts.undone, counts.poison) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>&amp; <b>",
        "'; drop table cases; --",
        "{{7*7}} {name} %n %s",
        "=HYPERLINK(1)",
        "\u202e右到左\u202c",
        "\u200b\u200b零宽",
        "\x1b[31m红\x07",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
        "👩‍👩‍👧‍👦" * 300,
        "楼道" * 2000,
    ],
)
async def test_strange_words_are_shown_safely_and_filed_as_they_are(li: Chat, street: Street, text: str) -> None:
    await li.says(f"楼道堆满纸箱 {text}"[:4096])
    await li.shares(*IN_SOUTH)
    await li.taps("跳过")
    await li.taps("上报")

    assert "已上报" in li.card.text
    assert "<script>" not in "".join(b.text for b in li.bubbles)
    assert all(len(b.text.encode("utf-16-le")) // 2 <= 4096 for b in li.bubbles)
    async with street.deps.store.read() as unit:
        assert (await unit.inbox.counts()).poison == 0
        assert (await unit.reports.of_case("TJ-2026-000001"))[0].text.startswith("楼道堆满纸箱")


async def test_a_message_and_a_press_in_reverse_order_do_no_harm(li: Chat, street: Street) -> None:
    press = li.press("d:abc:file::1")
    await street.deliver([press, li._update("message", li._content({"text": CLUTTER}))])

    assert CLUTTER in li.card.text
