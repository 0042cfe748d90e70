"""Messages: in order within a chat, urgent ones first, said once, and never silently lost."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.store import Store, Unit
from tests.clock import Clock
from tests.store.filled import on_post

HERE: dict[str, Any] = {"channel": "telegram", "chat_id": 100}
THERE: dict[str, Any] = {"channel": "telegram", "chat_id": 200}


async def said(unit: Unit, words: str, **more: Any) -> int:
    """Adds a message to one chat and gives its number."""
    where = {} if "chat_id" in more else HERE
    [number] = await unit.messages.add(body={"say": words}, **where, **more)
    return number


async def claimed(store: Store, clock: Clock, owner: str = "w", n: int = 10, **more: Any) -> list[str]:
    """Claims and gives the words."""
    async with store.begin() as unit:
        return [row.body["say"] for row in await unit.messages.claim(owner, n, clock(), 30, **more)]


async def test_a_chat_reads_in_the_order_in_which_it_was_written_to(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        for words in ("one", "two", "three"):
            await said(unit, words)
    assert await claimed(store, clock) == ["one", "two", "three"]


async def test_the_chat_with_life_in_danger_comes_first(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "digest", priority=8)
        await said(unit, "before", priority=5, **THERE)
        await said(unit, "danger", priority=0, **THERE)
    assert await claimed(store, clock) == ["before", "danger", "digest"]


async def test_while_a_chat_is_being_sent_to_nobody_else_sends_what_came_later(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "one")
    assert await claimed(store, clock, "w1") == ["one"]
    async with store.begin() as unit:
        await said(unit, "two")
        await said(unit, "danger", priority=0)
        await said(unit, "elsewhere", **THERE)
    assert await claimed(store, clock, "w2") == ["danger", "elsewhere"]
    async with store.begin() as unit:
        await unit.messages.sent(1, 11, clock())
        await unit.messages.sent(3, 12, clock())
    assert await claimed(store, clock, "w2") == ["two"]


async def test_what_must_wait_holds_up_its_chat_but_not_what_is_more_urgent(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        first = await said(unit, "one")
    assert await claimed(store, clock) == ["one"]
    async with store.begin() as unit:
        await unit.messages.retry(first, clock() + timedelta(seconds=35), "429")
        await said(unit, "two")
        await said(unit, "danger", priority=0)
    assert await claimed(store, clock) == ["danger"]
    clock.forward(seconds=35)
    async with store.begin() as unit:
        rows = await unit.messages.claim("w", 10, clock(), 30)
    assert [(row.body["say"], row.tries) for row in rows] == [("one", 1), ("two", 0), ("danger", 1)]


async def test_nothing_waits_that_would_not_be_given(store: Store, clock: Clock) -> None:
    """A relay that believed otherwise would ask again and again."""
    async with store.begin() as unit:
        first = await said(unit, "one")
        await said(unit, "two")
        await unit.messages.claim("w", 1, clock(), 30)
        assert not await unit.messages.waiting(clock())
        assert await unit.messages.claim("w", 10, clock(), 30) == []
        await unit.messages.retry(first, clock() + timedelta(seconds=60), "429")
        assert not await unit.messages.waiting(clock())
        await said(unit, "danger", priority=0)
        assert await unit.messages.waiting(clock())
    assert await claimed(store, clock) == ["danger"]


async def test_chats_that_must_wait_do_not_starve_the_others(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        for chat in range(20):
            first = await said(unit, "first", channel="telegram", chat_id=chat, priority=1)
            await said(unit, "behind", channel="telegram", chat_id=chat, priority=1)
            await unit.messages.retry(first, clock() + timedelta(seconds=60), "429")
        await said(unit, "free", priority=8, channel="telegram", chat_id=99)
    assert await claimed(store, clock, n=5) == ["free"]


async def test_what_is_meant_for_later_holds_nobody_up(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "tomorrow", not_before=clock() + timedelta(days=1))
        await said(unit, "now")
    assert await claimed(store, clock) == ["now"]
    async with store.read() as unit:
        assert not await unit.messages.waiting(clock())
        assert await unit.messages.waiting(clock() + timedelta(days=1))


async def test_deferred_rows_count_no_try(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await said(unit, "one")
        await unit.messages.claim("w", 1, clock(), 30)
        await unit.messages.defer([number], clock() + timedelta(seconds=2))
        assert await unit.messages.claim("w", 1, clock(), 30) == []
        [row] = await unit.messages.claim("w", 1, clock.forward(seconds=2), 30)
    assert row.tries == 0


async def test_a_sender_that_died_leaves_its_messages_to_the_next(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "one")
    assert await claimed(store, clock, "w1") == ["one"]
    clock.forward(seconds=30)
    async with store.begin() as unit:
        [row] = await unit.messages.claim("w2", 10, clock(), 30)
    assert row.tries == 1


async def test_own_replies_are_left_to_the_process_that_wrote_them(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "notice")
        reply = await said(unit, "reply", priority=0, lease_owner="bot", lease_s=30.0)
    assert await claimed(store, clock, "worker") == ["notice"]
    assert await claimed(store, clock, "bot", ids=[reply]) == ["reply"]


async def test_quiet_changes_of_a_card_fold_into_the_latest(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "old", card_key="case:1", loud=False)
        await said(unit, "ring", card_key="case:1", loud=True)
        await said(unit, "other card", card_key="case:2", loud=False)
        await said(unit, "new", card_key="case:1", loud=False)
    assert await claimed(store, clock) == ["ring", "other card", "new"]
    async with store.read() as unit:
        assert await unit.messages.n_waiting() == 3
        assert await unit.messages.buried() == []


async def test_a_card_drawn_anew_leaves_no_older_one_to_be_sent_after_it(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "rings", card_key="draft:1", loud=True, lease_owner="a bot that died", lease_s=90.0)
        await said(unit, "of another card", card_key="draft:2", loud=False)
    async with store.begin() as unit:
        assert await unit.messages.supersede("telegram", 100, "draft:1")
        assert not await unit.messages.supersede("telegram", 100, "draft:2")
        assert not await unit.messages.supersede("telegram", 100, "draft:1")
        await said(unit, "new", card_key="draft:1", loud=True)

    clock.forward(minutes=2)
    assert await claimed(store, clock) == ["new"]


async def test_what_came_too_late_is_not_sent(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await said(unit, "toast", expires_at=clock() + timedelta(minutes=1))
        await said(unit, "notice")
    clock.forward(minutes=1)
    assert await claimed(store, clock) == ["notice"]


async def test_the_same_thing_is_said_to_a_chat_once_for_ever(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        first = await said(unit, "brief", dedupe="brief:2026-11-23:3")
        assert await unit.messages.add(body={"say": "brief"}, dedupe="brief:2026-11-23:3", **HERE) == []
        await unit.messages.sent(first, 1, clock())
        assert await unit.messages.add(body={"say": "brief"}, dedupe="brief:2026-11-23:3", **HERE) == []
        await said(unit, "brief", dedupe="brief:2026-11-23:3", **THERE)


async def test_a_person_hears_in_every_chat_that_reaches_them(store: Store, clock: Clock) -> None:
    await on_post(store)
    async with store.begin() as unit:
        await unit.people.bind("telegram", 100, 4, clock())
        await unit.people.bind("gateway", 7, 4, clock())
        await unit.people.bind("other", 9, 4, clock())
        await unit.people.mark_dead("other", 9, "blocked", clock())
        assert len(await unit.messages.add(body={"say": "hello"}, person_id=4)) == 2
        rows = await unit.messages.claim("w", 10, clock(), 30, channel="gateway")
    assert [(row.channel, row.chat_id, row.person_id) for row in rows] == [("gateway", 7, 4)]


async def test_a_message_for_somebody_without_a_chat_is_kept_and_shown(store: Store, clock: Clock) -> None:
    await on_post(store)
    async with store.begin() as unit:
        assert await unit.messages.add(body={"say": "hello"}, person_id=4) == []
        [dead] = await unit.messages.buried()
        assert (dead.person_id, dead.error) == (4, "no_chat")
        assert not await unit.messages.dig_up(dead.id, clock())


async def test_delivery_is_noted_once_and_only_then_is_a_message_gone(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await said(unit, "one")
        await unit.messages.claim("w", 1, clock(), 30)
    clock.forward(minutes=10)
    async with store.begin() as unit:
        assert await unit.messages.unsent_since(clock() - timedelta(minutes=5)) == [number]
        assert await unit.messages.sent(number, 77, clock())
        assert not await unit.messages.sent(number, 78, clock())
        assert await unit.messages.unsent_since(clock() - timedelta(minutes=5)) == []
        assert await unit.messages.n_waiting() == 0


async def test_everything_for_a_dead_chat_is_set_aside_and_can_be_sent_later(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        number = await said(unit, "one")
        await said(unit, "two", **THERE)
        assert await unit.messages.bury_chat("telegram", 100, "blocked") == 1
    assert await claimed(store, clock) == ["two"]
    async with store.begin() as unit:
        assert await unit.messages.dig_up(number, clock())
    assert await claimed(store, clock) == ["one"]


async def test_two_senders_never_take_the_same_message(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        for chat in range(30):
            await said(unit, str(chat), channel="telegram", chat_id=chat)

    taken = await asyncio.gather(*(claimed(store, clock, f"w{n}", 10) for n in range(6)))
    words = [word for mine in taken for word in mine]
    assert len(words) == len(set(words)) == 30


async def test_a_chat_without_a_channel_is_a_mistake(store: Store) -> None:
    async with store.begin() as unit:
        with pytest.raises(ValueError, match="a channel and a number"):
            await unit.messages.add(body={}, chat_id=1)


async def test_nobody_is_woken_for_what_stands_behind_a_resting_message(store: Store, clock: Clock) -> None:
    """The relay was told that something waits, woke a sender who found nothing, and went round and round."""
    async with store.begin() as unit:
        first = await unit.messages.add(body={"say": 1}, channel="test", chat_id=1)
        await unit.messages.add(body={"say": 2}, channel="test", chat_id=1)
        await unit.messages.retry(first[0], clock() + timedelta(seconds=30), "slow down")
    async with store.read() as unit:
        assert not await unit.messages.waiting(clock())
        clock.forward(seconds=31)
        assert await unit.messages.waiting(clock())
