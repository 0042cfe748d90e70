"""Whatever happens to a case, its row, its clocks and its rectifiers are what its events tell."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select

from models.rules import codec
from models.rules import commands as c
from models.rules.errors import Refusal
from models.rules.events import fold
from models.rules.facts import Ask, CaseFacts
from models.rules.parties import guard
from models.rules.states import Urgency
from models.rules.workflow import Decision, decide
from models.store import Store, frozen, schema
from models.store.cases import columns
from models.tables.case import Case, CaseRectifier, Timer
from models.tables.columns import table
from tests.cast import CITY, DISTRICT, DRAINAGE, EVERYBODY, OTHER_STREET
from tests.clock import Clock
from tests.rules.days import AFTER, SETTING, fresh
from tests.store.filled import on_post, registered

N_CASES, N_STEPS = 12, 25


def wish(facts: CaseFacts, clock: Clock, chance: Random) -> c.Command:
    """Wishes for something that might be lawful."""
    due = [k for k in facts.clocks.values() if k.next_at is not None]
    if due and chance.random() < 0.3:
        step = min(due, key=lambda k: (k.next_at or clock(), k.name))
        assert step.next_at is not None
        assert step.next_percent is not None
        clock.set(max(clock(), step.next_at))
        return c.TakeStep(clock=step.name, percent=step.next_percent)
    until = max(clock(), facts.due_at or clock()) + timedelta(days=3)
    review_on = clock().date() + timedelta(days=20)
    wishes: list[c.Command] = [
        c.Dispatch(unit_code=DRAINAGE, holder_id=chance.choice([None, 4, 5]), rule="r"),
        c.Designate(unit_code=DRAINAGE, holder_id=4),
        c.Sign(),
        c.HandBack(reason="wrong_duty", words="not ours"),
        c.HandOver(holder_id=chance.choice([4, 5])),
        c.Arrive(),
        c.HandIn(words="done", after=(AFTER,)),
        c.AssignCheck(verifier_id=chance.choice([None, 6, 1]), rule="r"),
        c.PassCheck(),
        c.FailCheck(words="still wet"),
        c.AskFor(ask=Ask.EXTENSION, words="parts", until=until),
        c.AskFor(ask=Ask.SUSPENSION, words="winter", reason="season", review_on=review_on, measure="fence"),
        c.AskFor(ask=Ask.VOID, words="nothing there", reason="no_fact"),
        c.Decline(),
        c.Extend(),
        c.Suspend(),
        c.Resume(),
        c.Void(),
        c.Reopen(reason="relapse", words="wet again"),
        c.Join(report_no="R2026-0000009", reporter_id=2),
        c.Urge(),
        c.Note(words="looked"),
        c.Relocate(areas=type(facts.areas)(CITY, DISTRICT, OTHER_STREET), edition="e2"),
    ]
    return chance.choice(wishes)


def lawful(facts: CaseFacts, command: c.Command, clock: Clock, chance: Random) -> tuple[Decision, Any] | None:
    """Finds somebody who may do it."""
    for actor in chance.sample(EVERYBODY, len(EVERYBODY)):
        verdict = decide(facts, command, actor, clock(), SETTING)
        if not isinstance(verdict, Refusal) and verdict.events and verdict.row is not None:
            return verdict, guard(actor, verdict.row)
    return None


@pytest.mark.parametrize("seed", range(3))
async def test_the_database_is_the_fold_of_its_events(store: Store, clock: Clock, database_url: str, seed: int) -> None:
    await on_post(store)
    chance = Random(seed)
    cases: dict[str, CaseFacts] = {}
    for _ in range(N_CASES):
        after = (1,) if chance.random() < 0.2 else ()
        facts = await registered(store, clock(), urgency=chance.choice(list(Urgency)), after=after)
        for _ in range(N_STEPS):
            clock.forward(minutes=chance.randint(1, 300))
            found = lawful(facts, wish(facts, clock, chance), clock, chance)
            if found is not None:
                async with store.begin() as unit:
                    assert await unit.cases.change(facts, found[0], found[1])
                facts = found[0].facts
        cases[facts.case_no] = facts
    assert len({facts.state for facts in cases.values()}) > 3

    async with store.read() as unit:
        assert await unit.cases.many(cases) == cases
        for case_no, facts in cases.items():
            assert fold(await unit.cases.events(case_no)) == facts
        assert await unit.cases.all_nos("", 100) == sorted(cases)
    rows = schema.on_connection(database_url, tables)
    for case_no, facts in cases.items():
        assert rows["cases"][case_no] == columns(facts)
        assert rows["timers"].get(case_no, {}) == {
            clock.name: (clock.due_at, clock.next_at, clock.next_percent, clock.stopped_at, clock.paused_at)
            for clock in facts.clocks.values()
        }
        assert rows["rectifiers"].get(case_no, set()) == set(facts.rectifier_ids)


def tables(connection: Connection) -> dict[str, dict[str, Any]]:
    """Reads the tables as they are."""
    cases: dict[str, Any] = {}
    for row in connection.execute(select(table(Case))).mappings():
        cases[row["case_no"]] = {k: v for k, v in row.items() if k not in ("case_no", "latitude", "longitude", "head")}
    timers: dict[str, Any] = {}
    for clock in connection.execute(select(table(Timer))):
        state = (clock.due_at, clock.next_at, clock.next_percent, clock.stopped_at, clock.paused_at)
        timers.setdefault(clock.case_no, {})[clock.clock] = state
    rectifiers: dict[str, Any] = {}
    for row in connection.execute(select(table(CaseRectifier))):
        rectifiers.setdefault(row.case_no, set()).add(row.person_id)
    return {"cases": cases, "timers": timers, "rectifiers": rectifiers}


@pytest.mark.parametrize("after", [(), (1,)])
def test_the_shorter_way_to_write_limits_writes_the_same(after: tuple[int, ...]) -> None:
    decision = fresh(after=after)

    assert frozen.dump_facts(decision.facts) == codec.dump(decision.facts)
    assert frozen.load_facts(frozen.dump_facts(decision.facts)) == decision.facts
    for event in decision.events:
        assert frozen.dump_event(event) == codec.dump_event(event)
