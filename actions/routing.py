"""Places and routes cases that wait: the job after filing, and the dry run that explains it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from actions.cases import change
from actions.ports import Deps, Unit
from actions.posts import on_post_of, with_role
from actions.telling import tell_queue
from models.rules import commands as c
from models.rules.errors import Refusal
from models.rules.facts import AreaCodes, CaseFacts
from models.rules.roles import Role, system
from models.rules.routing import RouteChoice, route
from models.rules.states import Grade, State


@dataclass(frozen=True, slots=True)
class DryRun:
    """Who would get a case of this kind here, and why."""

    choice: RouteChoice
    unit_name: str | None
    person_id: int | None
    person_name: str | None


async def place_and_route(deps: Deps, case_nos: Iterable[str]) -> int:
    """Dispatches each waiting case by rule, or rings the dispatcher; counts those dispatched.

    Safe to run twice: a case that is not waiting any more is passed over.
    """
    dispatched = 0
    for case_no in case_nos:
        async with deps.store.begin() as unit:
            facts = await unit.cases.facts(case_no)
            if facts is not None and facts.state in (State.REGISTERED, State.REOPENED):
                dispatched += await _route(deps, unit, facts)
    return dispatched


async def _route(deps: Deps, unit: Unit, facts: CaseFacts) -> bool:
    if not facts.areas.placed:
        await tell_queue(deps, unit, facts, "not_placed")
        return False
    choice = await _choose(deps, unit, facts.areas, facts.kind, facts.grade, deps.clock())
    if choice.unit_code is None:
        await tell_queue(deps, unit, facts, choice.why)
        return False
    people = await on_post_of(deps, unit, choice.unit_code, facts.areas)
    command = c.Dispatch(
        unit_code=choice.unit_code,
        holder_id=people[0] if people else None,
        rule=f"rule {choice.rule.rule_no}" if choice.rule else choice.why,
    )
    if not people:
        await tell_queue(deps, unit, facts, "nobody_on_post")
        return False
    try:
        await change(deps, unit, system(), facts.case_no, command)
    except Refusal as refusal:
        # Returned too often or designated meanwhile: a person has to choose now.
        await tell_queue(deps, unit, facts, refusal.code)
        return False
    return True


async def _choose(deps: Deps, unit: Unit, areas: AreaCodes, kind: str, grade: Grade, now: datetime) -> RouteChoice:
    rules = await unit.routing.rules(now)
    return route(areas, kind, grade, now.astimezone(deps.setting.calendar.zone), rules)


async def dry_run(
    deps: Deps, areas: AreaCodes, kind: str, grade: Grade = Grade.GENERAL, now: datetime | None = None
) -> DryRun:
    """Explains who would get a case; changes nothing."""
    async with deps.store.read() as unit:
        choice = await _choose(deps, unit, areas, kind, grade, now or deps.clock())
        if choice.unit_code is None:
            return DryRun(choice, None, None, None)
        units = await unit.units.names([choice.unit_code])
        people = await on_post_of(deps, unit, choice.unit_code, areas)
        names = await unit.people.names(people)
        person = people[0] if people else None
        return DryRun(choice, units.get(choice.unit_code), person, names.get(person) if person else None)


async def assign_checks(deps: Deps, case_nos: Iterable[str]) -> int:
    """Finds who checks each handled case: a verifier of the place, else a grid worker who did not rectify it.

    Safe to run twice.
    """
    assigned = 0
    for case_no in case_nos:
        async with deps.store.begin() as unit:
            facts = await unit.cases.facts(case_no)
            if facts is not None and facts.state is State.HANDLED:
                assigned += await _assign(deps, unit, facts)
    return assigned


async def _assign(deps: Deps, unit: Unit, facts: CaseFacts) -> bool:
    found = await _checker(unit, facts)
    if found is None:
        await tell_queue(deps, unit, facts, "no_verifier")
        return False
    verifier_id, rule = found
    command = c.AssignCheck(verifier_id=verifier_id, rule=rule)
    await change(deps, unit, system(), facts.case_no, command)
    return True


async def _checker(unit: Unit, facts: CaseFacts) -> tuple[int | None, str] | None:
    """Chooses by role, then by the smallest area: first whom a chat reaches, of them who has the fewest checks."""
    for role, rule in (
        (Role.VERIFIER, "verifier_of_area"),
        (Role.GRID_WORKER, "grid_worker_of_area"),
        (Role.COMMUNITY_LEAD, "lead_of_area"),
    ):
        for code in reversed(facts.areas.chain):
            people = [
                person
                for person in await with_role(unit, role, (code,))
                if person not in facts.rectifier_ids and person != facts.holder_id
            ]
            if people:
                loads = await unit.cases.checks_waiting(people)
                deaf = {person for person in people if not await unit.people.chats_of(person)}
                return min(people, key=lambda person: (person in deaf, loads.get(person, 0), person)), rule
    return None
