"""Whoever sends what nobody should: what must hold whatever it was."""

from collections.abc import Awaitable, Callable

import pytest

from tests.bot.chat import Chat
from tests.bot.conftest import Street

PLAIN = "楼道堆满纸箱，过道只剩60厘米"


@pytest.fixture
async def writing(li: Chat) -> Chat:
    """Gives the phone of Li in the middle of a report."""
    await li.says(PLAIN)
    return li


Unharmed = Callable[[Chat], Awaitable[None]]


@pytest.fixture
async def unharmed(street: Street) -> Unharmed:
    """Gives what must hold afterwards: nothing waits, nothing was set aside, the draft is kept and goes on."""

    async def check(phone: Chat) -> None:
        async with street.deps.store.read() as unit:
            counts = await unit.inbox.counts()
            aside = await unit.inbox.poisoned()
        assert (counts.undone, [row.fault for row in aside]) == (0, [])
        assert all(len(b.text.encode("utf-16-le")) // 2 <= 4096 for b in phone.bubbles)
        assert "纸箱" in phone.card.text, phone.card.text

    return check
