"""The worker hands in at the very moment at which the time for it runs out."""

import asyncio
from datetime import timedelta

import pytest

from actions import cases, escalation
from actions.ports import Deps, Store
from actions.replay import replay
from config.seed.read import read
from models.rules.catalogue import build
from models.rules.clocks import ClockName
from models.rules.events import ClockStepped
from models.rules.states import State
from tests.clock import Clock
from tests.make import actor_of, dispatched, make_deps, picture


@pytest.fixture
async def deps(store: Store, clock: Clock) -> Deps:
    """Gives the city of two streets."""
    return await make_deps(store, clock, build(read()))


@pytest.mark.parametrize("early", [timedelta(0), timedelta(microseconds=1)])
async def test_the_worker_and_the_clock_make_one_history(deps: Deps, clock: Clock, early: timedelta) -> None:
    case_no = await dispatched(deps)
    zhao = await actor_of(deps, "zhao")
    await cases.sign(deps, zhao, case_no)
    view = await cases.arrive(deps, zhao, case_no)
    after = await picture(deps, "zhao", 9)
    due_at = view.facts.due_at
    assert due_at is not None
    clock.set(due_at - early)

    handed_in, _ = await asyncio.gather(
        cases.hand_in(deps, zhao, case_no, words="已抽干", media=(after,)), escalation.sweep(deps)
    )
    assert handed_in.facts.state is State.HANDLED
    clock.forward(minutes=1)
    await escalation.sweep(deps)

    assert (await replay(deps, case_no)).agrees
    async with deps.store.read() as unit:
        history = await unit.cases.events(case_no)
    tags = [event.tag for event in history]
    late = [e for e in history[tags.index("case:handed_in") :] if isinstance(e, ClockStepped)]
    assert [step for step in late if step.clock is ClockName.DONE] == []
    assert tags.count("case:handed_in") == 1
