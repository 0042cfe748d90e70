"""Every change is one update that also asks whether the actor may: races have one winner, lost posts none."""

import asyncio
from datetime import timedelta

import pytest

from models.rules import commands as c
from models.rules.facts import CaseFacts
from models.rules.parties import Guard, guard, plays
from models.rules.roles import Actor, Party
from models.rules.states import State
from models.rules.workflow import decide
from models.store import Store
from tests.cast import CHEN, DENG, DRAINAGE, EVERYBODY, LI, QIAN, SUN, WANG, ZHAO, ZHOU
from tests.clock import Clock
from tests.rules.days import AFTER, SETTING
from tests.store.filled import change, done, judged, on_post, registered

DISPATCH = c.Dispatch(unit_code=DRAINAGE, holder_id=4, rule="by_hand")


@pytest.fixture(autouse=True)
async def _cast(store: Store) -> None:
    await on_post(store)


async def verifying(store: Store, clock: Clock) -> CaseFacts:
    """Gives a case whose check waits for Sun."""
    facts = await registered(store, clock())
    for command, actor in (
        (DISPATCH, WANG),
        (c.Sign(), ZHAO),
        (c.HandIn(words="done", after=(AFTER,)), ZHAO),
        (c.AssignCheck(verifier_id=6, rule="by_hand"), WANG),
    ):
        facts = await done(store, facts, command, actor, clock.forward(minutes=1))
    return facts


async def test_of_fifty_who_tap_at_once_exactly_one_wins(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())
    decision = judged(facts, DISPATCH, WANG, clock.forward(minutes=1))

    async def tap() -> bool:
        async with store.begin() as unit:
            return await change(unit, facts, decision, WANG)

    won = await asyncio.gather(*(tap() for _ in range(50)))

    assert sum(won) == 1
    async with store.read() as unit:
        assert [e.tag for e in await unit.cases.events(facts.case_no)] == ["case:registered", "case:dispatched"]


async def test_of_two_processes_that_write_at_once_exactly_one_wins(
    store: Store, clock: Clock, database_url: str
) -> None:
    other = await Store.open(database_url, clock=clock)
    try:
        for _ in range(10):
            facts = await registered(store, clock())
            now = clock.forward(minutes=1)
            verdicts = {WANG: judged(facts, DISPATCH, WANG, now), ZHOU: judged(facts, DISPATCH, ZHOU, now)}

            async def tap(
                through: Store, actor: Actor, facts: CaseFacts = facts, verdicts: dict[Actor, object] = verdicts
            ) -> bool:
                async with through.begin() as unit:
                    return await change(unit, facts, verdicts[actor], actor)  # type: ignore[arg-type]

            assert sorted(await asyncio.gather(tap(store, WANG), tap(other, ZHOU))) == [False, True]
    finally:
        await other.close()


async def test_a_post_that_ended_between_look_and_tap_changes_nothing(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())
    decision = judged(facts, DISPATCH, WANG, clock.forward(minutes=1))
    async with store.begin() as unit:
        assert await unit.people.end_posts(2, clock()) == 1

    async with store.begin() as unit:
        assert not await change(unit, facts, decision, WANG)
        assert await unit.cases.facts(facts.case_no) == facts
        assert len(await unit.cases.events(facts.case_no)) == 1


async def test_somebody_struck_off_the_roster_does_nothing_more(store: Store, clock: Clock) -> None:
    facts = await done(store, await registered(store, clock()), DISPATCH, WANG, clock.forward(minutes=1))
    decision = judged(facts, c.Sign(), ZHAO, clock.forward(minutes=1))
    async with store.begin() as unit:
        await unit.people.import_roster([], complete=True)

    async with store.begin() as unit:
        assert not await change(unit, facts, decision, ZHAO)


async def test_a_post_is_valid_from_its_start_to_before_its_end(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())
    early = judged(facts, DISPATCH, WANG, clock() - timedelta(seconds=1))
    async with store.begin() as unit:
        assert not await change(unit, facts, early, WANG)
        assert await change(unit, facts, judged(facts, DISPATCH, WANG, clock()), WANG)


async def test_the_rectifier_never_passes_the_check_even_if_the_judge_was_fooled(store: Store, clock: Clock) -> None:
    facts = await verifying(store, clock)
    assert facts.rectifier_ids == (4,)
    decision = judged(facts, c.PassCheck(), SUN, clock.forward(minutes=1))
    forged = Guard(4, frozenset({Party.HOLDER, Party.VERIFIER}), not_rectifier=True)

    async with store.begin() as unit:
        assert not await unit.cases.change(facts, decision, forged)
        assert await unit.cases.change(facts, decision, guard(SUN, decision.row) if decision.row else None)


async def test_the_database_answers_who_plays_which_part_as_the_rules_do(store: Store, clock: Clock) -> None:
    """Every person of the cast, every party, at several states of a case."""
    facts = await registered(store, clock())
    stages = [facts]
    for command, actor in (
        (c.Dispatch(unit_code=DRAINAGE, holder_id=None, rule="by_hand"), WANG),
        (c.Sign(), DENG),
        (c.HandIn(words="done", after=(AFTER,)), DENG),
        (c.AssignCheck(verifier_id=1, rule="by_hand"), WANG),
    ):
        before = stages[-1]
        await compare(store, before, clock)
        stages.append(await done(store, before, command, actor, clock.forward(minutes=1)))
    await compare(store, stages[-1], clock)
    assert stages[-1].state is State.VERIFYING


async def compare(store: Store, facts: CaseFacts, clock: Clock) -> None:
    """Compares `plays` with the guard of SQL for the whole cast, and undoes every write."""
    note = c.Note(words="looked")
    decision = judged(facts, note, LI if facts.reporter_id == 1 else WANG, clock())
    for actor in EVERYBODY:
        if actor.person_id is None:
            continue
        for party in set(Party) - {Party.SYSTEM}:
            got = await tried(store, facts, decision, Guard(actor.person_id, frozenset({party})))
            assert got is plays(actor, party, facts), (actor, party, facts.state)


async def tried(store: Store, facts: CaseFacts, decision: object, asked: Guard) -> bool:
    """Tries a change and undoes it."""
    changed = False
    try:
        async with store.begin() as unit:
            changed = await unit.cases.change(facts, decision, asked)  # type: ignore[arg-type]
            raise InterruptedError
    except InterruptedError:
        return changed


async def test_another_street_and_another_unit_can_do_nothing(store: Store, clock: Clock) -> None:
    facts = await registered(store, clock())
    now = clock.forward(minutes=1)
    decision = judged(facts, DISPATCH, WANG, now)
    assert decision.row is not None

    async with store.begin() as unit:
        for actor in (CHEN, SUN, ZHAO, LI):
            assert not await unit.cases.change(facts, decision, guard(actor, decision.row))
        assert await unit.cases.change(facts, decision, guard(QIAN, decision.row))
    assert decide(facts, DISPATCH, CHEN, now, SETTING).__class__.__name__ == "NotYourCase"
