"""Routing many cases in one transaction leaves exactly what routing each for itself leaves."""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any

import pytest

from actions import cases, replay, routing
from actions.ports import Deps, Unit
from actions.posts import on_post_of
from actions.telling import tell_queue
from models.rules import commands as c
from models.rules.errors import Refusal
from models.rules.facts import AreaCodes, CaseFacts
from models.rules.roles import system
from models.rules.routing import route
from models.rules.states import State
from models.rules.workflow import Decision
from models.store.cases import Cases
from models.tables import METADATA
from tests.fakes import small_city
from tests.make import CITY, DISTRICT, NEIGHBOUR, STREET, filed
from tests.web.lives import live

TABLES = ("cases", "case_event", "timer", "case_rectifier", "message", "job")
NUMBERS_OF_ROWS = {"row_id", "job_id"}
PLACES = (
    AreaCodes(CITY, DISTRICT, STREET, small_city.SOUTH),
    AreaCodes(CITY, DISTRICT, STREET, small_city.NORTH),
    AreaCodes(CITY, DISTRICT, NEIGHBOUR),
    AreaCodes(CITY, DISTRICT, STREET, placed=False),
    AreaCodes(CITY, placed=False),
)


class Undone(Exception):
    """Rolls back what was only tried."""


async def some_town(deps: Deps, seed: int) -> list[str]:
    """Lets cases live into every state; some people are off duty, some chats dead, some cards shown."""
    chance = Random(seed)
    async with deps.store.read() as unit:
        people = [post.person_id for post in await unit.people.posts()]
    lives = await live(deps, n=60, seed=seed, people=people, places=PLACES, until=deps.clock(), eager=0.5)
    async with deps.store.begin() as unit:
        for person in dict.fromkeys(people):
            await unit.people.set_duty(person, chance.random() < 0.7)
        for number in range(10):
            if chance.random() < 0.2:
                await unit.people.mark_dead("test", 1000 + number, "blocked")
        for case_no in lives:
            if chance.random() < 0.3:
                chat_id = 1000 + chance.randrange(10)
                await unit.cards.put("test", chat_id, f"case:{case_no}", 1, "", deps.clock())
    return list(lives)


async def after(deps: Deps, work: Callable[[Unit], Awaitable[object]]) -> dict[str, Counter[str]]:
    """Tells what the tables would hold after some work, and undoes it."""
    found: dict[str, Counter[str]] = {}
    with contextlib.suppress(Undone):
        async with deps.store.begin() as unit:
            await work(unit)
            for name in TABLES:
                table = METADATA.tables[name]
                columns = [column for column in table.c if column.name not in NUMBERS_OF_ROWS]
                rows = await unit.line.rows(table.select().with_only_columns(*columns))
                found[name] = Counter(repr(tuple(row)) for row in rows)
            raise Undone
    return found


async def one_by_one(deps: Deps, unit: Unit, case_nos: Sequence[str]) -> None:
    """Routes each case by the verb that a button would use."""
    rules = await unit.routing.rules(deps.clock())
    local = deps.clock().astimezone(deps.setting.calendar.zone)
    for case_no in case_nos:
        facts = await unit.cases.facts(case_no)
        assert facts is not None
        if facts.state not in (State.REGISTERED, State.REOPENED):
            continue
        choice = route(facts.areas, facts.kind, facts.grade, local, rules)
        people = await on_post_of(deps, unit, choice.unit_code, facts.areas) if choice.unit_code else []
        if not people:
            await tell_queue(deps, unit, facts, "nobody_on_post" if choice.unit_code else choice.why)
            continue
        rule = f"rule {choice.rule.rule_no}" if choice.rule else choice.why
        try:
            command = c.Dispatch(unit_code=choice.unit_code, holder_id=people[0], rule=rule)
            await cases.change(deps, unit, system(), case_no, command)
        except Refusal as refusal:
            await tell_queue(deps, unit, facts, refusal.code)


@pytest.mark.parametrize("seed", range(3))
async def test_together_is_as_one_by_one(deps: Deps, seed: int) -> None:
    case_nos = await some_town(deps, seed)
    alone = await after(deps, lambda unit: one_by_one(deps, unit, case_nos))
    together = await after(deps, lambda _: routing.place_and_route(deps, case_nos))

    assert sum(alone["message"].values()) > 0
    for name in TABLES:
        assert together[name] == alone[name], name


async def test_what_was_written_together_is_the_fold_of_its_events(deps: Deps) -> None:
    case_nos = await some_town(deps, 7)
    n = await routing.place_and_route(deps, case_nos)

    assert n > 0
    assert [one async for one in replay.replay_all(deps) if not one.agrees] == []


async def test_a_case_that_others_took_meanwhile_is_judged_anew(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = [await filed(deps) for _ in range(3)]
    whole, rivals = Cases.change_all, [second, third]

    async def beaten(self: Cases, changes: Sequence[tuple[CaseFacts, Decision]]) -> set[str]:
        while rivals:
            async with deps.store.begin() as unit:
                command = c.Dispatch(unit_code=f"ST-{STREET}", holder_id=1, rule="by_hand")
                await cases.change(deps, unit, system(), rivals.pop(), command)
        return await whole(self, changes)

    monkeypatch.setattr(Cases, "change_all", beaten)
    assert await routing.place_and_route(deps, [first, second, third]) == 1

    async with deps.store.read() as unit:
        found: dict[str, Any] = await unit.cases.many([first, second, third])
        assert [facts.n_dispatched for facts in found.values()] == [1, 1, 1]
        assert found[second].unit_code == f"ST-{STREET}"
