"""Sheets of buttons, chats that wait for an admin, held updates, codes and absences, on both databases."""

import asyncio
from datetime import timedelta

from models.rules.roles import Role
from models.store.bindings import CONFIRMED, REFUSED
from models.store.buttons import Sheet
from models.store.rows import RosterRow
from models.store.unit import Store
from tests.clock import Clock

STREET = "120103009"


async def people(store: Store, *staff_nos: str) -> list[int]:
    """Brings people in, A and B of one post in turn, and gives their numbers."""
    rows = [
        RosterRow(staff_no=no, name=no, role=Role.STREET_SUPERVISOR, area_code=STREET, shift="AB"[at % 2])
        for at, no in enumerate(staff_nos)
    ]
    async with store.begin() as unit:
        await unit.people.import_roster(rows)
        found = [await unit.people.by_staff_no(no) for no in staff_nos]
    return [person.person_id for person in found if person is not None]


async def test_a_button_is_used_up_by_one_of_two_who_press_at_once(store: Store, clock: Clock) -> None:
    (zhou,) = await people(store, "zhou")
    over_at = clock() + timedelta(days=1)
    async with store.begin() as unit:
        await unit.people.bind("test", 1, zhou, clock())
        await unit.buttons.put(
            [Sheet("t" * 22, "test", 1, ("a", "b"), over_at), Sheet("u" * 22, "test", 2, ("c",), over_at)]
        )

    async def spend(index: int) -> bool:
        async with store.begin() as unit:
            return await unit.buttons.spend("t" * 22, index)

    assert sorted(await asyncio.gather(*(spend(59) for _ in range(5)))) == [False] * 4 + [True]
    assert await spend(0)
    async with store.read() as unit:
        mine, nobodys = await unit.buttons.get("t" * 22), await unit.buttons.get("u" * 22)
        assert await unit.buttons.get("v" * 22) is None
    assert mine is not None
    assert nobodys is not None
    assert (mine.person_id, mine.payloads, mine.spent) == (zhou, ("a", "b"), (1 << 59) + 1)
    assert nobodys.person_id is None


async def test_sheets_that_are_over_are_struck_off_some_at_a_time(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        sheets = [Sheet(f"{n:022}", "test", 1, ("a",), clock() + timedelta(hours=n)) for n in range(5)]
        await unit.buttons.put(sheets)
    clock.forward(hours=3)
    async with store.begin() as unit:
        assert [await unit.buttons.purge(clock(), 3) for _ in range(3)] == [3, 1, 0]
        assert await unit.buttons.get(f"{4:022}") is not None


async def test_a_chat_asks_for_one_person_at_a_time_and_is_decided_once(store: Store, clock: Clock) -> None:
    zhou, wu = await people(store, "zhou", "wu")
    async with store.begin() as unit:
        first = await unit.bindings.ask("test", 9, zhou, "zh_CN", clock())
        second = await unit.bindings.ask("test", 9, wu, "en", clock())
        waits = await unit.bindings.open_of("test", 9)
        assert waits is not None
        assert (waits.request_id, waits.person_id, waits.language) == (second, wu, "en")
        assert not await unit.bindings.decide(first, CONFIRMED, None, clock())

    async def decide(verdict: str) -> bool:
        async with store.begin() as unit:
            return await unit.bindings.decide(second, verdict, zhou, clock())

    assert sorted(await asyncio.gather(decide(CONFIRMED), decide(REFUSED))) == [False, True]
    async with store.read() as unit:
        assert await unit.bindings.open() == []


async def test_held_updates_are_done_until_they_are_released_in_their_order(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.inbox.put_all("test", [(1, "9", b"a"), (2, "9", b"b"), (3, "8", b"c")], clock())
        for number in (1, 2):
            await unit.inbox.hold("test", number, clock())
            await unit.inbox.done("test", number, clock())
        assert [row.update_id for row in await unit.inbox.ready(9, channel="test", now=clock())] == [3]
        assert [row.update_id for row in await unit.inbox.ready(9, channel="test", now=clock(), without={"8"})] == []
        assert (await unit.inbox.n_held("test", "9"), await unit.inbox.n_held("other", "9")) == (2, 0)
        assert await unit.inbox.release("test", "9") == 2
        assert [row.update_id for row in await unit.inbox.ready(9, channel="test", now=clock())] == [1, 3]
        assert await unit.inbox.n_held("test", "9") == 0


async def test_many_codes_at_once_end_the_ones_before(store: Store, clock: Clock) -> None:
    zhou, wu = await people(store, "zhou", "wu")
    over_at = clock() + timedelta(days=1)
    async with store.begin() as unit:
        await unit.people.new_invite(zhou, "old", over_at)
    clock.forward(seconds=1)
    async with store.begin() as unit:
        await unit.people.new_invites({zhou: "one", wu: "two"}, over_at)
    clock.forward(seconds=1)
    async with store.begin() as unit:
        taken = [await unit.people.take_invite(code, clock()) for code in ("old", "one", "two", "two")]
        await unit.people.bind("test", 1, zhou, clock())
        without = [person.person_id for person in await unit.people.without_chat()]
    assert taken == [None, zhou, wu, None]
    assert without == [wu]


async def test_who_is_away_is_not_on_post_and_the_deputy_is(store: Store, clock: Clock) -> None:
    zhou, wu = await people(store, "zhou", "wu")
    clock.forward(seconds=1)
    async with store.begin() as unit:
        await unit.staffing.add_absence(zhou, clock() - timedelta(hours=1), clock() + timedelta(hours=1))
    async with store.begin() as unit:
        assert await unit.people.with_post(Role.STREET_SUPERVISOR, [STREET]) == [wu]
        assert [away.person_id for away in await unit.staffing.begun(clock())] == [zhou]
        assert await unit.staffing.end_absences(zhou, clock()) == 1
        assert await unit.people.with_post(Role.STREET_SUPERVISOR, [STREET]) == [zhou]
