"""The roster in use: codes bind once, posts hold while they are valid, an import changes what it lists."""

import asyncio
from datetime import timedelta

import pytest

from models.rules.roles import Role
from models.store import Store
from models.store.rows import RosterRow
from tests.cast import COMMUNITY, DISTRICT, DRAINAGE, LI, OTHER_STREET, STREET, ZHAO
from tests.clock import Clock
from tests.store.filled import on_post, roster


@pytest.fixture(autouse=True)
async def _cast(store: Store) -> None:
    await on_post(store)


async def test_an_actor_has_the_posts_that_the_roster_gives(store: Store) -> None:
    async with store.read() as unit:
        assert (await unit.people.actor(1, "bot")).posts == LI.posts
        assert (await unit.people.actor(4, "bot")).posts == ZHAO.posts
        assert (await unit.people.actor(999, "bot")).posts == ()


async def test_a_code_binds_once_whoever_races(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.people.new_invite(1, "hash", clock() + timedelta(hours=72))

    async def take() -> int | None:
        async with store.begin() as unit:
            return await unit.people.take_invite("hash", clock())

    taken = await asyncio.gather(*(take() for _ in range(10)))
    assert sorted(person for person in taken if person is not None) == [1]


async def test_a_code_ends_in_time_and_when_a_newer_one_is_issued(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.people.new_invite(1, "old", clock() + timedelta(hours=72))
        clock.forward(hours=1)
        await unit.people.new_invite(1, "new", clock() + timedelta(hours=72))
        await unit.people.new_invite(2, "late", clock() + timedelta(hours=1))
        clock.forward(hours=1)
        assert await unit.people.take_invite("old", clock()) is None
        assert await unit.people.take_invite("late", clock()) is None
        assert await unit.people.take_invite("guess", clock()) is None
        assert await unit.people.take_invite("new", clock()) == 1


async def test_a_code_of_somebody_struck_off_binds_nobody(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.people.new_invite(1, "hash", clock() + timedelta(hours=72))
        await unit.people.import_roster([row for row in roster() if row.staff_no != "S1"], complete=True)
        assert await unit.people.take_invite("hash", clock()) is None


async def test_binding_ends_what_the_chat_and_the_person_had_before(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.people.bind("telegram", 100, 1, clock())
        await unit.people.bind("telegram", 101, 1, clock())
        assert await unit.people.by_chat("telegram", 100) is None
        await unit.people.bind("telegram", 101, 2, clock())
        person = await unit.people.by_chat("telegram", 101)
        assert person is not None
        assert person.person_id == 2
        assert await unit.people.chats_of(1) == []
        assert await unit.people.unbind("telegram", 101, clock())
        assert not await unit.people.unbind("telegram", 101, clock())
        assert await unit.people.by_chat("telegram", 101) is None


async def test_wrong_codes_are_counted_by_chat(store: Store, clock: Clock) -> None:
    start = clock()
    async with store.begin() as unit:
        for _ in range(3):
            await unit.people.add_attempt("telegram", 100, clock.forward(minutes=1))
        assert await unit.people.attempts("telegram", 100, start) == 3
        assert await unit.people.attempts("telegram", 100, start + timedelta(minutes=2)) == 2
        assert await unit.people.attempts("telegram", 101, start) == 0


async def test_a_chat_that_died_is_told_once_and_may_speak_again(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.people.bind("telegram", 100, 4, clock())
        assert await unit.people.mark_dead("telegram", 100, "blocked", clock())
        assert not await unit.people.mark_dead("telegram", 100, "blocked", clock())
        assert await unit.people.chats_of(4) == []
        assert [chat.dead_why for chat in await unit.people.chats_of(4, dead=True)] == ["blocked"]
        assert await unit.people.reachable_with_role(Role.RESPONSIBLE_UNIT) == []
        assert await unit.people.mark_alive("telegram", 100)
        assert await unit.people.reachable_with_role(Role.RESPONSIBLE_UNIT) == [4]


async def test_the_deputy_answers_while_the_other_is_off_duty(store: Store) -> None:
    async with store.begin() as unit:
        assert await unit.people.on_post(DRAINAGE) == [4]
        await unit.people.set_duty(4, False)
        assert await unit.people.on_post(DRAINAGE) == [5]
        assert await unit.people.with_post(Role.RESPONSIBLE_UNIT, [DISTRICT], unit_code=DRAINAGE) == [5]
        await unit.people.set_duty(5, False)
        assert await unit.people.on_post(DRAINAGE) == []
        assert await unit.people.with_post(Role.RESPONSIBLE_UNIT, [DISTRICT]) == [4, 5]
        assert await unit.people.of_unit(DRAINAGE) == [4, 5]


async def test_who_holds_a_role_is_asked_by_area(store: Store) -> None:
    async with store.read() as unit:
        assert await unit.people.with_post(Role.STREET_SUPERVISOR, [STREET, DISTRICT]) == [3]
        assert await unit.people.with_post(Role.STREET_SUPERVISOR, [STREET, OTHER_STREET]) == [3, 8]
        assert await unit.people.with_post(Role.STREET_SUPERVISOR, [COMMUNITY]) == []
        assert await unit.people.with_post(Role.STREET_SUPERVISOR, []) == []


async def test_an_import_repeated_changes_nothing(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.people.set_language(1, "en")
        before = await unit.people.posts()
        clock.forward(days=1)
        assert await unit.people.import_roster(roster()) == 8
        assert await unit.people.posts() == before
        person = await unit.people.get(1)
    assert person is not None
    assert person.language == "en"


async def test_an_import_changes_the_people_it_lists_and_no_others(store: Store, clock: Clock) -> None:
    clock.forward(days=1)
    moved = RosterRow(staff_no="S1", name="Li the elder", role=Role.GRID_WORKER, area_code=OTHER_STREET)
    async with store.begin() as unit:
        assert await unit.people.import_roster([moved]) == 1
        assert [post.area_code for post in (await unit.people.actor(1, "bot")).posts] == [OTHER_STREET]
        assert (await unit.people.names([1])) == {1: "Li the elder"}
        assert (await unit.people.actor(2, "bot")).posts != ()
        found = await unit.people.by_staff_no("S1")
        assert found in await unit.people.search("elder")


async def test_a_complete_roster_strikes_off_whom_it_does_not_list(store: Store, clock: Clock) -> None:
    clock.forward(days=1)
    async with store.begin() as unit:
        await unit.people.bind("telegram", 100, 8, clock())
        await unit.people.import_roster([row for row in roster() if row.staff_no != "S8"], complete=True)
        assert (await unit.people.actor(8, "bot")).posts == ()
        assert await unit.people.by_chat("telegram", 100) is None
        assert await unit.people.with_post(Role.STREET_SUPERVISOR, [OTHER_STREET]) == []
        await unit.people.import_roster(roster(), complete=True)
        assert (await unit.people.actor(8, "bot")).posts != ()


async def test_a_city_of_forty_eight_thousand_is_taken_over_in_one_go(store: Store) -> None:
    rows = [
        RosterRow(staff_no=f"G{n:05d}", name=f"网格员{n}", role=Role.GRID_WORKER, area_code=f"12010300{n % 252:04d}")
        for n in range(48_000)
    ]
    async with store.begin() as unit:
        assert await unit.people.import_roster(rows) == 48_000
    async with store.read() as unit:
        assert len(await unit.people.posts(Role.GRID_WORKER)) == 48_001
