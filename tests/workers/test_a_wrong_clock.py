"""A clock that was an hour ahead and is set back leaves nothing waiting for that hour to come round."""

from datetime import timedelta

from actions.jobs import LONGEST_WAIT, claim, forget_wrong_clock
from actions.ports import Deps
from tests.workers.at_work import FileClock
from workers.clock import Clock

HOUR = timedelta(hours=1)
CHAT = {"channel": "test", "chat_id": 1000}


async def sendable(deps: Deps) -> list[str]:
    """Lists what could be sent now."""
    async with deps.store.begin() as unit:
        rows = await unit.messages.claim("now", 10, deps.clock(), 30.0)
    return [row.body["say"] for row in rows]


async def test_what_an_hour_ahead_wrote_claimed_and_put_off_goes_on_at_once(deps: Deps, clock_file: FileClock) -> None:
    async with deps.store.begin() as unit:
        [put_off] = await unit.messages.add(body={"say": "put off"}, channel="test", chat_id=1001)
        await unit.messages.add(body={"say": "claimed"}, channel="test", chat_id=1002)
        await unit.jobs.add("route", {"case_no": "claimed"})
        await unit.inbox.put("test", 5, "1", b"{}", deps.clock())
    clock_file.forward(HOUR)
    async with deps.store.begin() as unit:
        later = deps.clock() + timedelta(seconds=300)
        await unit.messages.add(body={"say": "written"}, **CHAT)  # type: ignore[arg-type]
        await unit.messages.defer([put_off], later)
        await unit.messages.claim("died", 1, deps.clock(), 90.0, channel="test")
        await unit.inbox.fail("test", 5, "fault", later)
    await claim(deps, "died", ("route",))
    async with deps.store.begin() as unit:
        await unit.jobs.add("brief", {"person_id": 1})
    clock_file.forward(-HOUR)
    assert await claim(deps, "alive", ("route", "brief")) == []

    assert await Clock(deps).set_right() > 0

    assert sorted(await sendable(deps)) == ["claimed", "put off", "written"]
    assert sorted(job.verb for job in await claim(deps, "alive", ("route", "brief"))) == ["brief", "route"]
    async with deps.store.read() as unit:
        assert [row.update_id for row in await unit.inbox.ready(5, channel="test", now=deps.clock())] == [5]
    assert await forget_wrong_clock(deps) == 0


async def test_what_waits_by_rule_goes_on_waiting(deps: Deps, clock_file: FileClock) -> None:
    async with deps.store.begin() as unit:
        now = deps.clock()
        [resting] = await unit.messages.add(body={"say": "rests"}, **CHAT)  # type: ignore[arg-type]
        await unit.messages.defer([resting], now + LONGEST_WAIT)
        await unit.messages.add(body={"say": "tomorrow"}, channel="test", chat_id=1001, not_before=now + 24 * HOUR)

    assert await forget_wrong_clock(deps) == 0
    assert await sendable(deps) == []
