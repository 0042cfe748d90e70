"""A case in the database: its row is the fold of its events, and it is found by whoever must act."""

from datetime import timedelta

import pytest

from models.rules import commands as c
from models.rules.clocks import ClockName
from models.rules.events import fold
from models.rules.facts import Ask, CaseFacts
from models.rules.roles import Actor
from models.rules.states import State
from models.store import Store
from models.store.rows import CaseSearch
from tests.cast import (
    CHEN,
    CITY,
    DENG,
    DISTRICT,
    DRAINAGE,
    LI,
    OTHER_STREET,
    QIAN,
    STREET,
    SUN,
    SYSTEM,
    WANG,
    ZHAO,
    ZHOU,
)
from tests.clock import Clock
from tests.rules.days import AFTER
from tests.store.filled import UNDERPASS, Spot, done, judged, on_post, registered

DISPATCH = c.Dispatch(unit_code=DRAINAGE, holder_id=4, rule="by_hand")


async def cleared(store: Store, clock: Clock) -> CaseFacts:
    """Leads a case through the whole loop."""
    facts = await registered(store, clock())
    steps: tuple[tuple[c.Command, Actor], ...] = (
        (DISPATCH, WANG),
        (c.Sign(), ZHAO),
        (c.Arrive(), ZHAO),
        (c.HandIn(words="pumped dry", after=(AFTER,)), ZHAO),
        (c.AssignCheck(verifier_id=6, rule="verifier_of_area"), SYSTEM),
        (c.PassCheck(), SUN),
    )
    for command, actor in steps:
        facts = await done_at(store, clock, facts, command, actor)
    return facts


async def done_at(store: Store, clock: Clock, facts: CaseFacts, command: c.Command, actor: Actor) -> CaseFacts:
    """Does a command ten minutes later."""
    now = clock.forward(minutes=10)
    if actor is not SYSTEM:
        return await done(store, facts, command, actor, now)
    decision = judged(facts, command, actor, now)
    async with store.begin() as unit:
        assert await unit.cases.change(facts, decision, None)
    return decision.facts


@pytest.fixture(autouse=True)
async def _cast(store: Store) -> None:
    await on_post(store)


async def test_a_case_is_given_back_as_it_was_written(store: Store, clock: Clock) -> None:
    facts = await cleared(store, clock)

    async with store.read() as unit:
        assert await unit.cases.facts(facts.case_no) == facts
        assert (await unit.cases.many([facts.case_no, "TJ-2026-999999"])) == {facts.case_no: facts}
        assert await unit.cases.facts("TJ-2026-999999") is None


async def test_the_row_of_a_case_is_the_fold_of_its_events(store: Store, clock: Clock) -> None:
    facts = await cleared(store, clock)

    async with store.read() as unit:
        history = await unit.cases.events(facts.case_no)
    assert fold(history) == facts
    assert facts.state is State.CLEARED
    assert [event.seq for event in history] == list(range(1, 8))


async def test_numbers_of_a_year_follow_each_other(store: Store, clock: Clock) -> None:
    numbers = []
    for year in (2026, 2026, 2027):
        async with store.begin() as unit:
            numbers.append(await unit.cases.next_no("TJ", year))
    assert numbers == ["TJ-2026-000001", "TJ-2026-000002", "TJ-2027-000001"]


async def test_the_sweep_finds_a_step_when_its_time_has_come_and_not_before(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())
    step_at = facts.clocks[ClockName.DISPATCHING].next_at
    assert step_at is not None

    async with store.read() as unit:
        assert await unit.cases.next_step_at() == step_at
        assert await unit.cases.due_steps(step_at - timedelta(microseconds=1), 10) == []
        assert await unit.cases.due_steps(step_at, 10) == [(facts.case_no, ClockName.DISPATCHING, 50)]
        assert await unit.cases.late_steps(step_at + timedelta(minutes=5)) == [
            (facts.case_no, ClockName.DISPATCHING, 50)
        ]


async def test_a_cleared_case_waits_for_nothing(store: Store, clock: Clock) -> None:
    facts = await cleared(store, clock)

    async with store.read() as unit:
        assert await unit.cases.due_steps(clock() + timedelta(days=365), 10) == []
        assert await unit.cases.without_clock() == []
        assert await unit.cases.open_in([CITY]) == []
        for actor in (LI, WANG, ZHOU, ZHAO, DENG, SUN, QIAN, CHEN):
            assert await unit.cases.concerning(actor, 10) == []
    assert facts.due_at is not None


