"""Many updates that come at once share a commit, and each caller still learns the truth about their own."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from actions.ports import Deps
from bot.updates import GROUP, Intake
from models.store.errors import StoreAwayError
from models.store.inbox import Inbox

CHANNEL = "gateway"


def update(number: int, chat: int) -> bytes:
    return b'{"update_id":%d,"message":{"chat":{"id":%d},"text":"x"}}' % (number, chat)


async def kept(deps: Deps) -> list[int]:
    """Lists what is in the inbox, in the order in which it would be handled in one chat after another."""
    found = []
    async with deps.store.begin() as unit:
        while rows := await unit.inbox.ready(1000, channel=CHANNEL, now=deps.clock()):
            for row in rows:
                found.append(row.update_id)
                await unit.inbox.done(CHANNEL, row.update_id)
    return found


async def test_updates_that_come_at_once_are_all_kept_once_and_in_the_order_of_their_chat(deps: Deps) -> None:
    n = 2 * GROUP + 7
    intake = Intake(deps, CHANNEL, lambda: None)
    await asyncio.gather(*(intake.keep([update(number, number % 10)]) for number in range(n)))
    await asyncio.gather(*(intake.keep([update(number, number % 10)]) for number in range(0, n, 3)))

    found = await kept(deps)
    assert sorted(found) == list(range(n))
    for chat in range(10):
        own = [number for number in found if number % 10 == chat]
        assert own == sorted(own)


async def test_fewer_commits_than_callers(deps: Deps) -> None:
    commits: list[None] = []
    intake = Intake(deps, CHANNEL, lambda: commits.append(None))
    await asyncio.gather(*(intake.keep([update(number, number)]) for number in range(200)))

    assert len(commits) < 10


async def test_a_caller_who_hangs_up_does_not_take_others_with_them(deps: Deps) -> None:
    intake = Intake(deps, CHANNEL, lambda: None)
    first, second = (asyncio.create_task(intake.keep([update(number, number)])) for number in (1, 2))
    await asyncio.sleep(0)
    first.cancel()
    await second

    assert 2 in await kept(deps)


async def test_nobody_is_told_200_when_the_database_is_away(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = Intake(deps, CHANNEL, lambda: None)

    async def away(*_: Any) -> int:
        raise StoreAwayError("stopped")

    with monkeypatch.context() as patched:
        patched.setattr(Inbox, "put_all", away)
        ends = await asyncio.gather(*(intake.keep([update(n, n)]) for n in range(20)), return_exceptions=True)
    assert all(isinstance(end, StoreAwayError) for end in ends)

    await intake.keep([update(1, 1)])
    assert await kept(deps) == [1]


async def test_an_update_that_cannot_be_written_fails_alone(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Inbox.put_all

    async def choosy(self: Inbox, channel: str, updates: Sequence[tuple[int | None, str, bytes]], now: datetime) -> int:
        if any(number == 13 for number, _, _ in updates):
            raise ValueError("no row")
        return await whole(self, channel, updates, now)

    monkeypatch.setattr(Inbox, "put_all", choosy)
    intake = Intake(deps, CHANNEL, lambda: None)
    ends = await asyncio.gather(*(intake.keep([update(n, n)]) for n in range(20)), return_exceptions=True)

    assert [n for n, end in enumerate(ends) if end is not None] == [13]
    assert sorted(await kept(deps)) == [n for n in range(20) if n != 13]
