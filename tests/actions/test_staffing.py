"""People leave, move, swap and are away: their open cases go to the deputy or ring the dispatcher, nothing is lost."""

import pytest

from actions import cases, staffing, todo
from actions.ports import Deps
from models.rules.errors import NoSuchItem, NotYourTeam, UnknownCase
from models.rules.events import fold
from models.rules.roles import Actor, Post, Role, system
from models.rules.states import State
from models.store.rows import RosterRow
from tests.clock import Clock
from tests.fakes import small_city
from tests.make import DISTRICT, NEIGHBOUR, STREET, actor_of, dispatched, in_days, seen, verifying

UNIT = f"DR-{DISTRICT}"


async def number(deps: Deps, staff_no: str) -> int:
    """Gives somebody's number."""
    async with deps.store.read() as unit:
        person = await unit.people.by_staff_no(staff_no)
    assert person is not None
    return person.person_id


async def heard(deps: Deps, staff_no: str, clock: Clock) -> list[str]:
    """Lists what somebody was told."""
    async with deps.store.begin() as unit:
        rows = await unit.messages.claim("ears", 500, clock(), 60)
        for row in rows:
            await unit.messages.sent(row.id, row.id, clock())
    mine = await number(deps, staff_no)
    return [row.body["template"] for row in rows if row.person_id == mine]


async def alone(deps: Deps, clock: Clock) -> None:
    """Leaves Zhao without a deputy."""
    await staffing.leave(deps, await number(deps, "feng"))
    clock.forward(seconds=1)


