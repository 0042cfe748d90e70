"""The table as a whole: every state, verb and party is decided, and every open case can still be closed."""

from itertools import product

import pytest

from models.rules.checks import CHECKS
from models.rules.commands import Command, Verb
from models.rules.events import EVENTS, Event
from models.rules.roles import Party
from models.rules.states import OPEN, TERMINAL, State
from models.rules.transitions import TABLE, Need, rows
from models.rules.workflow import MAKERS


def reachable(start: State) -> set[State]:
    found, edge = {start}, [start]
    while edge:
        state = edge.pop()
        for row in TABLE:
            targets = {row.target} if row.target else set()
            if row.verb is Verb.RESUME:
                targets = {State.DISPATCHED, State.SIGNED, State.HANDLING}
            if state in row.sources:
                fresh = {t for t in targets if t is not None} - found
                found |= fresh
                edge.extend(fresh)
    return found


def test_every_state_is_reached_from_a_new_case() -> None:
    assert reachable(State.REGISTERED) == set(State)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_case_can_be_cleared_and_can_be_voided(state: State) -> None:
    assert {State.CLEARED, State.VOIDED} <= reachable(state)


@pytest.mark.parametrize("state", sorted(TERMINAL - {State.CLEARED}))
def test_voided_and_merged_cases_are_never_touched_again(state: State) -> None:
    assert {row.verb for row in TABLE if state in row.sources} == {Verb.NOTE}


def test_a_cleared_case_can_only_be_reopened_or_noted() -> None:
    assert {row.verb for row in TABLE if State.CLEARED in row.sources} == {Verb.REOPEN, Verb.NOTE}


def test_only_the_judge_of_a_check_clears() -> None:
    assert [row.verb for row in TABLE if row.target is State.CLEARED] == [Verb.PASS_CHECK]
    assert all(Need.NOT_RECTIFIER in row.needs for row in TABLE if row.verb in (Verb.PASS_CHECK, Verb.FAIL_CHECK))


def test_each_verb_has_a_command_an_event_and_a_row() -> None:
    commands = {cls.verb for cls in Command.__subclasses__()}

    assert commands == set(Verb) == {row.verb for row in TABLE}
    assert {cls.verb for cls in MAKERS} == set(Verb)
    assert set(CHECKS) == set(Need)
    assert set(EVENTS) == {cls.tag for cls in Event.__subclasses__()}


@pytest.mark.parametrize("state", list(State))
def test_no_triple_is_decided_twice(state: State) -> None:
    """Two rows for one party and state would make the answer depend on their order."""
    for verb, party in product(Verb, Party):
        assert sum(party in row.who for row in rows(verb, state)) <= 1, (verb, party)
