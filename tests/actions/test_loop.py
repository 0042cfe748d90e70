"""The closed loop through the actions: what is written, who hears of it, who is refused."""

import asyncio
from dataclasses import replace

import pytest

from actions import cases, escalation, people, reports, routing, todo
from actions.places import point
from actions.ports import Deps
from models.rules import errors as e
from models.rules.commands import Verb
from models.rules.events import fold
from models.rules.facts import Ask
from models.rules.roles import Role, system
from models.rules.states import State
from models.store.rows import RosterRow
from tests.clock import Clock
from tests.make import STREET, actor_of, dispatched, filed, in_days, make_place, make_request, picture, seen, verifying


class Ears:
    """Takes every message that waits, like a channel, and remembers who heard what."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._heard: list[tuple[int, str]] = []

    async def of(self, staff_no: str) -> list[str]:
        """Lists the templates that rang for a person, oldest first."""
        now = self._deps.clock()
        async with self._deps.store.begin() as unit:
            person = await unit.people.by_staff_no(staff_no)
            assert person is not None
            while rows := await unit.messages.claim("ears", 100, now, 60):
                for row in rows:
                    await unit.messages.sent(row.id, row.id, now)
                    if row.loud and row.person_id is not None:
                        self._heard.append((row.person_id, str(row.body["template"])))
        return [template for person_id, template in self._heard if person_id == person.person_id]


@pytest.fixture
def ears(deps: Deps) -> Ears:
    """Gives ears."""
    return Ears(deps)


async def test_a_flooded_underpass_goes_from_filed_to_cleared(deps: Deps) -> None:
    case_no = await verifying(deps)
    sun = await actor_of(deps, "sun")
    view = await cases.pass_check(deps, sun, case_no, words="已无积水")

    assert case_no == "TJ-2026-000001"
    assert view.facts.state is State.CLEARED
    assert view.verifier_name == "孙丽"
    assert view.before
    assert view.after
    assert [line.tag for line in view.history] == [
        "case:registered",
        "case:dispatched",
        "case:signed",
        "case:handed_in",
        "case:check_assigned",
        "case:cleared",
    ]


async def test_the_row_is_the_fold_of_the_stored_events(deps: Deps) -> None:
    case_no = await verifying(deps)
    async with deps.store.read() as unit:
        assert fold(await unit.cases.events(case_no)) == await unit.cases.facts(case_no)


async def test_filing_the_same_update_again_gives_the_first_receipt(deps: Deps) -> None:
    li = await actor_of(deps, "li")
    request = make_request()
    first, second = await reports.file(deps, li, request), await reports.file(deps, li, request)

    assert not first.repeated
    assert second.repeated
    assert (first.case_no, first.report_no) == (second.case_no, second.report_no)


async def test_ponding_goes_to_the_drainage_unit_and_to_who_is_on_post(deps: Deps) -> None:
    view = await seen(deps, await dispatched(deps))

    assert view.unit_name == "河西区排水管理所"
    assert view.holder_name == "赵强"


async def test_a_case_is_not_routed_twice(deps: Deps) -> None:
    case_no = await dispatched(deps)
    assert await routing.place_and_route(deps, [case_no]) == 0


async def test_a_case_without_a_rule_rings_the_dispatcher(deps: Deps, ears: Ears) -> None:
    case_no = await filed(deps, kind="other_hazard", fields={})
    assert await routing.place_and_route(deps, [case_no]) == 0

    wang = await actor_of(deps, "wang")
    assert [line.case_no for line in await todo.queue(deps, wang)] == [case_no]
    assert "notice.queue.dispatcher" in await ears.of("wang")


async def test_chen_of_another_street_sees_nothing(deps: Deps) -> None:
    case_no = await dispatched(deps)
    chen = await actor_of(deps, "chen")

    with pytest.raises(e.UnknownCase):
        await cases.view(deps, chen, case_no)
    with pytest.raises(e.UnknownCase):
        await cases.sign(deps, chen, case_no)
    assert await todo.todo(deps, chen) == ()


async def test_the_loser_of_a_race_is_told_who_was_first(deps: Deps) -> None:
    case_no = await dispatched(deps)
    zhao, feng = await actor_of(deps, "zhao"), await actor_of(deps, "feng")
    outcomes = await asyncio.gather(
        cases.sign(deps, zhao, case_no), cases.sign(deps, feng, case_no), return_exceptions=True
    )
    refused = [o for o in outcomes if isinstance(o, e.WrongState)]

    assert len(refused) == 1
    assert refused[0].facts["by"] in ("赵强", "冯涛")
    assert (await seen(deps, case_no)).facts.version == 3


async def test_a_post_taken_away_between_card_and_tap_stops_the_tap(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    zhao = await actor_of(deps, "zhao")
    wang = await actor_of(deps, "wang")
    await cases.dispatch(deps, wang, case_no, unit_code=zhao.posts[0].unit_code, holder_id=None)
    feng = await actor_of(deps, "feng")
    async with deps.store.begin() as unit:
        assert feng.person_id is not None
        await unit.people.end_posts(feng.person_id, clock())
    clock.forward(minutes=1)

    with pytest.raises(e.NotYourCase):
        await cases.sign(deps, feng, case_no)


async def test_a_hand_in_with_the_before_picture_is_refused_and_changes_nothing(deps: Deps) -> None:
    case_no = await dispatched(deps)
    zhao = await actor_of(deps, "zhao")
    await cases.sign(deps, zhao, case_no)

    with pytest.raises(e.SamePicture):
        await cases.hand_in(deps, zhao, case_no, words="好了", media=[await picture(deps, "zhao", 1)])
    assert (await seen(deps, case_no)).facts.state is State.SIGNED


async def test_three_returns_go_to_the_district_which_designates(deps: Deps) -> None:
    case_no = await dispatched(deps)
    zhao, wang, qian = [await actor_of(deps, n) for n in ("zhao", "wang", "qian")]
    unit_code = zhao.posts[0].unit_code
    for attempt in range(3):
        await cases.hand_back(deps, zhao, case_no, reason="wrong_duty", words="不属于排水")
        if attempt < 2:
            await cases.dispatch(deps, wang, case_no, unit_code=unit_code)
    with pytest.raises(e.DistrictDecides):
        await cases.dispatch(deps, wang, case_no, unit_code=unit_code)

    assert [line.case_no for line in await todo.queue(deps, qian)] == [case_no]
    assert await todo.queue(deps, wang) == ()
    view = await cases.designate(deps, qian, case_no, unit_code=unit_code, words="由排水所负责")
    assert view.facts.designated
    assert Verb.HAND_BACK not in (await cases.view(deps, zhao, case_no)).verbs


async def test_a_suspension_is_granted_by_a_second_person_and_shown_apart(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    zhao, zhou = await actor_of(deps, "zhao"), await actor_of(deps, "zhou")
    await cases.sign(deps, zhao, case_no)
    asked = await cases.ask(
        deps,
        zhao,
        case_no,
        ask=Ask.SUSPENSION,
        words="汛后开挖",
        reason="season",
        review_on=in_days(clock, 30),
        measure="围挡并设警示灯",
    )
    assert Verb.SUSPEND not in asked.verbs
    view = await cases.suspend(deps, zhou, case_no)

    assert view.facts.state is State.SUSPENDED
    assert await escalation.sweep(deps) == 0
    clock.forward(days=2)
    assert await escalation.sweep(deps) == 0


async def test_a_merge_takes_the_reporters_along(deps: Deps) -> None:
    kept = await dispatched(deps)
    lin = await actor_of(deps, "lin")
    other = await reports.file(deps, lin, make_request())
    assert other.case_no is not None
    wang = await actor_of(deps, "wang")
    view = await cases.merge(deps, wang, other.case_no, into=kept, words="同一处积水")

    assert view.case_no == kept
    assert set(view.reporters) == {"李建国", "林小燕"}
    assert (await seen(deps, other.case_no)).facts.merged_into == kept


async def test_a_second_worker_is_shown_the_case_and_joins_it(deps: Deps) -> None:
    case_no = await dispatched(deps)
    lin = await actor_of(deps, "lin")
    request = make_request()
    assert request.place is not None
    assert request.place.latitude is not None
    assert request.place.longitude is not None
    near = await reports.nearby(deps, lin, "ponding", point(request.place.latitude, request.place.longitude))
    assert [n.case_no for n in near] == [case_no]
    receipt = await reports.file(deps, lin, make_request(joins=case_no, place=None))

    assert receipt.joined
    assert (await seen(deps, case_no)).facts.n_reports == 2


async def test_an_unsigned_life_danger_climbs_from_street_to_district(deps: Deps, ears: Ears, clock: Clock) -> None:
    case_no = await dispatched(deps, life_danger=True, danger=("被困",))
    clock.forward(minutes=15)
    await escalation.sweep(deps)
    assert "notice.step.acknowledge.overdue.supervisor" in await ears.of("zhou")
    assert "notice.step.acknowledge.overdue.dispatcher" in await ears.of("wang")
    clock.forward(minutes=15)
    await escalation.sweep(deps)

    assert "notice.step.acknowledge.supervise.district" in await ears.of("qian")
    facts = (await seen(deps, case_no)).facts
    assert facts.supervised
    assert facts.overdue


async def test_two_sweeps_at_once_take_each_step_once(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    clock.forward(minutes=30)
    taken = await asyncio.gather(escalation.sweep(deps), escalation.sweep(deps))
    steps = [line for line in (await seen(deps, case_no)).history if line.tag == "clock:stepped"]

    assert sum(taken) == len(steps) == len({(s.clock, s.step) for s in steps})


async def test_the_self_audit_names_what_is_late(deps: Deps, clock: Clock) -> None:
    case_no = await dispatched(deps)
    assert (await escalation.self_audit(deps)).late_steps == ()
    clock.forward(hours=3)

    assert (await escalation.self_audit(deps)).late_steps == (case_no,)


async def test_a_report_that_nobody_can_place_waits_with_the_dispatcher_and_is_placed(deps: Deps) -> None:
    somewhere = make_place()
    lost = replace(
        somewhere,
        areas=replace(somewhere.areas, community=None, placed=False),
        latitude=None,
        longitude=None,
        method="nobody_knows",
        reason="nobody_knows",
    )
    case_no = await filed(deps, place=lost)
    assert await routing.place_and_route(deps, [case_no]) == 0
    wang = await actor_of(deps, "wang")
    view = await cases.relocate(deps, wang, case_no, area_code=STREET)

    assert view.facts.areas.placed
    assert await routing.place_and_route(deps, [case_no]) == 1


async def test_the_service_itself_signs_nothing(deps: Deps) -> None:
    case_no = await dispatched(deps)
    with pytest.raises(e.NotYourCase):
        await cases.sign(deps, system(), case_no)


async def test_an_on_spot_fix_needs_another_picture_after_than_before(deps: Deps) -> None:
    li = await actor_of(deps, "li")
    before, resaved = await picture(deps, "li", 1), await picture(deps, "li", 1)

    with pytest.raises(e.SamePicture):
        await reports.file(deps, li, make_request(before=(before,), after=(resaved,)))
    fixed = await reports.file(deps, li, make_request(before=(before,), after=(await picture(deps, "li", 2),)))
    assert fixed.case_no is not None
    assert (await seen(deps, fixed.case_no)).facts.state is State.HANDLED


async def test_the_photos_of_an_observation_are_kept_with_it(deps: Deps) -> None:
    """An observation has no case, and its pictures once hung on nothing."""
    li = await actor_of(deps, "li")
    shot = await picture(deps, "li", 3)
    seen_ = {"weather": ("hail",)}
    filed_ = await reports.file(deps, li, make_request(kind="weather_obs", fields=seen_, before=(shot,)))

    assert filed_.case_no is None
    assert li.person_id is not None
    async with deps.store.read() as unit:
        [report] = await unit.reports.by_person(li.person_id)
        assert [row.media_id for row in await unit.media.of_report(report.report_id)] == [shot]


async def test_a_check_goes_to_a_verifier_whom_a_chat_reaches(deps: Deps, clock: Clock) -> None:
    """With one check waiting for Sun the next went to a colleague without a phone, and nobody heard of it."""
    row = RosterRow(staff_no="fc", name="冯超", role=Role.VERIFIER, area_code=STREET)
    await people.import_roster(deps, [row])
    first, second = await verifying(deps), await verifying(deps)

    assert [(await seen(deps, no)).verifier_name for no in (first, second)] == ["孙丽", "孙丽"]
