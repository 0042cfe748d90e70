"""A holder whom no message reaches does not hold a hazard up: the deputy hears of it, and it is shown."""

from actions import cases
from actions.ports import Deps
from actions.undelivered import TEMPLATE, tell_deputies, undelivered
from tests.clock import Clock
from tests.make import actor_of, dispatched, filed


async def told(deps: Deps, template: str = TEMPLATE) -> list[str]:
    """Lists whose phones would ring with that notice."""
    async with deps.store.begin() as unit:
        rows = await unit.messages.claim("test", 500, deps.clock(), 1)
        people = [row.person_id for row in rows if row.body.get("template") == template and row.loud]
        names = await unit.people.names([person for person in people if person is not None])
        await unit.messages.defer([row.id for row in rows], deps.clock())
    return sorted(names.values())


async def test_what_did_not_arrive_in_its_time_goes_to_the_deputy(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    clock.forward(minutes=29)
    assert await tell_deputies(deps) == 0
    clock.forward(minutes=2)

    assert [one.case_no for one in await undelivered(deps)] == [case_no]
    assert await tell_deputies(deps) == 1
    assert await told(deps) == ["冯涛"]
    assert await tell_deputies(deps) == 0


async def test_a_life_in_danger_waits_for_minutes_only(deps: Deps, clock: Clock) -> None:
    await dispatched(deps, life_danger=True, danger=("被困",))
    clock.forward(minutes=3)

    assert await tell_deputies(deps) == 1


async def test_a_dead_address_is_not_waited_for(deps: Deps) -> None:
    async with deps.store.begin() as unit:
        zhao = await unit.people.by_staff_no("zhao")
        assert zhao is not None
        for chat in await unit.people.chats_of(zhao.person_id):
            await unit.people.mark_dead(chat.channel, chat.chat_id, "blocked")
    case_no = await dispatched(deps)

    (found,) = await undelivered(deps)
    assert (found.case_no, found.why) == (case_no, "no_chat")
    assert await tell_deputies(deps) == 1
    assert await told(deps) == ["冯涛"]


async def test_without_a_deputy_the_dispatcher_hears_of_it(deps: Deps, clock: Clock) -> None:
    async with deps.store.begin() as unit:
        feng = await unit.people.by_staff_no("feng")
        assert feng is not None
        await unit.people.set_duty(feng.person_id, False)
    await dispatched(deps)
    clock.forward(minutes=31)

    assert await tell_deputies(deps) == 1
    assert await told(deps) == ["王敏"]


async def test_whoever_acted_was_reached(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    await cases.sign(deps, await actor_of(deps, "zhao"), case_no)
    clock.forward(minutes=31)

    assert await undelivered(deps) == ()


async def test_what_arrived_is_no_matter_of_anybody(deps: Deps, clock: Clock) -> None:
    await dispatched(deps)
    async with deps.store.begin() as unit:
        for row in await unit.messages.claim("test", 500, deps.clock(), 60):
            await unit.messages.sent(row.id, 1, deps.clock())
    await filed(deps)
    clock.forward(hours=5)

    assert await undelivered(deps) == ()
