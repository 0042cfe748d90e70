"""Whoever changes, removes or moves an event behind the back of the service is found out, on either database."""

import asyncio

import pytest

from models.rules import commands as c
from models.rules.facts import CaseFacts
from models.rules.roles import system
from models.store import Store, schema
from models.store.chain import Break, Broken, broken
from tests.cast import LI
from tests.clock import Clock
from tests.store.filled import done, judged, on_post, registered
from tests.store.tampering import tamper

NUMBER = "case_no = 'TJ-2026-000001'"


async def noted(store: Store, clock: Clock, n: int = 4) -> CaseFacts:
    """Registers a case and writes notes into its history."""
    facts = await registered(store, clock())
    for index in range(n):
        facts = await done(store, facts, c.Note(words=f"看过{index}次\x00"), LI, clock.forward(minutes=5))
    return facts


async def looked_at(store: Store, case_no: str = "TJ-2026-000001") -> Broken | None:
    """Checks the chain of a case."""
    async with store.read() as unit:
        held = await unit.cases.stored(case_no)
        assert held is not None
        return broken(await unit.cases.links(case_no), held.columns["version"], held.head)


async def test_a_chain_that_nobody_touched_holds(store: Store, clock: Clock) -> None:
    await on_post(store)
    await noted(store, clock)

    assert await looked_at(store) is None


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        (f"update case_event set channel = 'x' where {NUMBER} and seq = 3", Broken(3, Break.CHANGED)),
        (f"update case_event set actor_id = 2 where {NUMBER} and seq = 2", Broken(2, Break.CHANGED)),
        (f"update case_event set at = '2026-11-02 00:00:00' where {NUMBER} and seq = 4", Broken(4, Break.CHANGED)),
        (
            f"update case_event set data = replace(data, '看过', '没看') where {NUMBER} and seq = 3",
            Broken(3, Break.CHANGED),
        ),
        (f"update case_event set prev = hash where {NUMBER} and seq = 3", Broken(3, Break.MOVED)),
        (f"delete from case_event where {NUMBER} and seq = 3", Broken(3, Break.MISSING)),
        (f"delete from case_event where {NUMBER} and seq >= 4", Broken(4, Break.CUT_OFF)),
        (
            f"update cases set head = (select hash from case_event where {NUMBER} and seq = 2)",
            Broken(5, Break.OTHER_END),
        ),
    ],
)
async def test_the_first_bad_event_is_named(
    store: Store, clock: Clock, database_url: str, statement: str, first: Broken
) -> None:
    await on_post(store)
    await noted(store, clock)

    await tamper(database_url, statement)

    assert await looked_at(store) == first


async def test_two_events_that_changed_places_are_found(store: Store, clock: Clock, database_url: str) -> None:
    await on_post(store)
    await noted(store, clock)

    swap = "update case_event set seq = {} where " + NUMBER + " and seq = {}"
    await tamper(database_url, swap.format(99, 2), swap.format(2, 3), swap.format(3, 99))

    assert await looked_at(store) == Broken(2, Break.MOVED)


async def test_facts_of_an_earlier_transaction_still_find_their_place_in_the_chain(store: Store, clock: Clock) -> None:
    await on_post(store)
    facts = await registered(store, clock())
    decision = judged(facts, c.Note(words="一"), system("test"), clock())
    second = judged(decision.facts, c.Note(words="二"), system("test"), clock())
    async with store.begin() as unit:
        assert await unit.cases.change(facts, decision, None)
        assert await unit.cases.change(decision.facts, second, None)
        assert not await unit.cases.change(facts, decision, None)

    assert await looked_at(store) is None


async def test_a_part_that_was_rolled_back_leaves_no_trace_in_the_chain(store: Store, clock: Clock) -> None:
    await on_post(store)
    facts = await registered(store, clock())

    async def fails() -> None:
        async with store.begin() as part:
            assert await part.cases.change(facts, judged(facts, c.Note(words="a"), LI, clock()), None)
            raise RuntimeError

    async with store.begin() as unit:
        with pytest.raises(RuntimeError):
            await fails()
        assert await unit.cases.change(facts, judged(facts, c.Note(words="b"), LI, clock()), None)

    assert await looked_at(store) is None


async def test_a_database_of_before_the_chain_gets_the_hashes_that_it_would_have(
    store: Store, clock: Clock, database_url: str
) -> None:
    await on_post(store)
    await noted(store, clock)
    await registered(store, clock())
    async with store.read() as unit:
        written = [await unit.cases.links(f"TJ-2026-00000{n}") for n in (1, 2)]

    await asyncio.to_thread(schema.downgrade, database_url, "0004")
    await asyncio.to_thread(schema.upgrade, database_url)

    async with store.read() as unit:
        assert [await unit.cases.links(f"TJ-2026-00000{n}") for n in (1, 2)] == written
    assert await looked_at(store) is None
