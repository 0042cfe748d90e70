"""What becomes of somebody's open cases when they leave, are moved or are away: the deputy's, else the dispatcher's.

Nothing is closed and no clock starts anew: the hazard does not wait for the staff.
"""

from dataclasses import dataclass

from actions.cases import change
from actions.ports import Deps, Unit
from actions.posts import on_post_of
from actions.routing import assign_check_anew
from actions.telling import tell_queue
from models.rules import commands as c
from models.rules.facts import CaseFacts
from models.rules.parties import plays
from models.rules.roles import Party, system
from models.rules.states import State

CHANNEL = "roster"
WHY = "holder_left"


@dataclass(frozen=True, slots=True)
class Passed:
    """Where an open case went: to a colleague, or (None) to whoever of the unit or the office takes it."""

    case_no: str
    person_id: int | None


async def pass_on(deps: Deps, unit: Unit, person_id: int, *, only_to_deputy: bool = False) -> tuple[Passed, ...]:
    """Passes on every open case that names somebody who is no longer there for it.

    A deputy on post in the same unit takes it; without one it stays with the unit and the dispatcher is rung, who
    may give it to another. `only_to_deputy` leaves it where it is then: who comes back soon finds it waiting.
    """
    passed = []
    for case_no in await unit.cases.held_by(person_id):
        facts = await unit.cases.facts(case_no)
        assert facts is not None
        if facts.state is State.VERIFYING and facts.verifier_id == person_id:
            checker = await assign_check_anew(deps, unit, facts)
            passed.append(Passed(case_no, checker))
        if facts.holder_id == person_id and await _must_go(unit, person_id, facts, away=only_to_deputy):
            deputy = await _deputy(deps, unit, person_id, facts)
            if deputy is None and only_to_deputy:
                continue
            given = await change(deps, unit, system(CHANNEL), case_no, c.HandOver(holder_id=deputy))
            if deputy is None:
                await tell_queue(deps, unit, given.facts, WHY)
            passed.append(Passed(case_no, deputy))
    return tuple(passed)


async def _must_go(unit: Unit, person_id: int, facts: CaseFacts, *, away: bool) -> bool:
    """Tells whether somebody cannot act as the holder: they are away, or their posts no longer serve the unit."""
    person = await unit.people.get(person_id)
    if away or person is None or not person.active:
        return True
    return not plays(await unit.people.actor(person_id, CHANNEL), Party.HOLDER, facts)


async def _deputy(deps: Deps, unit: Unit, person_id: int, facts: CaseFacts) -> int | None:
    """Finds who of the unit is on post for the place, other than the one who goes."""
    if facts.unit_code is None:
        return None
    found = await on_post_of(deps, unit, facts.unit_code, facts.areas)
    return next((person for person in found if person != person_id), None)