async def test_who_leaves_passes_open_cases_to_the_deputy_with_clocks_running(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    zhao, due_at = await actor_of(deps, "zhao"), (await seen(deps, case_no)).facts.clocks
    await cases.sign(deps, zhao, case_no)
    assert zhao.person_id is not None

    left = await staffing.leave(deps, zhao.person_id)

    view = await seen(deps, case_no)
    assert [(one.case_no, one.person_id) for one in left.passed] == [(case_no, await number(deps, "feng"))]
    assert view.holder_name == "冯涛"
    assert view.facts.state is State.SIGNED
    assert {name: clock.due_at for name, clock in view.facts.clocks.items()} == {n: c.due_at for n, c in due_at.items()}
    assert "notice.handed_over.holder" in await heard(deps, "feng", clock)
    clock.forward(seconds=1)
    with pytest.raises(UnknownCase):
        await cases.arrive(deps, await actor_of(deps, "zhao"), case_no)
    async with deps.store.read() as unit:
        assert fold(await unit.cases.events(case_no)) == view.facts


async def test_without_a_deputy_the_case_stays_with_the_unit_and_the_dispatcher_is_rung(
    deps: Deps, clock: Clock
) -> None:
    await alone(deps, clock)
    case_no = await dispatched(deps)
    await heard(deps, "wang", clock)

    left = await staffing.leave(deps, await number(deps, "zhao"))

    facts = (await seen(deps, case_no)).facts
    assert [one.person_id for one in left.passed] == [None]
    assert (facts.holder_id, facts.unit_code, facts.state) == (None, UNIT, State.DISPATCHED)
    assert await heard(deps, "wang", clock) == ["notice.handed_over.holder", "notice.queue.dispatcher"]
    wang = await actor_of(deps, "wang")
    assert (await cases.dispatch(deps, wang, case_no, unit_code=f"ST-{STREET}")).holder_name == "周明"


async def test_who_was_to_check_and_leaves_is_replaced(deps: Deps, clock: Clock) -> None:
    case_no = await verifying(deps)
    await staffing.leave(deps, await number(deps, "sun"))

    # Nobody else is a verifier here: a grid worker of the place who did not rectify it.
    assert (await seen(deps, case_no)).verifier_name == "李建国"


async def test_a_rework_does_not_come_back_to_somebody_who_left(deps: Deps, clock: Clock) -> None:
    case_no = await verifying(deps)
    await staffing.leave(deps, await number(deps, "zhao"))
    await cases.fail_check(deps, await actor_of(deps, "sun"), case_no, words="还有水")

    assert (await seen(deps, case_no)).holder_name == "冯涛"


async def test_who_leaves_is_told_and_bound_to_nothing(deps: Deps, clock: Clock) -> None:
    left = await staffing.leave(deps, await number(deps, "li"))
    async with deps.store.begin() as unit:
        told = [row.body for row in await unit.messages.claim("ears", 10, clock(), 60)]
        assert await unit.people.by_chat("test", 1000) is None

    assert (left.n_posts, left.n_chats) == (1, 1)
    assert told == [{"template": "farewell.left", "language": "zh_CN"}]


async def test_a_transfer_keeps_drafts_and_chat_and_passes_the_old_posts_cases_on(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    zhao = await number(deps, "zhao")
    async with deps.store.begin() as unit:
        await unit.drafts.put(f"draft:{zhao}:a1", "open", {"words": []})

    moved = await staffing.transfer(deps, zhao, NEIGHBOUR, role=Role.STREET_SUPERVISOR, unit_code=f"ST-{NEIGHBOUR}")

    assert moved.ended == (Post(Role.RESPONSIBLE_UNIT, DISTRICT, UNIT),)
    assert (await seen(deps, case_no)).holder_name == "冯涛"
    clock.forward(seconds=1)
    assert (await actor_of(deps, "zhao")).posts == (Post(Role.STREET_SUPERVISOR, NEIGHBOUR, f"ST-{NEIGHBOUR}"),)
    async with deps.store.read() as unit:
        assert len(await unit.drafts.of_person(f"draft:{zhao}:")) == 1
        assert await unit.people.chats_of(zhao)


async def test_a_transfer_within_the_unit_moves_no_case(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    moved = await staffing.transfer(deps, await number(deps, "zhao"), STREET, unit_code=UNIT)

    assert moved.passed == ()
    assert (await seen(deps, case_no)).holder_name == "赵强"


@pytest.mark.parametrize("where", [{"to_area": "999"}, {"to_area": STREET}, {"to_area": STREET, "unit_code": "X"}])
async def test_a_transfer_to_nowhere_is_refused(deps: Deps, where: dict[str, str]) -> None:
    with pytest.raises(NoSuchItem):
        await staffing.transfer(deps, await number(deps, "zhao"), **where)  # type: ignore[arg-type]


async def test_swapping_a_and_b_changes_who_receives(deps: Deps, clock: Clock) -> None:
    qian = await actor_of(deps, "qian")
    await staffing.swap(deps, qian, await number(deps, "zhao"), await number(deps, "feng"))
    clock.forward(seconds=1)

    assert (await seen(deps, await dispatched(deps))).holder_name == "冯涛"
    with pytest.raises(NoSuchItem):
        await staffing.swap(deps, qian, await number(deps, "zhao"), await number(deps, "li"))


async def test_only_who_leads_the_area_changes_its_team(deps: Deps, clock: Clock) -> None:
    zhao, feng, li = [await number(deps, who) for who in ("zhao", "feng", "li")]
    for stranger in [await actor_of(deps, who) for who in ("chen", "wang", "li", "sun")] + [system()]:
        with pytest.raises(NotYourTeam):
            await staffing.swap(deps, stranger, zhao, feng)
    with pytest.raises(NotYourTeam):
        await staffing.absent(deps, await actor_of(deps, "chen"), li, in_days(clock, 0), in_days(clock, 1))
    await staffing.absent(deps, await actor_of(deps, "zhou"), li, in_days(clock, 0), in_days(clock, 1))
    await staffing.absent(deps, Actor(feng), feng, in_days(clock, 0), in_days(clock, 1))


async def test_an_absence_lets_the_deputy_receive_from_its_first_day_to_its_last(deps: Deps, clock: Clock) -> None:
    held = await dispatched(deps)
    zhao = await number(deps, "zhao")
    await staffing.absent(deps, None, zhao, in_days(clock, 1), in_days(clock, 2))
    assert (await seen(deps, await dispatched(deps))).holder_name == "赵强"

    clock.forward(days=1)
    assert await staffing.begin_absences(deps) == 2
    assert await staffing.begin_absences(deps) == 0
    assert (await seen(deps, held)).holder_name == "冯涛"
    assert (await seen(deps, await dispatched(deps))).holder_name == "冯涛"

    clock.forward(days=2)
    assert (await seen(deps, await dispatched(deps))).holder_name == "赵强"


async def test_an_absence_without_a_deputy_leaves_the_case_until_they_are_back(deps: Deps, clock: Clock) -> None:
    await alone(deps, clock)
    case_no = await dispatched(deps)
    zhao = await number(deps, "zhao")
    await staffing.absent(deps, None, zhao, in_days(clock, 0), in_days(clock, 0))
    assert (await seen(deps, case_no)).holder_name == "赵强"

    assert await staffing.back(deps, None, zhao) == 1
    clock.forward(seconds=1)
    assert [line.case_no for line in await todo.todo(deps, await actor_of(deps, "zhao"))] == [case_no]


async def test_an_absence_that_is_over_or_upside_down_is_refused(deps: Deps, clock: Clock) -> None:
    zhao = await number(deps, "zhao")
    for first, last in ((-3, -1), (3, 1)):
        with pytest.raises(NoSuchItem):
            await staffing.absent(deps, None, zhao, in_days(clock, first), in_days(clock, last))


async def test_a_roster_that_lists_somebody_again_brings_them_back(deps: Deps, clock: Clock) -> None:
    await staffing.leave(deps, await number(deps, "li"))
    clock.forward(seconds=1)
    async with deps.store.begin() as unit:
        row = RosterRow(staff_no="li", name="李建国", role=Role.GRID_WORKER, area_code=small_city.SOUTH)
        await unit.people.import_roster([row])
    clock.forward(seconds=1)

    assert (await actor_of(deps, "li")).posts == (Post(Role.GRID_WORKER, small_city.SOUTH),)
