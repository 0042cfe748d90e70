"""A flood from one phone starves nobody, and nothing of it is lost: it is taken up one by one."""

from bot.pace import Pace
from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.clock import Clock


async def undone(street: Street) -> int:
    """Counts what waits in the inbox."""
    async with street.deps.store.read() as unit:
        return (await unit.inbox.counts()).undone


def words(phone: Chat, n: int) -> list[bytes]:
    """Makes so many messages."""
    return [phone._update("message", phone._content({"text": f"/language{'' if i else ' '}"})) for i in range(n)]


async def test_a_flood_waits_in_the_inbox_while_others_are_served(li: Chat, street: Street, clock: Clock) -> None:
    lin = await street.bound("lin", 502)
    clock.forward(minutes=5)
    burst = 20
    street.app.processor._pace = Pace(burst, per_minute=60)
    await street.deliver([*words(li, burst + 30), *words(lin, 1)])

    assert "请选择语言" in lin.last.text
    assert sum("请选择语言" in bubble.text for bubble in li.bubbles) == burst
    assert sum("发得有点快" in bubble.text for bubble in li.bubbles) == 1
    assert await undone(street) == 30

    clock.forward(seconds=10)
    await street.deliver([])
    assert await undone(street) == 20
    clock.forward(minutes=1)
    await street.deliver([])
    assert await undone(street) == 0
    assert sum("请选择语言" in bubble.text for bubble in li.bubbles) == burst + 30
    assert sum("发得有点快" in bubble.text for bubble in li.bubbles) == 1