async def test_an_open_case_is_shown_to_whoever_must_act_and_to_nobody_else(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())
    async with store.read() as unit:
        seen = {a.person_id: await unit.cases.concerning(a, 10) for a in (LI, WANG, ZHOU, ZHAO, SUN, CHEN)}
    assert seen == {1: [], 2: [facts.case_no], 3: [facts.case_no], 4: [], 6: [], 8: []}

    unit_only = c.Dispatch(unit_code=DRAINAGE, holder_id=None, rule="by_hand")
    facts = await done_at(store, clock, facts, unit_only, WANG)
    async with store.read() as unit:
        seen = {a.person_id: await unit.cases.concerning(a, 10) for a in (WANG, ZHAO, DENG, CHEN)}
    assert seen == {2: [], 4: [facts.case_no], 5: [facts.case_no], 8: []}

    facts = await done_at(store, clock, facts, c.Sign(), ZHAO)
    async with store.read() as unit:
        seen = {a.person_id: await unit.cases.concerning(a, 10) for a in (ZHAO, DENG)}
    assert seen == {4: [facts.case_no], 5: []}

    wish = c.AskFor(ask=Ask.VOID, words="no hazard", reason="no_fact")
    await done_at(store, clock, facts, wish, ZHAO)
    async with store.read() as unit:
        assert await unit.cases.concerning(ZHOU, 10) == [facts.case_no]


async def test_checks_go_to_the_named_verifier_or_to_any_of_the_area(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock(), after=(1,))
    anyone = c.AssignCheck(verifier_id=None, rule="anyone")
    facts = await done_at(store, clock, facts, anyone, SYSTEM)
    async with store.read() as unit:
        assert await unit.cases.concerning(SUN, 10) == [facts.case_no]
        assert await unit.cases.checks_waiting([6]) == {}

    facts = await done_at(store, clock, facts, c.AssignCheck(verifier_id=6, rule="by_hand"), WANG)
    async with store.read() as unit:
        assert await unit.cases.concerning(SUN, 10) == [facts.case_no]
        assert await unit.cases.checks_waiting([6, 7]) == {6: 1}


async def test_duplicates_are_found_by_distance_and_only_while_open(store: Store, clock: Clock) -> None:
    since = clock()
    near = await registered(store, clock(), at=Spot(39.1000, 117.2005))
    await registered(store, clock(), at=Spot(39.1100, 117.2000))
    await registered(store, clock(), at=None)
    await registered(store, clock(), at=UNDERPASS, kind="manhole")
    nearest = await registered(store, clock(), at=Spot(39.1001, 117.2000))

    async with store.read() as unit:
        found = await unit.cases.near("ponding", UNDERPASS, 100, since)
        assert [(case_no, round(distance_m)) for case_no, distance_m in found] == [
            (nearest.case_no, 11),
            (near.case_no, 43),
        ]
        assert await unit.cases.near("ponding", UNDERPASS, 100, since + timedelta(seconds=1)) == []


async def test_a_reporter_sees_the_cases_that_their_reports_joined(store: Store, clock: Clock) -> None:
    closed = await cleared(store, clock)
    clock.forward(days=1)
    still_open = await registered(store, clock())

    async with store.read() as unit:
        assert await unit.cases.reported_by(1, 10) == [still_open.case_no, closed.case_no]
        assert await unit.cases.reported_by(2, 10) == []


async def test_a_case_is_found_by_number_words_place_and_state(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())

    async with store.read() as unit:
        for wanted in (
            CaseSearch(text=facts.case_no[-6:]),
            CaseSearch(text="30厘米"),
            CaseSearch(area_codes=frozenset({STREET})),
            CaseSearch(area_codes=frozenset({DISTRICT}), states=frozenset({State.REGISTERED}), is_open=True),
            CaseSearch(kinds=frozenset({"ponding"}), urgencies=frozenset({"U2"}), overdue=False),
            CaseSearch(since=clock(), until=clock() + timedelta(seconds=1)),
        ):
            assert await unit.cases.search(wanted) == [facts.case_no], wanted
        for missed in (
            CaseSearch(text="100%_"),
            CaseSearch(area_codes=frozenset({OTHER_STREET})),
            CaseSearch(is_open=False),
            CaseSearch(until=clock()),
            CaseSearch(after=(clock(), facts.case_no)),
        ):
            assert await unit.cases.search(missed) == [], missed


async def test_pages_of_a_search_miss_nothing_and_repeat_nothing(store: Store, clock: Clock) -> None:
    numbers = [(await registered(store, clock())).case_no for _ in range(7)]
    found: list[str] = []
    after = None
    while True:
        async with store.read() as unit:
            page = await unit.cases.search(CaseSearch(limit=3, after=after))
            if not page:
                break
            found += page
            last = await unit.cases.facts(page[-1])
        assert last is not None
        after = (last.registered_at, last.case_no)
    assert found == numbers[::-1]


async def test_a_reopened_case_is_open_again(store: Store, clock: Clock) -> None:
    facts = await cleared(store, clock)
    back = await done_at(store, clock, facts, c.Reopen(reason="relapse", words="wet again"), LI)

    async with store.read() as unit:
        assert [f.case_no for f in await unit.cases.open_in([STREET])] == [back.case_no]
        assert await unit.cases.concerning(WANG, 10) == [back.case_no]


async def test_a_decision_without_events_changes_nothing(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())
    early = judged(facts, c.TakeStep(clock=ClockName.DISPATCHING, percent=50), SYSTEM, clock())
    assert early.events == ()

    async with store.begin() as unit:
        assert await unit.cases.change(facts, early, None)
        assert await unit.cases.facts(facts.case_no) == facts
